import { groupByKey } from "../../../common/group-by-key";
import { ONLY } from "../../../stacks/environments/chosen-environments";
import type { Environment } from "../../../stacks/environments/environment";
import { type Answer, type Finding, worstOf } from "../../findings/finding";
import { findingLines } from "../../findings/finding-lines";
import { isNotice, KINDS } from "../../findings/kinds";
import type { Subject } from "../../findings/subject";
import type { ReportedEnvironment } from "../../reports/doctor-report";
import { aboutOf, type FindingKey, idOf, NOT_LOOKED_AT } from "./finding-key";
import type { Reports } from "./reports";
import type { WatchReport } from "./watch-report";
import { withoutPeopleIn } from "./without-people";

/** A finding of an earlier run. */
export interface EarlierFinding extends FindingKey {
  readonly id: string;
}

/** What doctor and audit report of one key, which one issue keeps. */
export interface KeptFinding extends EarlierFinding {
  /** What it does to the subject's answer. Of a notice, healthy. */
  readonly answer: Answer;
  /** Without people's names. Empty: no report counts. */
  readonly reported: readonly Finding[];
}

/** Why an earlier finding is gone, or no longer looked for: this version may have no such kind. */
export type HealedReason = WatchReport["healed"][number]["because"];

/** What became of an earlier finding. What couldn't be looked at isn't healed. */
export type Resolution = "found" | "not-looked-at" | HealedReason;

/** What doctor and audit found. */
export interface WatchRun {
  /** As in the file, without the retired ones. */
  readonly environments: WatchReport["environments"];
  /** The audited accounts that have findings. */
  readonly accounts: WatchReport["accounts"];
  /** Unhealthy ones first and notices last, otherwise in the order of the file. */
  readonly findings: readonly KeptFinding[];
  readonly resolutionOf: (key: FindingKey) => Resolution;
  /** Whether every report counts. */
  readonly areAllUsable: boolean;
}

const NO_REPORT =
  "No report counts: its job didn't start, ended early, or left a report of another day or account. See the log of its job, or of the step that runs doctor, and the summary of watch.";

/** What is reported, for people. */
export function keptLines({ reported: reportedFindings }: Pick<KeptFinding, "reported">): string[] {
  return reportedFindings.length === 0 ? [NO_REPORT] : reportedFindings.flatMap(findingLines);
}

/**
 * What doctor and audit found.
 *
 * @param file the environment file
 */
export function watchRun(file: string, environments: readonly Environment[], reports: Reports): WatchRun {
  const watchedEnvironments = environments.filter(({ retired }) => !retired);
  const accounts = [...reports.accounts].filter(([, findings]) => findings.length > 0);
  const keptFindings = [
    ...watchedEnvironments.flatMap(({ name }) => {
      const report = reports.environments.get(name);
      if (report) return keptIn(file, report.findings);
      const key = notLookedAt({ environment: name });
      return [{ ...key, id: idOf(file, key), answer: "unknown" as const, reported: [] }];
    }),
    ...accounts.flatMap(([, findings]) => keptIn(file, findings)),
  ];
  const ids = new Set(keptFindings.map(({ id }) => id));
  return {
    areAllUsable: reports.unusable.length === 0,
    environments: watchedEnvironments.map(({ name, account }) => {
      return { name, account, answer: reports.environments.get(name)?.answer ?? "unknown" };
    }),
    accounts: accounts.map(([account, findings]) => ({
      account,
      answer: worstOf(findings.map(({ answer }) => answer)),
    })),
    findings: ["unhealthy", "unknown", "healthy"].flatMap((answer) =>
      keptFindings.filter((finding) => finding.answer === answer),
    ),
    resolutionOf: (key) => {
      const { subject, kind } = key;
      if (ids.has(idOf(file, key))) return "found";
      const isInReach = "environment" in subject || reports.isWholeOrganization;
      const auditFindings = "account" in subject ? reports.accounts.get(subject.account) : undefined;
      const environment = environments.find(({ name }) => "environment" in subject && name === subject.environment);
      if (!auditFindings && !environment)
        return isInReach && process.env[ONLY] === undefined ? "environment-removed" : "not-looked-at";
      if (!Object.hasOwn(KINDS, kind) && kind !== NOT_LOOKED_AT) return "check-removed";
      // Where something in an account is unknown, nothing in it is healed.
      if (auditFindings) return auditFindings.some(({ answer }) => answer === "unknown") ? "not-looked-at" : "healed";
      // Until a retired environment is removed from the file, its role may still be there.
      const report = environment && !environment.retired ? reports.environments.get(environment.name) : undefined;
      return report && isLookedAt(key, report) ? "healed" : "not-looked-at";
    },
  };
}

/** The findings of a subject, one for each key. Everything unknown is one. */
function keptIn(file: string, findings: readonly Finding[]): KeptFinding[] {
  const keyedFindings = findings.map((finding) => {
    const { subject, kind, about, answer } = finding;
    const key = answer === "unknown" ? notLookedAt(subject) : { subject, kind, about: aboutOf(about) };
    return { ...key, id: idOf(file, key), answer, reported: withoutPeopleIn(finding) };
  });
  return [...groupByKey(keyedFindings, ({ id }) => id).values()].map((sameFindings) => ({
    ...sameFindings[0],
    reported: sameFindings.map(({ reported: reportedFindings }) => reportedFindings),
  }));
}

function notLookedAt(subject: Subject): FindingKey {
  return { subject, kind: NOT_LOOKED_AT, about: ["environment"] };
}

/** Whether an earlier finding that is gone has really been looked at. */
function isLookedAt({ kind, about }: Omit<FindingKey, "subject">, report: ReportedEnvironment): boolean {
  if (kind === NOT_LOOKED_AT) return report.checks.every(({ waitsFor }) => waitsFor === undefined);
  // Ends are those of environments.yaml, which is always known.
  if (isNotice(kind)) return kind !== "policy-changed" || isLookedAt({ kind: "unexpected-access", about }, report);
  const check = report.checks.find(({ name }) => name === kind);
  if (check === undefined || check.waitsFor !== undefined) return false;
  const unknown = report.findings.filter((finding) => finding.kind === kind && finding.answer === "unknown");
  const unseenPaths = [...unknown.map((finding) => finding.about), ...(check.unseen ?? [])];
  return !unseenPaths.some((path) => aboutOf(path).every((step, index) => step === about[index]));
}
