import { z } from "zod";
import { askGitHub, BOT, type GitHub, listAll, parseAnswer } from "../../github/api";
import { CommandError } from "../../terminal/command-error";

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
  body: z
    .string()
    .nullish()
    .transform((text) => text ?? ""),
  state: z.enum(["open", "closed"]),
  state_reason: z.string().nullish(),
  user: z.object({ login: z.string() }).nullish(),
  labels: z.array(z.object({ name: z.string() })),
  pull_request: z.unknown().optional(),
});
export type GitHubIssue = z.infer<typeof issueSchema>;

/** Every issue that is kept, open or closed, in the order in which they were opened. */
export async function keptIssues(github: GitHub): Promise<GitHubIssue[]> {
  // In that order, an issue that is opened meanwhile is on the last page.
  const query = { labels: LABEL.name, state: "all", sort: "created", direction: "asc" };
  return (await listAll(github, "/issues", issueSchema, query)).filter(isOurIssue);
}

/** Anyone may open an issue and write a mark into it, but not as the workflow. */
function isOurIssue({ user, labels, pull_request }: GitHubIssue): boolean {
  const names = labels.map(({ name }) => name.toLowerCase());
  return user?.login === BOT && names.includes(LABEL.name) && !pull_request;
}

export async function createIssue(github: GitHub, title: string, body: string): Promise<GitHubIssue> {
  await askGitHub(github, "POST", "/labels", LABEL, 422); // it is there already
  const { data } = await askGitHub(github, "POST", "/issues", { title, body, labels: [LABEL.name] });
  const issue = parseAnswer(github, "/issues", data, issueSchema, "POST");
  if (isOurIssue(issue)) return issue;
  throw new CommandError(
    `Received the issue ${issue.html_url}, which wasn't opened by ${BOT} with the label ${LABEL.name}: the next run will not recognize it, and open another. Close it, and give the step the workflow's own token, with issues: write, as .github/workflows/${github.workflow} does.`,
  );
}

/** Changes an issue. Checks the answer, since a login page in GitHub's place has changed nothing. */
export async function change(
  github: GitHub,
  { number }: GitHubIssue,
  parameters: Readonly<Record<string, string>>,
): Promise<GitHubIssue> {
  const path = `/issues/${number}`;
  const { data } = await askGitHub(github, "PATCH", path, parameters);
  return parseAnswer(github, path, data, issueSchema, "PATCH");
}
