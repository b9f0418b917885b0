import { canonical } from "./canonical";
import { checksum } from "./checksum";
import { type Fields, isFields } from "./fields";
import { UNPRINTABLE } from "./printable";

/** The content of a mapping. Anything else has none. */
export function fieldsIn(value: unknown): Fields {
  return isFields(value) ? value : {};
}

/** IAM and Terraform treat a single value as a list of one. */
export function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [value];
}

/** A list as above, for a value that may be missing. */
export function listIfAny(value: unknown): unknown[] {
  return value === undefined || value === null ? [] : list(value);
}

/** Unprintable characters, except for JSON's own line breaks: a large file has hundreds of thousands. */
const UNPRINTABLE_IN_JSON = new RegExp(`(?!\\n)(?:${UNPRINTABLE.source})`, UNPRINTABLE.flags);

/** A value as JSON for a terminal or a file. Unprintable characters are escaped, which doesn't change the value. */
export function jsonText(value: unknown): string {
  const escapeUnit = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return JSON.stringify(value, null, 2).replace(UNPRINTABLE_IN_JSON, (character) =>
    character.split("").map(escapeUnit).join(""),
  );
}

/** Maximum nesting of JSON, far deeper than any that isn't made to break its reader. */
const MAX_DEPTH = 200;

/**
 * Parses JSON.
 *
 * @throws SyntaxError for invalid JSON, and for a nesting on which recursive code would run out of stack
 */
export function parseJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  expectShallow(value, 1);
  return value;
}

/** Parses JSON. Undefined: it is invalid. */
export function parseJsonIfAny(text: string, parse = parseJson): unknown {
  try {
    return parse(text);
  } catch {
    return undefined;
  }
}

function expectShallow(value: unknown, depth: number): void {
  if (typeof value !== "object" || value === null) return;
  if (depth > MAX_DEPTH) throw new SyntaxError(`it is nested more than ${MAX_DEPTH} deep`);
  for (const element of Object.values(value)) expectShallow(element, depth + 1);
}

/**
 * Parses JSON in which nothing is hidden: if a key stands twice, Terraform and IAM may not use the last one.
 *
 * @throws SyntaxError for invalid JSON, a repeated key, and numbers in an unusual form
 */
export function parseAllOfJson(text: string): unknown {
  const value = parseJson(text);
  if (isIndented(text, value) || hasTokensOf(text, value)) return value;
  throw new SyntaxError("a key stands twice, or something is written in an unusual way");
}

/** Whether JSON has the same texts and numbers when it is parsed and written again, in whatever order of keys. */
export function isRewritable(text: string): boolean {
  return hasTokensOf(text, parseJson(text));
}

/** Whether a value is written as most files are: with two spaces, CDKTF's empty lists on two lines. It takes a tenth of the time that tokens take. */
function isIndented(text: string, value: unknown): boolean {
  return text.trimEnd().replace(/\[\n *\]/g, "[]") === JSON.stringify(value, null, 2);
}

/** What JSON consists of, but for its punctuation. */
const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|true|false|null/g;

function hasTokensOf(text: string, value: unknown): boolean {
  const rewritten = (token: string) => (token.startsWith('"') ? JSON.stringify(JSON.parse(token)) : token);
  const tokensIn = (json: string) => canonical((json.match(TOKEN) ?? []).map(rewritten).sort());
  return tokensIn(text) === tokensIn(JSON.stringify(value));
}

/** Each value once. Of equal ones, the last. */
export function distinct<T>(values: readonly T[]): T[] {
  return [...new Map(values.map((value) => [canonical(value), value])).values()];
}

/**
 * Caches a function of a value in JSON, by the checksum of the value's text: equal values have one result. V8 hashes a
 * long text by its length alone, so that many texts of one length are slow as keys.
 */
export function memoize<Value, Result>(work: (value: Value) => Result): (value: Value) => Result {
  const results = new Map<string, Result>();
  return (value) => {
    const key = checksum(JSON.stringify(value));
    const result = results.get(key) ?? work(value);
    results.set(key, result);
    return result;
  };
}

/** A text as it is, anything else as canonical JSON. */
export function textOf(value: unknown): string {
  return typeof value === "string" ? value : canonical(value ?? null);
}
