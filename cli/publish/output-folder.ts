import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { describe } from "../../modules/support-app/problem";
import { CommandError } from "../command-error";
import { isFields } from "../review/policy";
import type { Files } from "./files";
import { CHECKSUMS, checksum } from "./publication";

/** Refuses a folder that has anything in it that publish didn't put there as it is. */
export function expectOurs(folder: string): void {
  if (namesIn(folder) === undefined) return;
  const sums = readChecksums(folder);
  const other = filesIn(folder).find(
    (path) => path !== CHECKSUMS && checksum(readFileSync(join(folder, path))) !== sums.get(path),
  );
  if (other === undefined) return;
  throw new CommandError(
    `Received --out ${describe(folder)}, expected a new or empty folder, or one that publish has made: this one has ${describe(other)} in it, which would be lost. Choose another folder, or move that away.`,
  );
}

/**
 * Replaces a folder as a whole, so that whoever looks sees either the old one or the new one. Whatever goes wrong leaves the
 * old one.
 */
export function replaceFolder(folder: string, files: Files): void {
  const target = resolve(folder);
  let made: string | undefined;
  try {
    mkdirSync(dirname(target), { recursive: true });
    made = mkdtempSync(join(dirname(target), `.${basename(target)}-`));
    const fresh = join(made, "new");
    for (const [path, text] of files) {
      mkdirSync(dirname(join(fresh, path)), { recursive: true });
      writeFileSync(join(fresh, path), text);
    }
    const old = join(made, "old");
    if (existsSync(target)) renameSync(target, old);
    try {
      renameSync(fresh, target);
    } catch (error) {
      if (existsSync(old)) renameSync(old, target);
      throw error;
    }
  } catch (error) {
    throw new CommandError(
      `Received --out ${describe(folder)}, expected a folder that can be written, but: ${(error as Error).message}. Nothing was changed. Make room, or choose another folder.`,
    );
  } finally {
    if (made !== undefined) rmSync(made, { recursive: true, force: true });
  }
}

/** What a folder has otherwise than it should, each as a line. */
export function differences(folder: string, files: Files): string[] {
  const found = new Set(filesIn(folder));
  return [
    ...[...files].flatMap(([path, text]) => {
      if (!found.has(path)) return [`missing: ${path}`];
      return readFileSync(join(folder, path), "utf8") === text ? [] : [`differs: ${path}`];
    }),
    ...[...found].filter((path) => !files.has(path)).map((path) => `not ours: ${path}`),
  ];
}

/** A publication's manifest or access.json. */
export function readPublished(option: string, folder: string, file: string): Readonly<Record<string, unknown>> {
  try {
    const read: unknown = JSON.parse(readFileSync(join(folder, file), "utf8"));
    if (isFields(read) && read.schemaVersion === 1) return read;
  } catch {
    // said below
  }
  throw new CommandError(
    `Received ${option} ${describe(folder)}, expected a folder that publish has made, with ${file} of schema version 1 in it. Check the name.`,
  );
}

/** The checksums of an earlier publication's files, by their path. */
function readChecksums(folder: string): ReadonlyMap<string, string> {
  try {
    const lines = readFileSync(join(folder, CHECKSUMS), "utf8").trimEnd().split("\n");
    return new Map(lines.map((line) => line.split("  ").reverse() as [path: string, sum: string]));
  } catch {
    return new Map();
  }
}

function namesIn(folder: string): string[] | undefined {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new CommandError(
      `Received ${describe(folder)}, expected a folder that can be read, but: ${(error as Error).message}. Choose another folder.`,
    );
  }
}

function filesIn(folder: string, below = ""): string[] {
  return readdirSync(join(folder, below)).flatMap((name) => {
    const path = below === "" ? name : `${below}/${name}`;
    return statSync(join(folder, path)).isDirectory() ? filesIn(folder, path) : [path];
  });
}
