import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Reads a file of this package itself, wherever it is installed, compiled or not. */
export function readPackageFile(name: string): string {
  let folder = __dirname;
  while (!existsSync(join(folder, "package.json"))) folder = dirname(folder);
  return readFileSync(join(folder, name), "utf8");
}
