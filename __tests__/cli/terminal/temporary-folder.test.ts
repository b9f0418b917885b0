import { statSync } from "node:fs";
import os from "node:os";
import { CommandError } from "../../../cli/terminal/command-error";
import { temporaryFolder } from "../../../cli/terminal/temporary-folder";
import { folderInTests } from "../../support/folder";

const scratch = folderInTests();
afterEach(() => {
  jest.restoreAllMocks();
});

test("a temporary folder can't be read by anybody else", () => {
  jest.spyOn(os, "tmpdir").mockReturnValue(scratch());
  expect(statSync(temporaryFolder("a-")).mode & 0o077).toBe(0);
});

test("a sentence says what to do where no temporary folder can be created", () => {
  const nowhere = scratch("nowhere");
  jest.spyOn(os, "tmpdir").mockReturnValue(nowhere);
  expect(() => temporaryFolder("a-")).toThrow(
    expect.objectContaining({
      constructor: CommandError,
      message: expect.stringMatching(
        /^Can't create a temporary folder in ".*\/nowhere": there is no such file or folder\. Nothing was changed\. Free some space there, or set TMPDIR to another folder\.$/,
      ),
    }),
  );
});
