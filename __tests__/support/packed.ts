import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import type { Framework } from "../../cli/commands/init/framework";
import { cdktnModules } from "./cdktn";

/** What the package is made of. */
const SOURCES = [
  "common",
  "cli",
  "modules",
  "packaging",
  "package-lock.json",
  "stacks",
  "terraform",
  "docs",
  "LICENSE",
  "CHANGELOG.md",
  "CONTRIBUTING.md",
  "README.md",
  "SECURITY.md",
  "package.json",
];
const CONFIGURATIONS = ["tsconfig.json", "tsconfig.build.json"];

/** Copies what the package is made of, and what builds it. */
export function copySources(to: string): void {
  for (const path of [...SOURCES, ...CONFIGURATIONS]) cpSync(path, join(to, path), { recursive: true });
  symlinkSync(resolve("node_modules"), join(to, "node_modules"));
}

/** Packs this package as npm would publish it, and returns where the tarball is. */
export function packed(scratch: string): string {
  const project = join(scratch, "project");
  copySources(project);
  const npm = { npm_config_cache: join(scratch, "npm"), npm_config_update_notifier: "false" };
  const pack = ["pack", "--silent", "--pack-destination", scratch];
  const name = execFileSync("npm", pack, { cwd: project, env: { ...process.env, ...npm }, encoding: "utf8" });
  return join(scratch, name.trim().split("\n").at(-1) ?? "");
}

/** The repository that the packages of a release name here. */
export const REPOSITORY = "acme/cdktf-support-app-access";

/** Packs this package for both frameworks, as for a release. */
export function packedForBoth(scratch: string): Readonly<Record<Framework, string>> {
  const release = join(scratch, "release");
  const tarball = packed(scratch);
  execFileSync(process.execPath, ["--require", "ts-node/register", "packaging/packages.ts", tarball, release], {
    env: { ...process.env, GITHUB_REPOSITORY: REPOSITORY },
  });
  const cdktf = join(release, basename(tarball));
  return { cdktf, cdktn: join(release, basename(tarball).replace("cdktf-", "cdktn-")) };
}

/** The folder that has a framework's packages. */
export function modulesWith(framework: Framework): string {
  return framework === "cdktn" ? cdktnModules() : "node_modules";
}

/** Puts a packed package into a consumer's node_modules, with links to its peers. */
export function installPacked(tarball: string, consumer: string, peersFrom = "node_modules"): string {
  const [, name = ""] = /^(.*)-\d+\.\d+\.\d+\.tgz$/.exec(basename(tarball)) ?? [];
  const installed = join(consumer, "node_modules", name);
  mkdirSync(installed, { recursive: true });
  execFileSync("tar", ["-xzf", tarball, "-C", installed, "--strip-components=1"]);
  const { peerDependencies } = JSON.parse(readFileSync(join(installed, "package.json"), "utf8"));
  linkPackages(consumer, Object.keys(peerDependencies), peersFrom);
  return installed;
}

/** Links packages that are installed here into a consumer's node_modules. */
export function linkPackages(consumer: string, names: readonly string[], from: string): void {
  for (const name of names) {
    const place = join(consumer, "node_modules", name);
    mkdirSync(dirname(place), { recursive: true });
    symlinkSync(resolve(from, name), place);
  }
}
