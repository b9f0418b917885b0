import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { compiled } from "../../../support/compiled";
import { sharedFolder } from "../../../support/folder";
import { testHelp } from "../../../support/help";

testHelp("completion");

const folder = sharedFolder();
const [file, wrongFile] = [join(folder, "environments.yaml"), join(folder, "wrong.yaml")];

const RUNS = `(async () => {
  const { runSupportApp } = require(process.argv[1]);
  for (const [file, ...args] of JSON.parse(process.argv[2])) {
    process.env.SUPPORT_APP_ENVIRONMENTS = file;
    console.log("exit status " + (await runSupportApp(args)));
  }
})()`;

/** What each run prints. In a process of its own: the library is an ECMAScript module, which a test can't load. */
function outputsOf(...runs: readonly (readonly [file: string, ...args: string[]])[]): string[] {
  const args = ["-e", RUNS, compiled("cli/program.ts"), JSON.stringify(runs)];
  return execFileSync(process.execPath, args, { encoding: "utf8" }).split("exit status 0\n").slice(0, -1);
}

test("the script for each shell asks for completions: commands, options, choices and environments, and none of a file with an error, without a word", () => {
  const entry = (account: string) => `{ account: "${account}", region: us-east-1, read-only: {} }`;
  writeFileSync(file, `environments: { staging: ${entry("111122223333")}, production: ${entry("444455556666")} }\n`);
  writeFileSync(wrongFile, "environments: [");
  const shells = ["bash", "zsh", "fish"];
  const table: readonly (readonly [words: string, completions: readonly string[], environments?: string])[] = [
    ["dep", ["deploy"]],
    ["comp", ["completion"]],
    ["deploy ", ["staging", "production"]],
    ["doctor staging --as", ["--assume"]],
    ["permissions ", ["deploy", "plan", "doctor", "audit"]],
    ["publish --backend n", ["none"]],
    ["deploy ", [], wrongFile],
  ];
  const outputs = outputsOf(
    ...shells.map((shell) => [file, "completion", shell] as const),
    ...table.map(([words, , environments = file]) => [environments, "complete", "--", ...words.split(" ")] as const),
  );
  const script = expect.stringContaining("support-app complete --");
  expect(outputs.splice(0, shells.length)).toEqual([script, script, script]);
  const completions = outputs.map((output) => output.trimEnd().replace(/\t.*/g, "").split("\n"));
  expect(completions).toEqual(table.map(([, words]) => [...words, ":4"])); // the shell adds no files
});
