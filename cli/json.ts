import { UNPRINTABLE } from "../modules/support-app/printable";
import { canonical } from "../stacks/canonical";
import { type Fields, isFields } from "../stacks/fields";

export { canonical, type Fields, isFields };

/** IAM and Terraform take one for a list of one. */
export function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [value];
}

/** The same, of what may not be there. */
export function listIfAny(value: unknown): unknown[] {
  return value === undefined || value === null ? [] : list(value);
}

/** What isn't printable, but for the line breaks of JSON itself, of which a large one has hundreds of thousands. */
const UNPRINTABLE_IN_JSON = new RegExp(`(?!\\n)(?:${UNPRINTABLE.source})`, UNPRINTABLE.flags);

/** A value as JSON to be printed or written to a file: what isn't printable is escaped, and stays the same value. */
export function jsonText(value: unknown): string {
  const escaped = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return JSON.stringify(value, null, 2).replace(UNPRINTABLE_IN_JSON, (one) => one.split("").map(escaped).join(""));
}

/** Deepest JSON that is read, in lists and mappings within each other: far more than any that isn't made to break its reader. */
const MAX_DEPTH = 200;

/**
 * Parses JSON.
 *
 * @throws SyntaxError for what is nested so deeply that whoever goes through it would run out of stack, too
 */
export function parseJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  expectShallow(value, 1);
  return value;
}

function expectShallow(value: unknown, depth: number): void {
  if (typeof value !== "object" || value === null) return;
  if (depth > MAX_DEPTH) throw new SyntaxError(`it is nested more than ${MAX_DEPTH} deep`);
  for (const inside of Object.values(value)) expectShallow(inside, depth + 1);
}

/** Texts of JSON, and the space between its parts. */
const TEXT_OR_SPACE = /("[^"\\]*(?:\\.[^"\\]*)*")|\s+/g;

/**
 * Parses JSON of which nothing is passed over: where a key stands twice, Terraform and IAM see something else than the last.
 *
 * @throws SyntaxError for that, too, and for numbers in an unusual form
 */
export function parseAllOfJson(text: string): unknown {
  const value = parseJson(text);
  // As it is written here and by CDKTF: there is no need to look further.
  if (JSON.stringify(value) === text || JSON.stringify(value, null, 2) === text) return value;
  const shortest = text.replace(TEXT_OR_SPACE, (_, quoted?: string) =>
    quoted?.includes("\\") ? JSON.stringify(JSON.parse(quoted)) : (quoted ?? ""),
  );
  if (JSON.stringify(value) === shortest) return value;
  throw new SyntaxError("a key stands twice, or something is written in an unusual way");
}

/** A text as it is, anything else in one form. */
export function textOf(value: unknown): string {
  return typeof value === "string" ? value : canonical(value ?? null);
}
