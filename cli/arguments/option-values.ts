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
  pattern: /^(?!.*(?:\.\.|\/\/|\/\.|\.lock$|[./]$))[A-Za-z0-9_][\w./-]{0,199}$/,
  expected: "the name of a branch: up to 200 letters, digits and . _ / -, such as main",
};

/** Makes a parser of the name of a file or folder, which isn't empty. */
export function nameOfA(kind: "file" | "folder") {
  return matching({ pattern: /./s, expected: `the name of a ${kind}: a variable may be unset` });
}

/** Parses how many environments run in parallel. */
export function wholeNumber(text: string): number {
  return Number(matching({ pattern: /^[1-9]\d{0,2}$/, expected: "a whole number from 1 to 999" })(text));
}
