import { stringify } from "yaml";
import { z } from "zod";
import { printable } from "../../modules/support-app/printable";
import type { Answer, Fix } from "./check";
import { answerOf, type CheckResult, type Diagnosis } from "./diagnose";

/** Version of the JSON report's form. A change that breaks a reader counts it up. */
const SCHEMA_VERSION = 1;

const answer = z.enum(["healthy", "unhealthy", "unknown"]);

/** The JSON report. */
export const doctorReportSchema = z.strictObject({
  schemaVersion: z.literal(SCHEMA_VERSION),
  answer: answer.describe("The worst of all environments: unhealthy, then unknown, then healthy."),
  environments: z.array(
    z.strictObject({
      name: z.string(),
      account: z.string(),
      region: z.string(),
      answer,
      checks: z.array(
        z.strictObject({
          name: z.string().describe("Stable."),
          sentence: z.string().describe("What is so when it is healthy."),
          answer: z.enum([...answer.options, "skipped"]),
          waitsFor: z
            .string()
            .optional()
            .describe("The check before whose answer this one couldn't look at everything."),
          findings: z.array(
            z.strictObject({
              answer: answer.exclude(["healthy"]),
              subject: z.string(),
              expected: z.string(),
              found: z.string(),
              topic: z
                .strictObject({ title: z.string(), url: z.url() })
                .optional()
                .describe("Where AWS's guide speaks of it."),
              fix: z.strictObject({
                text: z.string(),
                change: z
                  .record(z.string(), z.unknown())
                  .optional()
                  .describe("What to set in environments.yaml, then."),
                commands: z.array(z.string()).describe("What to run then, in a POSIX shell."),
              }),
            }),
          ),
        }),
      ),
      notes: z.array(z.string()),
    }),
  ),
});

/** The JSON Schema of the report, which docs/doctor-report.schema.json has for its readers. */
export function doctorReportJsonSchema(): unknown {
  return z.toJSONSchema(doctorReportSchema);
}

export type DoctorReport = z.infer<typeof doctorReportSchema>;

/** The report for machines. */
export function jsonReport(diagnoses: readonly Diagnosis[]): DoctorReport {
  const report = { schemaVersion: SCHEMA_VERSION, answer: answerOf(diagnoses), environments: diagnoses };
  return doctorReportSchema.parse(report);
}

/** The report of one environment, for people. */
export function textReport({ name, account, region, answer, checks, notes }: Diagnosis): string {
  const widest = Math.max(...checks.map((check) => check.name.length));
  const lines = [
    `${name} (${account}, ${region}) is ${inWords(answer)}.`,
    "",
    ...checks.map(
      ({ answer, name, sentence, waitsFor }) =>
        `  ${answer.padEnd(9)}  ${name.padEnd(widest)}  ${sentence}${waitsFor === undefined ? "" : ` (waits for ${waitsFor})`}`,
    ),
    ...checks.flatMap(findingLines),
    ...notes.flatMap((note) => ["", `  Note: ${note}`]),
  ];
  return lines.map(printable).join("\n");
}

/** The report of many environments, for people: all of what isn't healthy, and a line for what is. */
export function textReports(diagnoses: readonly Diagnosis[]): string {
  const count = (wanted: Answer) => diagnoses.filter(({ answer }) => answer === wanted).length;
  const healthy = ({ name, account, region, notes }: Diagnosis) => {
    const noted = notes.length === 0 ? "." : `; doctor ${name} has ${notes.length === 1 ? "a note" : "notes"} on it.`;
    return `${name} (${account}, ${region}) is healthy${noted}`;
  };
  return [
    ...diagnoses.filter(({ answer }) => answer !== "healthy").map((diagnosis) => `${textReport(diagnosis)}\n`),
    ...diagnoses.filter(({ answer }) => answer === "healthy").map(healthy),
    "",
    `${diagnoses.length} environment${diagnoses.length === 1 ? "" : "s"}: ${count("healthy")} healthy, ${count("unhealthy")} unhealthy, ${count("unknown")} unknown.`,
  ].join("\n");
}

function inWords(answer: Answer): string {
  return answer === "unknown" ? "not known to be healthy or unhealthy" : answer;
}

function findingLines({ name, findings }: CheckResult): string[] {
  return findings.flatMap(({ answer, subject, expected, found, topic, fix }) => [
    "",
    `  ${answer}: ${name}: ${subject}`,
    `    expected  ${expected}`,
    `    found     ${found}`,
    ...(topic ? [`    guide     ${topic.title}`, `              ${topic.url}`] : []),
    ...fixLines(fix).map((line, index) => `    ${(index === 0 ? "fix" : "").padEnd(10)}${line}`),
  ]);
}

function fixLines({ text, change, commands }: Fix): string[] {
  const yaml = change && stringify(change, { collectionStyle: "block", lineWidth: 0 }).trimEnd();
  return [
    text,
    ...(yaml === undefined ? [] : ["in environments.yaml:", ...yaml.split("\n").map((line) => `  ${line}`)]),
    ...commands.map((command) => `$ ${command}`),
  ];
}
