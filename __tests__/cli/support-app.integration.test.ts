import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { compiled } from "../support/compiled";
import { sharedFolder } from "../support/folder";
import { REMOVED_FOLDER, runInRemovedFolder } from "../support/removed-folder";

const folder = sharedFolder();

test.each<[what: string, program: string, status: number, stdout: string, stderr: string]>([
  [
    "passes its arguments on, and ends at once with the program's status, whatever still runs",
    "async (args) => { console.log(args.join()); setInterval(() => {}, 60_000); return 6; }",
    6,
    "doctor,--all\n",
    "",
  ],
  [
    "prints a bug whole, without a workflow's command, and ends with 1",
    '() => Promise.reject(Object.assign(new Error("no stack"), { stack: "Error: no stack\\n::error::x" }))',
    1,
    "",
    "Error: no stack\n\\u{003a}:error::x\n",
  ],
])("the command %s", (_, program, status, stdout, stderr) => {
  const preload = join(folder, "preload.js");
  writeFileSync(
    preload,
    `const Module = require("node:module");
const load = Module._load;
Module._load = (name, ...others) => name === "./program" ? { runSupportApp: ${program} } : load(name, ...others);`,
  );
  const args = ["--require", preload, compiled("cli/support-app.ts"), "doctor", "--all"];
  const result = spawnSync(process.execPath, args, { encoding: "utf8", timeout: 60_000 });
  expect(result).toMatchObject({ status, stdout, stderr });
});

test("in a folder that was removed, a command says so, without a stack trace", () => {
  const args = ["publish", "--out", "a"];
  expect(runInRemovedFolder(compiled("cli/support-app.ts"), ...args)).toEqual({ status: 1, printed: REMOVED_FOLDER });
});

test("help, which loads every command, needs no current folder", () => {
  expect(runInRemovedFolder(compiled("cli/support-app.ts"), "--help")).toEqual({
    status: 0,
    printed: expect.stringMatching(/^Usage: support-app /),
  });
});
