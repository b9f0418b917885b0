import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { z } from "zod";
import { checksum } from "../../../common/checksum";
import { diskReason, errorCode } from "../../../common/disk-error";
import { describePath } from "../../../common/problem";
import { CommandError } from "../../terminal/command-error";
import { readFormOfJson } from "../../terminal/json-file";
import { isPipeOrDevice } from "../../terminal/replace-file";

/** A file as text, with its path below a folder, with `/`. */
export type File = readonly [path: string, text: string];

/** Files by their path. */
export type Files = ReadonlyMap<string, string>;

/** The file that describes a publication. */
export const MANIFEST = "manifest.json";

export const GENERATOR = "cdktf-support-app-access";

/** The file with the SHA-256 of each file of a publication. */
export const CHECKSUMS = "SHA256SUMS";

/** The first path in a folder that publish didn't write, or that was changed since. Undefined: there is none. */
export function foreignPath(folder: string): string | undefined {
  const files = filesIn(folder);
  const sums = checksumsOf(folder, files);
  const isOurs = ([path, isFile]: readonly [string, boolean]) =>
    isFile && (path === CHECKSUMS || checksum(readFileSync(join(folder, path))) === sums.get(path));
  return [...files].find((entry) => !isOurs(entry))?.[0];
}

/** The differences between a folder and the expected files, one per line. Empty: there are none. */
export function differences(folder: string, files: Iterable<File>): string[] {
  try {
    const filesBefore = filesIn(folder);
    const different: string[] = [];
    for (const [path, text] of files) {
      const isFile = filesBefore.get(path);
      if (isFile === undefined) different.push(`missing: ${path}`);
      else if (!isFile || !readFileSync(join(folder, path)).equals(Buffer.from(text)))
        different.push(`differs: ${path}`);
      filesBefore.delete(path);
    }
    return [...different, ...[...filesBefore.keys()].sort().map((path) => `not published: ${path}`)];
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    throw new CommandError(
      `Can't read --check ${describePath(folder)}: ${diskReason(error, folder)}. Choose another folder.`,
    );
  }
}

export const manifestSchema = z.object({
  schemaVersion: z.literal(1),
  /** Of the publication. */
  version: z.string().optional(),
  /** The version that its page is compared with. */
  since: z.string().optional(),
  /** When the people were counted that its page has. */
  people: z.string().optional(),
});

/** Reads a publication's manifest or access.json. */
export function readPublished<T>(option: string, folder: string, file: string, form: z.ZodType<T>): T {
  const received = `Received ${option} ${describePath(folder)} with ${file === MANIFEST ? "a" : "an"} ${file}`;
  const expected = "expected an earlier publication, as publish writes it with schema version 1. Check the name.";
  const path = join(folder, file);
  if (isPipeOrDevice(path)) throw new CommandError(`${received} that is not a file, ${expected}`);
  return readFormOfJson(path, form, received, expected);
}

/** The checksums of a publication's files by path. Empty: the folder isn't a publication. */
function checksumsOf(folder: string, files: ReadonlyMap<string, boolean>): ReadonlyMap<string, string> {
  if (!files.get(MANIFEST) || !files.get(CHECKSUMS)) return new Map();
  const [manifest = "", sums = ""] = [MANIFEST, CHECKSUMS].map((path) => readFileSync(join(folder, path), "utf8"));
  if (!manifest.includes(`"generator": ${JSON.stringify(GENERATOR)}`)) return new Map();
  const lines = sums.trimEnd().split(/\r?\n/);
  return new Map(lines.map((line) => line.split("  ").reverse() as [path: string, sum: string]));
}

/** Everything in a folder and its subfolders, except the folders, and whether it is a file, which a link isn't. */
function filesIn(folder: string): Map<string, boolean> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => !entry.isDirectory());
  return new Map(
    entries.map((entry) => [relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/"), entry.isFile()]),
  );
}
