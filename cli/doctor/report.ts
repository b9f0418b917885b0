import { printable } from "../../modules/support-app/model/printable";
import { counted } from "../../stacks/counted";
import { listed } from "../../stacks/listed";
import { type Answer, DOCTOR_REPORT_VERSION, findingLines, reportedEnvironmentSchema, worstOf } from "../doctor-report";
import { jsonText } from "../json";
import type { CheckResult, Diagnosis } from "./diagnose";

/** A report that is printed while diagnoses come in. */
export interface PrintedReport {
  /** @param index position of the environment in the file */
  add(diagnosis: Diagnosis, index: number): void;
  /** To be called once all are known. */
  end(): void;
}

type Print = (lines: readonly string[]) => void;

/**
 * The report for machines, in the order of the file. A diagnosis waits for those before it, and no other is kept in memory.
 *
 * @param readAt when doctor began
 */
export function printJsonReport(print: Print, readAt: Date): PrintedReport {
  const waiting = new Map<number, string>();
  const answers = new Set<Answer>();
  let next = 0;
  let held: string[] = []; // its last line gets a comma if another environment follows
  return {
    add(diagnosis, index) {
      answers.add(diagnosis.answer);
      waiting.set(index, jsonText(reportedEnvironmentSchema.parse(diagnosis)));
      for (let text = waiting.get(next); text !== undefined; text = waiting.get(next)) {
        const time = `  "readAt": ${JSON.stringify(readAt.toISOString())},`;
        const head = ["{", `  "schemaVersion": ${DOCTOR_REPORT_VERSION},`, time, '  "environments": ['];
        print(next === 0 ? head : [...held.slice(0, -1), `${held.at(-1)},`]);
        held = text.split("\n").map((line) => `    ${line}`);
        waiting.delete(next++);
      }
    },
    end() {
      const answer = worstOf(answers);
      print([...held, "  ],", `  "answer": ${JSON.stringify(answer)}`, "}"]);
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
      print((isMany ? textResult(diagnosis) : textReport(diagnosis)).split("\n"));
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
export function textReport({ name, account, region, answer, checks, notes }: Diagnosis): string {
  const widest = Math.max(...checks.map((check) => check.name.length));
  const lines = [
    `${name} (${account}, ${region}) is ${inWords(answer)}.`,
    "",
    ...checks.map((check) => `  ${check.answer.padEnd(9)}  ${check.name.padEnd(widest)}  ${resultInWords(check)}`),
    ...checks.flatMap(({ name, findings }) => findings.flatMap((one) => ["", ...findingLines(name, one)])),
    ...notes.flatMap((note) => ["", `  Note: ${note}`]),
  ];
  return lines.map(printable).join("\n");
}

/** What is true if the check is healthy, or else where to read on. */
function resultInWords({ answer, sentence, findings, waitsFor }: CheckResult): string {
  if (answer === "healthy") return sentence;
  const count = findings.length === 0 ? [] : [`${counted(findings.length, "finding")} below`];
  return [...count, ...(waitsFor === undefined ? [] : [`waits for ${waitsFor}`])].join("; ");
}

/** One environment among many, for people: a line if it is healthy, or else the whole report. */
function textResult(diagnosis: Diagnosis): string {
  const { name, account, region, answer, notes } = diagnosis;
  if (answer !== "healthy") return `${textReport(diagnosis)}\n`;
  const noted = notes.length === 0 ? "." : `; doctor ${name} has ${notes.length === 1 ? "a note" : "notes"} on it.`;
  return `${name} (${account}, ${region}) is healthy${noted}`;
}

function inWords(answer: Answer): string {
  return answer === "unknown" ? "not known to be healthy or unhealthy" : answer;
}
