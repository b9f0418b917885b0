import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { messageOf } from "../../../modules/support-app/model/printable";
import { describePath } from "../../../modules/support-app/model/problem";
import { errorCode } from "../../../stacks/output/disk-error";
import { checksum } from "../../terminal/checksum";
import { CommandError } from "../../terminal/command-error";
import { isFields, parseJson } from "../../terminal/json";
import { readJsonFile } from "../../terminal/json-file";
import { CHECKSUMS, type File, GENERATOR, MANIFEST } from "./files";

/** Refuses a folder that contains anything that publish didn't write, or that was changed since. */
export function expectOurs(folder: string, target: string): void {
  const inode = () => statSync(target, { throwIfNoEntry: false })?.ino;
  const before = inode();
  if (before === undefined) return;
  let other: Entry | undefined;
  try {
    const sums = readChecksums(target);
    other = filesIn(target).find(
      ({ path, isFile }) =>
        path !== CHECKSUMS && (!isFile || checksum(readFileSync(join(target, path))) !== sums.get(path)),
    );
  } catch (error) {
    if (inode() === before) throw error;
  }
  if (other === undefined || inode() !== before) return; // another run has just published to it
  throw new CommandError(
    `Received --out ${describePath(folder)}, expected a new or empty folder, or an unchanged one that publish has written: this one has ${describePath(other.path)} in it, which would be lost. Choose another folder, or move that away.`,
  );
}

const CHANGED = "changed since it was published";
const FOREIGN = "not written by publish";

/**
 * The differences between a folder and the expected files, one per line, after the sentences that say what to do.
 * Empty: there are none.
 */
export function differences(folder: string, files: Iterable<File>): string[] {
  const inSentences = <T>(read: () => T) => readable("--check", folder, read);
  const found = inSentences(() => new Map(filesIn(folder).map(({ path, isFile }) => [path, isFile])));
  const sums = inSentences(() => readChecksums(folder));
  const hasChecksums = sums.has(MANIFEST); // which publish always lists
  const howOf = (path: string, expected?: string) => {
    if (!found.has(path)) return "missing";
    const content = found.get(path) ? inSentences(() => readFileSync(join(folder, path))) : undefined;
    if (sums.has(path) && (content === undefined || checksum(content) !== sums.get(path))) return CHANGED;
    const isOurs = sums.has(path) || path === CHECKSUMS;
    if (expected === undefined) return isOurs ? "no longer published" : FOREIGN;
    if (!isOurs && hasChecksums) return FOREIGN;
    return content?.equals(Buffer.from(expected)) ? "same" : "differs";
  };
  const hows = new Map<string, string>();
  for (const [path, text] of files) hows.set(path, howOf(path, text));
  const rank = (path: string) => [MANIFEST, CHECKSUMS].indexOf(path); // last, since they depend on the others
  const expected = [...hows].sort(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1));
  const others = [...found.keys()].filter((path) => !hows.has(path)).sort();
  const all = [...expected, ...others.map((path) => [path, howOf(path)] as const)];
  const different = all.filter(([, how]) => how !== "same");
  if (different.length === 0) return [];
  // Advice after which expectOurs doesn't refuse the folder.
  const isRefused = different.some(([, how]) => how === CHANGED || how === FOREIGN);
  const again = isRefused
    ? "Discard or move away the files that publish didn't write as they are. Then publish again, or publish to another folder."
    : "Publish again.";
  const advice =
    hasChecksums && hows.get(MANIFEST) !== CHANGED
      ? again
      : `Its ${MANIFEST} and ${CHECKSUMS} are not as publish wrote them. Restore them, or publish to another folder.`;
  return [`${folder} is not what publish would write. ${advice}`, ...different.map(([path, how]) => `${how}: ${path}`)];
}

/** A publication's manifest or access.json. */
export function readPublished(option: string, folder: string, file: string): Readonly<Record<string, unknown>> {
  const sentence = () =>
    `Received ${option} ${describePath(folder)}, expected a folder that publish has written, with ${file} of schema version 1 in it. Check the name.`;
  const path = join(folder, file);
  const read = isPipeOrOther(path) ? undefined : readJsonFile(path, sentence, sentence);
  if (isFields(read) && read.schemaVersion === 1) return read;
  throw new CommandError(sentence());
}

/** The checksums of an earlier publication's files by path. Empty: the folder isn't a publication. */
function readChecksums(folder: string): ReadonlyMap<string, string> {
  if ([MANIFEST, CHECKSUMS].some((name) => isPipeOrOther(join(folder, name)))) return new Map();
  try {
    const manifest = parseJson(readFileSync(join(folder, MANIFEST), "utf8"));
    if (!isFields(manifest) || manifest.generator !== GENERATOR) return new Map();
    const lines = readFileSync(join(folder, CHECKSUMS), "utf8").trimEnd().split(/\r?\n/);
    return new Map(lines.map((line) => line.split("  ").reverse() as [path: string, sum: string]));
  } catch (error) {
    const isNone = error instanceof SyntaxError || ["ENOENT", "ENOTDIR", "EISDIR"].includes(errorCode(error) ?? "");
    if (isNone) return new Map();
    throw error;
  }
}

/** What isn't a file isn't read: a pipe would be waited for. */
function isPipeOrOther(path: string): boolean {
  try {
    return !statSync(path).isFile();
  } catch {
    return false; // reading it says why
  }
}

function readable<T>(option: string, folder: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw new CommandError(
      `Received ${option} ${describePath(folder)}, expected a readable folder, but: ${messageOf(error)}. Choose another folder.`,
    );
  }
}

interface Entry {
  readonly path: string;
  readonly isFile: boolean;
}

/** Everything in a folder and its subfolders, except the folders. Links aren't followed, and don't count as files. */
function filesIn(folder: string, below = ""): Entry[] {
  return readdirSync(join(folder, below), { withFileTypes: true }).flatMap((entry) => {
    const path = below === "" ? entry.name : `${below}/${entry.name}`;
    return entry.isDirectory() ? filesIn(folder, path) : [{ path, isFile: entry.isFile() }];
  });
}
