import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { devDependencies, peerDependencies } from "../../packaging/cdktn.json";

/** Where the other framework is installed: out of this project's way, whose own package.json doesn't have it. */
const FOLDER = "node_modules/.cache/cdktn";

/** Installs the versions of cdktn that its package was made for, unless they are there, and returns the folder that has them. */
export function cdktnModules(): string {
  const versions: Readonly<Record<string, string>> = devDependencies;
  const dependencies = Object.fromEntries(Object.keys(peerDependencies).map((name) => [name, versions[name]]));
  const manifest = join(FOLDER, "package.json");
  const text = JSON.stringify({ private: true, dependencies });
  if (!existsSync(manifest) || readFileSync(manifest, "utf8") !== text) {
    rmSync(FOLDER, { recursive: true, force: true });
    mkdirSync(FOLDER, { recursive: true });
    const names = Object.entries(dependencies).map(([name, version]) => `${name}@${version}`);
    execFileSync("npm", ["install", "--prefix", ".", "--silent", "--no-save", "--no-audit", "--no-fund", ...names], {
      cwd: FOLDER,
      stdio: ["ignore", "ignore", "inherit"],
    });
    writeFileSync(manifest, text); // last, when all is there
  }
  return resolve(FOLDER, "node_modules");
}
