import { code, markdownTable } from "../markdown";
import { fenced } from "./issue-text";
import { type IssueLink, type Kept, MAX_OPEN } from "./keep-issues";
import type { WatchedFinding, WatchReport } from "./report";

/** Most rows of the table, and most characters of what doctor says: GitHub takes 1 MiB for the summary of a step. */
const MAX_ROWS = 500;
const MAX_DETAILS = 400_000;

const BECAUSE: Readonly<Record<WatchReport["healed"][number]["because"], string>> = {
  healed: "healed",
  "environment-removed": "closed: the environment was removed",
  "environment-retired": "closed: the environment is retired",
  "check-removed": "closed: there is no such check any more",
};

/** A line about something that was found, now or before. */
interface Row {
  readonly state: string;
  readonly title: string;
  readonly issue: IssueLink | undefined;
}

/** What is new first, then what stays, what isn't known, what is healed. */
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

/** How many of what. */
export function countsOf(report: WatchReport): string {
  const { environments, findings, healed } = report;
  const answers = (["healthy", "unhealthy", "unknown"] as const).map(
    (answer) => `${environments.filter((one) => one.answer === answer).length} ${answer}`,
  );
  const rows = [...findings.map(stateOf), ...healed.map(() => "healed or closed")];
  const said = [...new Set(rows)].map((state) => `${rows.filter((one) => one === state).length} ${state}`);
  const count = environments.length;
  return `${count} environment${count === 1 ? "" : "s"}: ${answers.join(", ")}. Findings: ${said.join(", ") || "none"}.`;
}

/** What else there is to say, in sentences. */
function remarksOf(report: WatchReport, kept: Kept | undefined, unreadable: readonly string[]): string[] {
  const waiting = report.findings.filter((one) => one.waiting).length;
  const unmarked = kept?.unmarked.map(({ number }) => `#${number}`) ?? [];
  return [
    ...(waiting === 0
      ? []
      : [
          `${waiting} ${waiting === 1 ? "finding has" : "findings have"} no issue: of each check, at most ${MAX_OPEN} are open at once.`,
        ]),
    ...(unmarked.length === 0
      ? []
      : [
          `Of ${unmarked.join(", ")}, nobody can tell what it is about: somebody has edited its text, and its title is of nothing that doctor finds now. Close it by hand.`,
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

/** The report as Markdown, with all that doctor says. */
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
      return [...shown, `What doctor says of ${findings.length - index} more is in the report.`];
    }
    if (lines.length > 0) shown.push(...section);
  }
  return shown;
}
