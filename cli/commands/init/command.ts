import { closeSync, existsSync, openSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { type Command, Option } from "commander";
import { failureReason } from "../../../common/disk-error";
import { makeFolders, removeFolders } from "../../../common/make-folders";
import { describePath } from "../../../common/problem";
import { shellQuote } from "../../../common/shell-quote";
import { ACCOUNT_ID, REGIONS } from "../../../modules/support-app/model/limits";
import { DEFAULT_BRANCH, OWNERS_PLACEHOLDER } from "../../forge/bootstrap";
import { FORGE_NAMES, type ForgeName } from "../../forge/forge";
import { FORGES } from "../../forge/forges";
import { CommandError, UsageError } from "../../terminal/command-error";
import { BRANCH, matching, nameOfA } from "../../terminal/option-values";
import { print } from "../../terminal/print";
import { cliOf, OWN, packageFor } from "./framework";
import { git } from "./git";
import { packageOrigin } from "./package-origin";
import { DEFAULTS, EXAMPLE_ACCOUNT, type RepositorySettings, repositoryFiles, VERSION } from "./repository";
import { type UpgradeOptions, upgrade } from "./upgrade";

type InitOptions = Readonly<
  Partial<
    Record<"account" | "region" | "owners" | "branch", string> & { ci: ForgeName } & Record<
        "full" | "cdktfCli" | "cdktnCli" | "upgrade",
        boolean
      >
  >
>;

/** A team or a group, or one person. */
const OWNERS = {
  pattern: /^@[\w-]+(?:\/[\w.-]+)*$/,
  expected: "a team or a group as CODEOWNERS names it, such as @acme/platform",
};

/** Adds `support-app init`. */
export function addCommand(program: Command): void {
  program
    .command("init")
    .summary("a repository of your own")
    .description(
      "Write a repository that deploys with this package, with workflows for GitHub Actions or pipelines for GitLab CI/CD. If one of the files exists, nothing is written.",
    )
    .argument("[folder]", "where to write", nameOfA("folder"), ".")
    .option(
      "--account <id>",
      `the AWS account of the first environment (default: ${EXAMPLE_ACCOUNT}, to be replaced)`,
      matching(ACCOUNT_ID),
    )
    .addOption(new Option("--region <region>", "its region (default: us-east-1)").choices(REGIONS))
    .option(
      "--owners <owners>",
      `who must approve changes: a team of GitHub or a group of GitLab, such as @acme/platform (default: ${OWNERS_PLACEHOLDER}, to be replaced)`,
      matching(OWNERS),
    )
    .option("--full", "give its channels full access instead of read-only access")
    .addOption(
      new Option(
        "--ci <name>",
        "whose CI runs it (default: the forge that the host of origin names, or github)",
      ).choices(FORGE_NAMES),
    )
    .option(
      "--branch <name>",
      `the default branch, on which CI runs (default: the branch of origin, or ${DEFAULT_BRANCH})`,
      matching(BRANCH),
    )
    .option(`--${cliOf(OWN)}`, `also install the command ${OWN}, for npx ${OWN} deploy`)
    .addOption(
      new Option(
        "--upgrade",
        "merge what has changed since the installed version into this repository, as Git merges branches",
      ).conflicts(["account", "region", "owners", "full", "ci"]),
    )
    .addHelpText("after", "\nExit status: 0 written; 1 an error, or conflicts of --upgrade; 2 wrong usage.")
    .action(init);
}

function init(folder: string, { upgrade: isUpgrade, branch, cdktfCli, cdktnCli, ...options }: InitOptions): void {
  const addsCli = cdktfCli === true || cdktnCli === true;
  if (!isUpgrade) {
    expectRepositoryRoot(
      folder,
      `For a repository of its own, choose a folder outside, or run this first: git init ${shellArgument(folder)}`,
    );
    const pipelines = { ci: options.ci ?? ciOf(folder), branch: branch ?? defaultBranch(folder) };
    const settings = { ...DEFAULTS, ...options, pipelines, origin: packageOrigin(), hasCli: addsCli };
    create(folder, settings, options.account !== undefined);
    return;
  }
  if (folder !== ".") {
    throw new UsageError("Received --upgrade with a folder, expected it alone, in the root of the repository.");
  }
  expectRepositoryRoot(folder, "Move its files to a repository of their own.");
  upgradeRepository({ origin: packageOrigin(), addsCli, branch });
}

/** Refuses a folder inside a Git repository: CI would ignore its files, and nobody would notice. */
function expectRepositoryRoot(folder: string, advice: string): void {
  let parent = resolve(folder);
  while (!existsSync(parent)) parent = dirname(parent);
  const root = git(parent, "rev-parse", "--show-toplevel")?.trim();
  if (root === undefined || root === "" || (existsSync(folder) && realpathSync(folder) === realpathSync(root))) return;
  throw new CommandError(
    `Received the folder ${describePath(folder)} inside the Git repository ${describePath(root)}, expected the root of a repository: CI ignores files in other folders. Nothing was written. ${advice}`,
  );
}

/** The default branch, as far as Git knows it: of the remote, or of a repository without one. */
function defaultBranch(folder: string): string {
  if (!existsSync(join(folder, ".git"))) return DEFAULT_BRANCH;
  const branchOf = (ref: string) => git(folder, "symbolic-ref", "--short", ref)?.trim() ?? "";
  const branch = branchOf("refs/remotes/origin/HEAD").replace(/^origin\//, "") || branchOf("HEAD");
  return BRANCH.pattern.test(branch) ? branch : DEFAULT_BRANCH;
}

/** The host in a URL of Git. */
const HOST = /^(?:\w+:\/\/)?(?:[^@/]*@)?([^:/]+)/;

/** Whose CI runs a repository, as far as the host of its remote tells. */
function ciOf(folder: string): ForgeName {
  const url = existsSync(join(folder, ".git")) ? git(folder, "remote", "get-url", "origin") : undefined;
  const [, host = ""] = HOST.exec(url ?? "") ?? [];
  return FORGE_NAMES.find((name) => host.toLowerCase().includes(name)) ?? "github";
}

/** Writes all files, or none. */
function create(folder: string, settings: RepositorySettings, hasAccount: boolean): void {
  const { owners, pipelines, origin } = settings;
  const files = repositoryFiles(settings);
  const present = [...files.keys()].filter((path) => existsSync(join(folder, path)));
  if (present.length > 0) {
    throw new CommandError([
      `Received the folder ${describePath(folder)} with files that init would overwrite, expected none of them. Nothing was written. To upgrade a repository, run init --upgrade in it. Otherwise choose another folder, or move them away:`,
      ...present,
    ]);
  }
  writeAll(folder, files);
  const isHere = resolve(folder) === process.cwd();
  const changeFolder = isHere ? "" : `cd ${shellArgument(folder)} && `;
  print([
    `Wrote ${files.size} files to ${isHere ? "this folder" : folder}.`,
    ...(origin.copy === undefined ? [] : [`package.json names a packed copy of this package: ${origin.copy.path}`]),
    `The files of CI are for ${FORGES.find(({ option }) => option === pipelines.ci)?.ci} and the branch ${pipelines.branch}. For others, remove what init has written, and run it with --ci or --branch.`,
    ...(owners === OWNERS_PLACEHOLDER
      ? [`Replace ${owners} in .${pipelines.ci}/CODEOWNERS with the team or group that must approve changes.`]
      : []),
    `${hasAccount ? "Next, run" : "With your account in environments.yaml, run"}: ${changeFolder}npm install && npm run synth`,
  ]);
}

function shellArgument(folder: string): string {
  return shellQuote(folder.replace(/^-/, "./-"));
}

/** Removes what it has written if the rest can't be written. */
function writeAll(folder: string, files: ReadonlyMap<string, string | Buffer>): void {
  const undo: (() => void)[] = [];
  try {
    for (const [path, text] of files) {
      const file = join(folder, path);
      const folders = makeFolders(dirname(file));
      undo.push(() => removeFolders(folders));
      closeSync(openSync(file, "wx"));
      undo.push(() => rmSync(file));
      writeFileSync(file, text);
    }
  } catch (error) {
    for (const step of undo.reverse()) step();
    throw new CommandError(
      `Can't write into the folder ${describePath(folder)}: ${failureReason(error)}. Nothing was written. Choose another folder.`,
    );
  }
}

function upgradeRepository(options: UpgradeOptions): void {
  const { files, previousFramework } = upgrade(options);
  if (files.length === 0) {
    print([`Nothing to upgrade: the installed version writes the same files as version ${VERSION}.`]);
    return;
  }
  const lines = files.map(({ path, words }) => `${path}: ${words}`);
  if (previousFramework !== OWN) {
    lines.push(
      `Moved from ${previousFramework} to ${OWN}. In files of your own, such as main.ts, name ${packageFor(OWN)} and @${OWN}/provider-aws instead. Terraform's addresses and state stay as they are, so the next plan is empty.`,
    );
  }
  const next = "Review the changes, then run: npm install && npm run synth";
  if (files.some(({ isConflict }) => isConflict)) {
    throw new CommandError([
      `Upgraded to version ${VERSION}, with conflicts: it changes lines that were changed here. Git's markers in these files show both sides.`,
      ...lines,
      `Resolve each conflict. ${next}`,
    ]);
  }
  print([...lines, next]);
}
