import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { stringify } from "yaml";
import { newRepository } from "../../../../cli/commands/init/repository";
import { type AnsweringGitLab, answerAsGitLab, PROJECT_ID, PROJECT_PATH } from "../../../support/answering-gitlab";
import { nodeFromNpm } from "../../../support/node-from-npm";
import { makeTools, outputOf, pick, type Trace, tracesIn, whereIs } from "../ci-runner";
import { type CommittedRepository, createCommittedRepository } from "../committed-repository";
import { installed } from "../installed-package";

/** Whether this machine has rsync, with which gitlab-ci-local copies files. .ci/run installs it. */
const hasRsync = spawnSync("rsync", ["--version"]).status === 0;
if (!hasRsync) console.error("This machine has no rsync, so the tests that run GitLab's pipelines are skipped.");

/** A test that runs pipelines. */
export const pipelineTest = hasRsync ? test : test.skip;

/** gitlab-ci-local needs Node.js 22 or newer. */
const NODE = "22";
const RUNNER = resolve("node_modules/gitlab-ci-local/dist/index.js");

/** How a pipeline ended. */
export interface PipelineRun {
  /** The result of each job that ran: `access`, or `plan (paid)` for a job of a matrix. A warning is an allowed failure. */
  readonly jobs: Readonly<Record<string, "success" | "failure" | "warning">>;
  readonly log: string;
  /** A file that a job has uploaded. Undefined: none has. */
  artifact(path: string): string | undefined;
}

export interface PipelineOptions {
  readonly commit: string;
  /** Such as `push`. */
  readonly source: string;
  /** Variables of the project, by name, or by name and environment. */
  readonly variables?: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  /** What GitLab sets. */
  readonly predefined?: Readonly<Record<string, string>>;
  readonly env?: NodeJS.ProcessEnv;
}

/** A project on GitLab that `init` has written, in which pipelines run. */
export interface GitLabProject extends CommittedRepository {
  readonly gitlab: AnsweringGitLab;
  /** The first commit, as init has written it. */
  readonly first: string;
  /** What the merge request's code notes of the jobs that it runs in. */
  traces(): readonly Trace[];
  /** Makes a commit the newest of main. */
  setMain(commit: string): void;
  /** Merges a commit into main, and returns the merge commit. */
  merge(commit: string): string;
  /** Runs a pipeline of a commit, with the configuration of main. */
  run(options: PipelineOptions): Promise<PipelineRun>;
  reset(): void;
  close(): Promise<void>;
}

/** The token that the variable GITLAB_TOKEN has in the environment support-app/ci. */
export const TOKEN = "glpat-secret";

