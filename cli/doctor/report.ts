import { printable } from "../../modules/support-app/model/printable";
import { counted } from "../../stacks/counted";
import { listed } from "../../stacks/listed";
import {
  type Answer,
  type CheckResult,
  DOCTOR_REPORT_VERSION,
  findingLines,
  type ReportedEnvironment,
  reportedEnvironmentSchema,
  worstOf,
} from "../doctor-report";
import { jsonText } from "../json";

/** A report that is printed while diagnoses come in. */
export interface PrintedReport {
  /** @param index position of the environment in the file */
  add(diagnosis: ReportedEnvironment, index: number): void;
  /** To be called once all are known. */
  end(): void;
}

type Print = (lines: readonly string[]) => void;

/**
 * The report for machines, in the order of the file.
 *
 * @param readAt when doctor began
 */
export function printJsonReport(print: Print, readAt: Date): PrintedReport {
  const environments: ReportedEnvironment[] = [];
  return {
    add(diagnosis, index) {
      environments[index] = reportedEnvironmentSchema.parse(diagnosis);
    },
    end() {
      const answer = worstOf(environments.map((one) => one.answer));
      const head = { schemaVersion: DOCTOR_REPORT_VERSION, readAt: readAt.toISOString() };
      print(jsonText({ ...head, environments, answer }).split("\n"));
    },
  };
}

/**
 * The report for people: each environment as soon as it is known.
 *
 * @param isMany whether a healthy environment takes one line, and a summary comes last
 */
export function printTextReport(print: Print, isMany: boolean): PrintedReport {
  const names: Record<Answer, string[]> = { healthy: [], unhealthy: [], unknown: [] };
  return {
    add(diagnosis) {
      names[diagnosis.answer].push(diagnosis.name);
      print((isMany ? environmentText(diagnosis) : textReport(diagnosis)).split("\n"));
    },
    end: () => (isMany ? print(summary(names)) : undefined),
  };
}

/** Maximum number of names that the summary lists for an answer. */
const MAX_LISTED = 100;

function summary({ healthy, unhealthy, unknown }: Readonly<Record<Answer, readonly string[]>>): string[] {
  const count = healthy.length + unhealthy.length + unknown.length;
  return [
    "",
    `${counted(count, "environment")}: ${healthy.length} healthy, ${unhealthy.length} unhealthy, ${unknown.length} unknown.`,
    ...(unhealthy.length === 0 ? [] : [`Unhealthy: ${listed(unhealthy, MAX_LISTED)}.`]),
    ...(unknown.length === 0 ? [] : [`Unknown: ${listed(unknown, MAX_LISTED)}.`]),
  ];
}

/** The report of one environment, for people. */
export function textReport({ name, account, region, answer, checks, notes }: ReportedEnvironment): string {
  const widest = Math.max(...checks.map((check) => check.name.length));
  const lines = [
    `${name} (${account}, ${region}) is ${answer === "unknown" ? "not known to be healthy or unhealthy" : answer}.`,
    "",
    ...checks.map((check) => `  ${check.answer.padEnd(9)}  ${check.name.padEnd(widest)}  ${resultText(check)}`),
    ...checks.flatMap(({ name, findings }) => findings.flatMap((one) => ["", ...findingLines(name, one)])),
    ...notes.flatMap((note) => ["", `  Note: ${note}`]),
  ];
  return lines.map(printable).join("\n");
}

/** What is true if the check is healthy, or else where to read on. */
function resultText({ answer, sentence, findings, waitsFor }: CheckResult): string {
  if (answer === "healthy") return sentence;
  const count = findings.length === 0 ? [] : [`${counted(findings.length, "finding")} below`];
  return [...count, ...(waitsFor === undefined ? [] : [`waits for ${waitsFor}`])].join("; ");
}

/** One environment among many, for people: a line if it is healthy, or else the whole report. */
function environmentText(diagnosis: ReportedEnvironment): string {
  const { name, account, region, answer, notes } = diagnosis;
  if (answer !== "healthy") return `${textReport(diagnosis)}\n`;
  const noted = notes.length === 0 ? "." : `; doctor ${name} has ${notes.length === 1 ? "a note" : "notes"} on it.`;
  return `${name} (${account}, ${region}) is healthy${noted}`;
}
