import semver from "semver";
import { code } from "../../terminal/markdown";
import { GENERATOR } from "./files";

/** What to know before upgrading to modules of a newer generator, newest first. */
const UPGRADE_NOTES: readonly UpgradeNote[] = [["0.1.0", "The first version."]];

type UpgradeNote = readonly [generatorVersion: string, note: string];

/** A publication and its generator. */
export interface Release {
  readonly version: string;
  /** Undefined: unknown. */
  readonly generatorVersion?: string;
}

/** The README section on upgrading a module: from the given publication or, without one, for all versions. */
export function upgrading(release: Release, since?: Release, notes = UPGRADE_NOTES): string {
  return `## Upgrading\n\n${since ? from(since, release, notes) : ofAll(release, notes)}`;
}

function ofAll({ version, generatorVersion }: Release, notes: readonly UpgradeNote[]): string {
  const listed = notes.map(([since, note]) => `- ${since}: ${note}\n`).join("");
  return `Version ${version} is made by ${GENERATOR} ${generatorVersion}. What its versions changed in the modules:\n\n${listed}`;
}

function from(since: Release, { version, generatorVersion = "" }: Release, notes: readonly UpgradeNote[]): string {
  const step = `From version ${code(since.version)} to ${version}`;
  const before = semver.valid(since.generatorVersion);
  if (before !== null && semver.gt(before, generatorVersion)) {
    return `${step}: unknown, since a newer ${GENERATOR} (${code(before)}) made the former. Compare the two before you upgrade.\n`;
  }
  const newer = notes.filter(([made]) => before === null || semver.gt(made, before));
  if (newer.length === 0) return `${step}, nothing in the modules needs your attention.\n`;
  return `${step}:\n\n${newer.map(([, note]) => `- ${note}\n`).join("")}`;
}
