import { z } from "zod";
import { CommandError } from "../command-error";
import { answered, ask, BOT, type GitHub, GitHubError, listAll } from "../github-api";
import { type Mark, withMark } from "./issue-text";

/** The label of every issue that is kept. */
const LABEL = {
  name: "support-app-watch",
  color: "d93f0b",
  description: "Kept by support-app watch: what doctor finds",
};

/** The URL of an issue, without characters that would end a link in Markdown or Slack. */
export const ISSUE_URL = /^https?:\/\/[\w.:-]+\/[\w./-]+$/;

const issueSchema = z.object({
  number: z.int().positive(),
  html_url: z.string().regex(ISSUE_URL),
  title: z.string(),
  body: z.string().nullish(),
  state: z.enum(["open", "closed"]),
  state_reason: z.string().nullish(),
  comments: z.int().min(0),
  user: z.object({ login: z.string() }).nullish(),
  labels: z.array(z.union([z.string(), z.object({ name: z.string().nullish() })])),
  pull_request: z.unknown().optional(),
});
export type Issue = z.infer<typeof issueSchema>;

const commentSchema = z.object({
  id: z.int(),
  user: z.object({ login: z.string() }).nullish(),
  body: z.string().nullish(),
});

/** Every issue that is kept, open or closed, the one that was opened first at the beginning. */
export async function keptIssues(github: GitHub): Promise<Issue[]> {
  // In the order in which they were opened, so that one that is opened meanwhile is on the last page.
  const asked = { labels: LABEL.name, state: "all", sort: "created", direction: "asc" };
  const issues = (await listAll(github, "/issues", issueSchema, asked)).filter(isKept);
  return issues.sort((one, other) => one.number - other.number);
}

/** Anyone may open an issue and write a mark into it, but not as the workflow. */
function isKept({ user, labels, pull_request }: Issue): boolean {
  const names = labels.map((label) => (typeof label === "string" ? label : label.name)?.toLowerCase());
  return user?.login === BOT && names.includes(LABEL.name) && !pull_request;
}

/** An issue that the next run wouldn't recognize: each night would open another. */
export class UnkeptIssueError extends CommandError {}

/** Whether GitHub will refuse everything else, too: it doesn't answer, rejects the token, or asks to wait. */
export function isFinal({ httpStatus, isLimit, isOfOne }: GitHubError): boolean {
  if (httpStatus === undefined || httpStatus === 401 || isLimit) return true;
  return !isOfOne && [403, 410].includes(httpStatus);
}

/** Whether GitHub refuses only this issue: in a public repository, anyone can fill an issue with the maximum number of comments. */
function isRefused({ httpStatus, isLimit, isOfOne }: GitHubError): boolean {
  return isOfOne && !isLimit && [403, 404, 410, 422].includes(httpStatus ?? 0);
}

/** Opens an issue. It must be one that the next run recognizes. */
export async function create(github: GitHub, title: string, body: string): Promise<Issue> {
  const { data } = await ask(github, "POST", "/issues", { title, body, labels: [LABEL.name] });
  const issue = answered(github, "/issues", data, issueSchema, "POST");
  if (isKept(issue)) return issue;
  await change(github, issue, { state: "closed", state_reason: "not_planned" });
  throw new UnkeptIssueError(
    `Received an issue that wasn't opened by ${BOT} with the label ${LABEL.name}, expected one that the next run recognizes: it was closed again, and no other was opened. Give the step the workflow's own token, with issues: write, as .github/workflows/${github.workflow} does.`,
  );
}

export async function close(github: GitHub, issue: Issue, mark: Mark): Promise<void> {
  await change(github, issue, { state: "closed", state_reason: "completed", body: withMark(issue.body ?? "", mark) });
}

/** Changes an issue. Checks the answer, since a login page in GitHub's place has changed nothing. */
export async function change(
  github: GitHub,
  { number }: Issue,
  parameters: Readonly<Record<string, string>>,
): Promise<void> {
  const path = `/issues/${number}`;
  const { data } = await ask(github, "PATCH", path, parameters);
  answered(github, path, data, issueSchema, "PATCH");
}

/**
 * Writes a comment, unless an interrupted run already has.
 *
 * @param what tells it from the issue's other comments
 * @returns a sentence if the issue allows no comment
 */
export async function comment(
  github: GitHub,
  { number, comments }: Issue,
  what: string,
  text: string,
): Promise<string | undefined> {
  const path = `/issues/${number}/comments`;
  const mark = `<!-- support-app watch: ${what} -->`;
  const written = comments === 0 ? [] : await listAll(github, path, commentSchema);
  if (written.some(({ user, body }) => user?.login === BOT && body?.startsWith(mark))) return undefined;
  try {
    const { data } = await ask(github, "POST", path, { body: `${mark}\n${text}` });
    answered(github, path, data, commentSchema, "POST");
    return undefined;
  } catch (error) {
    if (!(error instanceof GitHubError && isRefused(error))) throw error;
    return `Received status ${error.httpStatus} from GitHub to POST /repos/${github.repository}${path}, expected it to allow a comment: an issue has at most 2,500. It is closed or reopened without one.`;
  }
}

export async function makeLabel(github: GitHub): Promise<void> {
  const { status } = await ask(github, "GET", `/labels/${LABEL.name}`, {}, 404);
  if (status === 404) await ask(github, "POST", "/labels", LABEL, 422); // somebody has created it meanwhile
}
