import { writeFileSync } from "node:fs";
import * as z from "zod";
import { formatCount } from "../../common/format-count";
import { jsonText } from "../../common/json";
import { describePath } from "../../common/problem";
import { ACCOUNT_ID, ENVIRONMENT_NAME } from "../../modules/support-app/model/limits";
import { explainFailure } from "../terminal/command-error";
import { readFormOfJson } from "../terminal/json-file";
import { code, markdownTable } from "../terminal/markdown";

/** The results of an environment, most urgent first: in a word or two, and what that means for the reader. */
const WORDS = {
  failed: ["failed"],
  refused: ["refused", "its plan isn't the approved plan any more"],
  interrupted: ["interrupted"],
  "not-begun": ["not started"],
  "canary-failed": ["not started, since a canary failed or isn't healthy"],
  "plan-failed": ["not deployed, since its plan failed"],
  "no-report": ["no report", "its job didn't start, or ended early"],
  drifted: ["drifted", "somebody changed something by hand"],
  overtaken: ["not deployed", "a later merge overtook this one, and its run deploys it"],
  "not-deployed": ["not deployed as written in environments.yaml"],
  deployed: ["deployed"],
  applied: ["applied already", "support-app diff --drift finds what was changed by hand since"],
  unchanged: ["unchanged"],
} as const satisfies Record<string, readonly [short: string, details?: string]>;
export type Result = keyof typeof WORDS;
const NAMES = Object.keys(WORDS) as [Result, ...Result[]];

/** The whole words of each result. */
export const RESULTS = Object.fromEntries(NAMES.map((name) => [name, WORDS[name].join(": ")])) as Record<
  Result,
  string
>;

/** A result in a word or two. */
export function shortResult(result: Result): string {
  return WORDS[result][0];
}

const fleetReport = z.strictObject({
  schemaVersion: z.literal(1), // increased by changes that break readers
  environments: z.array(
    z.strictObject({
      name: z.string().regex(ENVIRONMENT_NAME.pattern),
      account: z.string().regex(ACCOUNT_ID.pattern),
      result: z.enum(NAMES),
    }),
  ),
});

/** The result of each environment of a fleet. */
export type FleetReport = Readonly<z.infer<typeof fleetReport>["environments"]>;

/** Results of an environment whose Terraform is applied. */
export const DONE: readonly Result[] = ["deployed", "applied", "unchanged"];

/** A table as text. Environments with nothing to do are only counted. */
export function fleetReportLines(report: FleetReport): string[] {
  const shownEnvironments = report.filter(({ result }) => result !== "unchanged" && result !== "applied");
  const width = Math.max(0, ...shownEnvironments.map(({ name }) => name.length));
  return [
    ...shownEnvironments.map(({ name, account, result }) => `${name.padEnd(width)}  ${account}  ${RESULTS[result]}`),
    `${countOf(report)}.`,
  ];
}

/** The same in Markdown, with every environment, most urgent first. */
export function reportMarkdown(title: string, report: FleetReport): string {
  const sortedReport = [...report].sort((a, b) => NAMES.indexOf(a.result) - NAMES.indexOf(b.result));
  const rows = sortedReport.map(({ name, account, result }) => [code(name), code(account), RESULTS[result]]);
  return `## ${title}\n\n${countOf(report)}.\n\n${markdownTable(["environment", "account", "result"], rows)}`;
}

function countOf(report: FleetReport): string {
  const counts = NAMES.map(
    (result) => [report.filter((environment) => environment.result === result).length, result] as const,
  );
  const countWords = counts.flatMap(([count, result]) => (count === 0 ? [] : [`${count} ${shortResult(result)}`]));
  return `${formatCount(report.length, "environment")}: ${countWords.join("; ") || "none"}`;
}

/** Writes a report for {@link readFleetReport}. */
export function writeReport(file: string, environments: FleetReport): void {
  explainFailure(
    (reason) => `Can't write --report ${describePath(file)}: ${reason}. The work itself is done. Choose another file.`,
    () => writeFileSync(file, `${jsonText({ schemaVersion: 1, environments })}\n`),
  );
}

/** Reads a report that `deploy --changed` or `diff --drift` has written. */
export function readFleetReport(file: string): FleetReport {
  const words = {
    name: `the report ${describePath(file)}`,
    expected: "a report of support-app deploy --changed or diff --drift",
    next: "Run that again, or remove the file.",
  };
  return readFormOfJson(file, fleetReport, words).environments;
}
