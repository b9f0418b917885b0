import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { markdownTable } from "../../cli/markdown";

/*
 * Changes the code in one place after the other, runs the tests on each change, and counts those that no test notices:
 *
 *   npm run mutation                     every folder, and writes the table of docs/mutation-testing.md
 *   npm run mutation -- cli/iam          one folder
 *   npm run mutation -- cli/iam/arn.ts   one file, or several with commas between them, of one folder
 *
 * node_modules/.cache/mutation keeps what was tried: what hasn't changed since isn't tried again.
 * Exit status: 0 every score is at least 90%, 1 one isn't or the tests fail, 2 wrong usage.
 */

/** The least score, in percent. */
const REQUIRED = 90;

const PAGE = "docs/mutation-testing.md";

/** What is changed, and the tests that have to notice. */
const TESTS: Readonly<Record<string, readonly string[]>> = {
  modules: ["modules/**/*.test.ts"],
  stacks: ["stacks/**/*.test.ts", "main.test.ts"],
  "cli/iam": ["cli/iam/**/*.test.ts"],
  "cli/terraform": ["cli/terraform/**/*.test.ts", "cli/review/**/*.test.ts"],
  "cli/review": ["cli/review/**/*.test.ts", "cli/terraform/**/*.test.ts"],
  "cli/doctor": ["cli/doctor/**/*.test.ts"],
};

/** A report in the schema of mutation-testing-report-schema, as far as it is read. */
interface Report {
  readonly files: Readonly<Record<string, { readonly mutants: readonly { readonly status: string }[] }>>;
}

interface Score {
  readonly folder: string;
  readonly noticed: number;
  readonly unnoticed: number;
  readonly ignored: number;
}

function tried(folder: string, files: string): Score {
  const report = `node_modules/.cache/mutation/${folder}/report.json`;
  const { status } = spawnSync("npx", ["--no", "--", "stryker", "run", "--mutate", files], {
    env: { ...process.env, MUTATION_FOLDER: folder, MUTATION_TESTS: TESTS[folder]?.join() },
    stdio: "inherit",
  });
  if (status !== 0) throw new Error(`Received exit status ${status} of Stryker for ${folder}, expected 0. See above.`);
  const { files: found }: Report = JSON.parse(readFileSync(report, "utf8"));
  const statuses = Object.values(found).flatMap(({ mutants }) => mutants.map((mutant) => mutant.status));
  const count = (...wanted: readonly string[]) => statuses.filter((one) => wanted.includes(one)).length;
  return {
    folder,
    noticed: count("Killed", "Timeout"),
    unnoticed: count("Survived", "NoCoverage"),
    ignored: count("Ignored"),
  };
}

/** In percent, rounded down. */
function percent({ noticed, unnoticed }: Score): number {
  return Math.floor((1000 * noticed) / Math.max(1, noticed + unnoticed)) / 10;
}

function tableOf(scores: readonly Score[]): string {
  return markdownTable(
    ["folder", "changes", "noticed", "not noticed", "left out", "score"],
    scores.map((score) => [
      `\`${score.folder}\``,
      ...[score.noticed + score.unnoticed, score.noticed, score.unnoticed, score.ignored].map(String),
      `${percent(score)}%`,
    ]),
  );
}

function main(argument: string | undefined): number {
  const folders = Object.keys(TESTS);
  const chosen = folders.filter((folder) => argument === undefined || `${argument}/`.startsWith(`${folder}/`));
  if (chosen.length === 0) {
    console.error(`Received ${argument}, expected one of ${folders.join(", ")}, or files in one of them.`);
    return 2;
  }
  const scores = chosen.map((folder) => tried(folder, argument?.endsWith(".ts") ? argument : `${folder}/**/*.ts`));
  const table = tableOf(scores);
  console.log(table);
  if (argument === undefined) {
    const page = readFileSync(PAGE, "utf8");
    writeFileSync(
      PAGE,
      page.replace(/(?<=<!-- scores -->\n).*?(?=<!-- \/scores -->)/s, () => `\n${table}\n`),
    );
  }
  return scores.every((score) => percent(score) >= REQUIRED) ? 0 : 1;
}

process.exitCode = main(process.argv[2]);
