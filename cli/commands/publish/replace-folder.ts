import { existsSync, lstatSync, mkdirSync, realpathSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { basename, dirname, join, relative, resolve } from "node:path";
import { attempt, diskAdvice, diskReason, errorCode, ignoring } from "../../../common/disk-error";
import { makeFolders, removeFolders } from "../../../common/make-folders";
import { describePath } from "../../../common/problem";
import { preparedFolder } from "../../../stacks/output/prepared-folder";
import { CommandError } from "../../terminal/command-error";
import { type File, foreignPath } from "./published-folder";

/** In a run's own folder: the new publication, and the old one, moved there right before the new one replaces it. */
const NEW = "new";
const OLD = "old";

/**
 * Replaces a folder as a whole: it has either the old publication or the new one. After any error, the old one stays. A
 * run that is killed between its two moves, which take less than a millisecond, leaves none: publish again.
 *
 * @returns the number of files
 * @throws CommandError when it can't be written, contains the current or the home folder, or contains anything that
 * publish didn't write, or that was changed since
 */
export function replaceFolder(folder: string, files: Iterable<File>): number {
  const target = expectReplaceable(folder);
  let folders: readonly string[] = [];
  let ownFolder = "";
  const isAway = () => existsSync(join(ownFolder, OLD)) && !existsSync(target);
  try {
    folders = makeFolders(dirname(target));
    ownFolder = preparedFolder(join(dirname(target), `.${basename(target)}.publishing`));
    let count = 0;
    for (const [path, text] of files) {
      mkdirSync(dirname(join(ownFolder, NEW, path)), { recursive: true });
      writeFileSync(join(ownFolder, NEW, path), text);
      count++;
    }
    expectOurs(folder, target); // it may have taken a while
    swap(ownFolder, target);
    return count;
  } catch (error) {
    const leftHint = isAway()
      ? `What it had is in ${describePath(join(ownFolder, OLD))}, until the next run.`
      : undefined;
    throw inSentence(folder, target, error, leftHint);
  } finally {
    if (ownFolder !== "" && !isAway()) attempt(() => rmSync(ownFolder, { recursive: true, force: true }));
    removeFolders(folders);
  }
}

/**
 * Refuses a folder that {@link replaceFolder} would refuse.
 *
 * @returns its path without links
 */
export function expectReplaceable(folder: string): string {
  const path = resolve(folder);
  try {
    const target = lstatSync(path, { throwIfNoEntry: false }) ? realpathSync(path) : path;
    if ([process.cwd(), homedir()].some((place) => !relative(target, place).startsWith(".."))) {
      throw new CommandError(
        `Received --out ${describePath(folder)}, expected a dedicated folder, since it is replaced as a whole. Choose one below the current folder.`,
      );
    }
    expectOurs(folder, target);
    return target;
  } catch (error) {
    throw inSentence(folder, path, error);
  }
}

/** Refuses a folder that contains anything that publish didn't write, or that was changed since. */
function expectOurs(folder: string, target: string): void {
  const foreign = existsSync(target) ? foreignPath(target) : undefined;
  if (foreign === undefined) return;
  throw new CommandError(
    `Received --out ${describePath(folder)}, expected a new or empty folder, or an unchanged one that publish has written: this one has ${describePath(foreign)} in it, which would be lost. If another run is publishing to it, publish again; otherwise, choose another folder, or move that away.`,
  );
}

function swap(ownFolder: string, target: string): void {
  const hadOld = ignoring(["ENOENT"], () => renameSync(target, join(ownFolder, OLD)));
  try {
    renameSync(join(ownFolder, NEW), target);
  } catch (error) {
    if (hadOld) attempt(() => renameSync(join(ownFolder, OLD), target));
    throw error;
  }
}

/** A disk error as a sentence. Any other error stays as it is. */
function inSentence(folder: string, target: string, error: unknown, leftHint = "Nothing was changed."): unknown {
  const code = errorCode(error);
  if (code === undefined) return error;
  const advice = ["ENOTEMPTY", "EEXIST"].includes(code)
    ? "Another run may have published to it at the same moment: publish again."
    : diskAdvice(error);
  return new CommandError(
    `Can't publish to ${describePath(folder)}: ${diskReason(error, dirname(target))}. ${leftHint} ${advice}`,
  );
}
