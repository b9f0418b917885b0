import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { describePath } from "../../common/problem";
import { explainFailure } from "./command-error";

/** Creates a temporary folder that nobody else can read. */
export function temporaryFolder(prefix: string): string {
  const parent = resolve(tmpdir());
  return explainFailure(
    (reason) =>
      `Can't create a temporary folder in ${describePath(parent)}: ${reason}. Nothing was changed. Free some space there, or set TMPDIR to another folder.`,
    () => mkdtempSync(join(parent, prefix)),
  );
}
