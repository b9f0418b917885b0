import { ONLY } from "../../stacks/chosen-environments";
import type { Environment } from "../../stacks/environment";
import { CHECK_NAMES, type FindingWords, findingLines, type ReportedEnvironment } from "../doctor-report";
import { aboutOf, type FindingKey, idOf, NOT_LOOKED_AT } from "./finding-key";
import { withoutPeople } from "./without-people";

/** A finding. */
export interface Found extends FindingKey {
  readonly id: string;
  readonly answer: "unhealthy" | "unknown";
  /** What doctor says about it, without people's names. */
  readonly lines: readonly string[];
}

/** The state of an environment. */
export interface WatchedEnvironment {
  readonly name: string;
  readonly account: string;
  readonly answer: "healthy" | "unhealthy" | "unknown";
}

/** What became of an earlier finding. */
export type Fate =
  | "found"
  /** What couldn't be looked at isn't healed. */
  | "not-looked-at"
  | "healed"
  | "environment-removed"
  /** This version has no such check. */
  | "check-removed";

/** What doctor found in all environments. */
export interface Night {
  /** As in the file, without the retired ones. */
  readonly environments: readonly WatchedEnvironment[];
  /** Unhealthy ones first, otherwise in the order of the file. */
  readonly found: readonly Found[];
  readonly fateOf: (key: FindingKey) => Fate;
  /** Which checks are unknown, including those of an earlier finding that couldn't be looked at since. */
  readonly unknownChecks: (one: Found, before: FindingKey | undefined) => readonly string[] | undefined;
}

/** Why a report can't be used. */
export interface Unusable {
  readonly expected: string;
  readonly found: string;
  readonly fix: string;
}

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
export function nightOf(
  file: string,
  environments: readonly Environment[],
  reports: ReadonlyMap<string, ReportedEnvironment>,
  unusable: ReadonlyMap<string, Unusable> = new Map(),
): Night {
  const watched = environments.filter(({ retired }) => !retired);
  const found = watched
    .flatMap(({ name }) => foundIn(name, reports.get(name) ?? unusable.get(name) ?? NO_REPORT))
    .map((one) => ({ ...one, id: idOf(file, one) }))
    .sort((one, other) => Number(one.answer === "unknown") - Number(other.answer === "unknown"));
  const ids = new Set(found.map(({ id }) => id));
  /** Checks that were unknown, and that are now missing or waiting. Those that this version doesn't have don't count. */
  const notLookedAt = ({ environment, checks = [] }: FindingKey) => {
    const looked = reports.get(environment)?.checks.filter(({ waitsFor }) => waitsFor === undefined) ?? [];
    return CHECK_NAMES.filter((name) => checks.includes(name) && !looked.some((check) => check.name === name));
  };
  const retired = new Map(environments.map((environment) => [environment.name, environment.retired]));
  return {
    environments: watched.map(({ name, account }) => ({
      name,
      account,
      answer: reports.get(name)?.answer ?? "unknown",
    })),
    found,
    fateOf: (key) => {
      if (ids.has(idOf(file, key))) return "found";
      const isRetired = retired.get(key.environment);
      if (isRetired === undefined) return process.env[ONLY] === undefined ? "environment-removed" : "not-looked-at";
      if (isRetired) return "not-looked-at"; // until it is removed from the file, its role may still be there
      if (![...CHECK_NAMES, NOT_LOOKED_AT].includes(key.check)) return "check-removed";
      const isLookedAt = isHealed(key, reports.get(key.environment)) && notLookedAt(key).length === 0;
      return isLookedAt ? "healed" : "not-looked-at";
    },
    unknownChecks: (one, before) =>
      one.checks && [...new Set([...one.checks, ...(before ? notLookedAt(before) : [])])].sort(),
  };
}

/** The findings in an environment, one for each key. */
function foundIn(environment: string, report: ReportedEnvironment | Unusable): Omit<Found, "id">[] {
  const found = new Map<string, FindingKey & { readonly lines: string[] }>();
  const checks = new Set<string>();
  const unknown = "checks" in report ? [] : findingLines("report", noReport(report));
  for (const { name: check, findings } of "checks" in report ? report.checks : []) {
    for (const finding of findings) {
      const lines = findingLines(check, finding);
      if (finding.answer === "unknown") {
        unknown.push(...lines);
        checks.add(check);
        continue;
      }
      const about = aboutOf(finding.about);
      const id = idOf("", { environment, check, about });
      const same = found.get(id) ?? { environment, check, about, lines: [] };
      found.set(id, same);
      same.lines.push(...lines);
    }
  }
  const unhealthy = [...found.values()].map((one) => ({ ...one, answer: "unhealthy" as const }));
  const rest = {
    environment,
    check: NOT_LOOKED_AT,
    about: ["environment"],
    answer: "unknown" as const,
    lines: unknown,
    checks: [...checks].sort(),
  };
  return [...unhealthy, ...(unknown.length > 0 ? [rest] : [])].map((one) => ({
    ...one,
    lines: one.lines.map(withoutPeople),
  }));
}

function noReport({ expected, found, fix }: Unusable): FindingWords {
  return { answer: "unknown", subject: "doctor's report", expected, found, fix: { text: fix, commands: [] } };
}

/** Whether an earlier finding that is gone has really been looked at. */
function isHealed({ check, about }: FindingKey, report: ReportedEnvironment | undefined): boolean {
  if (report === undefined) return false;
  if (check === NOT_LOOKED_AT) return true;
  const result = report.checks.find(({ name }) => name === check);
  if (result === undefined || result.waitsFor !== undefined) return false;
  const unknown = result.findings.filter((finding) => finding.answer === "unknown");
  const unseen = [...unknown.map((finding) => finding.about), ...(result.unseen ?? [])];
  return !unseen.some((one) => aboutOf(one).every((step, index) => step === about[index]));
}
