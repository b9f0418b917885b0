import { formatCount } from "../../../common/format-count";
import { formatList } from "../../../common/format-list";
import { jsonText } from "../../../common/json";
import { type Answer, worstOf } from "../../findings/finding";
import { findingLines } from "../../findings/finding-lines";
import {
  type CheckResult,
  DOCTOR_REPORT_VERSION,
  type ReportedEnvironment,
  reportedEnvironmentSchema,
} from "../../reports/doctor-report";

/** The report for machines, with when doctor began. */
export function jsonReport(environments: readonly ReportedEnvironment[], readAt: Date): string {
  return jsonText({
    schemaVersion: DOCTOR_REPORT_VERSION,
    readAt: readAt.toISOString(),
    environments: environments.map((environment) => reportedEnvironmentSchema.parse(environment)),
    answer: worstOf(environments.map(({ answer }) => answer)),
  });
}

/** Maximum number of names that the summary lists for an answer. */
const MAX_LISTED = 100;

/** What comes after the reports of many environments, for people. */
export function summaryLines(environments: readonly ReportedEnvironment[]): string[] {
  const namesOf = (answer: Answer) =>
    environments.filter((environment) => environment.answer === answer).map(({ name }) => name);
  const [healthy, unhealthy, unknown] = [namesOf("healthy"), namesOf("unhealthy"), namesOf("unknown")];
  return [
    "",
    `${formatCount(environments.length, "environment")}: ${healthy.length} healthy, ${unhealthy.length} unhealthy, ${unknown.length} unknown.`,
    unhealthy.length > 0 && `Unhealthy: ${formatList(unhealthy, MAX_LISTED)}.`,
    unknown.length > 0 && `Unknown: ${formatList(unknown, MAX_LISTED)}.`,
  ].filter((line) => line !== false);
}

/** The report of one environment, for people. */
export function doctorReportLines(environment: ReportedEnvironment): string[] {
  const { name, account, region, answer, checks, findings, notes } = environment;
  const widest = Math.max(...checks.map((check) => check.name.length));
  const countOf = (check: string) => findings.filter(({ kind }) => kind === check).length;
  return [
    `${name} (${account}, ${region}) is ${answer === "unknown" ? "not known to be healthy or unhealthy" : answer}.`,
    "",
    ...checks.map(
      (check) => `  ${check.answer.padEnd(9)}  ${check.name.padEnd(widest)}  ${resultText(check, countOf(check.name))}`,
    ),
    ...findings.flatMap((finding) => ["", ...findingLines(finding)]),
    ...notes.flatMap((note) => ["", `  Note: ${note}`]),
  ];
}

/** What is true if the check is healthy, or else where to read on. */
function resultText({ answer, sentence, waitsFor }: CheckResult, count: number): string {
  if (answer === "healthy") return sentence;
  const findingsWords = count === 0 ? [] : [`${formatCount(count, "finding")} below`];
  return [...findingsWords, ...(waitsFor === undefined ? [] : [`waits for ${waitsFor}`])].join("; ");
}

/** One environment among many, for people: a line if it is healthy, or else the whole report. */
export function shortLines(environment: ReportedEnvironment): string[] {
  const { name, account, region, answer, findings, notes } = environment;
  if (answer !== "healthy") return [...doctorReportLines(environment), ""];
  const count = findings.length + notes.length;
  const noteWords = count === 0 ? "." : `; doctor ${name} has ${count === 1 ? "a note" : "notes"} on it.`;
  return [`${name} (${account}, ${region}) is healthy${noteWords}`];
}
