import { execFileSync } from "node:child_process";
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join, resolve, sep } from "node:path";
import { checksum } from "../../../common/checksum";
import type { Fields } from "../../../common/fields";
import { fieldsIn, jsonText, listIfAny, parseJsonIfAny, textOf } from "../../../common/json";
import { packageFolder } from "../../../common/package-files";
import { explainFailure } from "../../terminal/command-error";
import { temporaryFolder } from "../../terminal/temporary-folder";

export interface PackageOrigin {
  /** What package.json has: a version in npm's registry, or `file:` and the path of the packed copy. */
  readonly specifier: string;
  /** The copy that a repository keeps, at its path there. Undefined: the package comes from the registry. */
  readonly copy?: { readonly path: string; readonly content: Buffer };
}

/** A packed copy in a repository, which this package has written. */
const COPY = /^file:(vendor\/cdkt[fn]-support-app-access-[\w.-]+\.tgz)$/;

/**
 * Where the package that is running came from. Unless that is npm's registry, a repository needs a packed copy: of a
 * clone, a tarball, a Git repository, or of a global installation, which nothing names.
 *
 * @param folder the package's own
 * @param repository the working directory, which counts if nothing else names the package, such as in a workspace
 * @throws CommandError when npm can't pack it
 */
export function packageOrigin(folder = packageFolder(), repository = process.cwd()): PackageOrigin {
  const { name, version } = readFields(join(folder, "package.json")) as { name: string; version: string };
  const parts = folder.split(sep);
  const parentFolders = parts.flatMap((part, index) =>
    part === "node_modules" ? [parts.slice(0, index).join(sep)] : [],
  );
  const isInstalled = parentFolders.length > 0;
  // The nearest package.json that names the package: of npx's cache, a project or the working directory.
  for (const consumer of isInstalled ? [...parentFolders.reverse(), repository] : []) {
    const { dependencies, devDependencies, optionalDependencies } = readFields(join(consumer, "package.json"));
    const sections = [dependencies, devDependencies, optionalDependencies].map(fieldsIn);
    const specifier = sections.map((section) => section[name]).find((candidate) => typeof candidate === "string");
    if (typeof specifier !== "string") continue;
    // Versions, ranges, tags, aliases and pnpm's catalogs. Everything else has another protocol, or a path.
    if (!/[:/]/.test(specifier) || /^(npm|catalog):/.test(specifier)) return { specifier: version };
    const file = resolve(consumer, COPY.exec(specifier)?.[1] ?? "");
    if (statSync(file, { throwIfNoEntry: false })?.isFile()) return originOf(name, version, readFileSync(file));
    break;
  }
  return originOf(name, version, pack(folder, isInstalled));
}

/** With the checksum in its name: npm doesn't install a file again that has the same name. */
function originOf(name: string, version: string, content: Buffer): PackageOrigin {
  const path = `vendor/${name}-${version}-${checksum(content).slice(0, 8)}.tgz`;
  return { specifier: `file:${path}`, copy: { path, content } };
}

/** What only a clone needs. npm would mention the scripts wherever it installs a packed copy. */
const CLONE_KEYS = ["scripts", "workspaces", "allowScripts"];

/** What npm always packs, beside package.json. */
const ALWAYS_PACKED = ["README.md", "LICENSE"];

/** Packs this package. A clone is built before; an installed package is built already, and has nothing to build it with. */
function pack(folder: string, isInstalled: boolean): Buffer {
  const scratch = temporaryFolder("support-app-pack-");
  const inWords = (reason: string) =>
    `Can't pack this package for the repository: ${reason}. Nothing was written. In a clone, run npm ci first.`;
  const pack = () => {
    if (!isInstalled) npm(["run", "prepare"], folder);
    if (!existsSync(join(folder, "dist"))) throw new Error("it has no folder dist, which npm ci builds");
    const copy = join(scratch, "package");
    const manifest = readFields(join(folder, "package.json"));
    // Only what npm may pack: a clone can have a provider of 700 MB in cdktf.out.
    for (const path of [...listIfAny(manifest.files).map(textOf), ...ALWAYS_PACKED]) {
      if (existsSync(join(folder, path))) cpSync(join(folder, path), join(copy, path), { recursive: true });
    }
    const entries = Object.entries(manifest).filter(([key]) => !CLONE_KEYS.includes(key));
    writeFileSync(join(copy, "package.json"), `${jsonText(Object.fromEntries(entries))}\n`);
    npm(["pack", "--pack-destination", scratch, "--ignore-scripts"], copy);
    return readFileSync(join(scratch, readdirSync(scratch).find((name) => name.endsWith(".tgz")) ?? ""));
  };
  try {
    return explainFailure(inWords, pack);
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

/** Runs npm, whatever is set for its output. Its errors are printed. */
function npm(args: readonly string[], cwd: string): void {
  execFileSync("npm", [...args, "--loglevel", "error"], { cwd, stdio: ["ignore", "ignore", "inherit"] });
}

/** Anything but a JSON object counts as an empty one. */
function readFields(file: string): Fields {
  return fieldsIn(existsSync(file) && parseJsonIfAny(readFileSync(file, "utf8")));
}
