import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { messageOf } from "../../modules/support-app/model/printable";
import { describePath } from "../../modules/support-app/model/problem";
import { CommandError } from "./command-error";

/** Creates a temporary folder that nobody else can read. */
export function temporaryFolder(prefix: string): string {
  const parent = resolve(tmpdir());
  try {
    return mkdtempSync(join(parent, prefix));
  } catch (error) {
    throw new CommandError(
      `Can't create a temporary folder in ${describePath(parent)}: ${messageOf(error)}. Nothing was changed. Free some space there, or set TMPDIR to another folder.`,
    );
  }
}
