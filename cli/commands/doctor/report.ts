import { formatCount } from "../../../common/format-count";
import { formatList } from "../../../common/format-list";
import { jsonText } from "../../../common/json";
import {
  type CheckResult,
  DOCTOR_REPORT_VERSION,
  type ReportedEnvironment,
  reportedEnvironmentSchema,
} from "../../findings/doctor-report";
import { type Answer, worstOf } from "../../findings/finding";
import { findingLines } from "../../findings/finding-lines";
import { countsInWords, type ReportedChannel } from "../../findings/reported-channel";
import { codeBlock } from "../../terminal/markdown";
import { channelLocation } from "./check";
import { SLACK_CHECKS } from "./checks";
import { sharingInWords } from "./checks/slack";

/** The report for machines, with when doctor began. */
export function jsonReport(environments: readonly ReportedEnvironment[], readAt: Date): string {
  return jsonText({
    schemaVersion: DOCTOR_REPORT_VERSION,
    readAt: readAt.toISOString(),
    environments: environments.map((environment) => reportedEnvironmentSchema.parse(environment)),
    answer: worstOf(environments.map(({ answer }) => answer)),
  });
}

/** The report as Markdown: a heading for each environment, and the report of those with findings. */
export function markdownReport(environments: readonly ReportedEnvironment[]): string {
  const lines = environments.flatMap((environment) => {
    const [answerLine, , ...reportLines] = doctorReportLines(environment);
    return [`### ${answerLine}`, "", ...(environment.findings.length > 0 ? [...codeBlock(reportLines), ""] : [])];
  });
  return lines.map((line) => `${line}\n`).join("");
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
  const { checks, findings, notes, channels = [] } = environment;
  const widest = Math.max(...checks.map((check) => check.name.length));
  const countOf = (check: string) => findings.filter(({ kind }) => kind === check).length;
  return [
    `${answerInWords(environment)}.`,
    "",
    ...checks.map(
      (check) => `  ${check.answer.padEnd(9)}  ${check.name.padEnd(widest)}  ${resultText(check, countOf(check.name))}`,
    ),
    ...(channels.length > 0 ? ["", ...channels.flatMap(channelLines)] : []),
    ...findings.flatMap((finding) => ["", ...findingLines(finding)]),
    ...notes.flatMap((note) => ["", `  Note: ${note}`]),
  ];
}

function answerInWords({ name, account, region, answer, checks }: ReportedEnvironment): string {
  const words = answer === "unknown" ? "not known to be healthy or unhealthy" : answer;
  const isSlackOnly = checks.every((check) => check.name in SLACK_CHECKS);
  return `${name} (${account}, ${region}) is ${words}${isSlackOnly ? " in Slack; AWS wasn't asked" : ""}`;
}

/** A channel as Slack has it, and who is in it, if they are named. */
function channelLines({ workspace, channel, name, state, counts, people = [] }: ReportedChannel): string[] {
  const words =
    state === undefined
      ? ["unknown"]
      : [
          state.isPrivate ? "private" : "public, so everyone in the workspace can join it and then has its access",
          sharingInWords(state),
          counts && countsInWords(counts),
        ].filter((part) => part !== undefined);
  return [
    `  ${channelLocation({ workspace, channel, name }).resource}: ${words.join("; ")}`,
    ...people.map(
      (person) =>
        `    ${person.is.padEnd(6)}  ${person.id}  ${person.name}${person.from === undefined ? "" : ` of ${person.from}`}`,
    ),
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
  const { name, answer, findings, notes, channels = [] } = environment;
  if (answer !== "healthy") return [...doctorReportLines(environment), ""];
  const count = findings.length + notes.length;
  const noteWords = count === 0 ? "." : `; doctor ${name} has ${count === 1 ? "a note" : "notes"} on it.`;
  return [`${answerInWords(environment)}${noteWords}`, ...channels.flatMap(channelLines)];
}
