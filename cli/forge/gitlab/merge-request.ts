import { z } from "zod";
import { CommandError } from "../../terminal/command-error";
import type { Label } from "../forge";
import { askRest, listRest, readRest } from "../rest-api";
import { authorMayApprove, COMMIT, variablesOf } from "../variables";
import {
  type Account,
  account,
  createLabel,
  howToRun,
  type Project,
  projectIdOf,
  projectOf,
  withoutQuickActions,
} from "./api";

/** The merge request that a CI job runs for, and how to reach it. */
export interface MergeRequest extends Project {
  readonly number: number;
  readonly author: Account;
  /** The last commit of its branch. */
  readonly headCommit: string;
  /** Its branch, and the ID of the project that has it. Undefined: that project was deleted. */
  readonly branch: { readonly project: number; readonly name: string } | undefined;
  readonly labels: readonly string[];
  /** Whether the author, or somebody else who changed it, may approve it. */
  readonly authorMayApprove: boolean;
}

/** Maximum length of a comment, in characters. Source: GitLab, "GitLab application limits". */
export const MAX_COMMENT = 1_000_000;

const HOW_TO_RUN = `${howToRun("review", ".gitlab-ci.yml")}, and without --gitlab elsewhere`;

/** The parts of a merge request that are read. Source: GitLab's REST API, "Retrieve a merge request". */
const mergeRequest = z.object({
  author: account,
  sha: z.string().regex(COMMIT),
  source_project_id: z.int().nullish(),
  source_branch: z.string().min(1),
  labels: z.array(z.string()),
});

/** The merge request that this process runs for, as GitLab has it: whoever starts a pipeline may set variables. */
export async function mergeRequestOf(env: NodeJS.ProcessEnv): Promise<MergeRequest> {
  const variable = variablesOf(env, HOW_TO_RUN);
  const number = Number(variable("CI_MERGE_REQUEST_IID", "the number of a merge request", /^[1-9]\d{0,9}$/));
  const target = projectIdOf(env, HOW_TO_RUN, "CI_MERGE_REQUEST_PROJECT_ID");
  const commit = variable("CI_COMMIT_SHA", "a commit", COMMIT);
  const mayApprove = authorMayApprove(env, HOW_TO_RUN);
  const id = projectIdOf(env, HOW_TO_RUN, "CI_PROJECT_ID");
  if (target !== id) {
    throw new CommandError(
      `Received a pipeline of the project ${id}, expected one of ${target}, which merge request !${number} is for: a fork's pipeline can write nothing there. Somebody who can write to that project opens the merge request, then Pipelines > Run pipeline.`,
    );
  }
  const project = projectOf(env, HOW_TO_RUN);
  const { author, sha, source_project_id, source_branch, labels } = await readRest(
    project,
    `/merge_requests/${number}`,
    mergeRequest,
  );
  if (sha !== commit) {
    throw new CommandError(
      `Received the commit ${commit}, expected ${sha}, the last one of merge request !${number}: it has moved on. Its latest pipeline reviews it. If this is that one, turn off merged results pipelines in Settings > Merge requests.`,
    );
  }
  return {
    ...{ ...project, number, author, headCommit: sha, labels },
    branch: source_project_id ? { project: source_project_id, name: source_branch } : undefined,
    authorMayApprove: mayApprove,
  };
}

/** A comment. Source: GitLab's REST API, "List all merge request notes". */
const note = z.object({
  id: z.int(),
  body: z.string(),
  author: account.nullish(), // null: the account was deleted
  system: z.boolean(),
  imported: z.boolean().nullish(),
  created_at: z.iso.datetime({ offset: true }),
  updated_at: z.iso.datetime({ offset: true }),
});
export type Note = z.infer<typeof note>;

/** What people and programs have written about a merge request, the oldest first. */
export async function notesOf(merge: MergeRequest): Promise<Note[]> {
  const query = { order_by: "created_at", sort: "asc" };
  return (await listRest(merge, notesPath(merge), note, query)).filter(({ system }) => !system);
}

function notesPath({ number }: MergeRequest): string {
  return `/merge_requests/${number}/notes`;
}

/**
 * Writes the comment that all pipelines share. Two pipelines at once may each have created a comment: the second is deleted.
 *
 * @param mark its first line, by which it is recognized
 */
export async function writeComment(merge: MergeRequest, mark: string, text: string): Promise<void> {
  const path = notesPath(merge);
  const body = withoutQuickActions(`${mark}\n${text}`);
  const { id: ownId } = await merge.owner();
  const [first, ...otherNotes] = (await notesOf(merge)).filter(
    ({ author, body: noteBody }) => author?.id === ownId && noteBody.startsWith(mark), // anybody can write the mark
  );
  if (first) await askRest(merge, "PUT", `${path}/${first.id}`, { body });
  else await askRest(merge, "POST", path, { body });
  for (const { id } of otherNotes) await askRest(merge, "DELETE", `${path}/${id}`, {}, 404);
}

/** Sets or removes a label, and creates it where the project has none of its name. */
export async function setLabel(merge: MergeRequest, label: Label, isWanted: boolean): Promise<void> {
  const { name } = label;
  if (merge.labels.includes(name) === isWanted) return;
  if (isWanted) await createLabel(merge, label);
  const change = isWanted ? { add_labels: [name] } : { remove_labels: [name] };
  await askRest(merge, "PUT", `/merge_requests/${merge.number}`, change);
}
