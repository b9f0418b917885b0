import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { devDependencies, name, peerDependencies, version } from "../../package.json";

const scratch = mkdtempSync(join(tmpdir(), "support-app-package-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

test("npm installs the package with its peers, each once, and its command runs", () => {
  const project = join(scratch, "project");
  for (const path of ["cli", "modules", "stacks", "LICENSE", "README.md", "package.json"]) {
    cpSync(path, join(project, path), { recursive: true });
  }
  for (const path of ["tsconfig.json", "tsconfig.build.json"]) cpSync(path, join(project, path));
  symlinkSync(resolve("node_modules"), join(project, "node_modules"));
  execFileSync("npm", ["pack", "--silent", "--pack-destination", scratch], { cwd: project });

  writeFileSync(join(scratch, "package.json"), "{}");
  const peers = Object.keys(peerDependencies) as (keyof typeof peerDependencies)[];
  const packages = [`./${name}-${version}.tgz`, ...peers.map((peer) => `${peer}@${devDependencies[peer]}`)];
  execFileSync("npm", ["install", "--silent", "--prefer-offline", ...packages], { cwd: scratch });

  const { packages: installed } = JSON.parse(readFileSync(join(scratch, "package-lock.json"), "utf8"));
  const all = Object.keys(installed).map((path) => path.replace(/^.*node_modules\//, ""));
  for (const peer of peers) expect(all.filter((one) => one === peer)).toEqual([peer]);
  const help = execFileSync(join(scratch, "node_modules/.bin/support-app"), ["--help"], { encoding: "utf8" });
  expect(help).toContain("Usage: support-app [options] [command]");
});
