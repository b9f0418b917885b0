import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe } from "../../../common/problem";
import { CommandError } from "../../terminal/command-error";
import type { BranchCommit } from "../forge";
import { COMMIT, variablesOf } from "../variables";
import { howToRun } from "./api";

const TIMEOUT_MS = 60_000;

/** Variables that have the token of the job, or another. */
const TOKENS = [
  "GITLAB_TOKEN",
  "CI_JOB_TOKEN",
  "CI_REPOSITORY_URL",
  "CI_REGISTRY_PASSWORD",
  "CI_DEPENDENCY_PROXY_PASSWORD",
];

/** The commit that this job runs for, and its branch. */
export function branchCommitOf(env: NodeJS.ProcessEnv, usage: string): BranchCommit {
  const variable = variablesOf(env, usage);
  const commit = variable("CI_COMMIT_SHA", "a commit", COMMIT);
  return { commit, branch: variable("CI_COMMIT_BRANCH", "a branch", /^[\w./-]+$/) };
}

/**
 * Whether a later commit overtook the one of this pipeline: it has a pipeline of its own, and may be deployed already if this one
 * waited for an approval. Deletes the tokens, since the app and Terraform inherit `env`.
 *
 * @returns the newest commit of the branch and the branch. Undefined: it is the one of this pipeline
 * @throws CommandError when the newest one is unknown
 */
export async function overtakingCommit(env: NodeJS.ProcessEnv): Promise<BranchCommit | undefined> {
  const usage = `${howToRun("deploy", ".gitlab/deploy.yml")}, and without --gitlab elsewhere`;
  const { commit, branch } = branchCommitOf(env, usage);
  const newest = await newestCommit(env, branch, usage);
  for (const name of TOKENS) delete env[name];
  return newest === commit ? undefined : { commit: newest, branch };
}

/** The newest commit of a branch. Asked of git, which needs no token but the job's. */
async function newestCommit(env: NodeJS.ProcessEnv, branch: string, usage: string): Promise<string> {
  const url = variablesOf(env, usage)("CI_REPOSITORY_URL", "the URL of a repository", /^./);
  const ref = `refs/heads/${branch}`;
  const failure = (reason: string) =>
    new CommandError(`The newest commit of ${branch} is unknown: git ls-remote ${reason}. Run the job again.`);
  const output = await promisify(execFile)("git", ["ls-remote", "--", url, ref], {
    timeout: TIMEOUT_MS,
    env: { ...env, GIT_TERMINAL_PROMPT: "0", GIT_ALLOW_PROTOCOL: "file:http:https:ssh" },
  }).then(
    ({ stdout }) => stdout,
    ({ code, stderr }) => {
      if (code === "ENOENT") throw failure("can't be run, since git isn't installed");
      const reason = String(stderr).trim().split("\n").at(-1) ?? "";
      throw failure(`failed (${describe(withoutSecrets(reason, url))})`);
    },
  );
  const [line, ...otherLines] = output.split("\n").filter((text) => text.endsWith(`\t${ref}`));
  const newest = line?.split("\t")[0] ?? "";
  if (otherLines.length > 0 || !COMMIT.test(newest)) throw failure("doesn't list it");
  return newest;
}

/** A text without a URL, and without the password in it. */
function withoutSecrets(text: string, url: string): string {
  const password = URL.canParse(url) ? new URL(url).password : "";
  return [url, password].filter(Boolean).reduce((rest, secret) => rest.replaceAll(secret, "***"), text);
}
