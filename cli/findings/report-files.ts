import { closeSync, existsSync, openSync, readdirSync, realpathSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { describePath } from "../../common/problem";
import { explainFailure } from "../terminal/command-error";
import { isPipeOrDevice } from "../terminal/replace-file";

/**
 * Every JSON file below a folder, sorted: each has to be a report. None if it doesn't exist: no job got that far.
 *
 * @param option that names the folder
 * @throws CommandError when it isn't a folder, or can't be read
 */
export function reportFiles(folder: string, option = "--reports"): string[] {
  const entries = explainFailure(
    (reason) => `Can't read ${option} ${describePath(folder)}: ${reason}. Nothing was written. Check the name.`,
    () => statSync(folder, { throwIfNoEntry: false }) && readdirSync(folder, { recursive: true, withFileTypes: true }),
  );
  return (entries ?? [])
    .filter((entry) => entry.isFile() && entry.name.endsWith(".json"))
    .map(({ parentPath, name }) => join(parentPath, name))
    .sort();
}

/**
 * Checks before the work that its result can be written.
 *
 * @param option that names the file
 */
export function expectWritable(option: string, file: string): void {
  if (isPipeOrDevice(file)) return; // who reads a pipe would see it end
  const isNew = !existsSync(file);
  explainFailure(
    (reason) => `Can't write ${option} ${describePath(file)}: ${reason}. Nothing was changed. Choose another file.`,
    () => closeSync(openSync(file, "a")),
  );
  if (isNew) rmSync(realpathSync(file)); // an empty file isn't a report
}
