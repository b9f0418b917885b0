import { lstatSync, readFileSync } from "node:fs";
import { createTwoFilesPatch } from "diff";
import { z } from "zod";
import type { Fields } from "../../../common/fields";
import { formatCount } from "../../../common/format-count";
import { fieldsIn, jsonText } from "../../../common/json";
import { describe, describePath } from "../../../common/problem";
import { CommandError, explainFailure } from "../../terminal/command-error";
import { readFormOfJson } from "../../terminal/json-file";
import { replaceFile } from "../../terminal/replace-file";
import { cliOf, inNamesOf, OTHER, OWN, packageFor, packagesOf } from "./framework";
import { committedText } from "./git";
import { type Merge, mergeTexts, missingLines } from "./merge";
import { copyIn, type PackageOrigin } from "./package-origin";
import { severalTerraforms, unknownPins } from "./pins";
import { type InitRecord, isAsWritten, RECORD, readRecord, recordOf } from "./record";
import { managedFiles, type Pipelines, pinnedVersions, SECTIONS, VERSION } from "./repository";

export interface UpgradeOptions {
  /** Whether the repository may be one of the other framework. */
  readonly acceptsOtherFramework: boolean;
  readonly origin: PackageOrigin;
  /** Whether to add the framework's own command. One that is there stays in any case. */
  readonly addsCli: boolean;
  /** The default branch. Undefined: the recorded one. */
  readonly branch?: string | undefined;
}

const PACKAGE = "package.json";

/** The user's files that name the framework's packages, such as the path at which an editor finds a schema. */
const NAMING = ["README.md", "environments.yaml", "main.ts", "rules.yaml"];

/**
 * Rewrites the files of the repository in the working directory, merges the ones that somebody has changed, and pins the
 * versions in package.json.
 *
 * @param isCheck whether to write nothing
 * @returns what it does in words, which are none if everything is as this version writes it; what it writes, by path;
 * the unified diffs of the files that differ, changed ones included; and of the changes that can't be merged
 */
export function upgrade(options: UpgradeOptions, isCheck = false) {
  const record = readRecord();
  const content = readFormOfJson(PACKAGE, z.record(z.string(), z.unknown()), {
    name: PACKAGE,
    expected: "a JSON object",
    next: "Correct it, or change to the root of the repository.",
  });
  const isMove = Object.hasOwn(fieldsIn(content.dependencies), packageFor(OTHER));
  if (isMove && !options.acceptsOtherFramework) {
    throw new CommandError(
      `Received a repository that depends on ${packageFor(OTHER)}, expected a repository that depends on ${packageFor(OWN)}, which is running. To move it from ${OTHER} to ${OWN}, add --framework ${OWN}. To stay with ${OTHER}, run ${packageFor(OTHER)}.`,
    );
  }
  const { copy } = options.origin;
  const pipelines = { ci: record.ci, branch: options.branch ?? record.branch };
  const files = differingFiles(record, pipelines);
  const versions = otherVersions(content, options, isMove ? packagesOf(OTHER) : []);
  const renames = isMove ? renamedFiles() : [];
  for (const { section, name, expected } of versions) {
    content[section] = { ...fieldsIn(content[section]), [name]: expected };
  }
  const newCopy = copy !== undefined && plainFile(copy.path) === undefined ? [copy] : [];
  const isKept = (path: string) => files.some((file) => file.path === path && file.isKept);
  const writes = new Map<string, string | Buffer>([
    ...files.flatMap(({ path, text, hasWindowsBreaks }) =>
      text === undefined ? [] : [[path, hasWindowsBreaks ? text.replaceAll("\n", "\r\n") : text] as const],
    ),
    ...renames,
    ...newCopy.map(({ path, content }) => [path, content] as const),
    ...(versions.length > 0 ? [[PACKAGE, `${jsonText(content)}\n`] as const] : []),
  ]);
  const texts = new Map(managedFiles(pipelines));
  for (const { path, present = "", text = present } of files) texts.set(path, text);
  const terraforms = severalTerraforms(texts);
  const newRecord = recordOf(
    pipelines,
    new Map([...managedFiles(pipelines)].filter(([path]) => !isKept(path))),
    Object.fromEntries(Object.entries(record.files).filter(([path]) => isKept(path))),
  );
  for (const [file, text] of isCheck ? [] : [...writes, [RECORD, newRecord] as const]) {
    replaceFile({ file, text, command: "init --upgrade" }); // the record is last
  }
  return {
    lines: [
      ...files.flatMap(({ path, words, present = "", text = present }) => [
        `${path}: ${words}`,
        ...unknownPins(text, managedFiles(pipelines).values()).map(
          (pin) => `${path}: ${pin} isn't a release that this version knows. Check that the commit is of that version`,
        ),
      ]),
      ...renames.map(([path]) => `${path}: now names the packages of ${OWN}`),
      ...versions.map(
        ({ section, name, present, expected = "none" }) =>
          `${PACKAGE}: ${section}: ${name} ${present === undefined ? "none" : describe(present)} → ${expected}`,
      ),
      ...newCopy.map(({ path }) => `${path}: written`),
      ...(terraforms.length === 0 ? [] : [terraformLine(terraforms)]),
      ...versions.flatMap(({ present }) => copyIn(present) ?? []).map((path) => `${path}: no longer used; remove it`),
    ],
    writes,
    diffs: files.flatMap(({ path, present, expected, text, conflicts = [], missing = 0 }) => {
      if (present === undefined || conflicts.length > 0) return [];
      const steps = [
        present,
        ...(text === undefined ? [] : [text]),
        ...(text === undefined || missing > 0 ? [expected] : []),
      ];
      return steps.slice(1).flatMap((after, index) => patchOf(path, steps[index] ?? "", after));
    }),
    conflicts: files.flatMap(({ path, conflicts = [] }) =>
      conflicts.flatMap((lines) => ["", `--- ${path}`, `+++ ${path} (${VERSION})`, "@@ both changed @@", ...lines]),
    ),
    isMove,
  };
}

