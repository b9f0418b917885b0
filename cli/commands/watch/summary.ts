import { formatCount } from "../../../common/format-count";
import { isNotice } from "../../findings/kinds";
import { code, codeBlock, markdownTable } from "../../terminal/markdown";
import { fitting } from "./issue-text";
import { MAX_OPEN } from "./sync-issues";
import type { WatchedFinding, WatchReport } from "./watch-report";
import { keptLines } from "./watch-run";

/** Maximum length of the summary: a job may have 1 MiB, and a character may have three bytes. */
const MAX_LENGTH = 300_000;

/** A row for each finding: new ones first, then lasting, unknown and healed ones. */
function rowsOf({ findings, healed }: WatchReport) {
  const order = ["new", "found", "without an issue", "stays", "silenced", "not looked at"];
  const rows = findings.map((finding) => ({ state: stateOf(finding), title: finding.title, issue: finding.issue }));
  return [
    ...rows.sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state)),
    ...healed.map((healedFinding) => ({
      state: healedState(healedFinding),
      title: healedFinding.title,
      issue: healedFinding.issue,
    })),
  ];
}

function stateOf({ state, change, silenced, waiting }: WatchedFinding): string {
  if (state === "not-looked-at") return "not looked at";
  if (silenced) return "silenced";
  if (waiting && change !== "new") return "without an issue";
  return change ?? "found";
}

/** What became of a finding that is gone, or no longer looked for. A notice isn't healed: its end may have come. */
export function healedState({ because, kind }: Pick<WatchReport["healed"][number], "because" | "kind">): string {
  return because === "healed" && !isNotice(kind) ? "healed" : "closed";
}

function countsOf(report: WatchReport): string {
  const { environments, accounts, findings, healed } = report;
  const subjects = [...environments, ...accounts];
  const answers = (["healthy", "unhealthy", "unknown"] as const).map(
    (answer) => `${subjects.filter((subject) => subject.answer === answer).length} ${answer}`,
  );
  const accountsWords = accounts.length === 0 ? "" : ` and ${formatCount(accounts.length, "account")} with findings`;
  const rows = [...findings.map(stateOf), ...healed.map(() => "healed or closed")];
  const counts = [...new Set(rows)].map((state) => `${rows.filter((rowState) => rowState === state).length} ${state}`);
  return `${formatCount(environments.length, "environment")}${accountsWords}: ${answers.join(", ")}. Findings: ${counts.join(", ") || "none"}.`;
}

/** Remarks on the report, in sentences. */
function remarksOf({ findings }: WatchReport, remarks: readonly string[]): readonly string[] {
  const waiting = findings.filter((waitingCount) => waitingCount.waiting).length;
  const limit = `${formatCount(waiting, "finding")} without an issue: at most ${MAX_OPEN} issues of a kind are open at once.`;
  return waiting === 0 ? remarks : [limit, ...remarks];
}

/** The report as text. @param remarks on reports and issues, in sentences */
export function watchLines(report: WatchReport, remarks: readonly string[]): string[] {
  const rows = rowsOf(report);
  const width = Math.max(0, ...rows.map(({ state }) => state.length));
  return [
    ...rows.map(({ state, title, issue }) => `${state.padEnd(width)}  ${title}${issue ? `  ${issue.url}` : ""}`),
    countsOf(report),
    ...remarksOf(report, remarks),
  ];
}

/** The report as Markdown, with what doctor and audit report. */
export function watchMarkdown(report: WatchReport, remarks: readonly string[]): string {
  const rows = rowsOf(report);
  const cells = rows.map(({ state, title, issue }) => [
    state,
    code(title),
    issue ? `[#${issue.number}](${issue.url})` : "",
  ]);
  const lines = [
    "## Watch",
    "",
    countsOf(report),
    "",
    ...remarksOf(report, remarks).flatMap((remark) => [code(remark), ""]),
    ...(rows.length === 0 ? [] : markdownTable(["", "finding", "issue"], cells).split("\n")),
    ...report.findings.flatMap((finding) =>
      finding.state === "not-looked-at" && finding.reported.length === 0
        ? []
        : [`### ${code(finding.title)}`, "", ...codeBlock(keptLines(finding)), ""],
    ),
    "",
  ];
  return fitting(lines, MAX_LENGTH, "\nThe rest is in the report.\n").join("\n");
}
