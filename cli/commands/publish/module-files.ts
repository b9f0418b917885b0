import { readdirSync } from "node:fs";
import { join } from "node:path";
import { packageFolder, readPackageFile } from "../../../common/package-files";
import type { Files } from "./write-publication";

/** Where this package has the modules, in the layout of a publication. */
const FOLDER = "terraform";

/** The modules beside the first one, by their folders' names. */
export function moduleNames(): string[] {
  return readdirSync(join(packageFolder(), FOLDER, "modules")).sort();
}

/** The files of all modules, each with the license: it may be published without the others. */
export function moduleFiles(): Files {
  const license = readPackageFile("LICENSE");
  const files = readdirSync(join(packageFolder(), FOLDER), { recursive: true, encoding: "utf8" })
    .filter((path) => /\.(tf|hcl|md)$/.test(path) && !/(^|\/)\./.test(path)) // a contributor's .terraform may be there
    .map((path): [string, string] => [path, readPackageFile(join(FOLDER, path))]);
  const licenses = ["", ...moduleNames().map((name) => `modules/${name}/`)].map((folder) => `${folder}LICENSE`);
  return new Map([...files, ...licenses.map((path): [string, string] => [path, license])].sort());
}
