import { existsSync, lstatSync, readdirSync, readFileSync } from "node:fs";
import { createTwoFilesPatch } from "diff";
import { z } from "zod";
import { messageOf } from "../../../modules/support-app/model/printable";
import { describePath } from "../../../modules/support-app/model/problem";
import { checksum } from "../../terminal/checksum";
import { CommandError } from "../../terminal/command-error";
import { type Fields, isFields, jsonText } from "../../terminal/json";
import { readFormOfJson } from "../../terminal/json-file";
import { replaceFile } from "../../terminal/replace-file";
import { cliOf, inNamesOf, linesOfOther, OTHER, OWN, packageFor, packagesOf } from "./framework";
import type { PackageOrigin } from "./package-origin";
import { type InitRecord, RECORD, readRecord, recordOf } from "./record";
import { MAIN, managedFiles, pinnedVersions, SECTIONS, type Section, VERSION } from "./repository";

/** What an upgrade makes of a repository. */
export interface UpgradeOptions {
  /** Whether the repository may be one of the other framework. */
  readonly acceptsOtherFramework: boolean;
  readonly origin: PackageOrigin;
  /** Whether to add the framework's own command. One that is there stays in any case. */
  readonly addsCli: boolean;
  /** The default branch. Undefined: the recorded one. */
  readonly branch?: string | undefined;
}

/** How a file of the repository compares with what this version writes. */
type State =
  /** Missing, and no version has written it here. */
  | "new"
  /** As another version wrote it. */
  | "outdated"
  /** Changed by somebody. */
  | "changed"
  /** Removed by somebody. */
  | "removed";

/** A file of the repository that this version writes. */
export interface FileState {
  readonly path: string;
  readonly state: State;
  /** What is there. Undefined: nothing. */
  readonly present?: string;
  /** What this version writes. */
  readonly expected: string;
}

/** The files in the working directory that an upgrade would write, or somebody has changed. */
function fileStates(record: InitRecord, branch: string): FileState[] {
  return [...managedFiles(branch)].flatMap(([path, expected]) => {
    const present = plainFile(path);
    return present === expected ? [] : [{ path, present, expected, state: stateOf(present, record.files[path]) }];
  });
}

/** Whether somebody has changed or removed a file, which an upgrade then leaves alone. */
export function isKept({ state }: FileState): boolean {
  return state === "changed" || state === "removed";
}

/** The text of a file in the repository itself: links are refused. */
function plainFile(path: string): string | undefined {
  const steps = path.split("/").map((_, index, all) => all.slice(0, index + 1).join("/"));
  for (const step of steps) {
    const found = lstatSync(step, { throwIfNoEntry: false });
    if (found === undefined) return undefined;
    if (step === path ? found.isFile() : found.isDirectory()) continue;
    const kind = step === path ? "file" : "folder";
    throw new CommandError(
      `Received something that isn't a ${kind} at ${describePath(step)}, expected a ${kind} in the repository, not a link. Nothing was written. Move it away.`,
    );
  }
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new CommandError(
      `Received ${describePath(path)} that can't be read (${messageOf(error)}), expected a readable file. Nothing was written. Make it readable.`,
    );
  }
}

function stateOf(present: string | undefined, recorded: string | undefined): State {
  if (present === undefined) return recorded === undefined ? "new" : "removed";
  return checksum(present) === recorded ? "outdated" : "changed";
}

/** A version in package.json other than the version that this package was tested with. */
export interface OtherVersion {
  readonly section: Section;
  readonly name: string;
  readonly present: unknown;
  /** Undefined: none, since it belongs to the other framework. */
  readonly expected: string | undefined;
}

/** The other versions in package.json. Everything else in it is the user's. */
function otherVersions(content: Fields, { origin, addsCli }: UpgradeOptions): OtherVersion[] {
  const cliSection = SECTIONS.find((section) =>
    [OWN, OTHER].some((framework) => Object.hasOwn(sectionOf(content, section), cliOf(framework))),
  );
  const pinned = pinnedVersions(origin, cliSection ?? (addsCli ? "optionalDependencies" : undefined));
  const foreign = isOfOtherFramework(content) ? packagesOf(OTHER) : [];
  return SECTIONS.flatMap((section) => {
    const present = sectionOf(content, section);
    const expected = (name: string) => pinned[section][name];
    const names = [...foreign.filter((name) => Object.hasOwn(present, name)), ...Object.keys(pinned[section])];
    return names
      .map((name) => ({ section, name, present: present[name], expected: expected(name) }))
      .filter(({ present, expected }) => present !== expected);
  });
}

function sectionOf(content: Fields, section: Section): Fields {
  const present = content[section];
  return isFields(present) ? present : {};
}

/** Whether the repository was written by our package for the other framework. */
function isOfOtherFramework(content: Fields): boolean {
  return Object.hasOwn(sectionOf(content, "dependencies"), packageFor(OTHER));
}

