import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, readdirSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { bin, name as packageName } from "../../../package.json";

/** The node_modules of the tests' projects: what `npm install` puts into a repository of a user. */
export function installed(): string {
  return join(process.env.E2E_SCRATCH ?? tmpdir(), "node_modules");
}

/** Builds this package, and links it and what it needs into a folder. */
export function installPackage(folder: string): void {
  execFileSync("npm", ["run", "--silent", "build"], { stdio: "inherit" });
  const command = resolve(bin["support-app"]);
  chmodSync(command, 0o755); // as npm does
  mkdirSync(join(folder, ".bin"), { recursive: true });
  symlinkSync(command, join(folder, ".bin/support-app"));
  symlinkSync(resolve("."), join(folder, packageName));
  for (const name of readdirSync("node_modules")) {
    if (!name.startsWith(".") && name !== packageName) symlinkSync(resolve("node_modules", name), join(folder, name));
  }
}
