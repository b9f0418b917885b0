import { spawnSync } from "node:child_process";
import { existsSync, lstatSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import * as z from "zod";
import { failureReason } from "../../../common/disk-error";
import { fieldsIn, jsonText, parseJson } from "../../../common/json";
import { describePath } from "../../../common/problem";
import { CommandError, explainFailure } from "../../terminal/command-error";
import { readFormOfJson } from "../../terminal/json-file";
import { replaceFile } from "../../terminal/replace-file";
import { temporaryFolder } from "../../terminal/temporary-folder";
import { cliOf, FRAMEWORKS, OWN, packageFor } from "./framework";
import { git } from "./git";
import type { PackageOrigin } from "./package-origin";
import { readRecord } from "./record";
import { DEFAULTS, repositoryFiles, SECTIONS, VERSION, WRITTEN_ONCE } from "./repository";

export interface UpgradeOptions {
  readonly origin: PackageOrigin;
  /** Whether to add the framework's own command. One that is there stays in any case. */
  readonly addsCli: boolean;
  /** The default branch. Undefined: the recorded one. */
  readonly branch?: string | undefined;
}

/** What becomes of a file. */
export interface FileUpgrade {
  readonly path: string;
  readonly words: string;
  /** What is written. Undefined: nothing, unless it is removed. */
  readonly content?: string | Buffer;
  readonly isRemoved?: boolean;
  readonly isConflict?: boolean;
}

const PACKAGE = "package.json";
const manifestForm = z.record(z.string(), z.unknown());
type Manifest = z.infer<typeof manifestForm>;

/**
 * Upgrades the repository in the working directory: what differs between the files that the installed version writes and the
 * ones that this version writes is merged into the files that are there.
 */
export function upgrade({ origin, addsCli, branch }: UpgradeOptions) {
  const record = readRecord();
  expectCommitted();
  const installed = installedPackage(record.version);
  const manifest = readFormOfJson(PACKAGE, manifestForm, {
    name: PACKAGE,
    expected: "a JSON object",
    next: "Correct it, or change to the root of the repository.",
  });
  const hasCli = FRAMEWORKS.some((name) => Object.hasOwn(fieldsIn(manifest.optionalDependencies), cliOf(name)));
  const pipelines = { ci: record.ci, branch: branch ?? record.branch };
  const after = repositoryFiles({ ...DEFAULTS, pipelines, origin, hasCli: hasCli || addsCli });
  const scratch = temporaryFolder("support-app-upgrade-");
  try {
    const options = [
      "--ci",
      record.ci,
      "--branch",
      record.branch,
      ...(hasCli ? [`--${cliOf(installed.framework)}`] : []),
    ];
    const before = filesWrittenBy(installed.command, join(scratch, "before"), options);
    const paths = [...new Set([...before.keys(), ...after.keys()])].sort();
    const files = paths.flatMap((path) => {
      const [base, content] = [before.get(path), after.get(path)];
      const theirs = content && textIn(content);
      if (base === theirs || WRITTEN_ONCE.includes(path)) return [];
      const ours = textIfAny(path);
      if (path === PACKAGE) return packageUpgrade(manifest, base, theirs);
      return ours === theirs ? [] : fileUpgrade({ path, ours, base, theirs, content, scratch });
    });
    for (const { path, content, isRemoved } of files) {
      if (isRemoved) rmSync(path);
      if (content !== undefined)
        replaceFile({ file: path, text: withBreaksOf(path, content), command: "init --upgrade" });
    }
    return { files, previousFramework: installed.framework };
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

/** What an upgrade does is then what Git shows, and what Git can undo. */
function expectCommitted(): void {
  const status = git(".", "status", "--porcelain");
  if (status === "") return;
  throw new CommandError(
    status === undefined
      ? "Can't ask Git what is committed here. Nothing was written. Install Git, and run the command in the root of a Git repository."
      : [
          "Received a repository with changes that aren't committed, expected none: Git could then show and undo the upgrade by itself. Nothing was written. Commit or remove them:",
          ...status.trimEnd().split("\n"),
        ],
  );
}

const installedForm = z.object({ version: z.string(), bin: z.object({ "support-app": z.string() }) });

/** The package in node_modules, which wrote the repository's files. */
function installedPackage(recordedVersion: string) {
  const framework = FRAMEWORKS.find((name) => existsSync(join("node_modules", packageFor(name)))) ?? OWN;
  const name = packageFor(framework);
  const folder = join("node_modules", name);
  const { version, bin } = readFormOfJson(join(folder, PACKAGE), installedForm, {
    name: `${name} in node_modules`,
    expected: "the version that wrote the files here",
    next: "Run npm install, then the same command again.",
  });
  if (version === recordedVersion) return { framework, command: join(folder, bin["support-app"]) };
  throw new CommandError(
    `Received version ${version} of ${name} in node_modules, expected ${recordedVersion}, which wrote the files here: an upgrade merges what has changed since. Nothing was written. Install it for this command alone: npm install --no-save ${name}@${recordedVersion}`,
  );
}

/** The files of a new repository that the installed version writes, by path. */
function filesWrittenBy(command: string, folder: string, options: readonly string[]): ReadonlyMap<string, string> {
  const args = [command, "init", folder, ...options];
  const { status, stderr, error } = spawnSync(process.execPath, args, { encoding: "utf8" });
  if (status !== 0 || !existsSync(folder)) {
    throw new CommandError([
      "Can't write the files of the installed version, with which an upgrade merges. Nothing was written in this repository.",
      ...(error ? failureReason(error) : stderr.trim()).split("\n"),
    ]);
  }
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const files = entries.map((entry) => join(entry.parentPath, entry.name));
  return new Map(files.map((file) => [file.slice(folder.length + 1), textIn(readFileSync(file))]));
}

/** A content to compare: a checkout may have line breaks of Windows. */
function textIn(content: string | Buffer): string {
  return content.toString().replaceAll("\r\n", "\n");
}

/** A content with the line breaks of the file that it replaces. */
function withBreaksOf(path: string, content: string | Buffer): string | Buffer {
  const hasBreaksOfWindows = typeof content === "string" && existsSync(path) && readFileSync(path).includes("\r\n");
  return hasBreaksOfWindows ? content.replaceAll("\n", "\r\n") : content;
}

/** The text of a file in the repository itself. */
function textIfAny(path: string): string | undefined {
  for (let step = path; step !== "."; step = dirname(step)) {
    if (!lstatSync(step, { throwIfNoEntry: false })?.isSymbolicLink()) continue;
    throw new CommandError(
      `Received a link at ${describePath(step)}, expected a file or a folder of the repository. Nothing was written. Move it away.`,
    );
  }
  if (!existsSync(path)) return undefined;
  return explainFailure(
    (reason) => `Can't read ${describePath(path)}: ${reason}. Nothing was written. Make it readable.`,
    () => textIn(readFileSync(path)),
  );
}

/** A file as it is here, as the installed version writes it, and as this version does. Undefined: there is none. */
interface FileVersions {
  readonly path: string;
  readonly ours: string | undefined;
  readonly base: string | undefined;
  readonly theirs: string | undefined;
  readonly content: string | Buffer | undefined;
  readonly scratch: string;
}

function fileUpgrade({ path, ours, base, theirs, content, scratch }: FileVersions): FileUpgrade {
  if (theirs === undefined) {
    if (ours === base) return { path, words: "removed, since this version has none", isRemoved: true };
    return { path, words: "changed here, so it stays, though this version has none" };
  }
  if (ours === undefined) {
    return base === undefined ? { path, words: "added", content } : { path, words: "removed here, so it isn't added" };
  }
  const { text, isConflict } = merge(path, { ours, base: base ?? "", theirs }, scratch);
  return { path, words: isConflict ? "conflict" : "upgraded", content: text, isConflict };
}

/** Merges the changes of both sides as Git does, with its markers where both have changed the same lines. */
function merge(path: string, texts: Readonly<Record<"ours" | "base" | "theirs", string>>, scratch: string) {
  for (const [name, text] of Object.entries(texts)) writeFileSync(join(scratch, name), text);
  const labels = ["here", "installed version", `version ${VERSION}`].flatMap((label) => ["-L", label]);
  const { status, stdout, stderr, error } = spawnSync(
    "git",
    ["merge-file", "-p", ...labels, "ours", "base", "theirs"],
    { cwd: scratch, encoding: "utf8" },
  );
  if (status !== null && status < 128) return { text: stdout, isConflict: status > 0 }; // the number of conflicts
  throw new CommandError(
    `Can't merge ${describePath(path)} with git merge-file: ${error ? failureReason(error) : stderr.trim()}. Nothing was written.`,
  );
}

/** The packages that either version writes: in the sections and the versions of this one. All else in package.json is the user's. */
function packageUpgrade(manifest: Manifest, base = "{}", theirs = "{}"): FileUpgrade[] {
  const [before, after] = [parseJson(base), parseJson(theirs)] as [Manifest, Manifest];
  const ownNames = new Set(
    [before, after].flatMap((version) => SECTIONS.flatMap((section) => Object.keys(fieldsIn(version[section])))),
  );
  const content = { ...manifest };
  for (const section of SECTIONS) {
    const packages = fieldsIn(after[section]);
    const entries = Object.entries(fieldsIn(content[section])).filter(
      ([name]) => Object.hasOwn(packages, name) || !ownNames.has(name),
    );
    const present = { ...Object.fromEntries(entries), ...packages };
    if (Object.keys(present).length > 0 || section in content) content[section] = present;
  }
  return [{ path: PACKAGE, words: "upgraded", content: `${jsonText(content)}\n` }];
}