/** What stays as the user has it: files that somebody has changed, and the user's own workflows, as text by path. */
function keptTexts(states: readonly FileState[]): [path: string, text: string][] {
  const managed = managedFiles(MAIN);
  const entries = existsSync(WORKFLOWS) ? readdirSync(WORKFLOWS, { withFileTypes: true }) : [];
  const files = entries.filter((entry) => entry.isFile()).map(({ name }) => `${WORKFLOWS}/${name}`);
  const own = files.sort().filter((path) => !managed.has(path));
  return [
    ...states.filter(isKept).map(({ path, present }): [string, string] => [path, present ?? ""]),
    ...own.map((path): [string, string] => [path, plainFile(path) ?? ""]),
  ];
}

function renamedFiles(): Map<string, string> {
  const texts = NAMING.map((path) => [path, plainFile(path) ?? ""] as const);
  const renamed = texts.map(([path, text]) => [path, text, inNamesOf(OWN, text)] as const);
  return new Map(renamed.flatMap(([path, before, after]) => (before === after ? [] : [[path, after]])));
}

/** How a repository differs from what this version would write. */
export interface Differences {
  readonly branch: string;
  readonly states: readonly FileState[];
  readonly versions: readonly OtherVersion[];
  /** The user's own files that name the other framework's packages, with the text that names this one's. */
  readonly renamed: ReadonlyMap<string, string>;
  /** Where the user's files still use the other framework. */
  readonly leftovers: readonly string[];
}

/** How the repository in the working directory differs. */
export function differences(
  options: UpgradeOptions,
  record = readRecord("init --check"),
  content = packageJson(),
): Differences {
  const isForeign = isOfOtherFramework(content);
  if (isForeign && !options.acceptsOtherFramework) {
    throw new CommandError(
      `Received a repository that depends on ${packageFor(OTHER)}, expected a repository that depends on ${packageFor(OWN)}, which is running. To move it from ${OTHER} to ${OWN}, add --framework ${OWN}. To stay with ${OTHER}, run ${packageFor(OTHER)}.`,
    );
  }
  const branch = options.branch ?? record.branch;
  const states = fileStates(record, branch);
  const versions = otherVersions(content, options);
  const texts = isForeign ? keptTexts(states) : [];
  const leftovers = texts.flatMap(([path, text]) => linesOfOther(text).map((line) => `${path}:${line}`));
  return { branch, states, versions, renamed: isForeign ? renamedFiles() : new Map(), leftovers };
}

/**
 * Rewrites the files that nobody has changed, and pins the versions in package.json.
 *
 * @returns what was different before
 */
export function upgrade(options: UpgradeOptions): Differences {
  const record = readRecord(COMMAND);
  const content = packageJson();
  const before = differences(options, record, content);
  const { branch, states, versions, renamed } = before;
  const { copy } = options.origin;
  const isNewCopy = versions.length > 0 && copy !== undefined && plainFile(copy.path) === undefined;
  const kept = states.filter(isKept).map(({ path }) => path);
  const rewritten = states.filter((file) => !isKept(file)).map(({ path, expected }) => [path, expected] as const);
  for (const [file, text] of [...rewritten, ...renamed]) replaceFile({ file, text, command: COMMAND });
  for (const { section, name, expected } of versions) {
    content[section] = { ...sectionOf(content, section), [name]: expected };
  }
  if (isNewCopy) replaceFile({ file: copy.path, text: copy.content, command: COMMAND });
  if (versions.length > 0) replaceFile({ file: PACKAGE, text: `${jsonText(content)}\n`, command: COMMAND });
  const written = new Map([...managedFiles(branch)].filter(([path]) => !kept.includes(path)));
  const still = Object.entries(record.files).filter(([path]) => kept.includes(path));
  replaceFile({ file: RECORD, text: recordOf(branch, written, Object.fromEntries(still)), command: COMMAND });
  return before;
}

/** How a file differs from what this version writes, as lines of a unified diff. */
export function differenceOf({ path, present = "", expected }: FileState): string[] {
  const patch = createTwoFilesPatch(path, `${path} (${VERSION})`, present, expected);
  return patch.trimEnd().split("\n").slice(1); // without the line of equals signs
}

const PACKAGE = "package.json";
const WORKFLOWS = ".github/workflows";

/** The user's files that name the framework's packages, such as the path at which an editor finds a schema. */
const NAMING = ["README.md", "environments.yaml", "main.ts", "rules.yaml"];
const COMMAND = "init --upgrade";

function packageJson(): { [key: string]: unknown } {
  const expected = "expected a JSON object in the root of a repository. Correct it, or change to the repository.";
  return readFormOfJson(PACKAGE, z.record(z.string(), z.unknown()), `Received ${PACKAGE}`, expected);
}
