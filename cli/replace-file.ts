import { randomUUID } from "node:crypto";
import {
  chmodSync,
  closeSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { describePath } from "../modules/support-app/problem";
import { attempt, diskAdvice, diskReason, errorCode } from "../stacks/disk-error";
import { uninterrupted } from "../stacks/uninterrupted";
import { CommandError } from "./command-error";

/** A new text for a file. */
export interface Replacement {
  readonly file: string;
  readonly text: string;
  /** What it says; where it says something else by now, somebody has changed it, and it stays. Undefined: it needn't be there. */
  readonly before?: string;
  /** What to run again where it can't be written, such as `import`. */
  readonly command: string;
}

/**
 * Writes a file as a whole, where it is, or where a link at its place leads: whoever reads it finds the old text or the new one.
 *
 * @throws CommandError where it can't be written, or has changed
 */
export function replaceFile(replacement: Replacement): void {
  const { file, command } = replacement;
  try {
    uninterrupted(() => replace(replacement));
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    throw new CommandError(
      `Received ${describePath(file)}, expected a file that can be replaced, but: ${diskReason(error, dirname(file))}. It is as it was. ${diskAdvice(error)} Then run ${command} again.`,
    );
  }
}

function replace({ file, text, before, command }: Replacement): void {
  const isNew = before === undefined && lstatSync(file, { throwIfNoEntry: false }) === undefined;
  if (isNew) mkdirSync(dirname(file), { recursive: true });
  const place = isNew ? file : realpathSync(file);
  const fresh = join(dirname(place), `.${randomUUID()}.tmp`);
  try {
    writeFileSync(fresh, text, { flag: "wx" });
    if (!isNew) chmodSync(fresh, statSync(place).mode);
    const descriptor = openSync(fresh, "r");
    fsyncSync(descriptor);
    closeSync(descriptor);
    if (before !== undefined && readFileSync(place, "utf8") !== before) {
      throw new CommandError(
        `Received ${describePath(file)} with another text than a moment ago, expected nobody to change it meanwhile. Nothing was written. Run ${command} again.`,
      );
    }
    renameSync(fresh, place);
  } catch (error) {
    attempt(() => rmSync(fresh, { force: true }));
    throw error;
  }
}
