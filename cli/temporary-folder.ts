import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { messageOf } from "../modules/support-app/printable";
import { describePath } from "../modules/support-app/problem";
import { CommandError } from "./command-error";

/** Creates a temporary folder that nobody else can read. */
export function temporaryFolder(prefix: string): string {
  try {
    return mkdtempSync(join(tmpdir(), prefix));
  } catch (error) {
    throw new CommandError(
      `Can't create a temporary folder in ${describePath(tmpdir())}: ${messageOf(error)}. Nothing was written. Free some space there, or set TMPDIR to another folder.`,
    );
  }
}
