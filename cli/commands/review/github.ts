import { z } from "zod";
import { messageOf } from "../../../common/printable";
import { describe } from "../../../common/problem";
import { askGitHub, BOT, type GitHub, gitHubOf, howToRun, listAll, variablesOf } from "../../github/api";
import { appendFor } from "../../github/summary";
import { CommandError } from "../../terminal/command-error";
import { readFormOfJson } from "../../terminal/json-file";
import { codeBlock } from "../../terminal/markdown";

/** The pull request that a workflow of GitHub Actions runs for, and how to reach it. */
export interface PullRequest extends GitHub {
  readonly number: number;
  readonly author: z.infer<typeof account>;
  /** The last commit of its branch. */
  readonly headCommit: string;
  /** Whether its branch is in another repository. Its workflows can write nothing here and have no credentials. */
  readonly isFork: boolean;
  /** Whether the author may approve with a label. */
  readonly authorMayApprove: boolean;
}

/** First line of the comment that all reviews of a pull request share. */
const MARK = "<!-- support-app review -->";
/** Set while the change needs an approval. */
const BROADENED = { name: "access-broadened", color: "d93f0b", description: "People in a Slack channel gain access" };
/** 200 bits in base32. GitHub takes at most 50 characters for a label, and ignores their case. */
const APPROVAL = /^approved-([a-z2-7]{40})$/i;
/** Stands for every account that was deleted. */
const GHOST = "ghost";
/** The workflow that runs a review. */
const WORKFLOW = "review.yml";

/** The pull request of the event that this process runs for. */
export function pullRequestOf(env: NodeJS.ProcessEnv): PullRequest {
  const variable = variablesOf(env, HOW_TO_RUN);
  const eventFile = variable("GITHUB_EVENT_PATH", "the path of a file", /^./);
  const github = gitHubOf(env, HOW_TO_RUN, WORKFLOW);
  const expected = `expected a pull_request event. ${HOW_TO_RUN}, on pull_request.`;
  const event = readFormOfJson(eventFile, pullRequestEvent, `Received the event ${eventFile}`, expected);
  const { number, user, head } = event.pull_request;
  return {
    ...github,
    number,
    author: user,
    headCommit: head.sha,
    isFork: !isSameLogin(head.repo?.full_name, github.repository),
    authorMayApprove:
      variable("SUPPORT_APP_AUTHOR_MAY_APPROVE", "true, false or nothing", /^(true|false|)$/, "") === "true",
  };
}

/** Refuses the output of a failed job: a folder may be missing, or the pull request's code may have written both. */
export function assertSynthesized({ SUPPORT_APP_SYNTH }: NodeJS.ProcessEnv): void {
  if (SUPPORT_APP_SYNTH === "success") return;
  throw new CommandError(
    `Received ${describe(SUPPORT_APP_SYNTH)} for the result of the job synth, expected success. See its log, and run the workflow again once it is fixed.`,
  );
}

/**
 * The approved digests: for each, the pull request has a label, last set by a person other than the author. A bot can't
 * approve, nor can an app that acts for a person: the author may control it.
 */
export async function approvedDigests(pullRequest: PullRequest): Promise<string[]> {
  const digests = (await labelsOf(pullRequest)).map(digestIn).filter((digest) => digest !== undefined);
  if (digests.length === 0) return [];
  const events = await listAll(pullRequest, `/issues/${pullRequest.number}/events`, issueEvent);
  return digests.filter((digest) => {
    const last = events
      .filter(({ label }) => digestIn(label?.name ?? "") === digest)
      .sort((a, b) => a.created_at.getTime() - b.created_at.getTime())
      .at(-1);
    return last?.event === "labeled" && !last.performed_via_github_app && mayApprove(pullRequest, last.actor);
  });
}

/** What to do to approve the change that has this digest, as a sentence in Markdown. */
export function howToApprove({ authorMayApprove }: PullRequest, digest: string): string {
  const approverWords = authorMayApprove ? "" : ", set by somebody other than the author of the pull request";
  return `Approve exactly this change with the label \`approved-${digest}\`${approverWords}.`;
}

/**
 * Writes the report into the pull request's comment and the run's summary, and sets or removes the label.
 *
 * @param markdown the report, of any length
 * @param approvalNeeded whether the change needs an approval. Undefined: unknown, and the label stays as it is
 */
export async function updatePullRequest(
  pullRequest: PullRequest,
  markdown: string,
  approvalNeeded?: boolean,
): Promise<void> {
  const report = truncateComment(markdown);
  appendFor("GITHUB_STEP_SUMMARY", `${report}\n`);
  if (pullRequest.isFork) return;
  await comment(pullRequest, `${MARK}\n${report}\n\n<sub>Reviewed commit: ${pullRequest.headCommit}</sub>\n`);
  if (approvalNeeded !== undefined) await setLabel(pullRequest, approvalNeeded);
}

/** Runs a review. An error is reported in the pull request, so that no earlier report stays there. */
export async function withErrorReport<T>(pullRequest: PullRequest, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const lines = linesOf(error);
    const unknown = "It is unknown what access this pull request gives or takes. Earlier reports no longer apply.";
    const report = ["## ⛔ The review ended with an error", "", unknown, "", ...codeBlock(lines)]; // no Markdown
    await updatePullRequest(pullRequest, report.join("\n")).catch((failure) => {
      throw new CommandError([...new Set([...lines, ...linesOf(failure)])], { cause: error });
    });
    throw error;
  }
}

