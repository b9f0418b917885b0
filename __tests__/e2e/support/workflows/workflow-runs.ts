import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { newRepository } from "../../../../cli/commands/init/repository";
import { PIPELINES } from "../../../support/default-pipelines";
import { isThorough } from "../../../support/thorough";
import { makeTools, outputOf, pick, type Trace, tracesIn, whereIs } from "../ci-runner";
import { type CommittedRepository, createCommittedRepository } from "../committed-repository";
import { installed } from "../installed-package";
import { type GitHubStandIn, startGitHubStandIn } from "./github-stand-in";
import { prepareWorkflow } from "./prepared-workflow";

/** Whether this machine has nektos/act, which runs workflows. .ci/run installs it. */
const hasAct = spawnSync("act", ["--version"]).status === 0;
if (!hasAct) console.error("This machine has no act, so the tests that run workflows are skipped.");

/** A test that runs workflows. */
export const workflowTest = hasAct ? test : test.skip;

/** A test that runs workflows in a thorough run. */
export const thoroughWorkflowTest = isThorough ? workflowTest : test.skip;

const STAND_INS: Readonly<Record<string, string>> = {
  "actions/checkout": "checkout",
  "actions/setup-node": "setup",
  "actions/upload-artifact": "upload-artifact",
  "actions/download-artifact": "download-artifact",
  "hashicorp/setup-terraform": "setup",
  "aws-actions/configure-aws-credentials": "configure-aws-credentials",
};

/** How a run of a workflow ended. */
export interface WorkflowRun {
  /** The result of each job that wasn't skipped: `access`, or `plan (paid)` for one of a matrix. */
  readonly jobs: Readonly<Record<string, string>>;
  /** The summary of the run. */
  readonly summary: string;
  /** What all of its steps printed. */
  readonly log: string;
}

/** How to start a workflow. */
export interface WorkflowEvent {
  /** Such as `pull_request`. */
  readonly name: string;
  /** What the event says. */
  readonly payload: object;
  readonly commit: string;
  readonly ref: string;
  readonly variables?: Readonly<Record<string, string>>;
  readonly isFork?: boolean;
  readonly env?: NodeJS.ProcessEnv;
  /** The job at whose beginning somebody cancels the run, if that is to happen. */
  readonly cancelledAt?: string;
}

/** A repository that `init` has written, in which workflows run. */
export interface WorkflowRepository {
  readonly standIn: GitHubStandIn;
  readonly folder: string;
  /** The first commit, as init has written it. */
  readonly first: string;
  /** What the pull request's code notes of the jobs that it runs in. */
  readonly traces: () => readonly Trace[];
  /** Forgets what was asked and noted. */
  reset(): void;
  /** A file of the first commit. */
  firstText(path: string): string;
  /** Writes files, or removes them where there is no text, and commits that. Returns the commit. */
  commit: CommittedRepository["commit"];
  /** Runs a workflow as the commit has it. */
  run(workflow: string, event: WorkflowEvent): Promise<WorkflowRun>;
  close(): Promise<void>;
}

