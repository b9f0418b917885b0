import { readFileSync } from "node:fs";
import { CommandError } from "./command-error";

/**
 * Reads a file that holds JSON.
 *
 * @param missing the sentence for a file that can't be read, told why
 * @param broken the sentence for one that isn't JSON, told why
 */
export function readJsonFile(
  file: string,
  missing: (why: string) => string,
  broken: (why: string) => string,
  parse: (text: string) => unknown = JSON.parse,
): unknown {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new CommandError(missing((error as Error).message));
  }
  try {
    return parse(text);
  } catch (error) {
    if (error instanceof RangeError) throw error; // it is JSON, and nested too deeply
    throw new CommandError(broken((error as Error).message));
  }
}

/**
 * Parses JSON of which nothing is passed over: where a key stands twice, Terraform and IAM see something else than the last.
 *
 * @throws SyntaxError for that, too, and for what can be written shorter, such as escaped letters
 */
export function parseAllOfJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  const withoutSpace = text.replace(/("[^"\\]*(?:\\.[^"\\]*)*")|\s+/g, "$1");
  if (JSON.stringify(value) === withoutSpace) return value;
  throw new SyntaxError("a key stands twice, or something is written in an unusual way");
}
