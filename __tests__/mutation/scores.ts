import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { markdownTable } from "../../cli/terminal/markdown";

/** What is changed together, and has its tests below __tests__. */
export const FOLDERS = ["cli", "cli/commands"]
  .flatMap((folder) =>
    readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && entry.name !== "commands")
      .map(({ name }) => `${folder}/${name}`),
  )
  .concat("common", "modules", "stacks")
  .sort();

/** The least score of a folder, in percent. */
export const REQUIRED = 90;

const SCORES = "__tests__/mutation/last-scores.json";
const PAGE = "docs/contributing/mutation-testing.md";

/** Where the page has the table. */
const TABLE = /(?<=<!-- scores -->\n\n).*?(?=\n\n<!-- \/scores -->)/s;

/** What became of a folder's mutants. A timeout counts as killed, and what no test runs as survived. */
export interface Score {
  readonly killed: number;
  readonly survived: number;
  /** Left out by a `// Stryker disable` comment. */
  readonly ignored: number;
}

export type Scores = Readonly<Record<string, Score>>;

/** In percent, rounded down to a tenth. */
export function percent({ killed, survived }: Score): number {
  return Math.floor((1000 * killed) / Math.max(1, killed + survived)) / 10;
}

export function tableOf(scores: Scores): string {
  return markdownTable(
    ["folder", "mutants", "killed", "survived", "left out", "score"],
    Object.entries(scores).map(([folder, score]) => [
      `\`${folder}\``,
      ...[score.killed + score.survived, score.killed, score.survived, score.ignored].map(String),
      `${percent(score)}%`,
    ]),
  ).trimEnd();
}

/** The scores of each folder's last run. */
export function readScores(): Scores {
  return JSON.parse(readFileSync(SCORES, "utf8"));
}

/** The table that the page has, without the formatter's alignment. */
export function publishedTable(): string | undefined {
  return readFileSync(PAGE, "utf8").match(TABLE)?.[0].replace(/-{3,}/g, "---").replace(/ +\|/g, " |");
}

/** Writes a folder's score beside the others, and all of them into the page. */
export function recordScore(folder: string, score: Score): void {
  const scores = Object.entries({ ...readScores(), [folder]: score }).sort(([a], [b]) => (a < b ? -1 : 1));
  const sorted = Object.fromEntries(scores);
  writeFileSync(SCORES, `${JSON.stringify(sorted, null, 2)}\n`);
  writeFileSync(
    PAGE,
    readFileSync(PAGE, "utf8").replace(TABLE, () => tableOf(sorted)),
  );
  execFileSync("npx", ["--no", "--", "biome", "format", "--write", PAGE]);
}
