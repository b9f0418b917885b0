import * as z from "zod";
import { readRest, readRestIfAny } from "../rest-api";
import { COMMIT, variablesOf } from "../variables";
import { howToRun, type Repository, repositoryOf } from "./api";
import { jobsOfRun } from "./run-jobs";

const WORKFLOW = "deploy.yml";

/** The job that is green only if the run has deployed everything. */
const COMPLETE = "deployed";

/** How many runs GitHub lists at most: if the last deploy is further back, every environment gets a job. */
const MAX_RUNS = 100;

/** The parts of a workflow's runs that are read. Source: GitHub's REST API, "List workflow runs for a workflow". */
const workflowRuns = z.object({
  workflow_runs: z.array(
    z.object({
      id: z.int(),
      run_number: z.int(),
      head_sha: z.string().regex(COMMIT),
      head_branch: z.string().nullish(),
      event: z.string(),
    }),
  ),
});

type Run = z.infer<typeof workflowRuns>["workflow_runs"][number];

/** The part of a file that is read: its blob. Source: GitHub's REST API, "Get repository content". */
const storedFile = z.object({ sha: z.string().regex(COMMIT) });

/** The part of a comparison of two commits that is read. Source: GitHub's REST API, "Compare two commits". */
const comparison = z.object({ status: z.string() });

/** What starts a deploy. For these, GitHub runs the deploy.yml of the run's own commit; for a pull request, a merge's. */
const EVENTS = ["push", "workflow_dispatch"];

/**
 * The commit of this branch's run before this one, if that has deployed everything. Undefined: it hasn't, or nobody can tell, and
 * every environment gets a job. No earlier run counts then: what the one before has deployed in part may differ from both.
 */
export async function lastDeployedCommit(env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const usage = howToRun("support-app environments --last-deploy", WORKFLOW);
  const variable = variablesOf(env, usage);
  const ref = variable("GITHUB_REF", "a branch, as refs/heads/NAME", /^refs\/heads\/[\w./-]+$/);
  const head = variable("GITHUB_SHA", "a commit", COMMIT);
  const number = Number(variable("GITHUB_RUN_NUMBER", "the number of a run", /^\d+$/));
  const repository = repositoryOf(env, usage, WORKFLOW);
  const path = `/actions/workflows/${WORKFLOW}/runs`;
  const { workflow_runs: runs } = await readRest(repository, path, workflowRuns, { per_page: MAX_RUNS });
  const runsByNumber = new Map(runs.map((run) => [run.run_number, run]));
  for (let earlier = number - 1; ; earlier--) {
    const run = runsByNumber.get(earlier);
    if (run === undefined) return undefined; // whoever may write to the repository may delete runs
    if (run.head_branch !== ref.replace("refs/heads/", "") || !EVENTS.includes(run.event)) continue;
    return (await isDeploy(repository, run, head)) ? run.head_sha : undefined;
  }
}

/**
 * Whether a run has deployed everything, by the deploy.yml of today. A tag that has the name of the branch may be of any commit,
 * also of one that was merged with another deploy.yml and then another one on top.
 */
async function isDeploy(repository: Repository, { id, head_sha }: Run, head: string): Promise<boolean> {
  const jobs = await jobsOfRun(repository, String(id));
  if (jobs.get(COMPLETE) !== "success") return false;
  const [before, after] = await Promise.all([head_sha, head].map((commit) => workflowAt(repository, commit)));
  return before !== undefined && before === after && (await isMerged(repository, head_sha, head));
}

/** The blob of deploy.yml in a commit. Undefined: it has none. */
async function workflowAt(repository: Repository, commit: string): Promise<string | undefined> {
  const path = `/contents/.github/workflows/${WORKFLOW}`;
  return (await readRestIfAny(repository, path, storedFile, { ref: commit }))?.sha;
}

/** Whether a commit is in the history of another. */
async function isMerged(repository: Repository, commit: string, head: string): Promise<boolean> {
  const answer = await readRestIfAny(repository, `/compare/${commit}...${head}`, comparison);
  return answer !== undefined && ["ahead", "identical"].includes(answer.status);
}
