import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import { basename, dirname, join, posix, relative, resolve } from "node:path";
import { attempt, diskAdvice, diskReason, errorCode } from "../../../common/disk-error";
import { formatList } from "../../../common/format-list";
import { makeFolders, removeFolders } from "../../../common/make-folders";
import { describePath } from "../../../common/problem";
import { hasEnded, preparedFolder } from "../../../stacks/output/prepared-folder";
import { CommandError } from "../../terminal/command-error";
import { CHECKSUMS, type Comparison, compare, type File, MANIFEST, type Outline, outlineOf } from "./published-folder";

/** In a run's own folder: the new publication, and what the files had that it has replaced, by number. */
const NEW = "new";
const OLD = "old";

export interface Replaced {
  /** The number of files in the publication. */
  readonly count: number;
  /** Folders that have nothing published any more, with what somebody else has there. */
  readonly leftovers: ReadonlyMap<string, readonly string[]>;
}

/**
 * Replaces the publication in a folder, and leaves alone what somebody else has there. After any error, the folder is as it
 * was. A run that is killed while it moves files leaves some new and some old ones: the next run replaces both.
 *
 * @throws CommandError when it can't be written, contains the current or the home folder, has a published file that isn't as
 * publish wrote it, or somebody else's file that Terraform would read with the published ones
 */
export function replaceFolder(folder: string, files: Iterable<File>): Replaced {
  const target = expectReplaceable(folder);
  let folders: readonly string[] = [];
  let ownFolder = "";
  try {
    folders = makeFolders(dirname(target));
    ownFolder = preparedFolder(join(dirname(target), `.${basename(target)}.publishing`));
    expectSingle(folder, ownFolder);
    const outline = outlineOf(files, ([path, text]) => {
      mkdirSync(dirname(join(ownFolder, NEW, path)), { recursive: true });
      writeFileSync(join(ownFolder, NEW, path), text);
    });
    const comparison = compare(target, outline);
    expectOurs(folder, comparison);
    if (existsSync(target)) replaceFiles(target, ownFolder, comparison);
    else renameSync(join(ownFolder, NEW), target);
    return { count: outline.sums.size, leftovers: leftoversOf(target, outline, comparison) };
  } catch (error) {
    throw inSentence(folder, target, error);
  } finally {
    if (ownFolder !== "") attempt(() => rmSync(ownFolder, { recursive: true, force: true }));
    removeFolders(folders);
  }
}

/**
 * Refuses a folder that contains the current or the home folder, and what isn't a folder.
 *
 * @returns its path without links
 */
export function expectReplaceable(folder: string): string {
  const path = resolve(folder);
  try {
    const target = lstatSync(path, { throwIfNoEntry: false }) ? realpathSync(path) : path;
    if ([process.cwd(), homedir()].some((place) => !relative(target, place).startsWith(".."))) {
      throw new CommandError(
        `Received --out ${describePath(folder)}, expected a dedicated folder. Choose one below the current folder.`,
      );
    }
    if (existsSync(target)) readdirSync(target); // fails for a file
    return target;
  } catch (error) {
    throw inSentence(folder, path, error);
  }
}

/** Refuses to publish while another run does, so that neither replaces what the other one has compared. */
function expectSingle(folder: string, ownFolder: string): void {
  const prefix = basename(ownFolder).replace(/-\d+-\w{6}$/, "-");
  const otherRun = readdirSync(dirname(ownFolder)).find(
    (name) => name.startsWith(prefix) && name !== basename(ownFolder) && !hasEnded(name),
  );
  if (otherRun === undefined) return;
  throw new CommandError(
    `Can't publish to ${describePath(folder)}: another run is publishing to it. Nothing was changed. Publish again when that has ended. If there is none, remove ${describePath(join(dirname(ownFolder), otherRun))}.`,
  );
}

function expectOurs(folder: string, { foreign }: Comparison): void {
  if (foreign.length === 0) return;
  throw new CommandError(
    `Received --out ${describePath(folder)} with ${formatList(foreign.map(describePath))}, expected published files as publish wrote them and, beside them, no other file that Terraform reads, except for a backend where the root has none. Nothing was changed. Move that away, or choose another folder.`,
  );
}

