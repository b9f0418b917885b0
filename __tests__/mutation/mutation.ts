import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { percent, REQUIRED, recordScore, type Score, tableOf } from "./scores";

/*
 * Mutation testing: changes the code in one place after the other, runs the tests on each mutant, and counts those that survive:
 *
 *   npm run mutation                     every folder
 *   npm run mutation -- cli/iam          one folder
 *   npm run mutation -- cli/iam/arn.ts   one file, or several with commas between them, of one folder
 *
 * A run of a folder writes its score to last-scores.json, and the table of docs/mutation-testing.md.
 * node_modules/.cache/mutation keeps what was tried: what hasn't changed since isn't tried again.
 * Exit status: 0 every score is at least 90%, 1 one isn't or the tests fail, 2 wrong usage.
 */

/** What is changed, and the folders of the tests that have to notice. */
const TESTS: Readonly<Record<string, readonly string[]>> = {
  modules: ["__tests__/modules"],
  stacks: ["__tests__/stacks"],
  "cli/iam": ["__tests__/cli/iam"],
  "cli/terraform": ["__tests__/cli/terraform"],
  "cli/commands/review": ["__tests__/cli/commands/review"],
  "cli/commands/doctor": ["__tests__/cli/commands/doctor"],
};

/** Tests that take seconds: they are run only for the source file that they mirror, and notice little else that a quicker one doesn't. */
const SLOW = [
  "__tests__/cli/commands/review/attacks.test.ts",
  "__tests__/cli/commands/review/command.test.ts",
  "__tests__/cli/commands/review/hostile.test.ts",
  "__tests__/stacks/output/hcl.test.ts",
  "__tests__/stacks/properties.test.ts",
  "__tests__/stacks/rules-property.test.ts",
  "__tests__/stacks/yaml/yaml-value.test.ts",
];

/** A report in the schema of mutation-testing-report-schema, as far as it is read. */
interface Report {
  readonly files: Readonly<
    Record<string, { mutants: readonly { readonly status: string; readonly static?: boolean }[] }>
  >;
}

function testFiles(folder: string): readonly string[] {
  return (TESTS[folder] ?? []).flatMap((tests) =>
    readdirSync(tests, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".test.ts"))
      .map((name) => join(tests, name))
      .filter((test) => !SLOW.includes(test) || existsSync(sourceOf(test)))
      .sort(),
  );
}

/** The source file that a test mirrors, if there is one. */
function sourceOf(test: string): string {
  return test.replace(/^__tests__\//, "").replace(/\.test\.ts$/, ".ts");
}

/** StrykerJS doesn't try a mutant again that has survived in module-level code, even if there is a new test. */
function forgetStaticSurvivors(incrementalFile: string): void {
  if (!existsSync(incrementalFile)) return;
  const report: Report = JSON.parse(readFileSync(incrementalFile, "utf8"));
  for (const file of Object.values(report.files)) {
    file.mutants = file.mutants.filter((mutant) => !(mutant.static && mutant.status === "Survived"));
  }
  writeFileSync(incrementalFile, JSON.stringify(report));
}

function tried(folder: string, files: string): Score {
  const reports = `node_modules/.cache/mutation/${folder}`;
  forgetStaticSurvivors(`${reports}/incremental.json`);
  // A process that is killed in an endless loop leaves what its test has written.
  const temporary = mkdtempSync(join(tmpdir(), "support-app-mutation-"));
  const { status } = spawnSync("npx", ["--no", "--", "stryker", "run", "--mutate", files], {
    env: {
      ...process.env,
      TMPDIR: temporary,
      MUTATION_FOLDER: folder,
      MUTATION_TESTS: JSON.stringify(testFiles(folder)),
      MUTATION_SLOW_TESTS: JSON.stringify(SLOW),
    },
    stdio: "inherit",
  });
  rmSync(temporary, { recursive: true, force: true });
  if (status !== 0) throw new Error(`Received exit status ${status} of Stryker for ${folder}, expected 0. See above.`);
  const { files: found }: Report = JSON.parse(readFileSync(`${reports}/report.json`, "utf8"));
  const statuses = Object.values(found).flatMap(({ mutants }) => mutants.map((mutant) => mutant.status));
  const count = (...wanted: readonly string[]) => statuses.filter((one) => wanted.includes(one)).length;
  return {
    killed: count("Killed", "Timeout"),
    survived: count("Survived", "NoCoverage"),
    ignored: count("Ignored"),
  };
}

function main(argument: string | undefined): number {
  const folders = Object.keys(TESTS);
  const chosen = folders.filter((folder) => argument === undefined || `${argument}/`.startsWith(`${folder}/`));
  if (chosen.length === 0) {
    console.error(`Received ${argument}, expected one of ${folders.join(", ")}, or files in one of them.`);
    return 2;
  }
  const files = argument?.endsWith(".ts") ? argument : undefined;
  const scores: Record<string, Score> = {};
  for (const folder of chosen) {
    const score = tried(folder, files ?? `${folder}/**/*.ts`);
    scores[folder] = score;
    if (files === undefined) recordScore(folder, score);
  }
  console.log(tableOf(scores));
  return Object.values(scores).every((score) => percent(score) >= REQUIRED) ? 0 : 1;
}

process.exitCode = main(process.argv[2]);
