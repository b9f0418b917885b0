import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** The folder of this package, compiled or not. */
export function packageFolder(): string {
  let folder = __dirname;
  while (!existsSync(join(folder, "package.json"))) folder = dirname(folder);
  return folder;
}

/** Reads a file of this package. */
export function readPackageFile(name: string): string {
  return readFileSync(join(packageFolder(), name), "utf8");
}

/** The part of this package's package.json that is read. */
export interface PackageJson {
  readonly name: string;
  readonly version: string;
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

let manifest: PackageJson | undefined;

/** Read once: each of thousands of stacks has the version. */
export function packageJson(): PackageJson {
  manifest ??= JSON.parse(readPackageFile("package.json")) as PackageJson; // npm has validated it
  return manifest;
}
