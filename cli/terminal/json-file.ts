import { readFileSync } from "node:fs";
import type { z } from "zod";
import { parseJson } from "../../common/json";
import { describe, pathInWords } from "../../common/problem";
import { CommandError, explainFailure } from "./command-error";

/**
 * Reads a JSON file.
 *
 * @param missing makes the error message for an unreadable file
 * @param broken makes the error message for invalid JSON
 */
export function readJsonFile(
  file: string,
  missing: (reason: string) => string,
  broken: (reason: string) => string,
  parse: (text: string) => unknown = parseJson,
): unknown {
  const text = explainFailure(missing, () => readFileSync(file, "utf8"));
  return explainFailure(broken, () => parse(text));
}

/**
 * Reads a JSON file of a known form.
 *
 * @param received the beginning of an error message, such as `Received the report "a.json"`
 * @param expected its end
 */
export function readFormOfJson<T>(file: string, form: z.ZodType<T>, received: string, expected: string): T {
  const content = readJsonFile(
    file,
    (reason) => `${received} that can't be read (${reason}), ${expected}`,
    (reason) => `${received} that is not JSON (${reason}), ${expected}`,
  );
  const result = form.safeParse(content);
  if (result.success) return result.data;
  throw new CommandError(`${received} in another form, ${expected}`);
}

/** The first thing in a value that isn't as expected, in words. */
export function wrongPart(value: unknown, { issues: [issue] }: z.ZodError): string {
  const path = issue?.path ?? [];
  const content = path.reduce<unknown>((part, step) => Object(part)[step], value);
  return path.length === 0 ? describe(content) : `${describe(content)} for ${pathInWords(path)}`;
}
