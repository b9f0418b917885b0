import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { devDependencies, peerDependencies } from "../../packaging/cdktn.json";

/**
 * Installs the versions of cdktn that its package was made for in a folder of the cache, unless they are there: this
 * project's own package.json doesn't have it.
 *
 * @returns their node_modules
 */
export function cdktnModules(): string {
  const versions: Readonly<Record<string, string>> = devDependencies;
  const dependencies = Object.fromEntries(Object.keys(peerDependencies).map((name) => [name, versions[name]]));
  const folder = "node_modules/.cache/cdktn";
  const manifest = join(folder, "package.json");
  const text = JSON.stringify({ private: true, dependencies });
  if (!existsSync(manifest) || readFileSync(manifest, "utf8") !== text) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    const names = Object.entries(dependencies).map(([name, version]) => `${name}@${version}`);
    execFileSync("npm", ["install", "--prefix", ".", "--silent", "--no-save", "--no-audit", "--no-fund", ...names], {
      cwd: folder,
      stdio: ["ignore", "ignore", "inherit"],
    });
    writeFileSync(manifest, text); // last, when all is there
  }
  return resolve(folder, "node_modules");
}
