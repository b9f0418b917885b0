import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import os, { tmpdir } from "node:os";
import { join } from "node:path";
import { CommandError } from "../../../cli/command-error";
import { privateFolder } from "../../../cli/deploy/private-folder";

let temporary: string;
beforeEach(() => {
  temporary = mkdtempSync(join(tmpdir(), "support-app-private-"));
  jest.spyOn(os, "tmpdir").mockImplementation(() => temporary);
});
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(temporary, { recursive: true, force: true });
});

test("only its owner can read it", () => {
  expect(statSync(privateFolder()).mode & 0o777).toBe(0o700);
});

test("what a killed process has left is removed, and nothing else", () => {
  const { pid } = spawnSync("true"); // which has ended
  const abandoned = join(temporary, `support-app-plan-${pid}-AbCd12`);
  const kept = [
    `support-app-plan-${process.pid}-AbCd12`, // of a process that runs
    `support-app-plan-${pid}-AbCd123`,
    "support-app-plan-AbCd12",
    "another",
  ];
  for (const name of kept) mkdirSync(join(temporary, name));
  mkdirSync(abandoned);
  writeFileSync(join(abandoned, "plan"), "secret");
  const link = `support-app-plan-${pid}-EfGh34`;
  symlinkSync(join(temporary, "another"), join(temporary, link)); // somebody else's trap
  const file = `support-app-plan-${pid}-IjKl56`;
  writeFileSync(join(temporary, file), "");

  const own = privateFolder();
  expect(existsSync(abandoned)).toBe(false);
  expect(readdirSync(temporary).map((name) => join(temporary, name))).toEqual(
    [own, ...[...kept, link, file].map((name) => join(temporary, name))].sort(),
  );
});

test("a folder that can't be created is an error", () => {
  temporary = join(temporary, "missing");
  expect(privateFolder).toThrow(
    new CommandError(
      `Can't create a temporary folder in "${temporary}": ENOENT: no such file or directory, mkdtemp '${temporary}/support-app-plan-${process.pid}-XXXXXX'. Nothing was changed. Free some space there, or set TMPDIR to another folder.`,
    ),
  );
  temporary = join(temporary, "..");
});
