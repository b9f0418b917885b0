import { existsSync, lstatSync, mkdirSync, realpathSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { basename, dirname, join, posix, relative, resolve } from "node:path";
import { describePath } from "../../../modules/support-app/model/problem";
import { attempt, diskAdvice, diskReason, errorCode, ignoring } from "../../../stacks/output/disk-error";
import { makeFolders, removeFolders } from "../../../stacks/output/make-folders";
import { abandonedFolders, preparedFolder } from "../../../stacks/output/prepared-folder";
import { uninterrupted } from "../../../stacks/output/uninterrupted";
import { CommandError } from "../../terminal/command-error";
import { type File, foreignPath } from "./published-folder";

/** In a run's own folder: the new publication, and the old one, moved there right before the new one replaces it. */
const NEW = "new";
const OLD = "old";

/** How often the old publication is read, if another run may have replaced it meanwhile. */
const MAX_TRIES = 5;

/**
 * Replaces a folder as a whole: it has either the old publication or the new one. After any error, the old one stays. A
 * run that is killed between its two moves, which take less than a millisecond, leaves none, until the next run.
 *
 * @returns the number of files
 * @throws CommandError when it can't be written, contains the current or the home folder, or contains anything that
 * publish didn't write, or that was changed since
 */
export function replaceFolder(folder: string, files: Iterable<File>): number {
  const target = expectReplaceable(folder);
  let made: readonly string[] = [];
  let own = "";
  const isAway = () => existsSync(join(own, OLD)) && !existsSync(target);
  try {
    made = makeFolders(dirname(target));
    const prefix = join(dirname(target), `.${basename(target)}.publishing`);
    putBack(prefix, target);
    own = preparedFolder(prefix);
    const count = writeInto(join(own, NEW), files);
    expectOurs(folder, target); // it may have taken a while
    swap(own, target);
    return count;
  } catch (error) {
    const code = errorCode(error) ?? "";
    if (["ENOTEMPTY", "EEXIST"].includes(code) || (code === "ENOENT" && own !== "" && !existsSync(own))) {
      throw new CommandError(
        `Can't publish to ${describePath(folder)}: another run published to it at the same moment. Publish again.`,
      );
    }
    const left = isAway() ? `What it had is in ${describePath(join(own, OLD))}, until the next run.` : undefined;
    throw inSentence(folder, target, error, left);
  } finally {
    if (own !== "" && !isAway()) attempt(() => rmSync(own, { recursive: true, force: true }));
    removeFolders(made);
  }
}

/**
 * Refuses a folder that {@link replaceFolder} would refuse.
 *
 * @returns its path without links
 */
export function expectReplaceable(folder: string): string {
  const target = existsSync(folder) ? realpathSync(folder) : resolve(folder);
  if ([process.cwd(), homedir()].some((place) => !relative(target, place).startsWith(".."))) {
    throw new CommandError(
      `Received --out ${describePath(folder)}, expected a dedicated folder, since it is replaced as a whole. Choose one below the current folder.`,
    );
  }
  try {
    if (!existsSync(target) && lstatSync(target, { throwIfNoEntry: false })) {
      throw new CommandError(
        `Received --out ${describePath(folder)}, which is a broken link, expected one to a folder that exists. Make that folder, or remove the link.`,
      );
    }
    expectOurs(folder, target);
  } catch (error) {
    throw inSentence(folder, target, error);
  }
  return target;
}

/** Writes files into a new folder. Creates each folder in it once: what another run has removed must not come back as a part. */
function writeInto(fresh: string, files: Iterable<File>): number {
  const made = new Set<string>();
  const makeInside = (path: string) => {
    if (made.has(path)) return;
    if (path !== ".") makeInside(posix.dirname(path));
    mkdirSync(join(fresh, path));
    made.add(path);
  };
  let count = 0;
  for (const [path, text] of files) {
    makeInside(posix.dirname(path));
    writeFileSync(join(fresh, path), text);
    count++;
  }
  return count;
}

/** Refuses a folder that contains anything that publish didn't write, or that was changed since. */
function expectOurs(folder: string, target: string): void {
  for (let tries = 1; ; tries++) {
    try {
      const foreign = existsSync(target) ? foreignPath(target) : undefined;
      if (foreign === undefined) return;
      if (tries < MAX_TRIES) continue; // another run may have replaced it meanwhile
      throw new CommandError(
        `Received --out ${describePath(folder)}, expected a new or empty folder, or an unchanged one that publish has written: this one has ${describePath(foreign)} in it, which would be lost. Choose another folder, or move that away.`,
      );
    } catch (error) {
      if (errorCode(error) !== "ENOENT" || tries === MAX_TRIES) throw error;
    }
  }
}

/** A run that was killed between its two moves has the old publication in its own folder. */
function putBack(prefix: string, target: string): void {
  for (const folder of abandonedFolders(prefix)) {
    if (!existsSync(target)) ignoring(["ENOENT"], () => renameSync(join(folder, OLD), target));
  }
}

function swap(own: string, target: string): void {
  uninterrupted(() => {
    const hadOld = ignoring(["ENOENT"], () => renameSync(target, join(own, OLD)));
    try {
      renameSync(join(own, NEW), target);
    } catch (error) {
      if (hadOld) attempt(() => renameSync(join(own, OLD), target));
      throw error;
    }
  });
}

/** A disk error as a sentence. Any other error stays as it is. */
function inSentence(folder: string, target: string, error: unknown, left = "Nothing was changed."): unknown {
  if (errorCode(error) === undefined) return error;
  return new CommandError(
    `Can't publish to ${describePath(folder)}: ${diskReason(error, dirname(target))}. ${left} ${diskAdvice(error)}`,
  );
}
