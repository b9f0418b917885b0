import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve, sep } from "node:path";
import { messageOf } from "../../modules/support-app/printable";
import { describePath } from "../../modules/support-app/problem";
import { attempt } from "../../stacks/disk-error";
import { checksum } from "../checksum";
import { CommandError } from "../command-error";
import { isFields, parseJson } from "../json";
import { packageFolder } from "../package-files";

/** Where a repository gets this package. */
export interface PackageOrigin {
  /** What package.json has: a version in npm's registry, or `file:` and the path of the packed copy. */
  readonly specifier: string;
  /** Undefined: the package comes from the registry. */
  readonly copy?: PackedCopy;
}

/** A packed copy of this package, which a repository keeps. */
export interface PackedCopy {
  /** From the repository's root. */
  readonly path: string;
  readonly content: Buffer;
}

/** In a repository: packed copies, which this package has written. */
export const COPIES = /^vendor\/cdkt[fn]-support-app-access-[\w.-]+\.tgz$/;

/** How an installed package is named by what installed it. */
interface Installation {
  readonly consumer: string;
  readonly specifier: string;
}

/**
 * Where the package that is running came from. If it didn't come from npm's registry, such as from a clone, a tarball or
 * Git, a repository needs a packed copy.
 *
 * @throws CommandError when npm can't pack it
 */
export function packageOrigin(folder = packageFolder()): PackageOrigin {
  const { name, version } = readFields(join(folder, "package.json")) as { name: string; version: string };
  const installation = installationOf(folder, name);
  if (installation !== undefined && isOfRegistry(installation)) return { specifier: version };
  const content = (installation && installedTarball(installation)) ?? pack(folder);
  // The checksum: npm takes another file of the same name for the one that it has installed.
  const path = `vendor/${name}-${version}-${checksum(content).slice(0, 8)}.tgz`;
  return { specifier: `file:${path}`, copy: { path, content } };
}

/** The package.json that names the package: of a repository, or of npx's cache. Undefined: none does. */
function installationOf(folder: string, name: string): Installation | undefined {
  const parts = folder.split(sep);
  const consumers = parts.flatMap((part, index) => (part === "node_modules" ? [parts.slice(0, index).join(sep)] : []));
  for (const consumer of consumers.reverse()) {
    const { dependencies, devDependencies, optionalDependencies } = readFields(join(consumer, "package.json"));
    const specifier = [dependencies, devDependencies, optionalDependencies]
      .map((section) => (isFields(section) ? section[name] : undefined))
      .find((one) => typeof one === "string");
    if (typeof specifier === "string") return { consumer, specifier };
  }
  return undefined;
}

/** Versions, ranges and tags; all else has a protocol or a path. */
function isOfRegistry({ specifier }: Installation): boolean {
  return !/[:/]/.test(specifier);
}

function installedTarball({ consumer, specifier }: Installation): Buffer | undefined {
  const [, path] = /^file:(.*\.tgz)$/.exec(specifier) ?? [];
  let content: Buffer | undefined;
  if (path !== undefined) {
    attempt(() => {
      content = readFileSync(resolve(consumer, path));
    });
  }
  return content;
}

/** Packs this package as npm would publish it. An installed one is built already, and has nothing to build it with. */
function pack(folder: string): Buffer {
  const scratch = mkdtempSync(join(tmpdir(), "support-app-pack-"));
  try {
    const scripts = folder.split(sep).includes("node_modules") ? ["--ignore-scripts"] : [];
    const args = ["pack", folder, "--pack-destination", scratch, ...scripts];
    const { status, stderr, error } = spawnSync("npm", args, { cwd: scratch, encoding: "utf8" });
    const [tarball] = readdirSync(scratch).filter((name) => name.endsWith(".tgz"));
    if (status === 0 && tarball !== undefined) return readFileSync(join(scratch, tarball));
    throw new CommandError([
      `Can't pack ${describePath(folder)} for the repository: ${error === undefined ? "npm pack failed" : messageOf(error)}. Nothing was written. In a clone, run npm ci first.`,
      ...(stderr ?? "").trim().split("\n"),
    ]);
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

/** Anything but a readable JSON object counts as an empty one. */
function readFields(file: string): Readonly<Record<string, unknown>> {
  let content: unknown;
  attempt(() => {
    content = parseJson(readFileSync(file, "utf8"));
  });
  return isFields(content) ? content : {};
}
