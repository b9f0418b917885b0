import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import { basename, dirname, join, relative, resolve } from "node:path";
import { messageOf } from "../../modules/support-app/printable";
import { describePath } from "../../modules/support-app/problem";
import { CommandError } from "../command-error";
import { isFields, parseJson } from "../json";
import { readJsonFile } from "../json-file";
import { CHECKSUMS, checksum, type Files, GENERATOR, MANIFEST } from "./files";

/**
 * The folder that a publication is to go to, as an absolute path without links. Refuses one that isn't for publications alone:
 * that has anything in it that publish didn't put there as it is, or that somebody stands in.
 */
export function outputFolder(folder: string): string {
  return readable("--out", folder, () => {
    heal(resolve(folder));
    const target = existsSync(folder) ? realpathSync(folder) : resolve(folder);
    if ([process.cwd(), homedir()].some((place) => !relative(target, place).startsWith(".."))) {
      throw new CommandError(
        `Received --out ${describePath(folder)}, expected a folder of its own, since it is replaced as a whole. Choose one below this one.`,
      );
    }
    expectOurs(folder, target);
    return target;
  });
}

function expectOurs(folder: string, target: string): void {
  if (!existsSync(target)) return;
  const sums = readChecksums(target);
  const other = filesIn(target).find(
    ({ path, isFile }) =>
      path !== CHECKSUMS && (!isFile || checksum(readFileSync(join(target, path))) !== sums.get(path)),
  );
  if (other === undefined) return;
  throw new CommandError(
    `Received --out ${describePath(folder)}, expected a new or empty folder, or one as publish has made it: this one has ${describePath(other.path)} in it, which would be lost. Choose another folder, or move that away.`,
  );
}

/**
 * Replaces a folder as a whole, so that whoever looks sees either the old one or the new one. Whatever goes wrong leaves the
 * old one.
 */
export function replaceFolder(folder: string, target: string, files: Files): void {
  let made: string | undefined;
  try {
    mkdirSync(dirname(target), { recursive: true });
    made = mkdtempSync(join(dirname(target), besides(target)));
    const fresh = join(made, NEW);
    for (const [path, text] of files) {
      mkdirSync(dirname(join(fresh, path)), { recursive: true });
      writeFileSync(join(fresh, path), text);
    }
    expectOurs(folder, target); // it may have taken a while
    if (existsSync(target)) renameSync(target, join(made, OLD));
    renameSync(fresh, target);
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw new CommandError(
      `Received --out ${describePath(folder)}, expected a folder that can be written, but: ${messageOf(error)}. Nothing was changed. Make room, or choose another folder.`,
    );
  } finally {
    heal(target);
  }
}

/** Where the new folder is made, and the old one is until the new one is in its place. */
const NEW = "new";
const OLD = "old";

function besides(target: string): string {
  return `.${basename(target)}.publishing-`;
}

/** Puts the old folder back where a run that was cut off has left none, and removes what it has left. */
function heal(target: string): void {
  const left = existsSync(dirname(target)) ? readdirSync(dirname(target)) : [];
  for (const name of left.filter((one) => one.startsWith(besides(target)))) {
    const made = join(dirname(target), name);
    if (!existsSync(target) && existsSync(join(made, OLD))) renameSync(join(made, OLD), target);
    rmSync(made, { recursive: true, force: true });
  }
}

/** What a folder has otherwise than it should, each as a line. */
export function differences(folder: string, files: Files): string[] {
  return readable("--check", folder, () => {
    const found = new Map(filesIn(folder).map(({ path, isFile }) => [path, isFile]));
    return [
      ...[...files].flatMap(([path, text]) => {
        if (!found.has(path)) return [`missing: ${path}`];
        return found.get(path) && readFileSync(join(folder, path), "utf8") === text ? [] : [`differs: ${path}`];
      }),
      ...[...found.keys()].filter((path) => !files.has(path)).map((path) => `not ours: ${path}`),
    ];
  });
}

/** A publication's manifest or access.json. */
export function readPublished(option: string, folder: string, file: string): Readonly<Record<string, unknown>> {
  const sentence = () =>
    `Received ${option} ${describePath(folder)}, expected a folder that publish has made, with ${file} of schema version 1 in it. Check the name.`;
  const read = readJsonFile(join(folder, file), sentence, sentence);
  if (isFields(read) && read.schemaVersion === 1) return read;
  throw new CommandError(sentence());
}

/** The checksums of an earlier publication's files, by their path. Empty: it isn't one. */
function readChecksums(folder: string): ReadonlyMap<string, string> {
  try {
    const manifest = parseJson(readFileSync(join(folder, MANIFEST), "utf8"));
    if (!isFields(manifest) || manifest.generator !== GENERATOR) return new Map();
    const lines = readFileSync(join(folder, CHECKSUMS), "utf8").trimEnd().split("\n");
    return new Map(lines.map((line) => line.split("  ").reverse() as [path: string, sum: string]));
  } catch {
    return new Map();
  }
}

function readable<T>(option: string, folder: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw new CommandError(
      `Received ${option} ${describePath(folder)}, expected a folder that can be read, but: ${messageOf(error)}. Choose another folder.`,
    );
  }
}

/** What is in a folder, but for folders. Links aren't followed, and are no files. */
function filesIn(folder: string, below = ""): { readonly path: string; readonly isFile: boolean }[] {
  return readdirSync(join(folder, below), { withFileTypes: true }).flatMap((entry) => {
    const path = below === "" ? entry.name : `${below}/${entry.name}`;
    return entry.isDirectory() ? filesIn(folder, path) : [{ path, isFile: entry.isFile() }];
  });
}
