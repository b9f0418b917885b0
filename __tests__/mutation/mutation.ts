import { spawnSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname } from "node:path";
import setup from "../support/run/setup";
import { FOLDERS, percent, REQUIRED, recordScore, type Score, tableOf } from "./scores";

/*
 * Mutation testing: changes the code in one place after the other, runs the tests of its folder on each mutant, and counts the survivors:
 *
 *   npm run mutation                     every folder
 *   npm run mutation -- cli/iam          one folder
 *   npm run mutation -- cli/iam/arn.ts   one file, or several with commas between them, of one folder
 *
 * A run of a folder writes its score to last-scores.json, and the table of docs/contributing/mutation-testing.md.
 * Exit status: 0 every score is at least 90%, 1 one isn't or the tests fail, 2 wrong usage.
 */

/** A report in the schema of mutation-testing-report-schema, as far as it is read. */
interface Report {
  readonly files: Readonly<Record<string, { mutants: readonly { readonly status: string }[] }>>;
}

function scoreOf(folder: string, files: string): Score {
  const { status } = spawnSync("npx", ["--no", "--", "stryker", "run", "--mutate", files], {
    env: { ...process.env, MUTATION_FOLDER: folder },
    stdio: "inherit",
  });
  if (status !== 0)
    throw new Error(`Can't try mutants of ${folder}: StrykerJS ended with exit status ${status}. See above.`);
  const report: Report = JSON.parse(readFileSync(`node_modules/.cache/mutation/${folder}/report.json`, "utf8"));
  const statuses = Object.values(report.files).flatMap(({ mutants }) => mutants.map((mutant) => mutant.status));
  const count = (...names: readonly string[]) => statuses.filter((status) => names.includes(status)).length;
  return { killed: count("Killed", "Timeout"), survived: count("Survived", "NoCoverage"), ignored: count("Ignored") };
}

function main(argument: string | undefined): number {
  const isIn = (folder: string) =>
    argument?.split(",").every((file) => /\.ts$/.test(file) && file.startsWith(`${folder}/`));
  const folders = FOLDERS.filter((folder) => argument === undefined || argument === folder || isIn(folder));
  if (folders.length === 0) {
    console.error(`Received ${argument}, expected one of ${FOLDERS.join(", ")}, or files in one of them.`);
    return 2;
  }
  setup(); // once: the tests of each mutant would do it again
  const files = argument?.endsWith(".ts") ? argument : undefined;
  const scores: Record<string, Score> = {};
  try {
    for (const folder of folders) {
      const score = scoreOf(folder, files ?? `${folder}/**/*.ts`);
      scores[folder] = score;
      if (files === undefined) recordScore(folder, score);
    }
  } finally {
    rmSync(dirname(tmpdir()), { recursive: true });
  }
  console.log(tableOf(scores));
  return Object.values(scores).every((score) => percent(score) >= REQUIRED) ? 0 : 1;
}

process.exitCode = main(process.argv[2]);
