import { mkdtempSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expectCurrentFolder } from "../../stacks/current-folder";
import { InputError } from "../../stacks/input-error";

test("a current folder that was removed is a sentence, and any other is right", () => {
  expect(expectCurrentFolder).not.toThrow();
  const folder = mkdtempSync(join(tmpdir(), "support-app-current-"));
  const before = process.cwd();
  try {
    process.chdir(folder);
    rmdirSync(folder);
    expect(expectCurrentFolder).toThrow(
      new InputError(
        "Can't find the current folder (ENOENT: no such file or directory, uv_cwd). Nothing was written. If it was removed, change to another one and run this again.",
      ),
    );
  } finally {
    process.chdir(before);
  }
});
