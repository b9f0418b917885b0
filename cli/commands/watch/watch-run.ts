import { ONLY } from "../../../stacks/environments/chosen-environments";
import type { Environment } from "../../../stacks/environments/environment";
import { CHECK_NAMES, findingLines, isNotice, type ReportedEnvironment } from "../../reports/doctor-report";
import { accountName, isAccountName, type Reports } from "./doctor-reports";
import { aboutOf, type FindingKey, idOf, NOT_LOOKED_AT } from "./finding-key";
import type { WatchedFinding, WatchReport } from "./watch-report";
import { withoutPeople } from "./without-people";

/** A finding of an earlier run. */
export interface EarlierFinding extends FindingKey {
  readonly id: string;
}

export interface Found extends EarlierFinding, Pick<WatchedFinding, "lines" | "checks"> {
  /** What it does to the environment's answer. Of a notice, healthy. */
  readonly answer: ReportedEnvironment["answer"];
}

/** Why an earlier finding is gone, or no longer looked for: this version may have no such check. */
export type Gone = WatchReport["healed"][number]["because"];

/** What became of an earlier finding. What couldn't be looked at isn't healed. */
export type Resolution = "found" | "not-looked-at" | Gone;

/** What doctor found in all environments. */
export interface WatchRun {
  /** As in the file, without the retired ones; then the audited accounts that aren't healthy. */
  readonly environments: WatchReport["environments"];
  /** Unhealthy ones first and notices last, otherwise in the order of the file. */
  readonly found: readonly Found[];
  readonly resolutionOf: (key: FindingKey) => Resolution;
  /** Whether every report counts. */
  readonly areAllUsable: boolean;
}

const NO_REPORT =
  "No report counts: its job didn't start, ended early, or left a report of another day or account. See the log of its job, or of the step that runs doctor, and the summary of watch.";

/**
 * What doctor and audit found.
 *
 * @param file the environment file
 */
export function watchRun(
  file: string,
  environments: readonly Environment[],
  { environments: reports, unusable, isWholeOrganization }: Reports,
): WatchRun {
  const audited = [...reports.values()].filter(({ name, account }) => name === accountName(account));
  const watched = [
    ...environments.filter(({ retired }) => !retired),
    ...audited.filter((one) => one.answer !== "healthy"),
  ];
  const all = watched.flatMap(({ name }) => {
    const report = reports.get(name);
    return report ? foundIn(file, report) : [unknownIn(file, name, [NO_REPORT])];
  });
  const ids = new Set(all.map(({ id }) => id));
  return {
    areAllUsable: unusable.length === 0,
    environments: watched.map(({ name, account }) => {
      return { name, account, answer: reports.get(name)?.answer ?? "unknown" };
    }),
    found: ["unhealthy", "unknown", "healthy"].flatMap((answer) => all.filter((one) => one.answer === answer)),
    resolutionOf: (key) => {
      if (ids.has(idOf(file, key))) return "found";
      const environment = environments.find(({ name }) => name === key.environment);
      const account = reports.get(key.environment);
      if (account && audited.includes(account)) return isHealed(key, account) ? "healed" : "not-looked-at";
      if (isAccountName(key.environment) && !isWholeOrganization) return "not-looked-at";
      if (!environment) return process.env[ONLY] === undefined ? "environment-removed" : "not-looked-at";
      if (![...CHECK_NAMES, NOT_LOOKED_AT].includes(key.check) && !isNotice(key.check)) return "check-removed";
      // Until a retired environment is removed from the file, its role may still be there.
      return !environment.retired && isHealed(key, reports.get(key.environment)) ? "healed" : "not-looked-at";
    },
  };
}

/** The findings and notices in an environment, one for each key. Everything unknown is one. */
function foundIn(file: string, { name: environment, checks, notices = [] }: ReportedEnvironment): Found[] {
  const found = new Map<string, Found>();
  const all = checks.flatMap(({ name: check, findings }) =>
    findings.map((finding) => ({ ...finding, check, lines: findingLines(check, finding).map(withoutPeople) })),
  );
  for (const one of all.filter(({ answer }) => answer === "unhealthy")) {
    const key = { environment, check: one.check, about: aboutOf(one.about) };
    const id = idOf(file, key);
    found.set(id, { ...key, id, answer: "unhealthy", lines: [...(found.get(id)?.lines ?? []), ...one.lines] });
  }
  const unknown = all.filter(({ answer }) => answer === "unknown");
  const names = [...new Set(unknown.map(({ check }) => check))].sort();
  const lines = unknown.flatMap((one) => one.lines);
  for (const { kind, about, text } of notices) {
    const key = { environment, check: kind, about: aboutOf(about) };
    const id = idOf(file, key);
    found.set(id, { ...key, id, answer: "healthy", lines: [withoutPeople(text)] });
  }
  return [...found.values(), ...(unknown.length > 0 ? [unknownIn(file, environment, lines, names)] : [])];
}

function unknownIn(file: string, environment: string, lines: string[], checks: string[] = []): Found {
  const key = { environment, check: NOT_LOOKED_AT, about: ["environment"] };
  return { ...key, id: idOf(file, key), answer: "unknown", lines, checks };
}

/** Whether an earlier finding that is gone has really been looked at. */
function isHealed({ check, about }: Omit<FindingKey, "environment">, report: ReportedEnvironment | undefined): boolean {
  if (report === undefined) return false;
  if (check === NOT_LOOKED_AT) return report.checks.every(({ waitsFor }) => waitsFor === undefined);
  if (isNotice(check)) {
    // Ends are those of environments.yaml, which is always known.
    const isSeen = check !== "policy-changed" || isHealed({ check: "unexpected-access", about }, report);
    return isSeen && report.notices !== undefined;
  }
  const result = report.checks.find(({ name }) => name === check);
  if (result === undefined || result.waitsFor !== undefined) return false;
  const unknown = result.findings.filter((finding) => finding.answer === "unknown");
  const unseen = [...unknown.map((finding) => finding.about), ...(result.unseen ?? [])];
  return !unseen.some((one) => aboutOf(one).every((step, index) => step === about[index]));
}
