import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { FOLDERS, percent, publishedTable, REQUIRED, readScores, tableOf } from "./scores";

test("a score is the share of the mutants that a test kills, rounded down to a tenth of a percent", () => {
  expect(percent({ killed: 999, survived: 1, ignored: 5 })).toBe(99.9);
  expect(percent({ killed: 8999, survived: 1001, ignored: 0 })).toBe(89.9);
  expect(percent({ killed: 0, survived: 0, ignored: 3 })).toBe(0);
});

test("every folder's last run has at least the required score", () => {
  const scores = readScores();
  expect(Object.keys(scores)).toEqual(FOLDERS);
  const tooLow = Object.entries(scores).filter(([, score]) => percent(score) < REQUIRED);
  expect(tooLow).toEqual([]);
});

test("the page on mutation testing has those scores", () => {
  expect(publishedTable()).toBe(tableOf(readScores()));
});

test("the workflow tries every folder", () => {
  const { jobs } = parse(readFileSync(".github/workflows/mutation.yml", "utf8"));
  expect(jobs.mutation.strategy.matrix.folder).toEqual(FOLDERS);
});
