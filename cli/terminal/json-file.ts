import { readFileSync } from "node:fs";
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
