import { z } from "zod";
import { describePath } from "../../../common/problem";
import { readFormOfJson } from "../../terminal/json-file";
import type { Label } from "../forge";
import { askRest, listRest } from "../rest-api";
import { authorMayApprove, COMMIT, variablesOf } from "../variables";
import { BOT, howToRun, type Repository, repositoryOf } from "./api";

/** The pull request that a CI job runs for, and how to reach it. */
export interface PullRequest extends Repository {
  readonly number: number;
  readonly author: Account;
  /** The last commit of its branch. */
  readonly headCommit: string;
  /** Its branch. Undefined: the branch's repository was deleted. */
  readonly branch: { readonly repository: string; readonly name: string } | undefined;
  /** Whether its branch is in another repository. Its jobs can write nothing here and have no credentials. */
  readonly isFork: boolean;
  /** Whether the author, or somebody else who changed it, may approve with a label. */
  readonly authorMayApprove: boolean;
}

/** An account. Its login can change, its ID can't. */
export const account = z.object({ id: z.int(), login: z.string().min(1) });
export type Account = Readonly<z.infer<typeof account>>;

/** Maximum length of a comment, in characters. Source: GitHub's answer to a longer one. */
export const MAX_COMMENT = 65_536;

/** The workflow that runs a review. */
const WORKFLOW = "review.yml";
const HOW_TO_RUN = `${howToRun("support-app review --github", WORKFLOW)} on pull_request, and without --github elsewhere`;

/** The parts of a pull_request event that are read. */
const pullRequestEvent = z.object({
  pull_request: z.object({
    number: z.int().positive(),
    user: account,
    head: z.object({
      sha: z.string().regex(COMMIT),
      ref: z.string().min(1),
      repo: z.object({ full_name: z.string().regex(/^[\w.-]+\/[\w.-]+$/) }).nullable(), // null: the fork was deleted
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
  const { number, user, head } = event.pull_request;
  return {
    ...repository,
    number,
    author: user,
    headCommit: head.sha,
    branch: head.repo ? { repository: head.repo.full_name, name: head.ref } : undefined,
    isFork: !isSameName(head.repo?.full_name, repository.fullName),
    authorMayApprove: authorMayApprove(env, HOW_TO_RUN),
  };
}

/** GitHub's names ignore case. */
export function isSameName(a: string | undefined, b: string): boolean {
  return a?.toLowerCase() === b.toLowerCase();
}

const issueLabel = z.object({ name: z.string() });
const issueComment = z.object({ id: z.int(), user: account.nullish(), body: z.string().nullish() });

/** The names of a pull request's labels. */
export async function labelsOf(pullRequest: PullRequest): Promise<string[]> {
  return (await listRest(pullRequest, `/issues/${pullRequest.number}/labels`, issueLabel)).map(({ name }) => name);
}

/**
 * Writes the comment that all runs share. Two runs at once may each have created a comment: the second is deleted.
 *
 * @param mark its first line, by which it is recognized
 */
export async function writeComment(pullRequest: PullRequest, mark: string, text: string): Promise<void> {
  const path = `/issues/${pullRequest.number}/comments`;
  const body = `${mark}\n${text}`;
  const [first, ...otherComments] = (await listRest(pullRequest, path, issueComment)).filter(
    (comment) => comment.user?.login === BOT && comment.body?.startsWith(mark), // anybody can write the mark
  );
  if (first) await askRest(pullRequest, "PATCH", `/issues/comments/${first.id}`, { body });
  else await askRest(pullRequest, "POST", path, { body });
  for (const { id } of otherComments) await askRest(pullRequest, "DELETE", `/issues/comments/${id}`, {}, 404);
}

/** Sets or removes a label, and creates it where the repository has none of its name. */
export async function setLabel(pullRequest: PullRequest, label: Label, isWanted: boolean): Promise<void> {
  const path = `/issues/${pullRequest.number}/labels`;
  const { name } = label;
  const isSet = (await labelsOf(pullRequest)).some((labelName) => isSameName(labelName, name));
  if (isSet === isWanted) return;
  if (!isWanted) {
    await askRest(pullRequest, "DELETE", `${path}/${name}`, {}, 404); // removed by somebody in between
    return;
  }
  const { status } = await askRest(pullRequest, "GET", `/labels/${name}`, {}, 404);
  if (status === 404) await askRest(pullRequest, "POST", "/labels", { ...label }, 422); // made by somebody in between
  await askRest(pullRequest, "POST", path, { labels: [name] });
}

/** A pull request in a list of issues, of which it is one. Source: GitHub's REST API, "List repository issues". */
const labelledIssue = z.object({ state: z.enum(["open", "closed"]) });

/** How many labels are looked at in a run: each is a request. The next run goes on with others, so labels that stay hold up no other. */
const MAX_LABELS = 10;

/**
 * Deletes labels of the repository that are left on closed pull requests alone. A label that is on none stays: somebody may be
 * about to set it.
 *
 * @param isTarget whether a label may be deleted
 */
export async function deleteLabelsOfClosed(
  repository: Repository,
  isTarget: (label: string) => boolean,
  { GITHUB_RUN_NUMBER: run = "" }: NodeJS.ProcessEnv,
): Promise<void> {
  const names = (await listRest(repository, "/labels", issueLabel)).map(({ name }) => name).filter(isTarget);
  const start = (Number(run) * MAX_LABELS) % names.length;
  for (const name of [...names.slice(start), ...names.slice(0, start)].slice(0, MAX_LABELS)) {
    const issues = await listRest(repository, "/issues", labelledIssue, { labels: name, state: "all" });
    if (issues.length === 0 || issues.some(({ state }) => state === "open")) continue;
    await askRest(repository, "DELETE", `/labels/${encodeURIComponent(name)}`, {}, 404); // deleted by another run
  }
}
