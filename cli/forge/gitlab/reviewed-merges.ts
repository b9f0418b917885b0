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
const jobForm = z.object({
  name: z.string(),
  status: z.string(),
  started_at: timeForm.nullish(),
  finished_at: timeForm.nullish(),
});

/** The date of a commit has no milliseconds. */
const SECOND_MS = 1000;

/** How long after its date a merge may take until its branch has it, in milliseconds. */
const MERGE_MS = 5 * SECOND_MS;

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
  const commitOf = (id: string) => readRest(project, `/repository/commits/${id}`, commitForm);
  const unreviewedCommits: string[] = [];
  for (let commit = await commitOf(head); commit.id !== since; ) {
    const [parentId] = commit.parent_ids;
    if (parentId === undefined || (await isMerged(project, commit.id, since))) {
      throw new CommandError(
        `Received a ${branch} whose merges don't lead back to ${since}, the commit of an earlier deploy, expected that commit among them. ${next}.`,
      );
    }
    const parent = await commitOf(parentId);
    if (!(await isReviewed(project, commit, parent))) unreviewedCommits.push(commit.id);
    commit = parent;
  }
  if (unreviewedCommits.length === 0) return;
  throw new CommandError([
    `Received commits in ${branch} that aren't what a merge request's job ${REVIEW} had passed for, expected only merges of that. The pipeline's status doesn't prove it: Developers can report one. ${next}:`,
    ...unreviewedCommits,
  ]);
}

/**
 * Whether a commit is a merge of what was reviewed: after its parent was merged, and before it was. The dates are GitLab's, since
 * nobody else commits to the branch. That a branch has the parent doesn't prove when, since somebody can predict that commit.
 */
async function isReviewed(
  project: Project,
  { id, parent_ids, committed_date }: Commit,
  parent: Commit,
): Promise<boolean> {
  if (parent_ids.length === 1) return false;
  const [start, end] = [parent.committed_date + MERGE_MS, committed_date + SECOND_MS];
  const mergeRequests = await listRest(project, `/repository/commits/${id}/merge_requests`, mergeRequestForm);
  for (const { iid, sha } of mergeRequests) {
    if (!sha || !(await hasSameFiles(project, sha, id)) || !(await isMerged(project, parent.id, sha))) continue;
    if (await hasPassed(project, iid, sha, start, end)) return true;
  }
  return false;
}

async function hasSameFiles(project: Project, from: string, to: string): Promise<boolean> {
  const query = { from, to, straight: true };
  const { diffs, compare_timeout } = await readRest(project, "/repository/compare", comparisonForm, query);
  return diffs.length === 0 && !compare_timeout;
}

/** Whether the last review of a commit that ended before its merge has passed, and began after a time. After the merge, there is nothing left to review. */
async function hasPassed(
  project: Project,
  mergeRequest: number,
  sha: string,
  start: number,
  end: number,
): Promise<boolean> {
  const query = { sha, source: "merge_request_event", ref: `refs/merge-requests/${mergeRequest}/head` };
  const reviews = new Map<number, boolean>();
  for (const { id } of await listRest(project, "/pipelines", pipelineForm, query)) {
    for (const job of await listRest(project, `/pipelines/${id}/jobs`, jobForm, { include_retried: true })) {
      const { name, status, started_at, finished_at } = job;
      if (name !== REVIEW || !finished_at || finished_at >= end) continue;
      reviews.set(finished_at, status === "success" && (started_at ?? 0) > start);
    }
  }
  return reviews.get(Math.max(...reviews.keys())) === true;
}
