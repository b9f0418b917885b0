import { lstatSync, readFileSync } from "node:fs";
import { createTwoFilesPatch } from "diff";
import { z } from "zod";
import { checksum } from "../../../common/checksum";
import type { Fields } from "../../../common/fields";
import { fieldsIn, jsonText } from "../../../common/json";
import { describe, describePath } from "../../../common/problem";
import { CommandError, explainFailure } from "../../terminal/command-error";
import { readFormOfJson } from "../../terminal/json-file";
import { replaceFile } from "../../terminal/replace-file";
import { cliOf, inNamesOf, OTHER, OWN, packageFor, packagesOf } from "./framework";
import { copyIn, type PackageOrigin } from "./package-origin";
import { type InitRecord, RECORD, readRecord, recordOf } from "./record";
import { managedFiles, pinnedVersions, SECTIONS, VERSION } from "./repository";

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
 * Rewrites the files that nobody has changed in the repository in the working directory, and pins the versions in
 * package.json.
 *
 * @param isCheck whether to write nothing
 * @returns what it does in words, which are none if everything is as this version writes it; what it writes, by path;
 * and the unified diffs of the files that differ, changed ones included
 */
export function upgrade(options: UpgradeOptions, isCheck = false) {
  const record = readRecord();
  const notJson = "expected a JSON object in the root of a repository. Correct it, or change to the repository.";
  const content = readFormOfJson(PACKAGE, z.record(z.string(), z.unknown()), `Received ${PACKAGE}`, notJson);
  const isMove = Object.hasOwn(fieldsIn(content.dependencies), packageFor(OTHER));
  if (isMove && !options.acceptsOtherFramework) {
    throw new CommandError(
      `Received a repository that depends on ${packageFor(OTHER)}, expected a repository that depends on ${packageFor(OWN)}, which is running. To move it from ${OTHER} to ${OWN}, add --framework ${OWN}. To stay with ${OTHER}, run ${packageFor(OTHER)}.`,
    );
  }
  const { copy } = options.origin;
  const branch = options.branch ?? record.branch;
  const files = differingFiles(record, branch);
  const versions = otherVersions(content, options, isMove ? packagesOf(OTHER) : []);
  const renames = isMove ? renamedFiles() : [];
  for (const { section, name, expected } of versions) {
    content[section] = { ...fieldsIn(content[section]), [name]: expected };
  }
  const newCopy = copy !== undefined && plainFile(copy.path) === undefined ? [copy] : [];
  const isKept = (path: string) => files.some((file) => file.path === path && file.isKept);
  const writes = new Map<string, string | Buffer>([
    ...files.filter((file) => !file.isKept).map(({ path, expected }) => [path, expected] as const),
    ...renames,
    ...newCopy.map(({ path, content }) => [path, content] as const),
    ...(versions.length > 0 ? [[PACKAGE, `${jsonText(content)}\n`] as const] : []),
  ]);
  const newRecord = recordOf(
    branch,
    new Map([...managedFiles(branch)].filter(([path]) => !isKept(path))),
    Object.fromEntries(Object.entries(record.files).filter(([path]) => isKept(path))),
  );
  for (const [file, text] of isCheck ? [] : [...writes, [RECORD, newRecord] as const]) {
    replaceFile({ file, text, command: "init --upgrade" }); // the record is last
  }
  return {
    lines: [
      ...files.map(({ path, words }) => `${path}: ${words}`),
      ...renames.map(([path]) => `${path}: now names the packages of ${OWN}`),
      ...versions.map(
        ({ section, name, present, expected = "none" }) =>
          `${PACKAGE}: ${section}: ${name} ${present === undefined ? "none" : describe(present)} → ${expected}`,
      ),
      ...newCopy.map(({ path }) => `${path}: written`),
      ...versions.flatMap(({ present }) => copyIn(present) ?? []).map((path) => `${path}: no longer used; remove it`),
    ],
    writes,
    diffs: files.flatMap(({ path, present, expected }) => {
      if (present === undefined) return [];
      const patch = createTwoFilesPatch(path, `${path} (${VERSION})`, present, expected);
      return ["", ...patch.trimEnd().split("\n").slice(1)]; // without the line of equals signs
    }),
    isMove,
  };
}

/** The files that differ from what this version writes. Kept is what somebody has changed or removed. */
function differingFiles(record: InitRecord, branch: string) {
  return [...managedFiles(branch)].flatMap(([path, expected]) => {
    const [present, recordedChecksum] = [plainFile(path), record.files[path]];
    if (present === expected) return [];
    const isThere = present !== undefined;
    const isKept = isThere ? checksum(present) !== recordedChecksum : recordedChecksum !== undefined;
    const result = isThere ? "changed here, left alone" : "removed here, not restored";
    return [{ path, present, expected, isKept, words: isKept ? result : isThere ? "rewritten" : "written" }];
  });
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
    (reason) =>
      `Received ${describePath(path)} that can't be read (${reason}), expected a readable file. Nothing was written. Make it readable.`,
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
