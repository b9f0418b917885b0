import { spawnSync } from "node:child_process";
import { closeSync, existsSync, lstatSync, openSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import type { Command } from "commander";
import { ACCOUNT_ID } from "../../modules/support-app/limits";
import { messageOf } from "../../modules/support-app/printable";
import { describe, describePath, oneOf } from "../../modules/support-app/problem";
import { REGIONS } from "../../stacks/environments-schema";
import { makeFolders, removeFolders } from "../../stacks/make-folders";
import { suggestion } from "../../stacks/suggestion";
import { quoted } from "../aws/commands";
import { CommandError, UsageError } from "../command-error";
import { print } from "../print";
import { cliOf, FRAMEWORKS, OTHER, OWN, packageFor } from "./framework";
import type { KnownCommand, OutdatedStep } from "./outdated-steps";
import { type PackageOrigin, packageOrigin } from "./package-origin";
import { BRANCH, RECORD, recordOf } from "./record";
import {
  type FirstEnvironment,
  MAIN,
  managedFiles,
  newRepository,
  type RepositorySettings,
  VERSION,
} from "./repository";
import {
  type Differences,
  differenceOf,
  differences,
  type FileState,
  isKept,
  type Leftover,
  type UpgradeOptions,
  upgrade,
} from "./upgrade";

interface InitOptions {
  readonly account?: string;
  readonly region?: string;
  readonly full?: boolean;
  readonly framework?: string;
  readonly branch?: string;
  /** Of the package for CDKTF: whether to add its command. */
  readonly cdktfCli?: boolean;
  /** Of the package for CDK Terrain. */
  readonly cdktnCli?: boolean;
  readonly check?: boolean;
  readonly upgrade?: boolean;
}

const REVIEW_WORKFLOW = ".github/workflows/review.yml";

/** An account that AWS's documentation uses for examples. */
const EXAMPLE_ACCOUNT = "111122223333";

/**
 * Adds `support-app init`.
 *
 * @param commands all commands of this version, of which a workflow may use others
 * @param origin where the running package came from
 */
export function addInitCommand(
  program: Command,
  _exitWith: (status: number) => void,
  commands: () => readonly Command[],
  origin: () => PackageOrigin = packageOrigin,
): void {
  program
    .command("init")
    .summary("a repository of your own")
    .description(
      "Write a repository that deploys with this package: environments.yaml, main.ts, package.json, and workflows for GitHub Actions. It overwrites nothing: if one of the files exists, nothing is written.",
    )
    .argument("[folder]", "where to write", ".")
    .option("--account <id>", `the AWS account of the first environment (default: ${EXAMPLE_ACCOUNT}, to be replaced)`)
    .option("--region <region>", "its region (default: us-east-1)")
    .option("--full", "give its channels full access instead of read-only access")
    .option(
      "--framework <name>",
      "cdktf, or its successor cdktn, each with its own package (default: the one that this package is for). With --upgrade, moves a repository from the other one",
    )
    .option(
      "--branch <name>",
      `the default branch, on which the workflows run (default: the one of the remote origin, or ${MAIN})`,
    )
    .option(`--${cliOf(OWN)}`, `also install the command ${OWN}, for npx ${OWN} deploy`)
    .option("--check", "write nothing, and print which files differ from what this version writes")
    .option("--upgrade", "rewrite the files that nobody has changed, and pin this version's packages in package.json")
    .addHelpText(
      "after",
      "\nExit status: 0 written, or --check finds nothing to upgrade; 1 an error, or --check finds something; 2 wrong usage.",
    )
    .action((folder: string, options: InitOptions) => init(folder, options, commands, origin));
}

function init(
  folder: string,
  options: InitOptions,
  commands: () => readonly Command[],
  origin: () => PackageOrigin,
): void {
  const { account, region, full, framework, branch, check, upgrade: isUpgrade } = options;
  const addsCli = options.cdktfCli === true || options.cdktnCli === true;
  if (framework !== undefined) expectOwn(framework);
  if (branch !== undefined && !BRANCH.test(branch)) {
    throw new UsageError(
      `Received --branch ${describe(branch)}, expected the name of a branch: up to 200 letters, digits and . _ / -, such as ${MAIN}.`,
    );
  }
  if (folder === "") {
    throw new UsageError("Received an empty folder name, expected the name of a folder. Is a variable not set?");
  }
  if (!check && !isUpgrade) {
    const first = firstEnvironment(account, region, full === true);
    const settings = { branch: branch ?? defaultBranch(folder), origin: origin(), hasCli: addsCli };
    create(folder, first, settings, account === undefined);
    return;
  }
  if (check && isUpgrade) throw new UsageError("Received both --check and --upgrade, expected one of them.");
  if (folder !== "." || account !== undefined || region !== undefined || full) {
    throw new UsageError(
      `Received ${check ? "--check" : "--upgrade"} with a folder or a first environment, expected it alone, in the root of the repository.`,
    );
  }
  const how = { mayMove: framework !== undefined, origin: origin(), addsCli, branch, commands: known(commands()) };
  if (check) checkRepository(how);
  else upgradeRepository(how);
}

function known(commands: readonly Command[]): KnownCommand[] {
  return commands.map((one) => ({ name: one.name(), options: one.options.map(({ long }) => long ?? "") }));
}

/** The default branch, as far as Git knows it: of the remote, or of a repository without one. */
function defaultBranch(folder: string): string {
  if (!existsSync(join(folder, ".git"))) return MAIN;
  const branchOf = (ref: string) =>
    spawnSync("git", ["-C", folder, "symbolic-ref", "--short", ref], { encoding: "utf8" }).stdout?.trim() ?? "";
  const branch = branchOf("refs/remotes/origin/HEAD").replace(/^origin\//, "") || branchOf("HEAD");
  return BRANCH.test(branch) ? branch : MAIN;
}

/** Each framework has its own package, which knows the versions that it was tested with. */
function expectOwn(framework: string): void {
  if (framework === OWN) return;
  if (framework !== OTHER) {
    throw new UsageError(
      `Received --framework ${describe(framework)}, expected ${oneOf(FRAMEWORKS)}${suggestion(framework, FRAMEWORKS) || "."}`,
    );
  }
  throw new UsageError(
    `Received --framework ${OTHER}, expected ${OWN}, which ${packageFor(OWN)} is for. Run the same command of ${packageFor(OTHER)} ${VERSION}, from npm or its tarball.`,
  );
}

function firstEnvironment(account = EXAMPLE_ACCOUNT, region = "us-east-1", full: boolean): FirstEnvironment {
  if (!ACCOUNT_ID.pattern.test(account)) {
    throw new UsageError(`Received --account ${describe(account)}, expected ${ACCOUNT_ID.expected}.`);
  }
  const regions: readonly string[] = REGIONS;
  if (!regions.includes(region)) {
    throw new UsageError(
      `Received --region ${describe(region)}, expected ${oneOf(regions)}${suggestion(region, regions) || "."}`,
    );
  }
  return { account, region, full };
}

/** Writes all files, or none. */
function create(folder: string, first: FirstEnvironment, settings: RepositorySettings, isPlaceholder: boolean): void {
  const { branch, origin } = settings;
  const files = new Map<string, string | Buffer>([
    ...newRepository(packageNameOf(folder), first, settings),
    [RECORD, recordOf(branch, managedFiles(branch))],
  ]);
  if (origin.copy !== undefined) files.set(origin.copy.path, origin.copy.content);
  const present = [...files.keys()].filter((path) => isThere(join(folder, path)));
  if (present.length > 0) {
    throw new CommandError([
      `Received the folder ${describePath(folder)} with files that init would overwrite, expected none of them. Nothing was written. To upgrade a repository, run init --upgrade in it. Otherwise choose another folder, or move them away:`,
      ...present,
    ]);
  }
  writeAll(folder, files);
  const isHere = resolve(folder) === process.cwd();
  const into = isHere ? "" : `cd ${quoted(folder.replace(/^-/, "./-"))} && `;
  const account = isPlaceholder ? "Put your account into environments.yaml, then run: " : "Next: ";
  print([
    `Wrote ${files.size} files to ${isHere ? "this folder" : folder}.`,
    ...(origin.copy === undefined ? [] : [`package.json names a packed copy of this package: ${origin.copy.path}`]),
    `The workflows run on the branch ${branch}. If the default branch is another one: init --upgrade --branch NAME`,
    `${account}${into}npm install && npm run synth`,
  ]);
}

/** Whether anything is at that path, including a broken link. */
function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false; // below a file, or not accessible: writing reports that
  }
}

