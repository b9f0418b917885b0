import { execFileSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { bin, files, name as packageName, peerDependencies } from "../../../package.json";

/** What a user's repository has beside this package and its peers, as they are in node_modules. */
const TOOLS = ["@types", "cdktf-cli", "ts-node", "typescript"];

/** The node_modules of the tests' projects: what `npm install` puts into a repository of a user. */
export function installed(): string {
  return join(process.env.E2E_SCRATCH ?? tmpdir(), "node_modules");
}

/** Builds this package, copies what is published of it into a folder, and links its peers. */
export function installPackage(folder: string): void {
  execFileSync("npm", ["run", "--silent", "build"], { stdio: "inherit" });
  const home = join(folder, packageName);
  for (const path of ["package.json", "LICENSE", ...files.filter((name) => !name.startsWith("!"))]) {
    mkdirSync(dirname(join(home, path)), { recursive: true });
    cpSync(path, join(home, path), { recursive: true });
  }
  const command = join(home, bin["support-app"]);
  chmodSync(command, 0o755); // as npm does
  mkdirSync(join(folder, ".bin"), { recursive: true });
  symlinkSync(command, join(folder, ".bin/support-app"));
  for (const name of [...Object.keys(peerDependencies), ...TOOLS]) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    symlinkSync(resolve("node_modules", name), join(folder, name));
  }
}
