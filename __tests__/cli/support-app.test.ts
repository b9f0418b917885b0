import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compiled } from "../support/compiled";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "support-app-command-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** How the command ends if its program is that JavaScript, and all that it prints. */
function ended(program: string) {
  const preload = join(folder, "preload.js");
  writeFileSync(
    preload,
    `const Module = require("node:module");
const load = Module._load;
Module._load = (name, ...others) => {
  if (name !== "./program") return load(name, ...others);
  ${program}
};`,
  );
  const args = ["--require", preload, compiled("cli/support-app.ts"), "doctor", "--all"];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  return { status, stdout, stderr };
}

const FAILURE = 'Object.assign(new Error("no stack"), { stack: "Error: no stack\\n::error::x" })';
const SHOWN = "Error: no stack\n\\u{003a}:error::x\n";

test.each<[what: string, program: string, ended: ReturnType<typeof ended>]>([
  [
    "passes its arguments on, and ends with the program's status",
    "return { runSupportApp: async (args) => { console.log(args.join()); return 6; } };",
    { status: 6, stdout: "doctor,--all\n", stderr: "" },
  ],
  [
    "ends at once, whatever still runs",
    "return { runSupportApp: async () => { setInterval(() => {}, 60_000); return 0; } };",
    { status: 0, stdout: "", stderr: "" },
  ],
  [
    "prints a missing package whole, without a workflow's command, and ends with 1",
    `throw ${FAILURE};`,
    { status: 1, stdout: "", stderr: SHOWN },
  ],
  [
    "prints a bug whole, without a workflow's command, and ends with 1",
    `return { runSupportApp: () => Promise.reject(${FAILURE}) };`,
    { status: 1, stdout: "", stderr: SHOWN },
  ],
  [
    "prints what isn't an error, too",
    'return { runSupportApp: () => Promise.reject("gone") };',
    { status: 1, stdout: "", stderr: "gone\n" },
  ],
])("the command %s", (_, program, expected) => {
  expect(ended(program)).toEqual(expected);
});
