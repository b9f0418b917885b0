import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A fresh folder for each test, which may be its working directory: its path, or that of what is in it. To be called where tests are described. */
export function folderInTests({ isReal = false, isWorkingDirectory = false } = {}) {
  const root = process.cwd();
  let folder = "";
  beforeEach(() => {
    folder = newFolder(isReal);
    if (isWorkingDirectory) process.chdir(folder);
  });
  afterEach(() => {
    if (isWorkingDirectory) process.chdir(root);
    rmSync(folder, { recursive: true });
  });
  return (...names: readonly string[]) => join(folder, ...names);
}

/** A folder for all tests that are described where it is called. */
export function sharedFolder({ isReal = false } = {}): string {
  const folder = newFolder(isReal);
  afterAll(() => rmSync(folder, { recursive: true }));
  return folder;
}

function newFolder(isReal: boolean): string {
  const folder = mkdtempSync(join(tmpdir(), "support-app-test-"));
  return isReal ? realpathSync(folder) : folder; // the temporary folder is behind a link
}
