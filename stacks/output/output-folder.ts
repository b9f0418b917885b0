import {
  accessSync,
  constants,
  type Dirent,
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
} from "node:fs";
import { join } from "node:path";
import { attempt, diskAdvice, diskReason, errorCode, ignoring } from "../../common/disk-error";
import { InputError } from "../../common/input-error";
import { makeFolders, removeFolders } from "../../common/make-folders";
import { describePath } from "../../common/problem";
import { ENVIRONMENT_NAME } from "../../modules/support-app/model/limits";
import { STACKS_FOLDER as STACKS } from "../environments/state-location";
import { ENVIRONMENT_FILE } from "./environment-file";
import { PROVIDER_LOCK } from "./provider-lock";
import { DIGEST_OUTPUT } from "./stack-digest";

/** The forms of Terraform that CDKTF writes, and what a stack's file is called in each. */
const STACK_FILES = { json: "cdk.tf.json", hcl: "cdk.tf" } as const;
export type Notation = keyof typeof STACK_FILES;

/** CDKTF's name in the output folder. */
const MANIFEST = "manifest.json";

/** What is in a stack's folder, without assets. */
export const SYNTHESIZED: readonly string[] = [
  ...Object.values(STACK_FILES),
  "metadata.json",
  ENVIRONMENT_FILE,
  PROVIDER_LOCK,
];

/** In the output folder: the run that moves its files has this, and what a run prepares has a name that begins with it. */
const MOVING = ".synthesizing";

/** How old what a killed run has left is at least, in milliseconds. Preparing a thousand stacks takes seconds, and moving them less. */
const MAX_RUN_MS = 600_000;

/**
 * Writes an output folder as a whole: it is prepared beside the old one, which stays if anything fails before all of it is there,
 * and then renamed into place, file by file, since Terraform may be running in a stack's folder. Other files are left alone. One run
 * at a time renames: `.synthesizing` says so, also after a run that was killed then.
 *
 * @param write writes `manifest.json` and `stacks` into the given folder
 * @param removesOthers whether the folders of other stacks are removed, if nothing else has written there
 * @returns the names of the stacks whose folders were removed
 * @throws InputError if the folder can't be written, and whatever `write` throws
 */
export function writeOutput(
  outdir: string,
  notation: Notation,
  write: (folder: string) => void,
  removesOthers: boolean,
): string[] {
  const moving = join(outdir, MOVING);
  const madeFolders: string[] = [];
  let preparedPath = "";
  let isMoving = false;
  try {
    madeFolders.push(...makeFolders(outdir));
    removeLeftovers(outdir);
    preparedPath = mkdtempSync(`${moving}-`);
    write(preparedPath);
    makePlaces(outdir, preparedPath, madeFolders);
    madeFolders.length = 0; // from here on, another run may be using them
    isMoving = ignoring(["ENOTEMPTY", "EEXIST"], () => renameSync(preparedPath, moving));
    if (!isMoving) {
      throw new InputError(
        `Can't write the output folder ${describePath(outdir)}: another run is writing it, or was killed while it did. Nothing was changed. Wait for it to end, or remove ${describePath(moving)}, and synthesize again.`,
      );
    }
    const removed = moveIntoPlace(moving, outdir, notation, removesOthers);
    attempt(() => rmSync(moving, { recursive: true, force: true }));
    return removed;
  } catch (error) {
    if (!isMoving) {
      attempt(() => rmSync(preparedPath, { recursive: true, force: true }));
      removeFolders(madeFolders);
    }
    throw inSentence(outdir, error, isMoving);
  }
}

/** Removes what killed runs have left. */
function removeLeftovers(outdir: string): void {
  for (const name of readdirSync(outdir)) {
    const path = join(outdir, name);
    const isLeft = () => Date.now() - lstatSync(path).mtimeMs > MAX_RUN_MS;
    if (name.startsWith(MOVING)) attempt(() => isLeft() && rmSync(path, { recursive: true }));
  }
}

/** The manifest is last: it names only what exists. */
function moveIntoPlace(fresh: string, outdir: string, notation: Notation, removesOthers: boolean): string[] {
  const names = namesIn(join(fresh, STACKS));
  for (const name of names) {
    const from = join(fresh, STACKS, name);
    const to = join(outdir, STACKS, name);
    makeFolders(to); // a run that was faster may have removed it
    for (const file of readdirSync(from)) renameSync(join(from, file), join(to, file));
    rmSync(join(to, STACK_FILES[notation === "json" ? "hcl" : "json"]), { force: true }); // Terraform would read it, too
  }
  renameSync(join(fresh, MANIFEST), join(outdir, MANIFEST));
  const removed: string[] = [];
  if (removesOthers) attempt(() => removeOthers(join(outdir, STACKS), names, removed));
  return removed;
}

/** Removes the folders of other stacks, such as of a removed environment, if nothing else has written there. */
function removeOthers(stacks: string, names: readonly string[], removed: string[]): void {
  if (!lstatSync(stacks).isDirectory()) return; // a link
  for (const entry of readdirSync(stacks, { withFileTypes: true })) {
    if (names.includes(entry.name) || !entry.isDirectory() || !ENVIRONMENT_NAME.pattern.test(entry.name)) continue;
    attempt(() => {
      const folder = join(stacks, entry.name);
      const files = readdirSync(folder, { withFileTypes: true });
      if (!files.every((file) => isSynthesized(file, folder))) return;
      for (const { name } of files) rmSync(join(folder, name));
      rmdirSync(folder);
      removed.push(entry.name);
    });
  }
}

/** Other apps write stacks, too: only ours have a digest. */
function isSynthesized(file: Dirent, folder: string): boolean {
  if (!file.isFile() || !SYNTHESIZED.includes(file.name)) return false;
  const isStack = Object.values<string>(STACK_FILES).includes(file.name);
  return !isStack || readFileSync(join(folder, file.name)).includes(DIGEST_OUTPUT);
}

/** Creates the folders in which files will be replaced, so that little can fail after the first replacement. */
function makePlaces(outdir: string, fresh: string, madeFolders: string[]): void {
  const stacks = join(outdir, STACKS);
  for (const folder of [outdir, stacks, ...namesIn(join(fresh, STACKS)).map((name) => join(stacks, name))]) {
    madeFolders.push(...makeFolders(folder));
    accessSync(folder, constants.W_OK | constants.X_OK);
  }
}

/** A disk error as a sentence. Any other error stays as it is. */
function inSentence(outdir: string, error: unknown, isMoving: boolean): unknown {
  if (errorCode(error) === undefined) return error;
  const advice = isMoving
    ? `Not everything that was synthesized is in place yet. Make the folder writable, remove ${describePath(join(outdir, MOVING))}, and synthesize again.`
    : `Nothing was changed. ${diskAdvice(error)}`;
  return new InputError(
    `Can't write the output folder ${describePath(outdir)}: ${diskReason(error, outdir)}. ${advice}`,
  );
}

function namesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}
