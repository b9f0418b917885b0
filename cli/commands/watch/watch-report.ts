import { lstatSync } from "node:fs";
import { z } from "zod";
import { describePath } from "../../../common/problem";
import { answerSchema, findingSchema, worstOf } from "../../findings/finding";
import { ISSUE_URL } from "../../forge/forge";
import { reportedEnvironmentSchema } from "../../reports/doctor-report";
import { readFormOfJson } from "../../terminal/json-file";
import { findingKeySchema, titleOf } from "./finding-key";
import type { SyncedIssues } from "./sync-issues";
import type { EarlierFinding, KeptFinding, WatchRun } from "./watch-run";

const { name, account } = reportedEnvironmentSchema.shape;

/** An issue as people find it. */
const issueLink = z.strictObject({ number: z.int().positive(), url: z.string().regex(ISSUE_URL) });
export type IssueLink = z.infer<typeof issueLink>;

const key = {
  id: z.string().describe("The same in every run for the same subject, kind and thing, however it is worded."),
  ...findingKeySchema.shape,
  title: z.string(),
  issue: issueLink.optional(),
};

/** Version of the JSON report's format. Increased by changes that break readers. */
const WATCH_REPORT_VERSION = 2;

export const watchReportSchema = z.strictObject({
  schemaVersion: z.literal(WATCH_REPORT_VERSION),
  answer: answerSchema.describe(
    "The worst of all environments and accounts: unhealthy, then unknown, then healthy. Also unknown if a report doesn't count, or an account with findings has none.",
  ),
  environments: z
    .array(z.strictObject({ name, account, answer: answerSchema }))
    .describe("Those that aren't retired, in the order of the file."),
  accounts: z.array(z.strictObject({ account, answer: answerSchema })).describe("The audited ones that have findings."),
  findings: z.array(
    z.strictObject({
      ...key,
      state: z.enum(["found", "not-looked-at"]).describe("not-looked-at: found before, and not known to be healed."),
      change: z.enum(["new", "stays"]).optional().describe("Missing: no earlier run is known."),
      silenced: z.boolean().describe("Whether somebody has silenced its issue."),
      waiting: z.boolean().describe("Whether it has no issue because so many of its kind are open."),
      reported: z
        .array(findingSchema)
        .describe("What doctor and audit report, without people's names. Empty: no report counts."),
    }),
  ),
  healed: z.array(z.strictObject({ ...key, because: z.enum(["healed", "environment-removed", "check-removed"]) })),
});

export type WatchReport = z.infer<typeof watchReportSchema>;
export type WatchedFinding = WatchReport["findings"][number];

/**
 * The report of a run.
 *
 * @param knownFindings the findings of the earlier run. Undefined: no earlier run is known
 * @param syncedIssues undefined: no issues are kept
 * @param before the report of an earlier run
 */
export function watchReport(
  { environments, accounts, findings, resolutionOf, areAllUsable }: WatchRun,
  knownFindings: readonly EarlierFinding[] | undefined,
  syncedIssues: SyncedIssues | undefined,
  before: WatchReport | undefined,
): WatchReport {
  const earlierById = new Map(before?.findings.map((finding) => [finding.id, finding]));
  const isKnown = new Set(knownFindings?.map(({ id }) => id));
  const keyOf = ({ id, subject, kind, about }: EarlierFinding) => ({
    ...{ id, subject, kind, about, title: titleOf({ subject, kind, about }) },
    issue: syncedIssues?.issues.get(id) ?? earlierById.get(id)?.issue,
  });
  const changeOf = (id: string, silenced: boolean, waiting: boolean): WatchedFinding["change"] => {
    if (knownFindings === undefined) return undefined;
    if (silenced || isKnown.has(id)) return "stays";
    return before === undefined && waiting ? undefined : "new"; // without an issue, it would be new in every run
  };
  const findingOf = (
    finding: EarlierFinding & Partial<KeptFinding>,
    state: WatchedFinding["state"],
  ): WatchedFinding => {
    const silenced = syncedIssues?.silenced.has(finding.id) ?? false;
    const waiting = syncedIssues?.waiting.has(finding.id) ?? false;
    const reportedFindings = finding.reported ?? earlierById.get(finding.id)?.reported ?? [];
    const change = changeOf(finding.id, silenced, waiting);
    return { ...keyOf(finding), state, change, silenced, waiting, reported: [...reportedFindings] };
  };
  const earlier = (knownFindings ?? []).map((earlierFinding) => ({
    one: earlierFinding,
    resolution: resolutionOf(earlierFinding),
  }));
  const unseenFindings = earlier.filter(({ resolution }) => resolution === "not-looked-at");
  const isComplete =
    areAllUsable && !unseenFindings.some(({ one: earlierFinding }) => "account" in earlierFinding.subject);
  return {
    schemaVersion: WATCH_REPORT_VERSION,
    answer: worstOf([
      ...[...environments, ...accounts].map(({ answer }) => answer),
      ...(isComplete ? [] : ["unknown" as const]),
    ]),
    environments: [...environments],
    accounts: [...accounts],
    findings: [
      ...findings.map((finding) => findingOf(finding, "found")),
      ...unseenFindings.map(({ one: earlierFinding }) => findingOf(earlierFinding, "not-looked-at")),
    ],
    healed: earlier.flatMap(({ one: earlierFinding, resolution }) =>
      resolution === "found" || resolution === "not-looked-at"
        ? []
        : [{ ...keyOf(earlierFinding), because: resolution }],
    ),
  };
}

/** Reads the report of an earlier run. Undefined: there is none yet. */
export function readWatchReport(file: string): WatchReport | undefined {
  if (lstatSync(file, { throwIfNoEntry: false }) === undefined) return undefined;
  return readFormOfJson(file, watchReportSchema, {
    name: `--since ${describePath(file)}`,
    expected: "what watch --report has written",
    next: "Give that file, or leave --since out.",
  });
}
