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
  for (let parent = folder; !existsSync(parent); parent = dirname(parent)) missing.unshift(parent);
  const madeFolders: string[] = [];
  try {
    for (const missingFolder of missing)
      if (ignoring(["EEXIST"], () => mkdirSync(missingFolder))) madeFolders.push(missingFolder); // not another process
    if (madeFolders.at(-1) !== folder && !statSync(folder).isDirectory()) mkdirSync(folder); // something else is there: its error
  } catch (error) {
    removeFolders(madeFolders);
    throw error;
  }
  return madeFolders;
}

/** Removes the folders that {@link makeFolders} has created, as far as they are empty. */
export function removeFolders(folders: readonly string[]): void {
  for (const folder of folders.toReversed()) attempt(() => rmdirSync(folder));
}
