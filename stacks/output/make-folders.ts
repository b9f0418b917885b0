import { existsSync, mkdirSync, rmdirSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { attempt, ignoring } from "./disk-error";

/**
 * Creates a folder and its missing parents, or none of them. The `recursive` of Node.js 20 never ends where nothing can
 * be created, such as in /proc.
 *
 * @returns the folders that it created, outermost first
 * @throws the operating system's error for the first folder that can't be created
 */
export function makeFolders(folder: string): string[] {
  const missing: string[] = [];
  for (let one = folder; !existsSync(one); one = dirname(one)) missing.unshift(one);
  const made: string[] = [];
  try {
    for (const one of missing) if (ignoring(["EEXIST"], () => mkdirSync(one))) made.push(one); // not another process
    if (made.at(-1) !== folder && !statSync(folder).isDirectory()) mkdirSync(folder); // something else is there: its error
  } catch (error) {
    removeFolders(made);
    throw error;
  }
  return made;
}

/** Removes the folders that {@link makeFolders} has created, as far as they are empty. */
export function removeFolders(made: readonly string[]): void {
  for (const one of made.toReversed()) attempt(() => rmdirSync(one));
}
