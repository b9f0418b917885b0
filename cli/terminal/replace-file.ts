import { randomUUID } from "node:crypto";
import { chmodSync, existsSync, lstatSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { attempt, diskAdvice, diskReason, errorCode } from "../../common/disk-error";
import { makeFolders } from "../../common/make-folders";
import { describePath } from "../../common/problem";
import { CommandError } from "./command-error";

/** A new text, or other content, for a file. */
export interface Replacement {
  readonly file: string;
  readonly text: string | Buffer;
  /** What to run again after a failure, such as `bootstrap`. */
  readonly command: string;
}

/**
 * Replaces a file, or the target of a symbolic link, atomically: readers see the old text or the new one. Writes into
 * what isn't a regular file, such as a pipe or a device.
 *
 * @throws CommandError when it can't be written, or has changed
 */
export function replaceFile(replacement: Replacement): void {
  const { file, text, command } = replacement;
  try {
    if (isPipeOrDevice(file)) writeFileSync(file, text);
    else replace(replacement);
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    throw new CommandError(
      `Can't replace ${describePath(file)}: ${diskReason(error, dirname(file))}. It is unchanged. ${diskAdvice(error)} Then run ${command} again.`,
    );
  }
}

/** Whether reading a file, or writing into it, may wait for somebody else. */
export function isPipeOrDevice(file: string): boolean {
  const stats = existsSync(file) ? statSync(file) : undefined;
  return stats !== undefined && !stats.isFile() && !stats.isDirectory();
}

function replace({ file, text }: Replacement): void {
  const isNew = lstatSync(file, { throwIfNoEntry: false }) === undefined;
  if (isNew) makeFolders(dirname(file));
  const place = isNew ? file : realpathSync(file);
  const fresh = join(dirname(place), `.${randomUUID()}.tmp`);
  try {
    writeFileSync(fresh, text, { flag: "wx", flush: true });
    if (!isNew) chmodSync(fresh, statSync(place).mode);
    renameSync(fresh, place);
  } catch (error) {
    attempt(() => rmSync(fresh, { force: true }));
    throw error;
  }
}
