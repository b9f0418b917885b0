import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { compiled } from "../../../support/compiled";
import { sharedFolder } from "../../../support/folder";
import { testHelp } from "../../../support/help";

testHelp("completion");

const folder = sharedFolder();
const file = join(folder, "environments.yaml");

// In a process of its own: the library is an ECMAScript module, which a test can't load.
function supportApp(...args: string[]) {
  const env = { ...process.env, SUPPORT_APP_ENVIRONMENTS: file };
  return spawnSync(process.execPath, [compiled("cli/support-app.ts"), ...args], { encoding: "utf8", env, cwd: folder });
}

/** What can be in place of the last word. */
function completionsOf(...words: string[]): string[] {
  const { status, stdout, stderr } = supportApp("complete", "--", ...words);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  const lines = stdout.trimEnd().split("\n");
  expect(lines.pop()).toBe(":4"); // the shell adds no files
  return lines.map((line) => line.split("\t")[0] ?? "");
}

test("commands, options, choices and the names of environments are completed", () => {
  const entry = (account: string) => `{ account: "${account}", region: us-east-1, read-only: {} }`;
  writeFileSync(file, `environments: { staging: ${entry("111122223333")}, production: ${entry("444455556666")} }\n`);
  expect(completionsOf("dep")).toEqual(["deploy"]);
  expect(completionsOf("comp")).toEqual(["completion"]);
  expect(completionsOf("deploy", "")).toEqual(["staging", "production"]);
  expect(completionsOf("doctor", "staging", "--as")).toEqual(["--assume"]);
  expect(completionsOf("permissions", "")).toEqual(["deploy", "plan", "doctor", "audit"]);
  expect(completionsOf("publish", "--backend", "n")).toEqual(["none"]);
});

test("a file with an error completes no environment, without a word", () => {
  writeFileSync(file, "environments: [");
  expect(completionsOf("deploy", "")).toEqual([]);
});

test.each(["bash", "zsh", "fish"])("the script for %s asks support-app for completions", (shell) => {
  const { status, stdout } = supportApp("completion", shell);
  expect(status).toBe(0);
  expect(stdout).toContain("support-app complete --");
});
