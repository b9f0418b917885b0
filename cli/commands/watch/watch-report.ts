import { lstatSync } from "node:fs";
import { z } from "zod";
import { describePath } from "../../../modules/support-app/model/problem";
import { reportedEnvironmentSchema, worstOf } from "../../reports/doctor-report";
import { readFormOfJson } from "../../terminal/json-file";
import { isAccountName } from "./doctor-reports";
import { findingKeySchema, titleOf } from "./finding-key";
import { ISSUE_URL } from "./github-issues";
import type { SyncedIssues } from "./sync-issues";
import type { EarlierFinding, Found, WatchRun } from "./watch-run";

const { name, account, answer } = reportedEnvironmentSchema.shape;

/** An issue as people find it. */
const issueLink = z.strictObject({ number: z.int().positive(), url: z.string().regex(ISSUE_URL) });
export type IssueLink = z.infer<typeof issueLink>;

const key = {
  id: z.string().describe("The same in every run for the same environment, check and thing, however it is worded."),
  ...findingKeySchema.shape,
  checks: z.array(z.string()).optional().describe("For not-looked-at: which checks are unknown."),
  title: z.string(),
  issue: issueLink.optional(),
};

export const watchReportSchema = z.strictObject({
  schemaVersion: z.literal(1), // increased by changes that break readers
  answer: answer.describe(
    "The worst of all environments: unhealthy, then unknown, then healthy. Also unknown if a report doesn't count, or an account with findings has none.",
  ),
  environments: z
    .array(z.strictObject({ name, account, answer }))
    .describe("Those that aren't retired, in the order of the file."),
  findings: z.array(
    z.strictObject({
      ...key,
      state: z.enum(["found", "not-looked-at"]).describe("not-looked-at: found before, and not known to be healed."),
      change: z.enum(["new", "stays"]).optional().describe("Missing: no earlier run is known."),
      silenced: z.boolean().describe("Whether its issue was closed as not planned."),
      waiting: z.boolean().describe("Whether it has no issue because so many of its check are open."),
      lines: z.array(z.string()).describe("Doctor's lines about it, without people's names."),
    }),
  ),
  healed: z.array(z.strictObject({ ...key, because: z.enum(["healed", "environment-removed", "check-removed"]) })),
});

export type WatchReport = z.infer<typeof watchReportSchema>;
export type WatchedFinding = WatchReport["findings"][number];

/**
 * The report of a run.
 *
 * @param known the findings of the earlier run. Undefined: no earlier run is known
 * @param synced undefined: no issues are kept
 * @param before the report of an earlier run
 */
export function watchReport(
  { environments, found, resolutionOf, areAllUsable }: WatchRun,
  known: readonly EarlierFinding[] | undefined,
  synced: SyncedIssues | undefined,
  before: WatchReport | undefined,
): WatchReport {
  const reported = new Map(before?.findings.map((one) => [one.id, one]));
  const isKnown = new Set(known?.map(({ id }) => id));
  const keyOf = ({ id, environment, check, about }: EarlierFinding) => ({
    ...{ id, environment, check, about, title: titleOf({ environment, check, about }) },
    issue: synced?.issues.get(id) ?? reported.get(id)?.issue,
  });
  const changeOf = (id: string, silenced: boolean, waiting: boolean): WatchedFinding["change"] => {
    if (known === undefined) return undefined;
    if (silenced || isKnown.has(id)) return "stays";
    return before === undefined && waiting ? undefined : "new"; // without an issue, it would be new in every run
  };
  const findingOf = (one: EarlierFinding & Partial<Found>, state: WatchedFinding["state"]): WatchedFinding => {
    const silenced = synced?.silenced.has(one.id) ?? false;
    const waiting = synced?.waiting.has(one.id) ?? false;
    const lines = one.lines ?? reported.get(one.id)?.lines ?? [];
    const change = changeOf(one.id, silenced, waiting);
    return { ...keyOf(one), checks: one.checks, state, change, silenced, waiting, lines };
  };
  const earlier = (known ?? []).map((one) => ({ one, resolution: resolutionOf(one) }));
  const unseen = earlier.filter(({ resolution }) => resolution === "not-looked-at");
  const isComplete = areAllUsable && !unseen.some(({ one }) => isAccountName(one.environment));
  return {
    schemaVersion: 1,
    answer: worstOf([...environments.map((one) => one.answer), ...(isComplete ? [] : ["unknown" as const])]),
    environments,
    findings: [
      ...found.map((one) => findingOf(one, "found")),
      ...unseen.map(({ one }) => findingOf(one, "not-looked-at")),
    ],
    healed: earlier.flatMap(({ one, resolution }) =>
      resolution === "found" || resolution === "not-looked-at" ? [] : [{ ...keyOf(one), because: resolution }],
    ),
  };
}

/** Reads the report of an earlier run. Undefined: there is none yet. */
export function readWatchReport(file: string): WatchReport | undefined {
  if (lstatSync(file, { throwIfNoEntry: false }) === undefined) return undefined;
  const expected = "expected what watch --report has written. Give that file, or leave --since out.";
  return readFormOfJson(file, watchReportSchema, `Received --since ${describePath(file)}`, expected);
}
