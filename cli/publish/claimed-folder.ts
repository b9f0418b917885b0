import {
  existsSync,
  lstatSync,
  mkdirSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import { basename, dirname, join, posix, relative, resolve } from "node:path";
import { describe, describePath } from "../../modules/support-app/problem";
import { attempt, diskAdvice, diskReason, errorCode, ignoring } from "../../stacks/disk-error";
import {
  acquireLock,
  asideFolder,
  hasEnded,
  heldFolder,
  lockHolders,
  newRun,
  prepareRun,
  releaseLock,
  runOf,
  runsAside,
} from "../../stacks/folder-lock";
import { uninterrupted } from "../../stacks/uninterrupted";
import { CommandError } from "../command-error";
import type { File } from "./files";
import { expectOurs } from "./published-folder";

/** A folder that this run alone publishes to, until it is released. */
export interface ClaimedFolder {
  /** As it was said. */
  readonly folder: string;
  /** The same as an absolute path without links. */
  readonly target: string;
  /** The lock beside it, and the run that holds it: see stacks/folder-lock.ts. */
  readonly lock: string;
  readonly id: string;
  /** The outermost of the folders that were made for it to be in. */
  readonly made?: string;
}

/** In a run's own folder: the new publication, and the old one, taken away right before the new one takes its place. */
const NEW = "new";
const OLD = "old";

/** How often the lock is tried for. A try fails without a reason to stop only where another run acts in that moment. */
const MAX_TRIES = 100;

/**
 * Claims the folder that a publication is to go to.
 *
 * @throws CommandError where another run publishes to it, where it can't be written, and where somebody stands in it
 */
export function claimFolder(folder: string): ClaimedFolder {
  return inSentences(folder, resolve(folder), () => {
    const target = withoutLinks(resolve(folder));
    if ([process.cwd(), homedir()].some((place) => !relative(target, place).startsWith(".."))) {
      throw new CommandError(
        `Received --out ${describePath(folder)}, expected a folder of its own, since it is replaced as a whole. Choose one below this one.`,
      );
    }
    const made = mkdirSync(dirname(target), { recursive: true });
    const lock = join(dirname(target), `.${basename(target)}.publishing`);
    try {
      return { folder, target, lock, id: acquire(folder, lock), made };
    } catch (error) {
      removeEmpty(dirname(target), made);
      throw error;
    }
  });
}

/**
 * Puts back what a run that was cut off has taken away. Refuses a folder that isn't for publications alone: that has anything in
 * it that publish didn't put there as it is.
 */
export function healFolder(claimed: ClaimedFolder): void {
  const { folder, target, lock } = claimed;
  asHolder(claimed, () => {
    for (const left of runsAside(lock)) {
      putBack(asideFolder(lock, left), target);
      attempt(() => rmSync(asideFolder(lock, left), { recursive: true, force: true }));
    }
    if (!existsSync(target) && lstatSync(folder, { throwIfNoEntry: false })) {
      throw new CommandError(
        `Received --out ${describePath(folder)}, which is a link to ${describePath(target)}, expected one to a folder that exists. Make that folder, or remove the link.`,
      );
    }
    expectOurs(folder, target);
  });
}

/**
 * Replaces a claimed folder as a whole, so that whoever looks sees either the old one or the new one. Whatever goes wrong leaves
 * the old one.
 *
 * @returns the number of files
 */
export function replaceFolder(claimed: ClaimedFolder, files: Iterable<File>): number {
  const { folder, target, lock, id } = claimed;
  const own = heldFolder(lock, id);
  let count = 0;
  asHolder(claimed, () => {
    const fresh = join(own, NEW);
    const made = new Set<string>();
    mkdirSync(fresh);
    for (const [path, text] of files) {
      makeFolders(fresh, posix.dirname(path), made);
      writeFileSync(join(fresh, path), text);
      count++;
    }
    expectOurs(folder, target); // it may have taken a while
    uninterrupted(() => {
      ignoring(["ENOENT"], () => renameSync(target, join(own, OLD))); // there is none, or this run has lost
      try {
        renameSync(fresh, target);
      } finally {
        putBack(own, target);
      }
    });
  });
  return count;
}

/** Lets others publish to the folder. */
export function releaseFolder({ target, lock, id, made }: ClaimedFolder): void {
  attempt(() => {
    if (releaseLock(lock, id)) rmSync(asideFolder(lock, id), { recursive: true, force: true });
  });
  removeEmpty(dirname(target), made);
}

/** The ID of a new run that holds the lock. */
function acquire(folder: string, lock: string): string {
  for (let tries = 1; ; tries++) {
    for (const holder of lockHolders(lock)) {
      if (!hasEnded(holder)) throw new CommandError(inUse(folder, lock, holder));
      releaseLock(lock, holder);
    }
    try {
      const id = newRun();
      prepareRun(lock, id);
      if (acquireLock(lock, id)) return id;
      attempt(() => rmSync(asideFolder(lock, id), { recursive: true, force: true }));
    } catch (error) {
      // Whoever holds the lock has removed what was prepared.
      if (errorCode(error) !== "ENOENT" || tries === MAX_TRIES) throw error;
    }
  }
}

function inUse(folder: string, lock: string, holder: string): string {
  const { pid, host, since } = runOf(holder) ?? {};
  return `Received --out ${describePath(folder)}, expected a folder that nobody else is publishing to: process ${pid} on ${describe(host)} has been since ${since?.toISOString()}. Nothing was changed. Wait for it to end, then publish again. If it doesn't run any more, remove ${describePath(lock)} first.`;
}

/** Puts the old folder back where a run has taken it away and not put the new one there. */
function putBack(run: string, target: string): void {
  if (!existsSync(join(run, NEW))) return;
  ignoring(["ENOENT", "ENOTEMPTY", "EEXIST"], () => renameSync(join(run, OLD), target));
}

/** Without links, where they lead nowhere, too: a run that was cut off may have taken the folder away. */
function withoutLinks(path: string): string {
  if (existsSync(path)) return realpathSync(path);
  const isLink = lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink();
  return isLink ? resolve(realpathSync(dirname(path)), readlinkSync(path)) : path;
}

/** Makes a folder and those around it, each by itself: a run that has lost its folder must not make it again. */
function makeFolders(root: string, path: string, made: Set<string>): void {
  if (path === "." || made.has(path)) return;
  makeFolders(root, posix.dirname(path), made);
  mkdirSync(join(root, path));
  made.add(path);
}

/** Removes a folder and those around it, up to one that was made, as long as they are empty. */
function removeEmpty(folder: string, made: string | undefined): void {
  if (made === undefined) return;
  attempt(() => {
    rmdirSync(folder);
    if (folder !== made) removeEmpty(dirname(folder), made);
  });
}

/** Whatever a run runs into that has lost its folder, it is because another one is at work. */
function asHolder({ folder, target, lock, id }: ClaimedFolder, run: () => void): void {
  try {
    inSentences(folder, target, run);
  } catch (error) {
    if (existsSync(heldFolder(lock, id))) throw error;
    throw new CommandError(
      `Received --out ${describePath(folder)}, expected to publish to it alone, but another run has taken over from this one, which had not ended for 10 minutes, or ${describePath(lock)} was removed. Nothing of this run was published. Publish again.`,
    );
  }
}

function inSentences<T>(folder: string, target: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    throw new CommandError(
      `Received --out ${describePath(folder)}, expected a folder that can be written, but: ${diskReason(error, dirname(target))}. Nothing was changed. ${diskAdvice(error)}`,
    );
  }
}
