import { readFileSync } from "node:fs";
import type * as z from "zod";
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

/** The parts of a JSON file's error messages. */
export interface JsonWords {
  /** What it is, such as `the report "a.json"`. */
  readonly name: string;
  readonly expected: string;
  /** What to do, in sentences. */
  readonly next: string;
}

/** Reads a JSON file of a known form. */
export function readFormOfJson<T>(file: string, form: z.ZodType<T>, { name, expected, next }: JsonWords): T {
  const content = readJsonFile(
    file,
    (reason) => `Can't read ${name}: ${reason}. ${next}`,
    (reason) => `Received ${name} that is not JSON (${reason}), expected ${expected}. ${next}`,
  );
  const result = form.safeParse(content);
  if (result.success) return result.data;
  throw new CommandError(`Received ${name} in another form, expected ${expected}. ${next}`);
}

/** The first thing in a value that isn't as expected, in words. */
export function wrongPart(value: unknown, { issues: [issue] }: z.ZodError): string {
  const path = issue?.path ?? [];
  const content = path.reduce<unknown>((part, step) => Object(part)[step], value);
  return path.length === 0 ? describe(content) : `${describe(content)} for ${pathInWords(path)}`;
}