/** Makes one, and what is around it. */
export async function createWorkflowRepository(
  environmentsYaml: string,
  accountOf: (environment: string) => string | Promise<string> = () => "111122223333",
): Promise<WorkflowRepository> {
  const scratch = mkdtempSync(join(process.env.E2E_SCRATCH ?? tmpdir(), "workflows-"));
  const folder = join(scratch, "repository");
  const standIn = await startGitHubStandIn(accountOf);
  const actions = writeActions(join(scratch, "actions"));
  const traceFile = join(scratch, "traces");
  const modules = installed();
  const { git, commit } = createCommittedRepository(folder);
  const origin = { specifier: "0.0.0" };
  const settings = { account: "111122223333", region: "us-east-1", full: false, hasCli: false, pipelines: PIPELINES };
  const files = newRepository({ ...settings, owners: "@acme/owners", origin });
  let count = 0;
  const run: WorkflowRepository["run"] = async (workflow, event) => {
    const { name, payload, commit: sha, ref, variables = {}, isFork = false, env = {}, cancelledAt } = event;
    const place = join(scratch, `run-${++count}`);
    const artifacts = join(place, "artifacts");
    mkdirSync(artifacts, { recursive: true });
    const source = git("show", `${sha}:.github/workflows/${workflow}`);
    const prepared = prepareWorkflow(source, standIn.oidcUrl, isFork);
    writeFileSync(join(place, workflow), prepared.text);
    writeFileSync(join(place, "event.json"), JSON.stringify(payload));
    const variablesOf = (option: string, values: Readonly<Record<string, string | undefined>>) =>
      Object.entries(values).flatMap(([key, value]) => (value === undefined ? [] : [option, `${key}=${value}`]));
    const args = [
      ...[name, "-W", join(place, workflow), "-e", join(place, "event.json"), "-C", folder],
      ...["-P", "ubuntu-24.04=-self-hosted", "--json", "--no-skip-checkout", "--no-cache-server"],
      ...["--action-cache-path", join(scratch, "act"), "--pull=false", "-s", "GITHUB_TOKEN=unused"],
      ...prepared.actions.flatMap((uses) => ["--local-repository", `${uses}=${actions(uses)}`]),
      ...variablesOf("--var", { AWS_ROLE_ARN: "arn:aws:iam::111122223333:role/theirs", ...variables }),
      ...variablesOf("--env", {
        GITHUB_REPOSITORY: "acme/access",
        GITHUB_API_URL: standIn.apiUrl,
        SHA_REF: sha,
        GITHUB_REF: ref,
        GITHUB_RUN_NUMBER: String(standIn.github.runs.length + 1),
        WORKFLOW_REMOTE: folder,
        WORKFLOW_ARTIFACTS: artifacts,
        WORKFLOW_MODULES: modules,
        WORKFLOW_NPM: whereIs("npm"),
        WORKFLOW_TRACES: traceFile,
        AWS_EC2_METADATA_DISABLED: "true",
        AWS_REGION: "us-east-1",
        ...env,
      }),
    ];
    const path = `${join(scratch, "bin")}:${process.env.PATH}`;
    const actEnv = { PATH: path, HOME: join(scratch, "home"), ...pick("TF_CLI_CONFIG_FILE", "AWS_ENDPOINT_URL") };
    return runAct(args, actEnv, cancelledAt);
  };
  makeTools(join(scratch, "bin"));
  mkdirSync(join(scratch, "home"));
  const close = async () => {
    await standIn.close();
    rmSync(scratch, { recursive: true, force: true });
  };
  const first = commit(
    { ...Object.fromEntries(files), "environments.yaml": environmentsYaml, "package-lock.json": "{}\n" },
    [],
  );
  const reset = () => {
    standIn.github.reset();
    standIn.github.deployYmlOf = (sha) => git("rev-parse", `${sha}:.github/workflows/deploy.yml`);
    for (const list of [standIn.requests, standIn.refusals, standIn.credentials]) list.length = 0;
    writeFileSync(traceFile, "");
  };
  reset();
  const traces = () => tracesIn(traceFile);
  const firstText = (path: string) => `${git("show", `${first}:${path}`)}\n`;
  return { standIn, folder, first, firstText, traces, reset, commit, run, close };
}

/** Writes the stand-ins as actions, and returns where the one for an action is. */
function writeActions(folder: string): (uses: string) => string {
  for (const script of new Set(Object.values(STAND_INS))) {
    mkdirSync(join(folder, script), { recursive: true });
    copyFileSync(join(__dirname, "actions", `${script}.js`), join(folder, script, "index.js"));
    writeFileSync(join(folder, script, "action.yml"), `name: ${script}\nruns: { using: node20, main: index.js }\n`);
  }
  return (uses) => {
    const standIn = STAND_INS[uses.replace(/@.*/, "")];
    if (standIn === undefined) throw new Error(`Received the action ${uses}, expected one that has a stand-in here.`);
    return join(folder, standIn);
  };
}

/** A line of act's log. */
interface LogLine {
  readonly msg?: string;
  readonly jobID?: string;
  readonly matrix?: Readonly<Record<string, unknown>>;
  readonly jobResult?: string;
  readonly command?: string;
  readonly content?: string;
}

async function runAct(args: readonly string[], env: NodeJS.ProcessEnv, cancelledAt?: string): Promise<WorkflowRun> {
  const interruptedAt = cancelledAt && `"jobID":"${cancelledAt}"`;
  const output = await outputOf("act", args, { env: { ...env, CHECKPOINT_DISABLE: "1" }, interruptedAt });
  const lines = output.split("\n").flatMap((line): LogLine[] => (line.startsWith("{") ? [JSON.parse(line)] : []));
  const nameOf = ({ jobID = "", matrix = {} }: LogLine) => {
    const values = Object.values(matrix).map((value) => (typeof value === "string" ? value : Object(value).job));
    return values.length > 0 ? `${jobID} (${values.join(", ")})` : jobID;
  };
  const results = lines.flatMap((line) => (line.jobResult === undefined ? [] : [[nameOf(line), line.jobResult]]));
  const summaries = lines.flatMap(({ command, content }) => (command === "summary" ? [content ?? ""] : []));
  return {
    jobs: Object.fromEntries(results),
    summary: summaries.join("\n"),
    log: lines.map((line) => `${nameOf(line)}: ${line.msg}`).join("\n") + (results.length === 0 ? output : ""),
  };
}
