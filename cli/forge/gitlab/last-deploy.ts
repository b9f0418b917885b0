import * as z from "zod";
import { listRest, readRest, readRestIfAny } from "../rest-api";
import { COMMIT, variablesOf } from "../variables";
import { howToRun, type Project, projectOf } from "./api";
import { branchCommitOf } from "./newest-commit";

/** The job that is green only if the pipeline has deployed everything. */
const COMPLETE = "deployed";

/** How many pipelines GitLab lists at most: if the last deploy is further back, every environment gets a job. */
const MAX_PIPELINES = 100;

/** Source: GitLab's REST API, "List project pipelines". */
const pipeline = z.object({ id: z.int(), sha: z.string().regex(COMMIT), project_id: z.int() });

/** A job that starts a pipeline. Source: GitLab's REST API, "List all trigger jobs for a pipeline". */
const bridge = z.object({ downstream_pipeline: pipeline.nullish() });

/** Source: GitLab's REST API, "List all jobs for a pipeline". */
const pipelineJob = z.object({ name: z.string(), status: z.string() });

/** What starts a deploy: a push, or somebody by hand. */
const SOURCES = ["push", "web"];

/**
 * The commit of this branch's pipeline before this one, if that has deployed everything. Undefined: it hasn't, or nobody can tell,
 * and every environment gets a job. No earlier pipeline counts then: what the one before has deployed in part may differ from both.
 */
export async function lastDeployedCommit(env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const usage = howToRun("environments --last-deploy", ".gitlab-ci.yml");
  const { commit: head, branch } = branchCommitOf(env, usage);
  const project = projectOf(env, usage);
  const current = Number(variablesOf(env, usage)("CI_PIPELINE_ID", "the ID of a pipeline", /^\d+$/));
  const query = { ref: branch, order_by: "id", sort: "desc", per_page: MAX_PIPELINES };
  const lists = await Promise.all(
    SOURCES.map((source) => readRest(project, "/pipelines", z.array(pipeline), { ...query, source })),
  );
  const [last] = lists
    .flat()
    .filter(({ id }) => id < current)
    .sort((a, b) => b.id - a.id);
  if (last === undefined || !(await isComplete(project, last.id, last.sha))) return undefined;
  // A tag that has the name of the branch may be of any commit.
  return (await isMerged(project, last.sha, head)) ? last.sha : undefined;
}

/** Whether a pipeline of a commit, or one that it has started for the same commit, has deployed everything. */
async function isComplete(project: Project, id: number, commit: string): Promise<boolean> {
  const bridges = await listRest(project, `/pipelines/${id}/bridges`, z.array(bridge));
  for (const { downstream_pipeline: child } of bridges) {
    if (child?.sha !== commit || child.project_id !== project.id) continue;
    const jobs = await listRest(project, `/pipelines/${child.id}/jobs`, z.array(pipelineJob));
    if (jobs.some(({ name, status }) => name === COMPLETE && status === "success")) return true;
  }
  return false;
}

/** Source: GitLab's REST API, "Retrieve a merge base". */
const mergeBase = z.object({ id: z.string() });

/** Whether a commit is in the history of another. */
async function isMerged(project: Project, commit: string, head: string): Promise<boolean> {
  const base = await readRestIfAny(project, "/repository/merge_base", mergeBase, { refs: `${commit},${head}` });
  return base?.id === commit;
}
