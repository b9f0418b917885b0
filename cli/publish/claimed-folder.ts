import {
  existsSync,
  lstatSync,
  mkdirSync,
  readlinkSync,
  realpathSync,
  renameSync,
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
import { makeFolders, removeFolders } from "../../stacks/make-folders";
import { uninterrupted } from "../../stacks/uninterrupted";
import { CommandError } from "../command-error";
import type { File } from "./files";
import { expectOurs } from "./published-folder";

/** A folder that only this run publishes to until it is released. */
export interface ClaimedFolder {
  /** As given on the command line. */
  readonly folder: string;
  /** The same as an absolute path without links. */
  readonly target: string;
  /** The lock beside it, and the run that holds it: see stacks/folder-lock.ts. */
  readonly lock: string;
  readonly id: string;
  /** The parent folders that were created, outermost first. */
  readonly made: readonly string[];
}

/** In a run's own folder: the new publication, and the old one, moved there right before the new one replaces it. */
const NEW = "new";
const OLD = "old";

/** Attempts to get the lock. One fails without an error only if another run acts at that moment. */
const MAX_TRIES = 100;

/**
 * Claims the folder for a publication.
 *
 * @throws CommandError when another run publishes to it, it can't be written, or it contains the current or the home
 * folder
 */
export function claimFolder(folder: string): ClaimedFolder {
  return inSentences(folder, resolve(folder), () => {
    const target = withoutLinks(resolve(folder));
    if ([process.cwd(), homedir()].some((place) => !relative(target, place).startsWith(".."))) {
      throw new CommandError(
        `Received --out ${describePath(folder)}, expected a dedicated folder, since it is replaced as a whole. Choose one below the current folder.`,
      );
    }
    const made = makeFolders(dirname(target));
    const lock = join(dirname(target), `.${basename(target)}.publishing`);
    try {
      return { folder, target, lock, id: acquire(folder, lock), made };
    } catch (error) {
      removeFolders(made);
      throw error;
    }
  });
}

/**
 * Restores what a killed run has moved away. Refuses a folder that contains anything that publish didn't write, or that
 * was changed since.
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
 * Replaces a claimed folder as a whole: readers see either the old one or the new one. After any error, the old one
 * stays.
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
      makeInside(fresh, posix.dirname(path), made);
      writeFileSync(join(fresh, path), text);
      count++;
    }
    expectOurs(folder, target); // it may have taken a while
    uninterrupted(() => {
      ignoring(["ENOENT"], () => renameSync(target, join(own, OLD))); // there is none, or another run has the lock
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
export function releaseFolder({ lock, id, made }: ClaimedFolder): void {
  attempt(() => {
    if (releaseLock(lock, id)) rmSync(asideFolder(lock, id), { recursive: true, force: true });
  });
  removeFolders(made);
}

/** Gets the lock, and returns the ID of the run that holds it. */
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
      // The run that holds the lock has removed what this one prepared.
      if (errorCode(error) !== "ENOENT" || tries === MAX_TRIES) throw error;
    }
  }
}

function inUse(folder: string, lock: string, holder: string): string {
  const { pid, host, since } = runOf(holder) ?? {};
  return `Received --out ${describePath(folder)}, expected a folder that nobody else is publishing to: process ${pid} on ${describe(host)} has been publishing to it since ${since?.toISOString()}. Nothing was changed. Wait for it to end, then publish again. If it isn't running any more, remove ${describePath(lock)} first.`;
}

/** Restores the old folder if a run has moved it away without putting the new one there. */
function putBack(run: string, target: string): void {
  if (!existsSync(join(run, NEW))) return;
  ignoring(["ENOENT", "ENOTEMPTY", "EEXIST"], () => renameSync(join(run, OLD), target));
}

/** Resolves links, even dangling ones: a killed run may have moved the folder away. */
function withoutLinks(path: string): string {
  if (existsSync(path)) return realpathSync(path);
  const isLink = lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink();
  return isLink ? resolve(realpathSync(dirname(path)), readlinkSync(path)) : path;
}

/** Creates a folder and its parents one by one: a run that has lost its root folder must not recreate it. */
function makeInside(root: string, path: string, made: Set<string>): void {
  if (path === "." || made.has(path)) return;
  makeInside(root, posix.dirname(path), made);
  mkdirSync(join(root, path));
  made.add(path);
}

/** Any error of a run that has lost its lock means that another run has taken over. */
function asHolder({ folder, target, lock, id }: ClaimedFolder, run: () => void): void {
  try {
    inSentences(folder, target, run);
  } catch (error) {
    if (existsSync(heldFolder(lock, id))) throw error;
    throw new CommandError(
      `Received --out ${describePath(folder)}, expected to be the only run that publishes to it, but another run took over because this one hadn't ended for 10 minutes, or ${describePath(lock)} was removed. Nothing of this run was published. Publish again.`,
    );
  }
}

function inSentences<T>(folder: string, target: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    throw new CommandError(
      `Received --out ${describePath(folder)}, expected a writable folder, but: ${diskReason(error, dirname(target))}. Nothing was changed. ${diskAdvice(error)}`,
    );
  }
}