/** A file to put into its place, or to remove. */
interface Step {
  readonly path: string;
  readonly source?: string;
}

/** Replaces files one by one, each at once, or none of them. */
function replaceFiles(target: string, ownFolder: string, comparison: Comparison): void {
  const folders: string[] = [];
  const undos: (() => void)[] = [];
  try {
    mkdirSync(join(ownFolder, OLD));
    for (const [index, { path, source }] of stepsOf(target, ownFolder, comparison).entries()) {
      const [place, backup] = [join(target, path), join(ownFolder, OLD, String(index))];
      const isReplaced = existsSync(place);
      if (isReplaced) writeFileSync(backup, readFileSync(place));
      folders.push(...makeFolders(dirname(place)));
      undos.unshift(() => (isReplaced ? renameSync(backup, place) : rmSync(place, { force: true })));
      if (source === undefined) rmSync(place);
      else renameSync(source, place);
    }
  } catch (error) {
    const isUndone = undos.map((undo) => attempt(() => undo() ?? true)).every(Boolean);
    removeFolders(folders);
    throw isUndone ? error : new HalfReplaced(error);
  }
  removeFolders(foldersAbove(comparison.obsolete).map((path) => join(target, path)));
}

/** An error after which some files are new, and some old. */
class HalfReplaced {
  constructor(readonly cause: unknown) {}
}

/** Until the last step, the checksums are those of the old and of the new files: whatever has been replaced, publish has written it. */
function stepsOf(target: string, ownFolder: string, { missing, outdated, obsolete }: Comparison): Step[] {
  const sourceOf = (path: string) => join(ownFolder, NEW, path);
  const step = (path: string): Step => ({ path, source: sourceOf(path) });
  const paths = [...missing, ...outdated];
  if (!paths.includes(CHECKSUMS)) return paths.map(step);
  const bothSums = sourceOf(`${CHECKSUMS}.both`);
  const texts = [join(target, CHECKSUMS), sourceOf(CHECKSUMS)].map((path) =>
    existsSync(path) ? readFileSync(path, "utf8") : "",
  );
  writeFileSync(bothSums, texts.join(""));
  const isFirst = (path: string) => path === MANIFEST && missing.includes(path); // without it, checksums are somebody else's
  return [
    ...paths.filter(isFirst).map(step),
    { path: CHECKSUMS, source: bothSums },
    ...paths.filter((path) => path !== CHECKSUMS && !isFirst(path)).map(step),
    ...obsolete.map((path) => ({ path })),
    step(CHECKSUMS),
  ];
}

/** The folders of some paths and the folders above, outermost first. */
function foldersAbove(paths: readonly string[]): string[] {
  const folders = new Set<string>();
  for (const path of paths)
    for (let folder = posix.dirname(path); folder !== "."; folder = posix.dirname(folder)) folders.add(folder);
  return [...folders].sort((a, b) => a.length - b.length);
}

function leftoversOf(target: string, { sums }: Outline, { obsolete }: Comparison): Replaced["leftovers"] {
  const publishedFolders = new Set(foldersAbove([...sums.keys()]));
  const folders = foldersAbove(obsolete).filter(
    (path) => !publishedFolders.has(path) && existsSync(join(target, path)),
  );
  return new Map(folders.map((path) => [path, readdirSync(join(target, path)).sort()]));
}

/** A disk error as a sentence. Any other error stays as it is. */
function inSentence(folder: string, target: string, error: unknown): unknown {
  const isHalf = error instanceof HalfReplaced;
  const cause = isHalf ? error.cause : error;
  const code = errorCode(cause);
  if (code === undefined) return cause;
  const advice = ["ENOTEMPTY", "EEXIST"].includes(code)
    ? "Another run may have published to it at the same moment: publish again."
    : diskAdvice(cause);
  return new CommandError(
    `Can't publish to ${describePath(folder)}: ${diskReason(cause, dirname(target))}. ${isHalf ? "Some files are new, and some old, until you publish again." : "Nothing was changed."} ${advice}`,
  );
}
