import { InvalidArgumentError } from "commander";

/** Makes a parser of an option's value that has to match a pattern. */
export function matching({ pattern, expected }: { readonly pattern: RegExp; readonly expected: string }) {
  return (text: string): string => {
    if (pattern.test(text)) return text;
    throw new InvalidArgumentError(`Expected ${expected}.`);
  };
}

/** A branch whose name means itself in Git, a shell, YAML and the filters of CI. */
export const BRANCH = {
  pattern: /^(?!refs\/)(?!.*(?:\.\.|\/\/|\/\.|\.lock$|[./]$))[A-Za-z0-9_][\w./-]{0,199}$/,
  expected: "the name of a branch, without refs/heads/: up to 200 letters, digits and . _ / -, such as main",
};

/** Makes a parser of one of some choices, for an option that takes several of them. */
export function oneOfChoices<T extends string>(choices: readonly T[]) {
  return (text: string): T => {
    const choice = choices.find((candidate) => candidate === text);
    if (choice !== undefined) return choice;
    throw new InvalidArgumentError(`Allowed choices are ${choices.join(", ")}.`);
  };
}

/** Between values that somebody has separated by commas. */
const COMMA = /,\s*/;

/**
 * Makes a parser of an option's values: several after its name, separated by spaces, and more where it is repeated.
 *
 * @param comma what is between two values that are separated by a comma, if a value may have one itself
 */
export function listParser<T>(parse: (text: string) => T, comma = COMMA) {
  return (text: string, valuesBefore: readonly T[] = []): T[] => {
    const values = commaSeparated(text, comma);
    if (values.length <= 1) return [...valuesBefore, parse(text)];
    throw new InvalidArgumentError(`Expected values separated by spaces: ${values.join(" ")}.`);
  };
}

/** What a text with commas was meant to list. */
export function commaSeparated(text: string, comma = COMMA): string[] {
  return text.split(comma).filter((value) => value !== "");
}

/** Makes a parser of the name of a file or folder, which isn't empty. */
export function nameOfA(kind: "file" | "folder") {
  return matching({ pattern: /./s, expected: `the name of a ${kind}: a variable may be unset` });
}

/** Parses how many environments run in parallel. */
export function wholeNumber(text: string): number {
  return Number(matching({ pattern: /^[1-9]\d{0,2}$/, expected: "a whole number from 1 to 999" })(text));
}
