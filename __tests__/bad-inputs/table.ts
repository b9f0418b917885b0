import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { withWordLists } from "../support/word-lists";

/** The rows of a table of bad inputs, in which `<capabilities>` stands for all of them. */
export function table<T>(name: string): T[] {
  return parse(withWordLists(readFileSync(join(__dirname, `${name}.yaml`), "utf8")), { merge: true });
}

/** What no output may contain: a stack trace, or something that a terminal or a log takes for a command. */
export function expectPlain(text: string): void {
  expect(text).not.toMatch(/^\s+at .*[:(]/m);
  expect(text).not.toMatch(/(?!\n)[\p{C}\p{Zl}\p{Zp}]/u);
  expect(text).not.toMatch(/^\s*::|##\[/m);
}
