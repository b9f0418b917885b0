import { z } from "zod";
import { CommandError } from "../../terminal/command-error";
import { listRest } from "../rest-api";
import { COMMIT } from "../variables";
import { isMerged, type Project } from "./api";

/** The job of a merge request's pipeline that reviews it. */
const REVIEW = "access";

/** Source: GitLab's REST API, "List all repository commits". */
const commitForm = z.object({ id: z.string().regex(COMMIT), parent_ids: z.array(z.string().regex(COMMIT)) });
type Commit = z.infer<typeof commitForm>;

const timeForm = z.iso.datetime({ offset: true }).transform((text) => new Date(text).getTime());

/** Source: GitLab's REST API, "List all merge requests for a commit". */
const mergeForm = z.object({
  iid: z.int(),
  state: z.string(),
  target_project_id: z.int(),
  target_branch: z.string(),
  sha: z.string().nullish(),
  squash_commit_sha: z.string().nullish(),
  merge_commit_sha: z.string().nullish(),
  merged_at: timeForm.nullish(),
});
type Merge = z.infer<typeof mergeForm>;

/** Source: GitLab's REST API, "List project pipelines". */
const pipelineForm = z.object({ id: z.int() });

/** Source: GitLab's REST API, "List all jobs for a pipeline", which has no status that was reported from elsewhere. */
const jobForm = z.object({ name: z.string(), status: z.string(), finished_at: timeForm.nullish() });

/**
 * Expects that everything that was merged into a branch since a commit is what the job `access` had passed before. The status of a
 * pipeline doesn't prove that: any Developer can report one of that name, and GitLab can rebase while it merges.
 *
 * @throws CommandError when a commit has no such job
 */
export async function expectReviewed(project: Project, branch: string, head: string, since: string): Promise<void> {
  const commits = await commitsSince(project, head, since);
  const reviewed = new Map<number, Promise<boolean>>();
  for (const id of commits.keys()) {
    const merges = (await listRest(project, `/repository/commits/${id}/merge_requests`, mergeForm))
      .filter((merge) => merge.state === "merged" && merge.target_branch === branch)
      .filter((merge) => merge.target_project_id === project.id)
      .sort((a, b) => (a.merged_at ?? Infinity) - (b.merged_at ?? Infinity));
    const merge = merges.find((candidate) => endOf(candidate) === id); // a later one of the same commit brought nothing
    let isExpected = false;
    for (const candidate of merge ? [merge] : merges) {
      const { iid } = candidate;
      const review = reviewed.get(iid) ?? isReviewed(project, candidate, commits.get(endOf(candidate) ?? ""));
      reviewed.set(iid, review);
      isExpected ||= await review;
    }
    if (isExpected) continue;
    const subject = merge ? `merge request !${merge.iid}` : `a merge request into ${branch}`;
    throw new CommandError(
      `Received the commit ${id} in ${branch}, expected the job ${REVIEW} of ${subject} to have passed for exactly what was merged, before the merge. The pipeline's status doesn't prove that: Developers can report one. Nothing is deployed. Read what has changed since ${since}. To deploy it, start a pipeline of ${branch} by hand, with Run pipeline.`,
    );
  }
}

/** The commits that one has and another hasn't, by their IDs. Whatever else they come from, the other has. */
async function commitsSince(project: Project, head: string, since: string): Promise<ReadonlyMap<string, Commit>> {
  const range = `${since}..${head}`;
  const list = await listRest(project, "/repository/commits", commitForm, { ref_name: range });
  const commits = new Map(list.map((commit) => [commit.id, commit]));
  const ends = [head, ...list.flatMap((commit) => commit.parent_ids)].filter((id) => id !== since && !commits.has(id));
  for (const id of new Set(ends)) {
    if (await isMerged(project, id, since)) continue;
    throw new CommandError(
      `Received the commits ${range} from GitLab without ${id}, expected all of them. ${project.again}.`,
    );
  }
  return commits;
}

/** The commit with which a merge request has reached its branch. */
function endOf({ sha, squash_commit_sha, merge_commit_sha }: Merge): string | undefined {
  return merge_commit_sha ?? squash_commit_sha ?? sha ?? undefined;
}

/** @param end the last commit that it has brought. Undefined: not since the commit that everything was deployed with */
async function isReviewed(project: Project, merge: Merge, end: Commit | undefined): Promise<boolean> {
  return end !== undefined && (await hasOnlyItsHead(project, merge, end)) && (await isPassed(project, merge));
}

/** Whether a merge request has brought nothing but what its last commit has. */
async function hasOnlyItsHead(project: Project, { sha, squash_commit_sha }: Merge, end: Commit): Promise<boolean> {
  if (!sha) return false;
  if (end.id === sha) return true;
  const [first = "", second] = end.parent_ids;
  const isSquashed = end.id === squash_commit_sha;
  const isMergeCommit = second !== undefined && [sha, squash_commit_sha].includes(second);
  return (isSquashed || isMergeCommit) && isMerged(project, first, sha);
}

/** Whether the job passed for the last commit. After the merge, it has nothing left to compare. */
async function isPassed(project: Project, { sha, merged_at: mergedAt }: Merge): Promise<boolean> {
  const query = { sha, source: "merge_request_event" };
  for (const { id } of await listRest(project, "/pipelines", pipelineForm, query)) {
    const jobs = await listRest(project, `/pipelines/${id}/jobs`, jobForm, { include_retried: true });
    const reviews = jobs.filter(({ name, status }) => name === REVIEW && status === "success");
    if (reviews.some(({ finished_at: time }) => !!time && !!mergedAt && time < mergedAt)) return true;
  }
  return false;
}