/** Removes what it has written if the rest can't be written. */
function writeAll(folder: string, files: ReadonlyMap<string, string | Buffer>): void {
  const undo: (() => void)[] = [];
  try {
    for (const [path, text] of files) {
      const file = join(folder, path);
      const made = makeFolders(dirname(file));
      undo.push(() => removeFolders(made));
      const descriptor = openSync(file, "wx");
      undo.push(() => rmSync(file));
      writeFileSync(descriptor, text);
      closeSync(descriptor);
    }
  } catch (error) {
    for (const step of undo.reverse()) step();
    throw new CommandError(
      `Received the folder ${describePath(folder)}, expected one that can be written, but: ${messageOf(error)}. Nothing was written. Choose another folder.`,
    );
  }
}

/** A name that npm accepts. */
function packageNameOf(folder: string): string {
  const name = basename(resolve(folder)).toLowerCase();
  return name.replace(/[^a-z0-9-]+/g, "-").replace(/^-+|-+$/g, "") || "support-app";
}

function checkRepository(how: UpgradeOptions): void {
  const before = differences(how);
  const { versions, renamed, leftovers, outdated } = before;
  const states = before.states.filter(({ state }) => state !== "same");
  if (states.length === 0 && versions.length === 0 && outdated.length === 0) {
    print(`Everything is as version ${VERSION} writes it.`);
    return;
  }
  const lines = [
    ...states.map((file) => `${file.path}: ${STATES[file.state][0]}${consequenceOf(file)}`),
    ...[...renamed.keys()].map((path) => `${path}: names packages of ${OTHER}`),
    ...leftovers.map(leftoverLine),
    ...outdated.map(outdatedLine),
    ...versions.map(
      ({ section, name, present, expected }) =>
        `package.json: ${section} has ${present === undefined ? `no ${name}` : `${name} ${describe(present)}`}, expected ${expected ?? "none"}`,
    ),
    // All of a removed file would differ, and nothing would be written.
    ...states.filter(({ state }) => state !== "removed").flatMap((state) => ["", ...differenceOf(state)]),
  ];
  if (versions.length === 0 && states.every(isKept)) {
    print([
      `Nothing to upgrade: everything is as version ${VERSION} writes it, except what was changed or removed here.`,
      ...lines,
    ]);
    return;
  }
  throw new CommandError([
    `Received a repository that differs from what version ${VERSION} writes. To upgrade it, run init --upgrade${optionsOf(how)}:`,
    ...lines,
  ]);
}

