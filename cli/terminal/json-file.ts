import { readFileSync } from "node:fs";
import type { z } from "zod";
import { messageOf } from "../../modules/support-app/model/printable";
import { CommandError } from "./command-error";
import { parseJson } from "./json";

/**
 * Reads a JSON file.
 *
 * @param missing makes the error message for an unreadable file
 * @param broken makes the error message for invalid JSON
 */
export function readJsonFile(
  file: string,
  missing: (why: string) => string,
  broken: (why: string) => string,
  parse: (text: string) => unknown = parseJson,
): unknown {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new CommandError(missing(messageOf(error)));
  }
  try {
    return parse(text);
  } catch (error) {
    throw new CommandError(broken(messageOf(error)));
  }
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
    (why) => `${received} that can't be read (${why}), ${expected}`,
    (why) => `${received} that is not JSON (${why}), ${expected}`,
  );
  const read = form.safeParse(content);
  if (read.success) return read.data;
  throw new CommandError(`${received} in another form, ${expected}`);
}
