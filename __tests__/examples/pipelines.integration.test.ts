import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { supportAppProgram } from "../../cli/program";
import { compiled } from "../support/compiled";
import { edited, ONCALL, set, stackOf } from "../support/edited-stack";
import { sharedFolder } from "../support/folder";
import { readAzurePipeline } from "../support/pipelines/azure-pipeline";
import { readJenkinsfile } from "../support/pipelines/jenkinsfile";
import type { Pipeline } from "../support/pipelines/pipeline";
import { type PipelineRun, runPipeline, type Surroundings } from "../support/pipelines/pipeline-run";
import { reviewingInTests } from "../support/reviewing";

/*
 * The scripts of examples/jenkins and examples/azure-pipelines, run by the shells of Jenkins and Azure Pipelines in a real
 * repository with a pull request. npm is a stand-in that copies a synthesized folder, and `support-app review` the real one.
 */

const { folderOf, review } = reviewingInTests();
const scratch = sharedFolder({ isReal: true });
const path = (...names: readonly string[]) => join(scratch, ...names);

const LESS = stackOf(`full: { ${ONCALL}, without: [live-chat, resolve-cases] }`);
const FULL = stackOf(`full: { ${ONCALL} }`);

function git(folder: string, ...args: readonly string[]): string {
  return execFileSync("git", ["-C", folder, ...args], { env: GIT, encoding: "utf8", stdio: "pipe" }).trim();
}
const GIT = {
  ...{ PATH: process.env.PATH, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_SYSTEM: "/dev/null" },
  ...{ GIT_AUTHOR_NAME: "a", GIT_AUTHOR_EMAIL: "a@b", GIT_COMMITTER_NAME: "a", GIT_COMMITTER_EMAIL: "a@b" },
};

/** Writes down whose package runs with which credentials, and what it is asked to do. */
const NPM = `#!/bin/sh
echo "$(cat owner) $CREDENTIALS: npm $1" >> "$LOG"
case "$*" in
  ci) mkdir node_modules && cp owner node_modules ;;
  "run synth -- --output "*) cp -R synthesized "$5" ;;
  *) exit 2 ;;
esac
`;
const NPX = `#!/bin/sh
[ "$1 $2 $3" = "--no -- support-app" ] || exit 2
shift 3
command=$1
echo "$(cat node_modules/owner) $CREDENTIALS: $*" >> "$LOG"
[ "$command" != review ] || exec node "$CLI" "$@"
while [ $# -gt 1 ]; do
  case "$command $1" in
    "diff --planned") cp "$PLANNED" "$2" || exit ;;
    "deploy --planned"|"watch --since") cat "$2" >> "$LOG" || exit ;;
    *" --report"|*" --summary") echo "{}" > "$2" || exit ;;
  esac
  shift
done
eval "exit \\\${STATUS_$command:-0}"
`;

beforeAll(() => {
  mkdirSync(path("bin"));
  for (const [name, text] of Object.entries({ npm: NPM, npx: NPX }))
    writeFileSync(path("bin", name), text, { mode: 0o755 });
  symlinkSync(process.execPath, path("bin", "node"));
});

let count = 0;

/** A repository with a pull request. */
interface Repository {
  readonly folder: string;
  /** The commit of main that the CI has seen. */
  readonly mainCommit: string;
}

/** A repository whose main has one synthesized folder, and whose pull request, from an older main, another one. */
function repositoryOf(base: string, head = base): Repository {
  const folder = path(`repository-${count++}`);
  mkdirSync(folder);
  git(folder, "init", "--quiet", "--initial-branch", "main");
  commit(folder, "main", base);
  git(folder, "checkout", "--quiet", "-b", "change");
  commit(folder, "change", head);
  git(folder, "checkout", "--quiet", "main");
  writeFileSync(join(folder, "merged-meanwhile"), "");
  commit(folder, "main", base);
  const mainCommit = git(folder, "rev-parse", "HEAD");
  git(folder, "checkout", "--quiet", "--detach");
  git(folder, "merge", "--quiet", "--no-ff", "change");
  git(folder, "update-ref", "refs/pull/1/merge", "HEAD");
  git(folder, "checkout", "--quiet", "main");
  return { folder, mainCommit };
}

