import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createTwoFilesPatch } from "diff";
import { CommandError } from "../command-error";
import { isFields, jsonText } from "../json";
import { readJsonFile } from "../json-file";
import { checksum, type InitRecord, RECORD, readRecord, recordOf } from "./record";
import { managedFiles, type PinnedVersions, pinnedVersions, VERSION } from "./repository";

/** How a file of the repository stands to what this version writes. */
type State =
  /** As this version writes it. */
  | "same"
  /** Missing, and no version has written it here. */
  | "new"
  /** As another version wrote it. */
  | "outdated"
  /** Changed by somebody. */
  | "changed"
  /** Removed by somebody. */
  | "removed"
  /** As another version wrote it, and this one doesn't have it. */
  | "obsolete";

/** A file of the repository that this version or the one before writes. */
export interface FileState {
  readonly path: string;
  readonly state: State;
  /** What is there, and what this version writes. Undefined: nothing. */
  readonly present?: string;
  readonly expected?: string;
}

/** All files that follow the package's version, in the working directory. */
export function fileStates(record: InitRecord = readRecord()): FileState[] {
  const managed = managedFiles();
  const paths = [...new Set([...managed.keys(), ...Object.keys(record.files)])].sort();
  return paths.map((path) => {
    const present = existsSync(path) ? readFileSync(path, "utf8") : undefined;
    const expected = managed.get(path);
    return { path, present, expected, state: stateOf(present, expected, record.files[path]) };
  });
}

function stateOf(present: string | undefined, expected: string | undefined, recorded: string | undefined): State {
  if (present === expected) return "same";
  if (present === undefined) return recorded === undefined ? "new" : "removed";
  if (recorded === undefined || checksum(present) !== recorded) return "changed";
  return expected === undefined ? "obsolete" : "outdated";
}

/** A version in package.json that isn't the one that this version was tested with. */
export interface OtherVersion {
  readonly section: keyof PinnedVersions;
  readonly name: string;
  readonly present: unknown;
  readonly expected: string;
}

/** What package.json has of other versions. What it has beside those is the user's. */
export function otherVersions(content = packageJson()): OtherVersion[] {
  const pinned = pinnedVersions();
  return (["dependencies", "devDependencies"] as const).flatMap((section) => {
    const present = isFields(content[section]) ? content[section] : {};
    return Object.entries(pinned[section])
      .map(([name, expected]) => ({ section, name, present: present[name], expected }))
      .filter(({ present, expected }) => present !== expected);
  });
}

/**
 * Writes what nobody has changed as this version has it, and pins the versions in package.json.
 *
 * @returns the files and the versions as they were before
 */
export function upgrade(): { readonly states: readonly FileState[]; readonly versions: readonly OtherVersion[] } {
  const record = readRecord();
  const states = fileStates(record);
  const content = packageJson();
  const versions = otherVersions(content);
  const written = new Map<string, string>();
  for (const { path, state, expected } of states) {
    if (state === "obsolete") rmSync(path);
    if (expected === undefined || state === "changed" || state === "removed") continue;
    if (state !== "same") writeFileSync(path, expected);
    written.set(path, expected);
  }
  for (const { section, name, expected } of versions) {
    content[section] = { ...(isFields(content[section]) ? content[section] : {}), [name]: expected };
  }
  writeFileSync(PACKAGE, `${jsonText(content)}\n`);
  const kept = states.filter(({ state }) => state === "changed" || state === "removed");
  const still = kept.flatMap(({ path }) => (record.files[path] === undefined ? [] : [[path, record.files[path]]]));
  writeFileSync(RECORD, recordOf(VERSION, written, Object.fromEntries(still)));
  return { states, versions };
}

/** How a file differs from what this version writes, as lines of a unified diff. */
export function differenceOf({ path, present = "", expected = "" }: FileState): string[] {
  const patch = createTwoFilesPatch(path, `${path} (${VERSION})`, present, expected);
  return patch.trimEnd().split("\n").slice(1); // without the line of equals signs
}

const PACKAGE = "package.json";

function packageJson(): { [key: string]: unknown } {
  const content = readJsonFile(
    PACKAGE,
    (why) =>
      `Received a folder without a readable ${PACKAGE} (${why}), expected the root of a repository. Change to it.`,
    (why) => `Received ${PACKAGE} that is not JSON (${why}), expected one that npm takes. Mend it.`,
  );
  if (isFields(content)) return { ...content };
  throw new CommandError(`Received ${PACKAGE} with ${jsonText(content)}, expected an object in JSON. Mend it.`);
}
