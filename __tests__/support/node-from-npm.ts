import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join, resolve } from "node:path";

/** Node.js from npm's package `node`, by its major version, with the major version of the npm that it comes with. */
export const NODES: Readonly<Record<string, string>> = { 20: "10", 22: "10", 24: "11" };

export interface Node {
  readonly version: string;
  /** The folder that its commands are in, npm's included. */
  readonly bin: string;
}

/** Where Node.js is kept, which takes long to get. */
const CACHE = resolve("node_modules/.cache/matrix");

/**
 * A Node.js and its npm.
 *
 * @throws Error when npm can't install it
 */
export function nodeFromNpm(major: string): Node {
  const folder = join(CACHE, `node-${major}`);
  mkdirSync(folder, { recursive: true });
  const bin = join(folder, "node_modules/.bin");
  if (!existsSync(join(bin, "npm"))) {
    const packages = [`node@${major}`, `npm@${NODES[major]}`];
    execFileSync("npm", ["install", "--silent", "--no-audit", "--prefix", folder, ...packages]);
  }
  const version = execFileSync(join(bin, "node"), ["--version"], { encoding: "utf8" });
  return { version: version.trim().slice(1), bin };
}
