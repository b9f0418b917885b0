import { existsSync, lstatSync, mkdirSync, realpathSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { basename, dirname, join, posix, relative, resolve } from "node:path";
import { describePath } from "../../../modules/support-app/model/problem";
import { attempt, diskAdvice, diskReason, errorCode, ignoring } from "../../../stacks/output/disk-error";
import { makeFolders, removeFolders } from "../../../stacks/output/make-folders";
import { preparedFolder } from "../../../stacks/output/prepared-folder";
import { uninterrupted } from "../../../stacks/output/uninterrupted";
import { CommandError } from "../../terminal/command-error";
import type { File } from "./files";
import { expectOurs } from "./published-folder";

/** In a run's own folder: the new publication, and the old one, moved there right before the new one replaces it. */
const NEW = "new";
const OLD = "old";

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
  try {
    made = makeFolders(dirname(target));
    own = preparedFolder(join(dirname(target), `.${basename(target)}.publishing`));
    const count = writeInto(join(own, NEW), files);
    expectOurs(folder, target); // it may have taken a while
    swap(folder, own, target);
    return count;
  } catch (error) {
    throw inSentence(folder, target, own, error);
  } finally {
    const isAway = existsSync(join(own, OLD)) && !existsSync(target);
    if (own !== "" && !isAway) attempt(() => rmSync(own, { recursive: true, force: true }));
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
    throw inSentence(folder, target, "", error);
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

/** Of two runs at the same moment, the one whose folder is there first has published. */
function swap(folder: string, own: string, target: string): void {
  const putInPlace = (name: string) => ignoring(["ENOTEMPTY", "EEXIST"], () => renameSync(join(own, name), target));
  uninterrupted(() => {
    const hadOld = ignoring(["ENOENT"], () => renameSync(target, join(own, OLD)));
    let isNew = false;
    try {
      isNew = putInPlace(NEW);
    } catch (error) {
      if (hadOld) attempt(() => putInPlace(OLD));
      throw error;
    }
    if (isNew) return;
    throw new CommandError(
      `Can't publish to ${describePath(folder)}: another run published to it at the same moment. Publish again.`,
    );
  });
}

/** A disk error as a sentence. Any other error stays as it is. */
function inSentence(folder: string, target: string, own: string, error: unknown): unknown {
  if (errorCode(error) === undefined) return error;
  if (errorCode(error) === "ENOENT" && own !== "" && !existsSync(own)) {
    return new CommandError(
      `Can't publish to ${describePath(folder)}: another run removed what this one had prepared. Publish again.`,
    );
  }
  const old = join(own, OLD);
  const left =
    own !== "" && existsSync(old)
      ? `What it had is in ${describePath(old)}, until the next run.`
      : "Nothing was changed.";
  return new CommandError(
    `Received --out ${describePath(folder)}, expected a writable folder, but: ${diskReason(error, dirname(target))}. ${left} ${diskAdvice(error)}`,
  );
}
