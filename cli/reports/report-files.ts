import { closeSync, openSync, readdirSync, realpathSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { messageOf } from "../../modules/support-app/model/printable";
import { describePath } from "../../modules/support-app/model/problem";
import { CommandError } from "../terminal/command-error";

/** The name of the report in a job's folder. */
export const REPORT = "report.json";

/**
 * Every report below the folder that `--reports` names, sorted. None if it doesn't exist: no job got that far.
 *
 * @throws CommandError when it isn't a folder, or can't be read
 */
export function reportFiles(folder: string): string[] {
  try {
    if (statSync(folder, { throwIfNoEntry: false }) === undefined) return [];
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name === REPORT)
      .map(({ parentPath }) => join(parentPath, REPORT))
      .sort();
  } catch (error) {
    throw new CommandError(
      `Received --reports ${describePath(folder)}, expected a folder that can be read, or none, but: ${messageOf(error)}. Nothing was written. Check the name.`,
    );
  }
}

/**
 * Checks before the work that its result can be written.
 *
 * @param option that names the file
 */
export function expectWritable(option: string, file: string): void {
  writeNamed(option, file, "Nothing was changed", () => {
    const found = statSync(file, { throwIfNoEntry: false });
    if (found !== undefined && !found.isFile() && !found.isDirectory()) return; // who reads a pipe would see it end
    closeSync(openSync(file, "a"));
    if (found === undefined) rmSync(realpathSync(file)); // an empty file isn't a report
  });
}

/**
 * Writes the file that an option names.
 *
 * @param effect what an error says about the rest
 * @throws CommandError when it can't be written
 */
export function writeNamed(option: string, file: string, effect: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    throw new CommandError(
      `Can't write ${option} ${describePath(file)}: ${messageOf(error)}. ${effect}. Choose another file.`,
    );
  }
}
