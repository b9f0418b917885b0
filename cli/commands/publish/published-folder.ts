import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describePath } from "../../../modules/support-app/model/problem";
import { diskReason, errorCode } from "../../../stacks/output/disk-error";
import { checksum } from "../../terminal/checksum";
import { CommandError } from "../../terminal/command-error";
import { isFields, parseJson } from "../../terminal/json";
import { readJsonFile } from "../../terminal/json-file";
import { isPipeOrDevice } from "../../terminal/replace-file";

/** A file as text, with its path below a folder, with `/`. */
export type File = readonly [path: string, text: string];

/** Files by their path. */
export type Files = ReadonlyMap<string, string>;

/** The file that describes a publication. */
export const MANIFEST = "manifest.json";

/** The generator's name in the manifest. */
export const GENERATOR = "cdktf-support-app-access";

/** The file with the SHA-256 of each file of a publication. */
export const CHECKSUMS = "SHA256SUMS";

/** The first path in a folder that publish didn't write, or that was changed since. Undefined: there is none. */
export function foreignPath(folder: string): string | undefined {
  const found = filesIn(folder);
  const sums = checksumsOf(folder, found);
  const isOurs = ([path, isFile]: readonly [string, boolean]) =>
    isFile && (path === CHECKSUMS || checksum(readFileSync(join(folder, path))) === sums.get(path));
  return [...found].find((entry) => !isOurs(entry))?.[0];
}

/** The differences between a folder and the expected files, one per line, after what to do. Empty: there are none. */
export function differences(folder: string, files: Iterable<File>): string[] {
  try {
    const found = filesIn(folder);
    const different: string[] = [];
    for (const [path, text] of files) {
      const isFile = found.get(path);
      if (isFile === undefined) different.push(`missing: ${path}`);
      else if (!isFile || !readFileSync(join(folder, path)).equals(Buffer.from(text)))
        different.push(`differs: ${path}`);
      found.delete(path);
    }
    different.push(...[...found.keys()].sort().map((path) => `not published: ${path}`));
    if (different.length === 0) return [];
    const foreign = foreignPath(folder);
    const advice =
      foreign === undefined
        ? "Publish again."
        : `Move away what publish didn't write as it is, such as ${describePath(foreign)}, and publish again, or publish to another folder.`;
    return [`${folder} is not what publish would write. ${advice}`, ...different];
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    throw new CommandError(
      `Can't read --check ${describePath(folder)}: ${diskReason(error, folder)}. Choose another folder.`,
    );
  }
}

/** A publication's manifest or access.json. */
export function readPublished(option: string, folder: string, file: string): Readonly<Record<string, unknown>> {
  const sentence = () =>
    `Received ${option} ${describePath(folder)}, expected a folder that publish has written, with ${file} of schema version 1 in it. Check the name.`;
  const path = join(folder, file);
  const read = isPipeOrDevice(path) ? undefined : readJsonFile(path, sentence, sentence);
  if (isFields(read) && read.schemaVersion === 1) return read;
  throw new CommandError(sentence());
}

/** The checksums of a publication's files by path. Empty: the folder isn't a publication. */
function checksumsOf(folder: string, found: ReadonlyMap<string, boolean>): ReadonlyMap<string, string> {
  if (!found.get(MANIFEST) || !found.get(CHECKSUMS)) return new Map();
  const [manifest = "", sums = ""] = [MANIFEST, CHECKSUMS].map((path) => readFileSync(join(folder, path), "utf8"));
  try {
    const { generator } = parseJson(manifest) as { readonly generator?: unknown };
    if (generator !== GENERATOR) return new Map();
  } catch {
    return new Map();
  }
  const lines = sums.trimEnd().split(/\r?\n/);
  return new Map(lines.map((line) => line.split("  ").reverse() as [path: string, sum: string]));
}

/** Everything in a folder and its subfolders, except the folders, and whether it is a file, which a link isn't. */
function filesIn(folder: string): Map<string, boolean> {
  const entries = readdirSync(folder, { withFileTypes: true }).flatMap((entry): [string, boolean][] =>
    entry.isDirectory()
      ? [...filesIn(join(folder, entry.name))].map(([path, isFile]) => [`${entry.name}/${path}`, isFile])
      : [[entry.name, entry.isFile()]],
  );
  return new Map(entries);
}