/** The options of an upgrade that does what was checked. */
function optionsOf({ mayMove, branch, addsCli }: UpgradeOptions): string {
  return [
    ...(mayMove ? [` --framework ${OWN}`] : []),
    ...(branch === undefined ? [] : [` --branch ${branch}`]),
    ...(addsCli ? [` --${cliOf(OWN)}`] : []),
  ].join("");
}

function upgradeRepository(how: UpgradeOptions): void {
  const before = upgrade(how);
  const { versions, outdated, unusedCopy } = before;
  const states = before.states.filter(({ state }) => state !== "same");
  const lines = [
    ...states.map((file) => `${file.path}: ${STATES[file.state][1]}${consequenceOf(file)}`),
    ...[...before.renamed.keys()].map((path) => `${path}: now names the packages of ${OWN}`),
    ...versions.map(({ section, name, expected }) =>
      expected === undefined
        ? `package.json: ${section} no longer has ${name}`
        : `package.json: ${section} now has ${name} ${expected}`,
    ),
    ...(unusedCopy === undefined ? [] : [`${unusedCopy}: no longer used; remove it`]),
    ...outdated.map(outdatedLine),
  ];
  if (lines.length === 0) {
    print(`Everything is as version ${VERSION} writes it.`);
    return;
  }
  if (versions.some(({ expected }) => expected === undefined)) lines.push(...moveLines(before));
  const isNothing = versions.length === 0 && states.every(isKept);
  print([...lines, isNothing ? "Nothing to upgrade." : "Review the changes, then run: npm install && npm run synth"]);
}

function moveLines({ leftovers, versions }: Differences): string[] {
  const hasCli = versions.some(({ name }) => name === cliOf(OWN));
  return [
    ...leftovers.map(leftoverLine),
    `Moved from ${OTHER} to ${OWN}. Terraform's addresses and state stay as they are, so the next plan is empty. Change anything else of yours that names ${OTHER} or @${OTHER}/provider-aws.`,
    ...(hasCli
      ? []
      : [`For the command ${OWN}, from ${cliOf(OWN)}: npx ${packageFor(OWN)} init --upgrade --${cliOf(OWN)}`]),
  ];
}

/** A step that the user has to change. */
function outdatedLine({ path, line, used }: OutdatedStep): string {
  return `${path}:${line}: uses ${used}, which version ${VERSION} doesn't have; change it yourself`;
}

/** A place that the user has to change. */
function leftoverLine({ path, line }: Leftover): string {
  return `${path}:${line}: still uses ${OTHER}; change it yourself`;
}

/** What doesn't happen without a workflow that was removed. */
function consequenceOf({ path, state }: FileState): string {
  return state === "removed" && path === REVIEW_WORKFLOW
    ? ". Nothing reports or stops a pull request that broadens access"
    : "";
}

/** What a check says about a file, and what an upgrade has done with it. */
const STATES: Readonly<Record<FileState["state"], readonly [found: string, done: string]>> = {
  same: ["the same", "the same"],
  new: ["missing; would be written", "written"],
  outdated: ["as another version wrote it; would be rewritten", "rewritten"],
  changed: ["changed here; would be left alone", "changed here, left alone"],
  removed: ["removed here; would not be restored", "removed here, not restored"],
};
