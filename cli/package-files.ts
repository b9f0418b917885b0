import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseJson } from "./json";

/** Reads a file of this package, compiled or not. */
export function readPackageFile(name: string): string {
  let folder = __dirname;
  while (!existsSync(join(folder, "package.json"))) folder = dirname(folder);
  return readFileSync(join(folder, name), "utf8");
}

/** The part of this package's package.json that is read. */
export interface PackageJson {
  readonly name: string;
  readonly version: string;
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

export function packageJson(): PackageJson {
  return parseJson(readPackageFile("package.json")) as PackageJson; // npm has validated it
}
