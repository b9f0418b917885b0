import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import os, { tmpdir } from "node:os";
import { join } from "node:path";
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
