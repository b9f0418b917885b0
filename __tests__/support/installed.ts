import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

/**
 * Installs packages in a folder of the cache, out of this project's way, unless they are there.
 *
 * @param dependencies exact versions by name
 * @returns their node_modules
 */
export function installed(name: string, dependencies: Readonly<Record<string, string | undefined>>): string {
  const folder = join("node_modules/.cache", name);
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
