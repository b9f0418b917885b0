import { counted } from "../../stacks/counted";
import { code, markdownTable } from "../markdown";
import { fenced } from "./issue-text";
import { type IssueLink, type Kept, MAX_OPEN } from "./keep-issues";
import type { WatchedFinding, WatchReport } from "./report";

/** Maximum number of rows in the table, and of characters that doctor says: GitHub allows 1 MiB for the summary of a step. */
const MAX_ROWS = 500;
const MAX_DETAILS = 400_000;

const BECAUSE: Readonly<Record<WatchReport["healed"][number]["because"], string>> = {
  healed: "healed",
  "environment-removed": "closed: the environment was removed",
  "environment-retired": "closed: the environment is retired",
  "check-removed": "closed: the check no longer exists",
};

/** A row about a finding, current or earlier. */
interface Row {
  readonly state: string;
  readonly title: string;
  readonly issue: IssueLink | undefined;
}

/** New findings first, then those that stay, those that aren't known, and healed ones. */
function rowsOf({ findings, healed }: WatchReport): Row[] {
  const order = ["new", "found", "without an issue", "stays", "silenced", "not looked at"];
  const rows = findings.map((one) => ({ state: stateOf(one), title: one.title, issue: one.issue }));
  return [
    ...rows.sort((one, other) => order.indexOf(one.state) - order.indexOf(other.state)),
    ...healed.map(({ title, issue, because }) => ({ state: BECAUSE[because], title, issue })),
  ];
}

function stateOf({ state, change, silenced, waiting }: WatchedFinding): string {
  if (state === "not-looked-at") return "not looked at";
  if (silenced) return "silenced";
  if (waiting && change !== "new") return "without an issue";
  return change ?? "found";
}

/** The counts in words. */
export function countsOf(report: WatchReport): string {
  const { environments, findings, healed } = report;
  const answers = (["healthy", "unhealthy", "unknown"] as const).map(
    (answer) => `${environments.filter((one) => one.answer === answer).length} ${answer}`,
  );
  const rows = [...findings.map(stateOf), ...healed.map(() => "healed or closed")];
  const said = [...new Set(rows)].map((state) => `${rows.filter((one) => one === state).length} ${state}`);
  return `${counted(environments.length, "environment")}: ${answers.join(", ")}. Findings: ${said.join(", ") || "none"}.`;
}

/** Remarks, in sentences. */
function remarksOf(report: WatchReport, kept: Kept | undefined, unreadable: readonly string[]): string[] {
  const waiting = report.findings.filter((one) => one.waiting).length;
  const unmarked = kept?.unmarked.map(({ number }) => `#${number}`) ?? [];
  return [
    ...(waiting === 0
      ? []
      : [
          `${waiting} ${waiting === 1 ? "finding has" : "findings have"} no issue: at most ${MAX_OPEN} issues of a check are open at once.`,
        ]),
    ...(unmarked.length === 0
      ? []
      : [
          unmarked.length === 1
            ? `It isn't known what ${unmarked[0]} is about: somebody has edited its text, and its title isn't that of a finding. Close it by hand.`
            : `It isn't known what ${unmarked.join(", ")} are about: somebody has edited their text, and their titles aren't those of findings. Close them by hand.`,
        ]),
    ...unreadable,
    ...(kept?.failures ?? []),
  ];
}

/** The report as text. */
export function watchLines(report: WatchReport, kept: Kept | undefined, unreadable: readonly string[]): string[] {
  const rows = rowsOf(report);
  const width = Math.max(0, ...rows.map(({ state }) => state.length));
  return [
    ...rows.map(({ state, title, issue }) => `${state.padEnd(width)}  ${title}${issue ? `  ${issue.url}` : ""}`),
    countsOf(report),
    ...remarksOf(report, kept, unreadable),
  ];
}

/** The report as Markdown, with everything that doctor says. */
export function watchMarkdown(report: WatchReport, kept: Kept | undefined, unreadable: readonly string[]): string {
  const rows = rowsOf(report);
  const cells = rows
    .slice(0, MAX_ROWS)
    .map(({ state, title, issue }) => [state, code(title), issue ? `[#${issue.number}](${issue.url})` : ""]);
  const more = rows.length - cells.length;
  return [
    "## Watch",
    "",
    countsOf(report),
    "",
    ...(rows.length === 0 ? [] : [markdownTable(["", "finding", "issue"], cells)]),
    ...(more > 0 ? [`And ${more} more, which are in the report.`, ""] : []),
    ...remarksOf(report, kept, unreadable).flatMap((remark) => [code(remark), ""]),
    ...details(report),
    "",
  ].join("\n");
}

function details({ findings }: WatchReport): string[] {
  const shown: string[] = [];
  let length = 0;
  for (const [index, { title, environment, lines }] of findings.entries()) {
    const section = [`### ${code(title)}`, "", ...fenced(lines, environment), ""];
    length += section.join("\n").length;
    if (length > MAX_DETAILS) {
      return [...shown, `What doctor says about ${findings.length - index} more is in the report.`];
    }
    if (lines.length > 0) shown.push(...section);
  }
  return shown;
}
