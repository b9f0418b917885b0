import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { markdownTable } from "../../cli/markdown";

/*
 * Changes the code in one place after the other, runs the tests on each change, and counts those that no test notices:
 *
 *   npm run mutation                     every folder
 *   npm run mutation -- cli/iam          one folder
 *   npm run mutation -- cli/iam/arn.ts   one file, or several with commas between them, of one folder
 *
 * A run of a folder writes its score to scores.json, and the table of docs/mutation-testing.md.
 * node_modules/.cache/mutation keeps what was tried: what hasn't changed since isn't tried again.
 * Exit status: 0 every score is at least 90%, 1 one isn't or the tests fail, 2 wrong usage.
 */

/** The least score, in percent. */
const REQUIRED = 90;

const SCORES = "__tests__/mutation/scores.json";
const PAGE = "docs/mutation-testing.md";

/** What is changed, and the folders of the tests that have to notice. */
const TESTS: Readonly<Record<string, readonly string[]>> = {
  modules: ["__tests__/modules"],
  stacks: ["__tests__/stacks"],
  "cli/iam": ["__tests__/cli/iam"],
  "cli/terraform": ["__tests__/cli/terraform"],
  "cli/review": ["__tests__/cli/review", "__tests__/cli/terraform"],
  "cli/doctor": ["__tests__/cli/doctor"],
};

/** Tests that take seconds, and notice nothing that a quicker one doesn't. */
const SLOW = ["compare-oracle.test.ts", "examine-all.test.ts"];

/** A report in the schema of mutation-testing-report-schema, as far as it is read. */
interface Report {
  readonly files: Readonly<Record<string, { readonly mutants: readonly { readonly status: string }[] }>>;
}

/** How many changes were noticed, and how many weren't; how many were left out by a `// Stryker disable` comment. */
interface Score {
  readonly noticed: number;
  readonly unnoticed: number;
  readonly ignored: number;
}

function testFiles(folder: string): readonly string[] {
  return (TESTS[folder] ?? []).flatMap((tests) =>
    readdirSync(tests, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".test.ts") && !SLOW.some((slow) => name.endsWith(slow)))
      .map((name) => join(tests, name))
      .sort(),
  );
}

function tried(folder: string, files: string): Score {
  // A process that is killed in an endless loop leaves what its test has written.
  const temporary = mkdtempSync(join(tmpdir(), "support-app-mutation-"));
  const { status } = spawnSync("npx", ["--no", "--", "stryker", "run", "--mutate", files], {
    env: {
      ...process.env,
      TMPDIR: temporary,
      MUTATION_FOLDER: folder,
      MUTATION_TESTS: JSON.stringify(testFiles(folder)),
    },
    stdio: "inherit",
  });
  rmSync(temporary, { recursive: true, force: true });
  if (status !== 0) throw new Error(`Received exit status ${status} of Stryker for ${folder}, expected 0. See above.`);
  const { files: found }: Report = JSON.parse(
    readFileSync(`node_modules/.cache/mutation/${folder}/report.json`, "utf8"),
  );
  const statuses = Object.values(found).flatMap(({ mutants }) => mutants.map((mutant) => mutant.status));
  const count = (...wanted: readonly string[]) => statuses.filter((one) => wanted.includes(one)).length;
  return {
    noticed: count("Killed", "Timeout"),
    unnoticed: count("Survived", "NoCoverage"),
    ignored: count("Ignored"),
  };
}

/** In percent, rounded down. */
function percent({ noticed, unnoticed }: Score): number {
  return Math.floor((1000 * noticed) / Math.max(1, noticed + unnoticed)) / 10;
}

function tableOf(scores: Readonly<Record<string, Score>>): string {
  return markdownTable(
    ["folder", "changes", "noticed", "not noticed", "left out", "score"],
    Object.entries(scores).map(([folder, score]) => [
      `\`${folder}\``,
      ...[score.noticed + score.unnoticed, score.noticed, score.unnoticed, score.ignored].map(String),
      `${percent(score)}%`,
    ]),
  );
}

function record(scores: Readonly<Record<string, Score>>): void {
  const recorded: Record<string, Score> = { ...JSON.parse(readFileSync(SCORES, "utf8")), ...scores };
  const sorted = Object.fromEntries(
    Object.keys(TESTS).flatMap((folder) => {
      const score = recorded[folder];
      return score ? [[folder, score]] : [];
    }),
  );
  writeFileSync(SCORES, `${JSON.stringify(sorted, null, 2)}\n`);
  const page = readFileSync(PAGE, "utf8");
  const table = tableOf(sorted);
  writeFileSync(
    PAGE,
    page.replace(/(?<=<!-- scores -->\n).*?(?=<!-- \/scores -->)/s, () => `\n${table}\n`),
  );
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
    scores[folder] = tried(folder, files ?? `${folder}/**/*.ts`);
    if (files === undefined) record(scores);
  }
  console.log(tableOf(scores));
  return Object.values(scores).every((score) => percent(score) >= REQUIRED) ? 0 : 1;
}

process.exitCode = main(process.argv[2]);