function terraformLine(terraforms: ReturnType<typeof severalTerraforms>): string {
  const uses = terraforms.map(([version, names]) => `${version} in ${names.join(", ")}`);
  return `terraform_version is ${uses.join("; ")}. Use one version, or deploys may refuse approved plans`;
}

function patchOf(path: string, before: string, after: string): string[] {
  const patch = createTwoFilesPatch(path, `${path} (${VERSION})`, before, after);
  return ["", ...patch.trimEnd().split("\n").slice(1)]; // without the line of equals signs
}

/** What an upgrade does with a file. */
interface FileUpgrade {
  readonly words: string;
  /** What is written. Undefined: nothing. */
  readonly text?: string;
  /** Whether it stays a file of the version that it is of now: somebody has removed it, or changed it beyond a merge. */
  readonly isKept?: boolean;
  readonly conflicts?: Merge["conflicts"];
  /** How many lines of this version it lacks. */
  readonly missing?: number;
}

/** The files that differ from what this version writes. */
function differingFiles(record: InitRecord, pipelines: Pipelines) {
  return [...managedFiles(pipelines)].flatMap(([path, expected]) => {
    const [file, fileRecord] = [plainFile(path), record.files[path]];
    const present = file?.replaceAll("\r\n", "\n");
    if (present === expected) return [];
    const fileUpgrade: FileUpgrade =
      present === undefined ? missingFile(expected, fileRecord) : presentFile({ path, present, expected, fileRecord });
    return [{ path, present, expected, hasWindowsBreaks: file !== present, ...fileUpgrade }];
  });
}

type FileRecord = InitRecord["files"][string] | undefined;

function missingFile(expected: string, fileRecord: FileRecord): FileUpgrade {
  if (fileRecord === undefined) return { words: "written", text: expected };
  return { words: "removed here, not restored", isKept: true };
}

interface PresentFile {
  readonly path: string;
  readonly present: string;
  readonly expected: string;
  readonly fileRecord: FileRecord;
}

function presentFile({ path, present, expected, fileRecord }: PresentFile): FileUpgrade {
  if (fileRecord === undefined) return { words: "not written by init, left alone", isKept: true };
  if (isAsWritten(present, fileRecord)) return { words: "rewritten", text: expected };
  const base = typeof fileRecord === "string" ? committedText(path, fileRecord) : { text: fileRecord.join("\n") };
  if ("reason" in base) return { words: `changed here, left alone: ${base.reason}`, isKept: true };
  const texts = { base: base.text, ours: present, theirs: expected };
  const { text, conflicts } = mergeTexts(texts);
  if (conflicts.length > 0) {
    return { words: "changed here, left alone: this version changes the same lines", isKept: true, conflicts };
  }
  const missing = missingLines(texts, text);
  const lack = missing === 0 ? "" : `, without ${formatCount(missing, "line")} of this version`;
  if (text === present) return { words: `changed here, nothing to merge${lack}`, missing };
  return { words: `merged with what was changed here${lack}`, text, missing };
}

/** The text of a file in the repository itself: links are refused. */
function plainFile(path: string): string | undefined {
  const steps = path.split("/").map((_, index, parts) => parts.slice(0, index + 1).join("/"));
  for (const step of steps) {
    const stats = lstatSync(step, { throwIfNoEntry: false });
    if (stats === undefined) return undefined;
    if (step === path ? stats.isFile() : stats.isDirectory()) continue;
    const kind = step === path ? "file" : "folder";
    throw new CommandError(
      `Received something that isn't a ${kind} at ${describePath(step)}, expected a ${kind} in the repository, not a link. Nothing was written. Move it away.`,
    );
  }
  return explainFailure(
    (reason) => `Can't read ${describePath(path)}: ${reason}. Nothing was written. Make it readable.`,
    () => readFileSync(path, "utf8"),
  );
}

/**
 * The versions in package.json other than those that this package was tested with. Everything else in it is the user's.
 *
 * @param foreign the packages of the other framework, of which none is expected
 */
function otherVersions(content: Fields, { origin, addsCli }: UpgradeOptions, foreign: readonly string[]) {
  const cliSection = SECTIONS.find((section) =>
    [OWN, OTHER].some((framework) => Object.hasOwn(fieldsIn(content[section]), cliOf(framework))),
  );
  const pinnedSections = pinnedVersions(origin, cliSection ?? (addsCli ? "optionalDependencies" : undefined));
  return SECTIONS.flatMap((section) => {
    const present = fieldsIn(content[section]);
    const names = [...foreign.filter((name) => Object.hasOwn(present, name)), ...Object.keys(pinnedSections[section])];
    return names
      .map((name) => ({
        section,
        name,
        present: present[name],
        expected: pinnedSections[section][name] as string | undefined,
      }))
      .filter(({ present, expected }) => present !== expected);
  });
}

/** The user's own files that name the other framework's packages, with the text that names this one's. */
function renamedFiles(): (readonly [path: string, text: string])[] {
  const texts = NAMING.map((path) => [path, plainFile(path) ?? ""] as const);
  return texts.flatMap(([path, text]) => {
    const renamedText = inNamesOf(OWN, text);
    return renamedText === text ? [] : [[path, renamedText] as const];
  });
}
