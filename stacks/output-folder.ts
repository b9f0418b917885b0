import {
  accessSync,
  constants,
  type Dirent,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { Manifest } from "../modules/support-app/framework";
import { describePath } from "../modules/support-app/problem";
import { DIGEST_OUTPUT } from "./digest";
import { attempt, diskAdvice, diskReason, errorCode, ignoring } from "./disk-error";
import { ENVIRONMENT_NAME } from "./environments-schema";
import {
  acquireLock,
  asideFolder,
  hasEnded,
  heldFolder,
  lockHolders,
  newRun,
  preparedFolder,
  prepareRun,
  releaseLock,
  runsAside,
} from "./folder-lock";
import { makeFolders } from "./make-folders";
import { PROVIDER_LOCK } from "./provider-lock";
import { uninterrupted } from "./uninterrupted";

/** An output folder that can't be written. The message is complete, and written for people. */
export class OutputFolderError extends Error {}

/** The forms of Terraform that CDKTF writes, and what a stack's file is called in each. */
const STACK_FILES = { json: "cdk.tf.json", hcl: "cdk.tf" } as const;
export type Notation = keyof typeof STACK_FILES;

/** In the output folder: what runs prepare, and what one has committed but not yet moved into place. */
const LOCK = ".synthesizing";

/** In a run's folder for a stack: the other notation's file, which Terraform would read, too. */
const REPLACED = "replaced";

/**
 * Writes an output folder as a whole: if anything fails before all of it is prepared, the old one stays. Stack folders
 * stay in place, since Terraform may be running in them: only files are replaced, and other files are left alone.
 *
 * @param write writes `manifest.json` and `stacks` into the given folder
 * @param whole if these are all stacks: the folders of others are then removed, unless anything else has written there
 * @returns the names of the stacks whose folders were removed
 * @throws OutputFolderError if the folder can't be written, and whatever `write` throws
 */
export function writeOutput(
  outdir: string,
  notation: Notation,
  write: (folder: string) => void,
  whole?: { readonly providerLock?: Uint8Array },
): string[] {
  const lock = join(outdir, LOCK);
  const id = newRun();
  const prepared = preparedFolder(lock, id);
  const undo: (() => void)[] = [];
  let hadFolder = false;
  try {
    makeFolder(outdir, undo);
    hadFolder = true;
    undo.push(() => rmSync(asideFolder(lock, id), { recursive: true, force: true }));
    prepareRun(lock, id);
    removeEnded(lock, id);
    const fresh = join(prepared, notation);
    mkdirSync(fresh);
    write(fresh);
    makePlaces(outdir, fresh, notation, undo);
    const names = new Set(namesIn(join(fresh, Manifest.stacksFolder)));
    const removed: string[] = [];
    uninterrupted(() => {
      do finishOutput(outdir);
      while (!acquireLock(lock, id));
      undo.length = 0; // it is committed
      finishRun(outdir, id, () => {
        if (whole) removed.push(...removeOthers(outdir, id, names, whole.providerLock));
      });
    });
    return removed;
  } catch (error) {
    const isLost = hadFolder && errorCode(error) === "ENOENT" && !existsSync(prepared);
    for (const step of undo.reverse()) attempt(step);
    if (!isLost) throw inSentence(outdir, error);
    throw new OutputFolderError(
      `Received no ${describePath(prepared)}, expected what this run had prepared there: another run removed it while this one was paused. Nothing was changed. Synthesize again.`,
    );
  }
}

/**
 * Finishes what a run, such as one that was killed, has committed but not yet moved into place. Any number of runs may
 * do so at once: the first one moves the file.
 *
 * @throws OutputFolderError if something can't be moved. The next call tries again.
 */
export function finishOutput(outdir: string): void {
  let holders: string[];
  try {
    holders = lockHolders(join(outdir, LOCK));
  } catch (error) {
    throw inSentence(outdir, error);
  }
  for (const id of holders) finishRun(outdir, id);
}

function finishRun(outdir: string, id: string, tidyUp = () => {}): void {
  const lock = join(outdir, LOCK);
  try {
    for (const notation of Object.keys(STACK_FILES) as Notation[]) {
      moveIntoPlace(join(heldFolder(lock, id), notation), outdir, notation);
    }
    attempt(tidyUp);
    releaseLock(lock, id);
  } catch (error) {
    throw inSentence(outdir, error, true);
  }
  attempt(() => rmSync(asideFolder(lock, id), { recursive: true, force: true }));
}

/** The manifest is last: it names only what exists. */
function moveIntoPlace(fresh: string, outdir: string, notation: Notation): void {
  for (const name of namesIn(join(fresh, Manifest.stacksFolder))) {
    const from = join(fresh, Manifest.stacksFolder, name);
    const to = join(outdir, Manifest.stacksFolder, name);
    moveFile(join(from, PROVIDER_LOCK), join(to, PROVIDER_LOCK)); // if there is none, Terraform's own stays
    moveFile(join(from, STACK_FILES[notation]), join(to, STACK_FILES[notation]));
    if (notation === "hcl") moveFile(join(from, Manifest.stackMetadataPath), join(to, Manifest.stackMetadataPath));
    const other = join(to, otherFile(notation));
    if (existsSync(other)) ignoring(["ENOENT"], () => renameSync(other, join(from, REPLACED)));
  }
  moveFile(join(fresh, Manifest.fileName), join(outdir, Manifest.fileName));
}

/** Removes the folders of other stacks, such as of a removed environment, if nothing else has written there. */
function removeOthers(outdir: string, id: string, names: ReadonlySet<string>, providerLock?: Uint8Array): string[] {
  const stacks = join(outdir, Manifest.stacksFolder);
  const removed: string[] = [];
  if (!lstatSync(stacks).isDirectory()) return removed; // a link
  for (const entry of readdirSync(stacks, { withFileTypes: true })) {
    if (names.has(entry.name) || !entry.isDirectory() || !ENVIRONMENT_NAME.pattern.test(entry.name)) continue;
    const folder = join(stacks, entry.name);
    attempt(() => {
      const files = readdirSync(folder, { withFileTypes: true });
      if (!files.every((file) => isSynthesized(file, folder, providerLock))) return;
      // Moved, not deleted: the move fails once another run has taken over, which may have written this stack.
      const aside = join(heldFolder(join(outdir, LOCK), id), `${entry.name}-`);
      for (const { name } of files) renameSync(join(folder, name), aside + name);
      rmdirSync(folder);
      removed.push(entry.name);
    });
  }
  return removed;
}

/** Terraform writes a provider lock file, too, and other apps write stacks: only ours have a digest. */
function isSynthesized(file: Dirent, folder: string, providerLock?: Uint8Array): boolean {
  if (!file.isFile()) return false;
  const content = readFileSync(join(folder, file.name));
  if (file.name === PROVIDER_LOCK) return providerLock !== undefined && content.equals(providerLock);
  if (file.name === Manifest.stackMetadataPath) return true;
  return Object.values<string>(STACK_FILES).includes(file.name) && content.includes(DIGEST_OUTPUT);
}

/** Moves a file into place, unless another run already has. */
function moveFile(from: string, to: string): void {
  while (!ignoring(["ENOENT"], () => renameSync(from, to))) {
    if (!lstatSync(from, { throwIfNoEntry: false })) return;
    makeFolders(dirname(to)); // somebody has removed a stack's folder
  }
}

/** Creates the folders in which files will be replaced, so that nothing can fail after the first replacement. */
function makePlaces(outdir: string, fresh: string, notation: Notation, undo: (() => void)[]): void {
  const { dev } = statSync(outdir);
  const place = (folder: string, files: readonly string[]) => {
    if (makeFolder(folder, undo)) return;
    if (statSync(folder).dev !== dev) {
      throw new OutputFolderError(
        `Received ${describePath(folder)} on another disk than ${describePath(outdir)}, expected both on the same disk, so that either all of it is written or nothing. Nothing was changed. Move it there.`,
      );
    }
    accessSync(folder, constants.W_OK | constants.X_OK);
    for (const file of files) {
      const path = join(folder, file);
      if (!lstatSync(path, { throwIfNoEntry: false })?.isDirectory()) continue;
      throw new OutputFolderError(
        `Received a folder at ${describePath(path)}, expected a file or nothing. Nothing was changed. Move it away.`,
      );
    }
  };
  place(outdir, [Manifest.fileName]);
  place(join(outdir, Manifest.stacksFolder), []);
  const files = [STACK_FILES[notation], otherFile(notation), Manifest.stackMetadataPath, PROVIDER_LOCK];
  for (const name of namesIn(join(fresh, Manifest.stacksFolder)))
    place(join(outdir, Manifest.stacksFolder, name), files);
}

/** Creates a folder, and what it is in. False: it exists. */
function makeFolder(folder: string, undo: (() => void)[]): boolean {
  if (folder === "") {
    throw new OutputFolderError(
      "Received an empty CDKTF_OUTDIR, expected the name of the output folder. Is a variable not set?",
    );
  }
  const entry = lstatSync(folder, { throwIfNoEntry: false });
  const found = entry?.isSymbolicLink() ? statSync(folder, { throwIfNoEntry: false }) : entry;
  if (found?.isDirectory()) return false;
  if (entry !== undefined) {
    throw new OutputFolderError(
      `Received ${found ? "something that isn't a folder" : "a broken link"} at ${describePath(folder)}, expected a folder or nothing. Nothing was changed. Move it away, or choose another folder.`,
    );
  }
  if (!existsSync(dirname(folder))) makeFolder(dirname(folder), undo);
  if (!ignoring(["EEXIST"], () => mkdirSync(folder))) return false; // another run was first
  undo.push(() => rmdirSync(folder));
  return true;
}

/** Removes what killed runs have prepared. Moves it first: a run that was only paused must not commit half of it. */
function removeEnded(lock: string, id: string): void {
  for (const ended of runsAside(lock).filter((other) => other !== id && hasEnded(other))) {
    const taken = join(preparedFolder(lock, id), `ended-${ended}`);
    attempt(() => renameSync(asideFolder(lock, ended), taken));
    attempt(() => rmSync(taken, { recursive: true, force: true }));
  }
}

/** A disk error as a sentence. Any other error stays as it is. */
function inSentence(outdir: string, error: unknown, isCommitted = false): unknown {
  if (errorCode(error) === undefined) return error;
  const rest = isCommitted
    ? "Not everything that was synthesized is in place yet. Make the folder writable and synthesize again to finish, or delete the folder."
    : `Nothing was changed. ${diskAdvice(error)}`;
  return new OutputFolderError(
    `Received the output folder ${describePath(outdir)}, expected one that can be written, but: ${diskReason(error, outdir)}. ${rest}`,
  );
}

function otherFile(notation: Notation): string {
  return STACK_FILES[notation === "json" ? "hcl" : "json"];
}

function namesIn(folder: string): string[] {
  let names: string[] = [];
  ignoring(["ENOENT"], () => {
    names = readdirSync(folder);
  });
  return names;
}
