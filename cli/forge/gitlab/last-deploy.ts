import { z } from "zod";
import { CommandError } from "../../terminal/command-error";
import { listRest, readRest } from "../rest-api";
import { COMMIT } from "../variables";
import { howToRun, isMerged, type Project, projectOf } from "./api";
import { branchCommitOf } from "./newest-commit";
import { expectReviewed } from "./reviewed-merges";

/** The job that is green only if the pipeline has deployed everything. */
const COMPLETE = "deployed";

/** How many pipelines are looked at: if none of them has deployed everything, every environment gets a job. */
const MAX_PIPELINES = 30;

/** Source: GitLab's REST API, "List project pipelines". */
const pipeline = z.object({ id: z.int(), sha: z.string().regex(COMMIT), project_id: z.int(), status: z.string() });
type Pipeline = z.infer<typeof pipeline>;

/** The statuses of a pipeline that somebody has canceled. */
const CANCELED = ["canceled", "canceling"];

/** A job that starts a pipeline. Source: GitLab's REST API, "List all trigger jobs for a pipeline". */
const bridge = z.object({ downstream_pipeline: pipeline.nullish() });

/** Source: GitLab's REST API, "List all jobs for a pipeline". */
const pipelineJob = z.object({ name: z.string(), status: z.string() });

/**
 * The last commit of this branch with which everything was deployed. Undefined: none that GitLab still knows.
 *
 * @throws CommandError when something was merged that isn't what was reviewed, since that or since somebody has started a deploy by hand
 */
export async function lastDeployedCommit(env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const usage = howToRun("environments --last-deploy", ".gitlab-ci.yml");
  const { commit: head, branch } = branchCommitOf(env, usage);
  const project = projectOf(env, usage);
  const newest = { ref: branch, order_by: "id", sort: "desc", per_page: MAX_PIPELINES };
  const pipelinesWith = (query: object) => readRest(project, "/pipelines", z.array(pipeline), { ...newest, ...query });
  const byHand = await pipelinesWith({ source: "web" });
  const byPush = await pipelinesWith({ source: "push", status: "success" });
  const firstOf = async (pipelines: readonly Pipeline[], isMeant: (pipeline: Pipeline) => Promise<boolean>) => {
    // A tag that has the name of the branch may be of any commit.
    for (const candidate of pipelines)
      if ((await isMeant(candidate)) && (await isMerged(project, candidate.sha, head))) return candidate.sha;
    return undefined;
  };
  const newestFirst = [...byHand, ...byPush].sort((a, b) => b.id - a.id);
  const deployed = await firstOf(newestFirst, ({ id, sha }) => isComplete(project, id, sha));
  // By hand, only those can start one who may merge.
  const started = await firstOf(byHand, async ({ status }) => !CANCELED.includes(status));
  const isLater = deployed !== undefined && started !== undefined && (await isMerged(project, deployed, started));
  const since = isLater ? started : (deployed ?? started);
  if (since === undefined) {
    throw new CommandError(
      `GitLab knows no deploy of ${branch}, so it's unknown since when what was merged must have been reviewed. Nothing is deployed. Start a pipeline of ${branch} by hand, with Run pipeline: it deploys everything.`,
    );
  }
  await expectReviewed(project, branch, head, since);
  return deployed;
}

/** Whether a pipeline of a commit, or one that it has started for the same commit, has deployed everything. */
async function isComplete(project: Project, id: number, commit: string): Promise<boolean> {
  const bridges = await listRest(project, `/pipelines/${id}/bridges`, bridge);
  for (const { downstream_pipeline: child } of bridges) {
    if (child?.sha !== commit || child.project_id !== project.id) continue;
    const jobs = await listRest(project, `/pipelines/${child.id}/jobs`, pipelineJob);
    if (jobs.some(({ name, status }) => name === COMPLETE && status === "success")) return true;
  }
  return false;
}
