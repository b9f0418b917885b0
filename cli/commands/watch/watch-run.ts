import { ONLY } from "../../../stacks/environments/chosen-environments";
import type { Environment } from "../../../stacks/environments/environment";
import { CHECK_NAMES, type FindingWords, findingLines, type ReportedEnvironment } from "../../reports/doctor-report";
import { aboutOf, type FindingKey, idOf, NOT_LOOKED_AT } from "./finding-key";
import { withoutPeople } from "./without-people";

/** A finding. */
export interface Found extends FindingKey {
  readonly id: string;
  readonly answer: "unhealthy" | "unknown";
  /** Doctor's lines about it, without people's names. */
  readonly lines: readonly string[];
  /** For {@link NOT_LOOKED_AT}: which checks are unknown. */
  readonly checks?: readonly string[];
}

/** A finding of an earlier run. */
export interface EarlierFinding extends FindingKey {
  readonly id: string;
}

/** What became of an earlier finding. */
export type Resolution =
  | "found"
  /** What couldn't be looked at isn't healed. */
  | "not-looked-at"
  | "healed"
  | "environment-removed"
  /** This version has no such check. */
  | "check-removed";

/** What doctor found in all environments. */
export interface WatchRun {
  /** As in the file, without the retired ones. */
  readonly environments: readonly Pick<ReportedEnvironment, "name" | "account" | "answer">[];
  /** Unhealthy ones first, otherwise in the order of the file. */
  readonly found: readonly Found[];
  readonly resolutionOf: (key: FindingKey) => Resolution;
}

/** What changed since an earlier run. */
export interface Changes {
  /** IDs of findings that weren't there before. */
  readonly isNew: ReadonlySet<string>;
  /** Earlier findings that couldn't be looked at. */
  readonly unseen: readonly EarlierFinding[];
  /** Earlier findings that are gone, or that are no longer looked for. */
  readonly healed: readonly (EarlierFinding & { readonly because: Exclude<Resolution, "found" | "not-looked-at"> })[];
}

/** Why a report can't be used. */
export type Unusable = Pick<FindingWords, "expected" | "found"> & { readonly fix: string };

const NO_REPORT: Unusable = {
  expected: "a report on this environment",
  found: "none: its job didn't start, or ended early",
  fix: "See the log of its job, or of the step that runs doctor.",
};

/**
 * What doctor found.
 *
 * @param file the environment file
 * @param reports by the name of the environment
 * @param unusable why a report can't be used, by the name of the environment
 */
export function watchRun(
  file: string,
  environments: readonly Environment[],
  reports: ReadonlyMap<string, ReportedEnvironment>,
  unusable: ReadonlyMap<string, Unusable> = new Map(),
): WatchRun {
  const watched = environments.filter(({ retired }) => !retired);
  const all = watched.flatMap(({ name }) => {
    const report = reports.get(name);
    return report ? foundIn(file, report) : [unknownIn(file, name, noReport(unusable.get(name) ?? NO_REPORT))];
  });
  const ids = new Set(all.map(({ id }) => id));
  return {
    environments: watched.map(({ name, account }) => ({
      name,
      account,
      answer: reports.get(name)?.answer ?? "unknown",
    })),
    found: ["unhealthy", "unknown"].flatMap((answer) => all.filter((one) => one.answer === answer)),
    resolutionOf: (key) => {
      if (ids.has(idOf(file, key))) return "found";
      const environment = environments.find(({ name }) => name === key.environment);
      if (!environment) return process.env[ONLY] === undefined ? "environment-removed" : "not-looked-at";
      if (![...CHECK_NAMES, NOT_LOOKED_AT].includes(key.check)) return "check-removed";
      // Until a retired environment is removed from the file, its role may still be there.
      return !environment.retired && isHealed(key, reports.get(key.environment)) ? "healed" : "not-looked-at";
    },
  };
}

/** What changed since earlier findings. */
export function changesSince(before: readonly EarlierFinding[], { found, resolutionOf }: WatchRun): Changes {
  const known = new Set(before.map(({ id }) => id));
  const isNew = new Set(found.map(({ id }) => id).filter((id) => !known.has(id)));
  const unseen = before.filter((one) => resolutionOf(one) === "not-looked-at");
  const healed = before.flatMap((one) => {
    const because = resolutionOf(one);
    return because === "found" || because === "not-looked-at" ? [] : [{ ...one, because }];
  });
  return { isNew, unseen, healed };
}

/** The findings in an environment, one for each key. Everything unknown is one. */
function foundIn(file: string, { name: environment, checks }: ReportedEnvironment): Found[] {
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
  return [...found.values(), ...(unknown.length > 0 ? [unknownIn(file, environment, lines, names)] : [])];
}

function unknownIn(file: string, environment: string, lines: readonly string[], checks: readonly string[] = []): Found {
  const key = { environment, check: NOT_LOOKED_AT, about: ["environment"] };
  return { ...key, id: idOf(file, key), answer: "unknown", lines, checks };
}

function noReport({ expected, found, fix }: Unusable): string[] {
  const words = { answer: "unknown" as const, subject: "doctor's report", fix: { text: fix, commands: [] } };
  return findingLines("report", { ...words, expected, found });
}

/** Whether an earlier finding that is gone has really been looked at. */
function isHealed({ check, about }: FindingKey, report: ReportedEnvironment | undefined): boolean {
  if (report === undefined) return false;
  if (check === NOT_LOOKED_AT) return report.checks.every(({ waitsFor }) => waitsFor === undefined);
  const result = report.checks.find(({ name }) => name === check);
  if (result === undefined || result.waitsFor !== undefined) return false;
  const unknown = result.findings.filter((finding) => finding.answer === "unknown");
  const unseen = [...unknown.map((finding) => finding.about), ...(result.unseen ?? [])];
  return !unseen.some((one) => aboutOf(one).every((step, index) => step === about[index]));
}
