import * as z from "zod";
import { readRest, readRestIfAny } from "../rest-api";
import { COMMIT, variablesOf } from "../variables";
import { howToRun, type Repository, repositoryOf } from "./api";
import { jobsOfRun } from "./run-jobs";

const WORKFLOW = "deploy.yml";

/** The job that is green only if the run has deployed everything. */
const COMPLETE = "deployed";

/** How many runs are looked at: if none of them has deployed everything, every environment gets a job. */
const MAX_RUNS = 30;

/** The parts of a workflow's runs that are read. Source: GitHub's REST API, "List workflow runs for a workflow". */
const workflowRuns = z.object({
  workflow_runs: z.array(
    z.object({
      id: z.int(),
      head_sha: z.string().regex(COMMIT),
      event: z.string(),
      head_repository: z.object({ full_name: z.string() }).nullish(),
    }),
  ),
});

/** The part of a comparison of two commits that is read. Source: GitHub's REST API, "Compare two commits". */
const comparison = z.object({ status: z.string() });

/** What starts a deploy. A pull request's own deploy.yml may run on anything else, and has a branch of the same name in a fork. */
const EVENTS = ["push", "workflow_dispatch"];

/** The last commit of this branch with which everything was deployed. Undefined: none that GitHub still knows. */
export async function lastDeployedCommit(env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const usage = howToRun("support-app environments --last-deploy", WORKFLOW);
  const variable = variablesOf(env, usage);
  const ref = variable("GITHUB_REF", "a branch, as refs/heads/NAME", /^refs\/heads\/[\w./-]+$/);
  const head = variable("GITHUB_SHA", "a commit", COMMIT);
  const repository = repositoryOf(env, usage, WORKFLOW);
  const path = `/actions/workflows/${WORKFLOW}/runs`;
  const parameters = { branch: ref.replace("refs/heads/", ""), status: "success", per_page: MAX_RUNS };
  const { workflow_runs: runs } = await readRest(repository, path, workflowRuns, parameters);
  for (const { id, head_sha, event, head_repository } of runs) {
    const isHere = head_repository?.full_name.toLowerCase() === repository.fullName.toLowerCase();
    if (!isHere || !EVENTS.includes(event) || !(await isComplete(repository, id))) continue;
    if (await isMerged(repository, head_sha, head)) return head_sha;
  }
  return undefined;
}

/** Whether a commit is in the history of another. A tag that has the name of the branch may be of any commit. */
async function isMerged(repository: Repository, commit: string, head: string): Promise<boolean> {
  const answer = await readRestIfAny(repository, `/compare/${commit}...${head}`, comparison);
  return answer !== undefined && ["ahead", "identical"].includes(answer.status);
}

async function isComplete(repository: Repository, run: number): Promise<boolean> {
  return (await jobsOfRun(repository, String(run))).get(COMPLETE) === "success";
}
