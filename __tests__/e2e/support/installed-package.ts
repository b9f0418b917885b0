import { execFileSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, readdirSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { bin, files, name as packageName } from "../../../package.json";

/** The node_modules of the tests' projects: what `npm install` puts into a repository of a user. */
export function installed(): string {
  return join(process.env.E2E_SCRATCH ?? tmpdir(), "node_modules");
}

/** Builds this package, copies what is published of it into a folder, and links what it needs. */
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
  for (const name of readdirSync("node_modules")) {
    if (!name.startsWith(".") && name !== packageName) symlinkSync(resolve("node_modules", name), join(folder, name));
  }
}