/** A commit whose code says whose it is. */
function commit(folder: string, owner: string, synthesized: string): void {
  writeFileSync(join(folder, "owner"), owner);
  rmSync(join(folder, "synthesized"), { recursive: true, force: true });
  cpSync(synthesized, join(folder, "synthesized"), { recursive: true });
  git(folder, "add", "--all");
  git(folder, "commit", "--quiet", "--message", owner);
}

/** What Jenkins checks out: the pull request, into which it merges the commit of main that it has seen. */
function checkOutInJenkins({ folder, mainCommit }: Repository, branch: Branch, workspace: string): void {
  git(workspace, "init", "--quiet");
  const heads = ["+refs/heads/main:refs/remotes/origin/main", `+refs/heads/${branch}:refs/remotes/origin/PR-1`];
  git(workspace, "fetch", "--quiet", folder, ...heads);
  git(workspace, "checkout", "--quiet", "--detach", "origin/PR-1");
  git(workspace, "merge", "--quiet", mainCommit);
}

/** What Azure Pipelines checks out: the merge of the pull request into main. */
function checkOutInAzure({ folder }: Repository, branch: Branch, workspace: string, isWhole: boolean): void {
  const name = branch === "main" ? "heads/main" : "pull/1/merge";
  const heads = isWhole ? ["+refs/heads/*:refs/remotes/origin/*"] : ["--depth", "1"];
  git(workspace, "init", "--quiet");
  git(workspace, "fetch", "--quiet", `file://${folder}`, ...heads, `+refs/${name}:refs/remotes/${name}`);
  git(workspace, "checkout", "--quiet", "--detach", `refs/remotes/${name}`);
}

type Branch = "change" | "main";

interface CI {
  readonly pipelineOf: (name: string) => Pipeline;
  readonly checkOut: (repository: Repository, branch: Branch, workspace: string, isWhole: boolean) => void;
  /** Where the artifact of a synthesized folder has it. */
  readonly head: string;
}

const CIS: Readonly<Record<string, CI>> = {
  Jenkins: {
    pipelineOf: (name) => readJenkinsfile(readFileSync(`examples/jenkins/${name}.Jenkinsfile`, "utf8")),
    checkOut: checkOutInJenkins,
    head: "head/head",
  },
  "Azure Pipelines": {
    pipelineOf: (name) => readAzurePipeline(readFileSync(`examples/azure-pipelines/${name}.yml`, "utf8")),
    checkOut: checkOutInAzure,
    head: "head",
  },
};
const NAMES = ["deploy", "nightly", "review"];

interface LoggedRun extends PipelineRun {
  /** What npm and npx were asked to do. */
  readonly log: readonly string[];
}

type Env = Readonly<Record<string, string | undefined>>;

function runExample(
  { pipelineOf, checkOut }: CI,
  name: string,
  repository: Repository,
  { env = {}, ...surroundings }: Partial<Omit<Surroundings, "env">> & { readonly env?: Env } = {},
): LoggedRun {
  const folder = path(`run-${count++}`);
  const log = join(folder, "log");
  mkdirSync(folder);
  const run = runPipeline(pipelineOf(name), {
    folder,
    checkout: (workspace, isWhole) => checkOut(repository, name === "review" ? "change" : "main", workspace, isWhole),
    env: { ...GIT, PATH: `${path("bin")}:${process.env.PATH}`, LOG: log, CLI: compiled("cli/support-app.ts"), ...env },
    ...surroundings,
  });
  return { ...run, log: readFileSync(log, "utf8").trimEnd().split("\n") };
}

/** The digest that a report shows. */
async function digestOf(base: string, head: string): Promise<string> {
  return JSON.parse((await review("--base", base, "--head", head, "--format", "json")).output).digest;
}

test("each file in the folders of examples is one that these tests run", () => {
  expect(readdirSync("examples/jenkins").sort()).toEqual(NAMES.map((name) => `${name}.Jenkinsfile`));
  expect(readdirSync("examples/azure-pipelines").sort()).toEqual(NAMES.map((name) => `${name}.yml`));
});

