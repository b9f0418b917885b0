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
import { basename, dirname, join } from "node:path";
import { Manifest } from "../../modules/support-app/framework";
import { describePath } from "../../modules/support-app/model/problem";
import { ENVIRONMENT_NAME } from "../environments/environments-schema";
import { InputError } from "../input-error";
import { DIGEST_OUTPUT } from "./digest";
import { attempt, diskAdvice, diskReason, errorCode, ignoring } from "./disk-error";
import { makeFolders, removeFolders } from "./make-folders";
import { hasEnded, preparedFolder } from "./prepared-folder";
import { PROVIDER_LOCK } from "./provider-lock";
import { uninterrupted } from "./uninterrupted";

/** An output folder that can't be written. The message is complete, and written for people. */
export class OutputFolderError extends InputError {}

/** The forms of Terraform that CDKTF writes, and what a stack's file is called in each. */
const STACK_FILES = { json: "cdk.tf.json", hcl: "cdk.tf" } as const;
export type Notation = keyof typeof STACK_FILES;

/** In the output folder: what a run prepares has a name that begins with this, and the run that moves its files has it. */
const MOVING = ".synthesizing";

/** In what a run has prepared for a stack: the other notation's file, which Terraform would read, too. */
const REPLACED = "replaced";

/** How often a run looks whether another one has moved its files, every 10 milliseconds. */
const MAX_TRIES = 1000;

/**
 * Writes an output folder as a whole: if anything fails before all of it is prepared, the old one stays. Stack folders
 * stay in place, since Terraform may be running in them: only files are replaced, and other files are left alone. A run
 * that is killed while it moves its files leaves `.synthesizing`, until the next one writes all of them again.
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
  const moving = join(outdir, MOVING);
  const made: string[] = [];
  let prepared = "";
  let isMoving = false;
  try {
    makeFolder(outdir, made);
    prepared = preparedFolder(moving);
    const id = basename(prepared);
    const fresh = join(prepared, id);
    mkdirSync(fresh);
    write(fresh);
    makePlaces(outdir, fresh, notation, made);
    return uninterrupted(() => {
      takeTurn(prepared, moving, outdir);
      isMoving = true;
      prepared = join(moving, id);
      const removed = moveIntoPlace(prepared, outdir, notation, whole);
      attempt(() => rmSync(join(moving, id), { recursive: true, force: true }));
      attempt(() => rmdirSync(moving));
      return removed;
    });
  } catch (error) {
    const isLost = prepared !== "" && errorCode(error) === "ENOENT" && !existsSync(prepared);
    if (!isMoving) {
      attempt(() => rmSync(prepared, { recursive: true, force: true }));
      removeFolders(made);
    }
    if (!isLost) throw inSentence(outdir, error, isMoving);
    throw new OutputFolderError(
      `Can't write the output folder ${describePath(outdir)}: another run removed what this one had prepared there. It has the other run's output. Synthesize again.`,
    );
  }
}

/** Only one run at a time moves its files. Whatever one moves is in its own folder: if that is gone, it has lost its turn. */
function takeTurn(prepared: string, moving: string, outdir: string): void {
  for (let tries = 0; !ignoring(["ENOTEMPTY", "EEXIST"], () => renameSync(prepared, moving)); tries++) {
    const holder = namesIn(moving)[0] ?? "";
    if (hasEnded(holder)) {
      ignoring(["ENOENT"], () => renameSync(join(moving, holder), join(prepared, basename(prepared), holder)));
    } else if (tries === MAX_TRIES) {
      throw new OutputFolderError(
        `Can't write the output folder ${describePath(outdir)}: another run is writing it. Nothing was changed. Wait for it to end, and synthesize again. If none is running, remove ${describePath(moving)} first.`,
      );
    } else {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
    }
  }
}

/** The manifest is last: it names only what exists. */
function moveIntoPlace(
  fresh: string,
  outdir: string,
  notation: Notation,
  whole?: { readonly providerLock?: Uint8Array },
): string[] {
  const names = namesIn(join(fresh, Manifest.stacksFolder));
  for (const name of names) {
    const from = join(fresh, Manifest.stacksFolder, name);
    const to = join(outdir, Manifest.stacksFolder, name);
    makeFolders(to); // a run that was faster may have removed it
    for (const file of readdirSync(from)) renameSync(join(from, file), join(to, file));
    ignoring(["ENOENT"], () => renameSync(join(to, otherFile(notation)), join(from, REPLACED)));
  }
  renameSync(join(fresh, Manifest.fileName), join(outdir, Manifest.fileName));
  const removed: string[] = [];
  if (whole) attempt(() => removed.push(...removeOthers(outdir, fresh, new Set(names), whole.providerLock)));
  return removed;
}

/** Removes the folders of other stacks, such as of a removed environment, if nothing else has written there. */
function removeOthers(outdir: string, fresh: string, names: ReadonlySet<string>, providerLock?: Uint8Array): string[] {
  const stacks = join(outdir, Manifest.stacksFolder);
  const removed: string[] = [];
  if (!lstatSync(stacks).isDirectory()) return removed; // a link
  for (const entry of readdirSync(stacks, { withFileTypes: true })) {
    if (names.has(entry.name) || !entry.isDirectory() || !ENVIRONMENT_NAME.pattern.test(entry.name)) continue;
    const folder = join(stacks, entry.name);
    attempt(() => {
      const files = readdirSync(folder, { withFileTypes: true });
      if (!files.every((file) => isSynthesized(file, folder, providerLock))) return;
      // Moved, not deleted: the move fails once another run has its turn, which may have written this stack.
      const aside = join(fresh, `${entry.name}-`);
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

/** Creates the folders in which files will be replaced, so that nothing can fail after the first replacement. */
function makePlaces(outdir: string, fresh: string, notation: Notation, made: string[]): void {
  const { dev } = statSync(outdir);
  const place = (folder: string, files: readonly string[]) => {
    if (makeFolder(folder, made)) return;
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
function makeFolder(folder: string, made: string[]): boolean {
  if (folder === "") {
    throw new OutputFolderError(
      "Received an empty CDKTF_OUTDIR, expected the name of the output folder. Is a variable not set?",
    );
  }
  const found = statSync(folder, { throwIfNoEntry: false });
  if (found?.isDirectory()) return false;
  if (found !== undefined || lstatSync(folder, { throwIfNoEntry: false }) !== undefined) {
    throw new OutputFolderError(
      `Received ${found ? "something that isn't a folder" : "a broken link"} at ${describePath(folder)}, expected a folder or nothing. Nothing was changed. Move it away, or choose another folder.`,
    );
  }
  if (!existsSync(dirname(folder))) makeFolder(dirname(folder), made);
  if (!ignoring(["EEXIST"], () => mkdirSync(folder))) return false; // another run was first
  made.push(folder);
  return true;
}

/** A disk error as a sentence. Any other error stays as it is. */
function inSentence(outdir: string, error: unknown, isMoving: boolean): unknown {
  if (errorCode(error) === undefined) return error;
  const rest = isMoving
    ? "Not everything that was synthesized is in place yet. Make the folder writable and synthesize again, or delete the folder."
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
