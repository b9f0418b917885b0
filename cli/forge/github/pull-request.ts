import * as z from "zod";
import { describePath } from "../../../common/problem";
import { readFormOfJson } from "../../terminal/json-file";
import type { ChangedFiles } from "../forge";
import { askRest, listRest } from "../rest-api";
import { COMMIT, variablesOf } from "../variables";
import { BOT, howToRun, type Repository, repositoryOf } from "./api";

/** The pull request that a CI job runs for, and how to reach it. */
export interface PullRequest extends Repository {
  readonly number: number;
  /** The last commit of its branch. */
  readonly headCommit: string;
  /** Whether its branch is in another repository. Its jobs can write nothing here and have no credentials. */
  readonly isFork: boolean;
}

/** Maximum length of a comment, in characters. Source: GitHub's answer to a longer one. */
export const MAX_COMMENT = 65_536;

/** The workflow that runs a review. */
const WORKFLOW = "review.yml";
const HOW_TO_RUN = `${howToRun("support-app review --github", WORKFLOW)} on pull_request, and without --github elsewhere`;

/** The parts of a pull_request event that are read. */
const pullRequestEvent = z.object({
  pull_request: z.object({
    number: z.int().positive(),
    head: z.object({
      sha: z.string().regex(COMMIT),
      repo: z.object({ full_name: z.string() }).nullable(), // null: the fork was deleted
    }),
  }),
});

/** The pull request of the event that this process runs for. */
export function pullRequestOf(env: NodeJS.ProcessEnv): PullRequest {
  const variable = variablesOf(env, HOW_TO_RUN);
  const eventFile = variable("GITHUB_EVENT_PATH", "the path of a file", /^./);
  const repository = repositoryOf(env, HOW_TO_RUN, WORKFLOW);
  const event = readFormOfJson(eventFile, pullRequestEvent, {
    name: `the event ${describePath(eventFile)}`,
    expected: "a pull_request event",
    next: `${HOW_TO_RUN}.`,
  });
  const { number, head } = event.pull_request;
  return {
    ...repository,
    number,
    headCommit: head.sha,
    isFork: head.repo?.full_name.toLowerCase() !== repository.fullName.toLowerCase(), // names ignore case
  };
}

/** Maximum number of files that GitHub lists. Source: GitHub's REST API, "List pull requests files". */
export const MAX_FILES = 3_000;

const changedFile = z.object({ filename: z.string(), previous_filename: z.string().optional() });

/** The files that a pull request changes. */
export async function changedFiles(pullRequest: PullRequest): Promise<ChangedFiles> {
  const files = await listRest(pullRequest, `/pulls/${pullRequest.number}/files`, z.array(changedFile));
  const paths = files.flatMap(({ filename, previous_filename }) => [filename, previous_filename ?? []].flat());
  return { paths, areAll: files.length < MAX_FILES };
}

const issueComment = z.object({
  id: z.int(),
  user: z.object({ login: z.string() }).nullish(),
  body: z.string().nullish(),
});

/**
 * Writes the comment that all runs share. Two runs at once may each have created a comment: the second is deleted.
 *
 * @param mark its first line, by which it is recognized
 */
export async function writeComment(pullRequest: PullRequest, mark: string, text: string): Promise<void> {
  const path = `/issues/${pullRequest.number}/comments`;
  const body = `${mark}\n${text}`;
  const [first, ...otherComments] = (await listRest(pullRequest, path, z.array(issueComment))).filter(
    (comment) => comment.user?.login === BOT && comment.body?.startsWith(mark), // anybody can write the mark
  );
  if (first) await askRest(pullRequest, "PATCH", `/issues/comments/${first.id}`, { body });
  else await askRest(pullRequest, "POST", path, { body });
  for (const { id } of otherComments) await askRest(pullRequest, "DELETE", `/issues/comments/${id}`, {}, 404);
}