/** Makes one, and what is around it. */
export async function createGitLabProject(environmentsYaml: string): Promise<GitLabProject> {
  const scratch = mkdtempSync(join(process.env.E2E_SCRATCH ?? tmpdir(), "pipelines-"));
  const gitlab = await answerAsGitLab();
  const repository = createCommittedRepository(join(scratch, "repository"));
  const { git, commit, folder } = repository;
  const traceFile = join(scratch, "traces");
  const settings = { account: "111122223333", region: "us-east-1", full: false, hasCli: false, owners: "@acme/owners" };
  const pipelines = { ci: "gitlab", branch: "main" } as const;
  const files = newRepository({ ...settings, pipelines, origin: { specifier: "0.0.0" } });
  const first = commit(
    { ...Object.fromEntries(files), "environments.yaml": environmentsYaml, "package-lock.json": "{}\n" },
    [],
  );
  const bin = join(scratch, "bin");
  makeTools(bin);
  mkdirSync(join(scratch, "home"));
  copyFileSync(join(__dirname, "make-id-token"), join(bin, "make-id-token"));
  chmodSync(join(bin, "make-id-token"), 0o755);
  const setMain = (sha: string) => git("update-ref", "refs/heads/main", sha);
  const start = () => {
    setMain(first);
    gitlab.isMerged = (commit, head) => git("rev-list", head).split("\n").includes(commit);
  };
  start();
  const merge: GitLabProject["merge"] = (sha) => {
    const main = git("rev-parse", "refs/heads/main");
    const mergeCommit = git("commit-tree", `${sha}^{tree}`, "-p", main, "-p", sha, "-m", "merge");
    setMain(mergeCommit);
    return mergeCommit;
  };
  let count = 0;
  const run: GitLabProject["run"] = async ({ commit: sha, source, variables = {}, predefined = {}, env = {} }) => {
    const place = join(scratch, `run-${++count}`);
    const [checkout, temporary] = [join(place, "checkout"), join(place, "tmp")];
    mkdirSync(temporary, { recursive: true });
    execFileSync("git", ["clone", "--quiet", "--config", "advice.detachedHead=false", folder, checkout]);
    const gitIn = (...args: readonly string[]) => execFileSync("git", ["-C", checkout, ...args], { encoding: "utf8" });
    gitIn("fetch", "--quiet", "origin", sha);
    gitIn("checkout", "--quiet", "-B", source === "merge_request_event" ? "change" : "main", sha);
    const isOfMain = source !== "merge_request_event";
    // GitLab takes the configuration from main, also the one that it includes.
    writeFileSync(join(place, "ci.yml"), withIdTokens(git("show", "main:.gitlab-ci.yml")));
    for (const name of isOfMain ? readdirSync(join(checkout, ".gitlab")) : []) {
      const file = join(checkout, ".gitlab", name);
      writeFileSync(file, withIdTokens(readFileSync(file, "utf8")));
    }
    // A child pipeline of gitlab-ci-local has the variables of a file alone.
    const values = {
      CI_REPOSITORY_URL: folder,
      CI_API_V4_URL: gitlab.url,
      CI_PROJECT_PATH: PROJECT_PATH,
      CI_PROJECT_ID: String(PROJECT_ID),
      CI_DEFAULT_BRANCH: "main",
      CI_COMMIT_SHA: sha,
      ...predefined,
    };
    const scoped = Object.entries({ GITLAB_TOKEN: { "support-app/ci": TOKEN }, ...values, ...variables }).map(
      ([name, values]) =>
        [name, { type: "variable", values: typeof values === "string" ? { "*": values } : values }] as const,
    );
    writeFileSync(join(place, "variables.yml"), stringify(Object.fromEntries(scoped)));
    // What its job synth uploads is where gitlab-ci-local keeps it.
    const uploads = join(checkout, ".gitlab-ci-local/artifacts/synth");
    const synthStatus = () => (existsSync(join(uploads, "cdktf.out")) ? "success" : "failed");
    gitlab.synth = isOfMain ? undefined : { folder: uploads, status: synthStatus };
    const { bin: nodeBin } = nodeFromNpm(NODE);
    const args = [
      ...[RUNNER, "--file", "../ci.yml", "--variables-file", "../variables.yml"],
      ...["--home", join(scratch, "home"), "--force-shell-executor", "--shell-isolation", "--no-color"],
      ...["--concurrency", "2"],
      ...["--variable", `CI_PIPELINE_SOURCE=${source}`],
    ];
    const runEnv = {
      PATH: `${bin}:${process.env.PATH}`,
      HOME: join(scratch, "home"),
      CHECKPOINT_DISABLE: "1",
      WORKFLOW_MODULES: installed(),
      WORKFLOW_NPM: whereIs("npm"),
      WORKFLOW_TRACES: traceFile,
      TMPDIR: temporary,
      AWS_EC2_METADATA_DISABLED: "true",
      ...pick("TF_CLI_CONFIG_FILE", "AWS_ENDPOINT_URL"),
      ...env,
    };
    const log = stripVTControlCharacters(await outputOf(join(nodeBin, "node"), args, { env: runEnv, cwd: checkout }));
    const artifacts = join(checkout, ".gitlab-ci-local/artifacts");
    return {
      log,
      jobs: resultsIn(log),
      artifact: (path) => {
        const folders = existsSync(artifacts) ? readdirSync(artifacts) : [];
        const file = folders.map((name) => join(artifacts, name, path)).find((candidate) => existsSync(candidate));
        return file && readFileSync(file, "utf8");
      },
    };
  };
  return {
    ...repository,
    gitlab,
    first,
    setMain,
    merge,
    run,
    traces: () => tracesIn(traceFile),
    reset: () => {
      gitlab.reset();
      start();
      writeFileSync(traceFile, "");
    },
    close: async () => {
      await gitlab.close();
      rmSync(scratch, { recursive: true, force: true });
    },
  };
}

/** gitlab-ci-local has no ID tokens: a job gets its audience as a variable, of which a stand-in makes the token. */
function withIdTokens(text: string): string {
  return text
    .replaceAll(/^ {2}id_tokens:\n {4}AWS_ID_TOKEN:\n {6}aud: (.*)$/gm, "  variables:\n    AWS_ID_TOKEN: $1")
    .replaceAll('printf %s "$AWS_ID_TOKEN"', 'make-id-token "$AWS_ID_TOKEN"');
}

const RESULTS = { PASS: "success", FAIL: "failure", WARN: "warning" } as const;

/** The results at the end of a pipeline, also of a child pipeline. A job of a matrix has the values of its variables, the first of which is its name. */
function resultsIn(log: string): PipelineRun["jobs"] {
  const lines = [
    ...log.matchAll(/^ (PASS|FAIL|WARN) +(?:\[[\w-]+\] -> )?([\w-]+)(?:: \[([^\],]*)[^\]]*\])?(?: +\w+)? *$/gm),
  ];
  return Object.fromEntries(
    lines.map(([, result = "", job = "", value]) => [
      value === undefined ? job : `${job} (${value})`,
      RESULTS[result as keyof typeof RESULTS],
    ]),
  );
}
