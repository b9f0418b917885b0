import { counted } from "../../../stacks/counted";
import { listed } from "../../../stacks/listed";
import {
  type Answer,
  type CheckResult,
  DOCTOR_REPORT_VERSION,
  findingLines,
  type ReportedEnvironment,
  reportedEnvironmentSchema,
  worstOf,
} from "../../reports/doctor-report";
import { jsonText } from "../../terminal/json";

/** The report for machines, with when doctor began. */
export function jsonReport(environments: readonly ReportedEnvironment[], readAt: Date): string {
  return jsonText({
    schemaVersion: DOCTOR_REPORT_VERSION,
    readAt: readAt.toISOString(),
    environments: environments.map((one) => reportedEnvironmentSchema.parse(one)),
    answer: worstOf(environments.map(({ answer }) => answer)),
  });
}

/** Maximum number of names that the summary lists for an answer. */
const MAX_LISTED = 100;

/** What comes after the reports of many environments, for people. */
export function summaryLines(environments: readonly ReportedEnvironment[]): string[] {
  const namesOf = (answer: Answer) => environments.filter((one) => one.answer === answer).map(({ name }) => name);
  const [healthy, unhealthy, unknown] = [namesOf("healthy"), namesOf("unhealthy"), namesOf("unknown")];
  return [
    "",
    `${counted(environments.length, "environment")}: ${healthy.length} healthy, ${unhealthy.length} unhealthy, ${unknown.length} unknown.`,
    unhealthy.length > 0 && `Unhealthy: ${listed(unhealthy, MAX_LISTED)}.`,
    unknown.length > 0 && `Unknown: ${listed(unknown, MAX_LISTED)}.`,
  ].filter((line) => line !== false);
}

/** The report of one environment, for people. */
export function reportLines({ name, account, region, answer, checks, notes }: ReportedEnvironment): string[] {
  const widest = Math.max(...checks.map((check) => check.name.length));
  return [
    `${name} (${account}, ${region}) is ${answer === "unknown" ? "not known to be healthy or unhealthy" : answer}.`,
    "",
    ...checks.map((check) => `  ${check.answer.padEnd(9)}  ${check.name.padEnd(widest)}  ${resultText(check)}`),
    ...checks.flatMap(({ name, findings }) => findings.flatMap((one) => ["", ...findingLines(name, one)])),
    ...notes.flatMap((note) => ["", `  Note: ${note}`]),
  ];
}

/** What is true if the check is healthy, or else where to read on. */
function resultText({ answer, sentence, findings, waitsFor }: CheckResult): string {
  if (answer === "healthy") return sentence;
  const count = findings.length === 0 ? [] : [`${counted(findings.length, "finding")} below`];
  return [...count, ...(waitsFor === undefined ? [] : [`waits for ${waitsFor}`])].join("; ");
}

/** One environment among many, for people: a line if it is healthy, or else the whole report. */
export function shortLines(environment: ReportedEnvironment): string[] {
  const { name, account, region, answer, notes } = environment;
  if (answer !== "healthy") return [...reportLines(environment), ""];
  const noted = notes.length === 0 ? "." : `; doctor ${name} has ${notes.length === 1 ? "a note" : "notes"} on it.`;
  return [`${name} (${account}, ${region}) is healthy${noted}`];
}
