import { existsSync, lstatSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import semver from "semver";
import * as z from "zod";
import { formatList } from "../../../common/format-list";
import { removeFolders } from "../../../common/make-folders";
import { describePath } from "../../../common/problem";
import { BACKEND_CHOICES, PROVIDER_CHOICES } from "../../../stacks/portable/root-choices";
import { CommandError } from "../../terminal/command-error";
import { readFormOfJson } from "../../terminal/json-file";
import { isPipeOrDevice, replaceFile } from "../../terminal/replace-file";

/** Files as text, by their path below a folder, with `/`. */
export type Files = ReadonlyMap<string, string>;

/** The file that describes a publication. */
export const MANIFEST = "manifest.json";

export const GENERATOR = "cdktf-support-app-access";

/** The folder with the roots of environments. */
export const ENVIRONMENTS = "environments";

/** The file with the SHA-256 of each file of a publication. */
export const CHECKSUMS = "SHA256SUMS";

const manifestSchema = z.object({
  schemaVersion: z.literal(1), // increased by changes that break readers
  generator: z.literal(GENERATOR),
  /** Of the publication (Semantic Versioning). */
  version: z.string().refine((version) => semver.valid(version) === version),
  /** Of the environments' roots. Undefined: as environments.yaml says. */
  backend: z.enum(BACKEND_CHOICES).optional(),
  /** Of the environments' roots. Undefined: their own. */
  provider: z.enum(PROVIDER_CHOICES).optional(),
  /** Whether it has the template of CloudFormation. */
  cloudformation: z.literal(true).optional(),
});

/** The manifest of an earlier publication. Undefined: there is none. */
export function readManifest(folder: string): z.infer<typeof manifestSchema> | undefined {
  const file = join(folder, MANIFEST);
  if (!existsSync(file)) return undefined;
  const name = `${MANIFEST} in --out ${describePath(folder)}`;
  const [expected, next] = [
    "the manifest of a publication, as publish writes it",
    "Restore it, or choose another folder.",
  ];
  if (isPipeOrDevice(file))
    throw new CommandError(`Received ${name} that is not a file, expected ${expected}. ${next}`);
  return readFormOfJson(file, manifestSchema, { name, expected, next });
}

/** A file that isn't as publish would write it. */
export interface FileDifference {
  readonly path: string;
  readonly kind: "missing" | "differs" | "not published";
  /** Whether something is in the file's place that publish hasn't written. */
  readonly isForeign: boolean;
}

/** How a folder differs from a publication. Files that publish hasn't written and wouldn't write are left out. */
export function differences(folder: string, files: Files): FileDifference[] {
  const paths = writtenPaths(folder);
  return [...new Set([...files.keys(), ...paths])].flatMap((path) => {
    const text = textAt(folder, path);
    if (text === files.get(path)) return [];
    if (text === undefined) return { path, kind: "missing", isForeign: false };
    return { path, kind: files.has(path) ? "differs" : "not published", isForeign: text === null || !paths.has(path) };
  });
}

/** The paths of what publish has written into a folder, also if it was interrupted. */
function writtenPaths(folder: string): ReadonlySet<string> {
  if (readManifest(folder) === undefined) return new Set();
  const lines = textAt(folder, CHECKSUMS)?.split(/\r?\n/) ?? [];
  const paths = lines.flatMap((line) => line.match(/^[0-9a-f]{64} {2}(.+)$/)?.slice(1) ?? []);
  return new Set([MANIFEST, CHECKSUMS, ...paths.filter(isBelow)]);
}

/** Whether a path leads to something below a folder, whoever wrote the path. Nothing hidden, such as .git: publish writes none. */
function isBelow(path: string): boolean {
  return !path.split("/").some((step) => step === "" || step.startsWith(".")) && !/[\\\0]/.test(path);
}

/** The text of a file. Undefined: there is nothing. Null: something else is in its way, such as a link. */
function textAt(folder: string, path: string): string | null | undefined {
  const steps = path.split("/");
  for (const end of steps.keys()) {
    const stats = lstatSync(join(folder, ...steps.slice(0, end + 1)), { throwIfNoEntry: false });
    if (stats === undefined) return undefined;
    if (end < steps.length - 1 ? !stats.isDirectory() : !stats.isFile()) return null;
  }
  return readFileSync(join(folder, path), "utf8");
}

/**
 * Writes a publication into a folder, removes what publish wrote there before and wouldn't write now, and leaves the rest.
 * The next run completes one that was interrupted: what a run writes is in the checksums before.
 *
 * @returns the folders of environments of which nothing is published, and which somebody else's files keep
 * @throws CommandError when somebody else's file or link is in a published file's place
 */
export function writePublication(folder: string, files: Files): string[] {
  const differing = differences(folder, files);
  const foreign = differing.filter(({ isForeign }) => isForeign).map(({ path }) => describePath(path));
  if (foreign.length > 0) {
    throw new CommandError(
      `Received --out ${describePath(folder)} with ${formatList(foreign)}, expected nothing there but what publish wrote. Nothing was changed. Move that away, or choose another folder.`,
    );
  }
  const pathsOf = (...kinds: FileDifference["kind"][]) =>
    differing.filter(({ kind }) => kinds.includes(kind)).map(({ path }) => path);
  const obsolete = pathsOf("not published");
  for (const path of obsolete) {
    rmSync(join(folder, path));
    removeFolders(
      path
        .split("/")
        .slice(0, -1)
        .map((_, index, steps) => join(folder, ...steps.slice(0, index + 1))),
    );
  }
  const changed = new Set(pathsOf("missing", "differs"));
  for (const path of [MANIFEST, CHECKSUMS, ...changed])
    if (changed.delete(path))
      replaceFile({ file: join(folder, path), text: files.get(path) as string, command: "publish" });
  return foldersWithoutEnvironment(folder, files);
}

/** Folders of environments of which nothing is published, and which somebody else's files keep. */
function foldersWithoutEnvironment(folder: string, files: Files): string[] {
  const environments = join(folder, ENVIRONMENTS);
  const entries = existsSync(environments) ? readdirSync(environments, { withFileTypes: true }) : [];
  const published = new Set([...files.keys()].map((path) => path.split("/").slice(0, 2).join("/")));
  return entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => `${ENVIRONMENTS}/${name}`)
    .filter((parent) => !published.has(parent))
    .sort();
}
