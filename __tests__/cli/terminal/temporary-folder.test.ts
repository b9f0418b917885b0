import { mkdtempSync, rmSync, statSync } from "node:fs";
import os, { tmpdir } from "node:os";
import { join } from "node:path";
import { CommandError } from "../../../cli/terminal/command-error";
import { temporaryFolder } from "../../../cli/terminal/temporary-folder";

let scratch: string;
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), "support-app-temporary-"));
});
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(scratch, { recursive: true });
});

test("nobody else can read it", () => {
  jest.spyOn(os, "tmpdir").mockReturnValue(scratch);
  expect(statSync(temporaryFolder("a-")).mode & 0o077).toBe(0);
});

test("where none can be created, a sentence says what to do", () => {
  const nowhere = join(scratch, "nowhere");
  jest.spyOn(os, "tmpdir").mockReturnValue(nowhere);
  expect(() => temporaryFolder("a-")).toThrow(
    expect.objectContaining({
      constructor: CommandError,
      message: expect.stringMatching(
        /^Can't create a temporary folder in ".*\/nowhere": ENOENT: .*\. Nothing was changed\. Free some space there, or set TMPDIR to another folder\.$/,
      ),
    }),
  );
});
