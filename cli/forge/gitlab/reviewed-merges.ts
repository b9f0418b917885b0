import { z } from "zod";
import { CommandError } from "../../terminal/command-error";
import { listRest, readRest } from "../rest-api";
import { COMMIT } from "../variables";
import { isMerged, type Project } from "./api";
import { expectSettings } from "./project-settings";

/** The job of a merge request's pipeline that reviews it. */
const REVIEW = "access";

const timeForm = z.iso.datetime({ offset: true }).transform((text) => new Date(text).getTime());

/** Source: GitLab's REST API, "Retrieve a commit". */
const commitForm = z.object({
  id: z.string().regex(COMMIT),
  parent_ids: z.array(z.string().regex(COMMIT)),
  committed_date: timeForm,
});
type Commit = z.infer<typeof commitForm>;

/** Source: GitLab's REST API, "List all merge requests for a commit". */
const mergeRequestForm = z.object({ iid: z.int(), sha: z.string().regex(COMMIT).nullish() });

/** Source: GitLab's REST API, "Compare branches, tags, or commits". */
const comparisonForm = z.object({ diffs: z.array(z.unknown()), compare_timeout: z.boolean() });

/** Source: GitLab's REST API, "List project pipelines". */
const pipelineForm = z.object({ id: z.int() });

/** Source: GitLab's REST API, "List all jobs for a pipeline", which has no status that was reported from elsewhere. */
const jobForm = z.object({ name: z.string(), status: z.string(), finished_at: timeForm.nullish() });

/** The date of a commit has no milliseconds. */
const SECOND_MS = 1000;

/**
 * Expects that each merge into a branch since a commit has the very files for which the job `access` had passed before. The status
 * of a pipeline doesn't prove that: any Developer can report one of that name, and GitLab can rebase while it merges. Nor does what
 * GitLab says of a merged merge request, such as its target or when it was merged: its author can change that later.
 *
 * @throws CommandError when something else was merged, with each commit
 */
export async function expectReviewed(project: Project, branch: string, head: string, since: string): Promise<void> {
  await expectSettings(project);
  const next = `Nothing is deployed. Read what has changed since ${since}. To deploy it, start a pipeline of ${branch} by hand, with Run pipeline`;
  const unreviewedCommits: string[] = [];
  for (let id: string | undefined = head; id !== since; ) {
    if (id === undefined || (await isMerged(project, id, since))) {
      throw new CommandError(
        `Received a ${branch} whose merges don't lead back to ${since}, the commit of an earlier deploy, expected that commit among them. ${next}.`,
      );
    }
    const commit: Commit = await readRest(project, `/repository/commits/${id}`, commitForm);
    if (!(await isReviewed(project, commit))) unreviewedCommits.push(id);
    id = commit.parent_ids[0];
  }
  if (unreviewedCommits.length === 0) return;
  throw new CommandError([
    `Received commits in ${branch} that aren't what a merge request's job ${REVIEW} had passed for, expected only merges of that. The pipeline's status doesn't prove it: Developers can report one. ${next}:`,
    ...unreviewedCommits,
  ]);
}

/** Whether a commit is a merge of what was reviewed. Its date is GitLab's: nobody else commits to the branch. */
async function isReviewed(project: Project, { id, parent_ids, committed_date }: Commit): Promise<boolean> {
  const [first, second] = parent_ids;
  if (first === undefined || second === undefined) return false;
  const mergeRequests = await listRest(project, `/repository/commits/${id}/merge_requests`, mergeRequestForm);
  for (const { iid, sha } of mergeRequests) {
    if (!sha || !(await hasSameFiles(project, sha, id)) || !(await isMerged(project, first, sha))) continue;
    if (await hasPassed(project, iid, sha, committed_date + SECOND_MS)) return true;
  }
  return false;
}

async function hasSameFiles(project: Project, from: string, to: string): Promise<boolean> {
  const query = { from, to, straight: true };
  const { diffs, compare_timeout } = await readRest(project, "/repository/compare", comparisonForm, query);
  return diffs.length === 0 && !compare_timeout;
}

/** Whether the last review of a commit before a time has passed. After its merge, there is nothing left to review in it. */
async function hasPassed(project: Project, mergeRequest: number, sha: string, time: number): Promise<boolean> {
  const query = { sha, source: "merge_request_event", ref: `refs/merge-requests/${mergeRequest}/head` };
  const statuses = new Map<number, string>();
  for (const { id } of await listRest(project, "/pipelines", pipelineForm, query)) {
    for (const job of await listRest(project, `/pipelines/${id}/jobs`, jobForm, { include_retried: true })) {
      const { name, status, finished_at: end } = job;
      if (name === REVIEW && end && end < time) statuses.set(end, status);
    }
  }
  return statuses.get(Math.max(...statuses.keys())) === "success";
}
