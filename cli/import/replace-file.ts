import { randomUUID } from "node:crypto";
import {
  chmodSync,
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { describePath } from "../../modules/support-app/problem";
import { attempt, diskAdvice, diskReason, errorCode } from "../../stacks/disk-error";
import { uninterrupted } from "../../stacks/uninterrupted";
import { CommandError } from "../command-error";

/**
 * Writes a file as a whole, where it is, or where a link at its place leads: whoever reads it finds the old text or the new one.
 *
 * @param before what the file says; where it says something else by now, somebody has changed it, and it stays
 * @throws CommandError where it can't be written, or has changed
 */
export function replaceFile(file: string, before: string, after: string): void {
  try {
    uninterrupted(() => replace(realpathSync(file), before, after, file));
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    throw new CommandError(
      `Received ${describePath(file)}, expected a file that can be replaced, but: ${diskReason(error, dirname(file))}. Nothing was written. ${diskAdvice(error)}`,
    );
  }
}

function replace(place: string, before: string, after: string, file: string): void {
  const fresh = join(dirname(place), `.${randomUUID()}.tmp`);
  try {
    writeFileSync(fresh, after, { flag: "wx" });
    chmodSync(fresh, statSync(place).mode);
    const descriptor = openSync(fresh, "r");
    fsyncSync(descriptor);
    closeSync(descriptor);
    if (readFileSync(place, "utf8") !== before) {
      throw new CommandError(
        `Received ${describePath(file)} with another text than a moment ago, expected nobody to change it meanwhile. Nothing was written. Run import again.`,
      );
    }
    renameSync(fresh, place);
  } catch (error) {
    attempt(() => rmSync(fresh, { force: true }));
    throw error;
  }
}