test("in Jenkins, the pull request's code has agents of its own, and in Azure Pipelines each job has a machine", () => {
  const agentsOf = ({ pipelineOf }: CI) => pipelineOf("review").stages.map(({ agent }) => agent);
  expect(Object.values(CIS).map(agentsOf)).toEqual([
    ["untrusted", "trusted", "trusted"],
    ["ubuntu-24.04", "ubuntu-24.04", "ubuntu-24.04", "ubuntu-24.04"],
  ]);
});

describe.each(Object.entries(CIS))("%s", (name, ci) => {
  const [approvers, deployers] =
    name === "Jenkins" ? ["access-approvers", "access-deployers"] : ["access-approval", "support-app"];
  const scriptsOf = (pipeline: Pipeline) =>
    pipeline.stages.flatMap(({ steps }) => steps.flatMap((step) => (step.kind === "shell" ? [step] : [])));

  test("a change that gives nobody anything passes, and nobody is asked", () => {
    const repository = repositoryOf(folderOf({ paid: FULL }), folderOf({ paid: LESS }));
    expect(runExample(ci, "review", repository)).toMatchObject({ isPassed: true, asked: [] });
  });

  test("a change that gives access passes once somebody approves its digest, and only main's code judges it", async () => {
    const [base, head] = [folderOf({ paid: LESS }), folderOf({ paid: FULL })];
    const digest = await digestOf(base, head);
    const { log, ...run } = runExample(ci, "review", repositoryOf(base, head), { answers: { DIGEST: digest } });
    expect(run).toMatchObject({ isPassed: true, asked: [approvers] });
    expect(log.slice(0, 2)).toEqual(["change none: npm ci", "change none: npm run"]);
    expect(log.slice(2).filter((line) => !line.startsWith("main none: "))).toEqual([]);
    expect(log.at(-1)).toContain(`--approved ${digest}`);
  });

  test("a change that gives access doesn't pass if nobody answers in time", () => {
    const repository = repositoryOf(folderOf({ paid: LESS }), folderOf({ paid: FULL }));
    const { log, ...run } = runExample(ci, "review", repository, { isUnanswered: true });
    expect(run).toMatchObject({ isPassed: false, asked: [approvers] });
    expect(log.at(-1)).not.toContain("--approved");
  });

  test("a head that was replaced after the review is another change, and isn't approved", async () => {
    const [base, head] = [folderOf({ paid: LESS }), folderOf({ paid: FULL })];
    const otherHead = folderOf({ paid: FULL, more: stackOf("full: {}", "more") });
    const { log, ...run } = runExample(ci, "review", repositoryOf(base, head), {
      answers: { DIGEST: await digestOf(base, head) },
      meanwhile: (artifact) => {
        rmSync(artifact("head"), { recursive: true });
        cpSync(otherHead, artifact(ci.head), { recursive: true });
      },
    });
    expect(run).toMatchObject({ isPassed: false, asked: [approvers] });
    expect(log.at(-1)).toContain("--approved");
  });

  test("what nobody can approve fails, and nobody is asked", () => {
    const forbidden = edited(FULL, (draft) => set(draft, "variable", { whatever: {} }));
    const repository = repositoryOf(folderOf({ paid: LESS }), folderOf({ paid: forbidden }));
    const { output, ...run } = runExample(ci, "review", repository);
    expect(run).toMatchObject({ isPassed: false, asked: [] });
    if (name === "Jenkins") expect(output).toContain("⛔ Forbidden access: no approval allows this change");
  });

  test("a change that doesn't contain main as it is now fails before anybody's code judges it", () => {
    const repository = repositoryOf(folderOf({ paid: LESS }));
    commit(repository.folder, "main", folderOf({ paid: FULL }));
    const { log, ...run } = runExample(ci, "review", repository);
    expect(run).toMatchObject({ isPassed: false, asked: [] });
    expect(log).toEqual(["change none: npm ci", "change none: npm run"]);
  });

  /** What the stand-in for `diff --planned` writes. */
  const plansOf = (...environments: readonly string[]) => {
    const file = path(`planned-${count++}.json`);
    writeFileSync(file, JSON.stringify({ environments }));
    return { PLANNED: file };
  };
  /** Credentials by what they are for, and commands without what follows their first option. */
  const shortened = (log: readonly string[]) =>
    log.map((line) => line.replace(/^main (?:\w.*-)?(none|reader|deployer): (\S+ \S+).*/, "$1: $2"));
  let onMain: Repository;
  beforeAll(() => {
    onMain = repositoryOf(folderOf({}));
  });

  test("a deploy applies the plans that somebody has approved, and has the deployer's credentials only then", () => {
    const { log, ...run } = runExample(ci, "deploy", onMain, { env: plansOf("paid") });
    expect(run).toMatchObject({ isPassed: true, asked: [deployers] });
    const commands = ["none: npm ci", "reader: diff --changed", "none: npm ci", "deployer: deploy --changed"];
    expect(shortened(log)).toEqual([...commands, '{"environments":["paid"]}']);
  });

  test("deploys wait for one another", () => {
    expect(ci.pipelineOf("deploy").isSerial).toBe(true);
  });

  test("a deploy with nothing to deploy asks nobody", () => {
    const { log, ...run } = runExample(ci, "deploy", onMain, { env: plansOf() });
    expect(run).toMatchObject({ isPassed: true, asked: [] });
    expect(shortened(log)).toEqual(["none: npm ci", "reader: diff --changed"]);
  });

  test("a deploy whose plan fails asks nobody and deploys nothing", () => {
    const run = runExample(ci, "deploy", onMain, { env: { ...plansOf("paid"), STATUS_diff: "1" } });
    expect(run).toMatchObject({ isPassed: false, asked: [] });
  });

  test("a deploy that is refused fails", () => {
    const run = runExample(ci, "deploy", onMain, { env: { ...plansOf("paid"), STATUS_deploy: "1" } });
    expect(run.isPassed).toBe(false);
  });

  test.each<readonly [env: Env, isPassed: boolean]>([
    [{}, true],
    [{ STATUS_diff: "6" }, false],
    [{ STATUS_doctor: "4" }, false],
    [{ STATUS_watch: "4" }, false],
  ])(
    "each night looks for drift, asks doctor and compares with the night before, and with %j passes: %j",
    (env, isPassed) => {
      const { log, ...run } = runExample(ci, "nightly", onMain, { env, before: { "watch.json": "the night before" } });
      expect(run).toMatchObject({ isPassed, asked: [] });
      const commands = [
        "none: npm ci",
        "reader: diff --drift",
        "none: npm ci",
        "reader: doctor --all",
        "none: watch --reports",
      ];
      expect(shortened(log)).toEqual([...commands, "the night before"]);
      expect(readdirSync(run.artifact("watch"))).toEqual(["watch.json"]);
    },
  );

  test("the program takes every command of the files", async () => {
    const program = supportAppProgram(() => {}, { writeOut: () => {}, writeErr: () => {} });
    for (const command of program.commands) command.action(() => {});
    const scripts = NAMES.flatMap((example) => scriptsOf(ci.pipelineOf(example))).map(({ script }) => script);
    const commands = scripts.flatMap(
      (script) => script.match(/(?<=npx --no -- support-app ).*?(?=$| > | \|\| )/gm) ?? [],
    );
    expect(commands.map((command) => command.split(" ")[0])).toEqual(
      expect.arrayContaining(["review", "diff", "deploy", "doctor", "watch"]),
    );
    for (const command of commands) await program.parseAsync(command.split(" "), { from: "user" });
  });

  test("a script of several commands stops at the first that fails", () => {
    const scripts = NAMES.flatMap((example) => scriptsOf(ci.pipelineOf(example)));
    const goesOn = scripts.filter(({ script, interpreter }) => {
      const isLong = script.trim().includes("\n");
      return isLong && !interpreter.includes("-xe") && !script.startsWith("set -e\n");
    });
    expect(goesOn).toEqual([]);
  });
});