/**
 * Sets the outputs for later jobs.
 *
 * @param plannable the environments that Terraform may plan, with credentials; none of a fork's
 * @param overrides for each of them, what its plan's Terraform merges into the stack
 */
export function setOutputs(
  { isFork }: PullRequest,
  plannable: readonly string[],
  overrides: Readonly<Record<string, object>>,
): void {
  // JSON without indentation has no line break, so nothing in it becomes another output.
  const outputs = { plannable: isFork ? [] : plannable, overrides: isFork ? {} : overrides };
  const lines = Object.entries(outputs).map(([name, value]) => `${name}=${JSON.stringify(value)}\n`);
  appendFor("GITHUB_OUTPUT", lines.join(""));
}

/** An account of GitHub. The login of an account can change, its ID can't. */
const account = z.object({ id: z.int(), login: z.string().min(1) });

/** The parts of a pull_request event that are read. */
const pullRequestEvent = z.object({
  pull_request: z.object({
    number: z.int().positive(),
    user: account,
    head: z.object({
      sha: z.string().regex(/^[\da-f]{40,64}$/),
      repo: z.object({ full_name: z.string() }).nullable(), // null: the fork was deleted
    }),
  }),
});

const issueLabel = z.object({ name: z.string() });

const issueEvent = z.object({
  event: z.string(),
  created_at: z.iso.datetime({ offset: true }).transform((text) => new Date(text)),
  actor: account.extend({ type: z.string() }).nullish(),
  label: issueLabel.nullish(),
  performed_via_github_app: z.unknown(),
});

const issueComment = z.object({ id: z.int(), user: account.nullish(), body: z.string().nullish() });

const HOW_TO_RUN = howToRun("support-app review --github", WORKFLOW);

/** The digest that a label approves. */
export function digestIn(label: string): string | undefined {
  return label.match(APPROVAL)?.[1]?.toLowerCase();
}

function mayApprove({ author, authorMayApprove }: PullRequest, actor: z.infer<typeof issueEvent>["actor"]): boolean {
  if (actor?.type !== "User" || isSameLogin(actor.login, GHOST)) return false;
  return authorMayApprove || !(actor.id === author.id || isSameLogin(actor.login, author.login));
}

/** GitHub's names ignore case. */
function isSameLogin(a: string | undefined, b: string): boolean {
  return a?.toLowerCase() === b.toLowerCase();
}

async function labelsOf(pullRequest: PullRequest): Promise<string[]> {
  return (await listAll(pullRequest, `/issues/${pullRequest.number}/labels`, issueLabel)).map(({ name }) => name);
}

/** Writes the shared comment. Two runs at once may each have created a comment: the second is deleted. */
async function comment(pullRequest: PullRequest, body: string): Promise<void> {
  const path = `/issues/${pullRequest.number}/comments`;
  const [first, ...otherComments] = (await listAll(pullRequest, path, issueComment)).filter(
    (comment) => comment.user?.login === BOT && comment.body?.startsWith(MARK), // anybody can write the mark
  );
  if (first) await askGitHub(pullRequest, "PATCH", `/issues/comments/${first.id}`, { body });
  else await askGitHub(pullRequest, "POST", path, { body });
  for (const { id } of otherComments) await askGitHub(pullRequest, "DELETE", `/issues/comments/${id}`, {}, 404);
}

async function setLabel(pullRequest: PullRequest, isWanted: boolean): Promise<void> {
  const path = `/issues/${pullRequest.number}/labels`;
  const { name } = BROADENED;
  const isSet = (await labelsOf(pullRequest)).some((label) => isSameLogin(label, name));
  if (isSet === isWanted) return;
  if (!isWanted) {
    await askGitHub(pullRequest, "DELETE", `${path}/${name}`, {}, 404); // removed by somebody in between
    return;
  }
  const { status } = await askGitHub(pullRequest, "GET", `/labels/${name}`, {}, 404);
  if (status === 404) await askGitHub(pullRequest, "POST", "/labels", BROADENED, 422); // made by somebody in between
  await askGitHub(pullRequest, "POST", path, { labels: [name] });
}

/** The lines of an error's message. In a foreign error, line breaks don't separate lines. */
function linesOf(error: unknown): string[] {
  return error instanceof CommandError ? error.message.split("\n") : [messageOf(error)];
}

/** Maximum length of a GitHub comment, minus what is added around a report. */
const MAX_COMMENT = 65_536 - 1_536;

/** Truncates a report to what GitHub accepts, with a prominent notice. */
export function truncateComment(report: string): string {
  if (report.length <= MAX_COMMENT) return report;
  const notice =
    "> [!CAUTION]\n> This report is cut off: it is longer than GitHub accepts. Run `support-app review` to see all of it before you approve anything.\n\n";
  const room = notice + report.slice(0, MAX_COMMENT - notice.length);
  return room.slice(0, room.lastIndexOf("\n") + 1);
}
