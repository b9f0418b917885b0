import { printable } from "./printable";

/** One thing that is wrong with an input. */
export interface Problem {
  /** Where it is: the property or key, then the key or index inside it, and so on. */
  readonly path: readonly (string | number)[];
  /**
   * What was received, what was expected and, unless it is obvious, what to do: one or two sentences without a subject.
   */
  readonly message: string;
}

/** Problems inside of what is at a path. */
export function prependPath(path: Problem["path"], problems: readonly Problem[]): Problem[] {
  return problems.map((problem) => ({ ...problem, path: [...path, ...problem.path] }));
}

/** Maximum length of a received value in an error message, in characters. */
const MAX_RECEIVED = 60;

/** A received value as an error message shows it. */
export function describe(value: unknown): string {
  if (typeof value === "string") {
    return value.length > MAX_RECEIVED
      ? `${quote(`${value.slice(0, MAX_RECEIVED)}…`)} (${value.length} characters)`
      : quote(value);
  }
  if (value === null || value === undefined) return "nothing";
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (isMapping(value) && Object.keys(value).length === 0) return "an empty mapping";
  if (typeof value === "object") return "a mapping";
  return `the ${typeof value} ${String(value)}`;
}

/** A path or a name as an error message shows it, never shortened. */
export function describePath(path: unknown): string {
  return typeof path === "string" ? quote(path) : describe(path);
}

/** A text that isn't quoted, such as a number or a parser's message. A long one is shortened. */
export function truncate(text: string, limit = MAX_RECEIVED): string {
  return text.length > limit ? `${text.slice(0, limit)}… (${text.length} characters)` : text;
}

function quote(text: string): string {
  return printable(JSON.stringify(text));
}

/** A path as an error message shows it: `full.without[0]`. */
export function pathInWords(path: readonly PropertyKey[]): string {
  return path
    .map((step) =>
      typeof step === "number" ? `[${step}]` : `.${/^[\w-]{1,63}$/.test(String(step)) ? String(step) : describe(step)}`,
    )
    .join("")
    .replace(/^\./, "");
}

/** Words for one of the given choices. */
export function oneOf(choices: readonly string[]): string {
  return choices.length === 1 ? `${choices[0]}` : `one of ${choices.join(", ")}`;
}

/** Whether a value is a mapping of names to values, not an object of a class. */
export function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && [Object.prototype, null].includes(Object.getPrototypeOf(value));
}
