import * as z from "zod";
import { CommandError } from "../../terminal/command-error";
import type { ChangedFiles } from "../forge";
import { askRest, listRest, readRest } from "../rest-api";
import { COMMIT, variablesOf } from "../variables";
import { howToRun, type Project, projectIdOf, projectOf } from "./api";

/** The merge request that a CI job runs for, and how to reach it. */
export interface MergeRequest extends Project {
  readonly number: number;
  /** The last commit of its branch. */
  readonly headCommit: string;
  /** How many files it changes, such as `3`, or `1000+`. Undefined: GitLab doesn't know it yet. */
  readonly changesCount: string | undefined;
}

/** Maximum length of a comment, in characters. Source: GitLab, "GitLab application limits". */
export const MAX_COMMENT = 1_000_000;

const HOW_TO_RUN = `${howToRun("review", ".gitlab-ci.yml")}, and without --gitlab elsewhere`;

/** The part of a merge request that is read. Source: GitLab's REST API, "Retrieve a merge request". */
const mergeRequest = z.object({ sha: z.string().regex(COMMIT), changes_count: z.string().nullish() });

/** The merge request that this process runs for, as GitLab has it: whoever starts a pipeline may set variables. */
export async function mergeRequestOf(env: NodeJS.ProcessEnv): Promise<MergeRequest> {
  const variable = variablesOf(env, HOW_TO_RUN);
  const number = Number(variable("CI_MERGE_REQUEST_IID", "the number of a merge request", /^[1-9]\d{0,9}$/));
  const target = projectIdOf(env, HOW_TO_RUN, "CI_MERGE_REQUEST_PROJECT_ID");
  const commit = variable("CI_COMMIT_SHA", "a commit", COMMIT);
  const id = projectIdOf(env, HOW_TO_RUN, "CI_PROJECT_ID");
  if (target !== id) {
    throw new CommandError(
      `Received a pipeline of the project ${id}, expected one of ${target}, which merge request !${number} is for: a fork's pipeline can write nothing there. Somebody who can write to that project opens the merge request, then Pipelines > Run pipeline.`,
    );
  }
  const project = projectOf(env, HOW_TO_RUN);
  const { sha, changes_count } = await readRest(project, `/merge_requests/${number}`, mergeRequest);
  if (sha !== commit) {
    throw new CommandError(
      `Received the commit ${commit}, expected ${sha}, the last one of merge request !${number}: it has moved on. Its latest pipeline reviews it. If this is that one, turn off merged results pipelines in Settings > Merge requests.`,
    );
  }
  return { ...project, number, headCommit: sha, changesCount: changes_count ?? undefined };
}

const changedFile = z.object({ old_path: z.string(), new_path: z.string() });

/** The files that a merge request changes. Beyond its limits, GitLab lists only some. */
export async function changedFiles({ changesCount, ...merge }: MergeRequest): Promise<ChangedFiles> {
  const files = await listRest(merge, `/merge_requests/${merge.number}/diffs`, z.array(changedFile));
  return {
    paths: files.flatMap(({ old_path, new_path }) => [old_path, new_path]),
    areAll: changesCount === String(files.length),
  };
}

/** An account. Its name can change, its ID can't. */
const account = z.object({ id: z.int() });

/** A comment. Source: GitLab's REST API, "List all merge request notes". */
const note = z.object({
  id: z.int(),
  body: z.string(),
  author: account.nullish(), // null: the account was deleted
  system: z.boolean(),
});

/**
 * Writes the comment that all pipelines share. Two pipelines at once may each have created a comment: the second is deleted.
 *
 * @param mark its first line, by which it is recognized
 */
export async function writeComment(merge: MergeRequest, mark: string, text: string): Promise<void> {
  const path = `/merge_requests/${merge.number}/notes`;
  const body = withoutQuickActions(`${mark}\n${text}`);
  const { id: ownId } = await readRest({ ...merge, root: "" }, "/user", account); // what another has written isn't ours
  const notes = await listRest(merge, path, z.array(note), { order_by: "created_at", sort: "asc" });
  const [first, ...otherNotes] = notes.filter(
    ({ author, body: noteBody, system }) => !system && author?.id === ownId && noteBody.startsWith(mark), // anybody can write the mark
  );
  if (first) await askRest(merge, "PUT", `${path}/${first.id}`, { body });
  else await askRest(merge, "POST", path, { body });
  for (const { id } of otherNotes) await askRest(merge, "DELETE", `${path}/${id}`, {}, 404);
}

/** GitLab runs commands that a line of a text begins with, such as /approve, as whoever writes it. This separates the slash. */
const SEPARATOR = "\u2060";

/** A comment in which GitLab runs no command. */
function withoutQuickActions(text: string): string {
  return text.replace(/^(\s*)\/(?=\w)/gm, `$1${SEPARATOR}/`);
}
