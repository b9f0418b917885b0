import { z } from "zod";
import { CommandError } from "../terminal/command-error";
import { askGitHub, BOT, type Forge, forgeOf, howToRun, listAll, parseAnswer, variablesOf } from "./api";

const LABEL = {
  name: "support-app-watch",
  color: "d93f0b",
  description: "Kept by support-app watch: what doctor finds",
};

const WORKFLOW = "doctor.yml";

const NEW_RUN = 'Start a new run of the workflow, with "Run workflow"';

/** The repository whose issues are kept. A re-run has the environment file of its own commit: issues of environments that were added since would be closed. */
export function issuesForge(env: NodeJS.ProcessEnv): Forge {
  const forge = forgeOf(env, howToRun("support-app watch --github", WORKFLOW), WORKFLOW);
  variablesOf(env, NEW_RUN)("GITHUB_RUN_ATTEMPT", "1: a re-run has an old environment file", /^1$/);
  return { ...forge, again: NEW_RUN };
}

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
export type Issue = z.infer<typeof issueSchema>;

/** Every issue that is kept, open or closed, in the order in which they were opened. */
export async function keptIssues(forge: Forge): Promise<Issue[]> {
  // In that order, an issue that is opened meanwhile is on the last page.
  const query = { labels: LABEL.name, state: "all", sort: "created", direction: "asc" };
  return (await listAll(forge, "/issues", issueSchema, query)).filter(isOurIssue);
}

/** Anyone may open an issue and write a mark into it, but not as the workflow. */
function isOurIssue({ user, labels, pull_request }: Issue): boolean {
  const names = labels.map(({ name }) => name.toLowerCase());
  return user?.login === BOT && names.includes(LABEL.name) && !pull_request;
}

export async function createIssue(forge: Forge, title: string, body: string): Promise<Issue> {
  await askGitHub(forge, "POST", "/labels", LABEL, 422); // it is there already
  const { data } = await askGitHub(forge, "POST", "/issues", { title, body, labels: [LABEL.name] });
  const issue = parseAnswer(forge, "/issues", data, issueSchema, "POST");
  if (isOurIssue(issue)) return issue;
  throw new CommandError(
    `Received the issue ${issue.html_url}, which wasn't opened by ${BOT} with the label ${LABEL.name}: the next run will not recognize it, and open another. Close it, and give the step the workflow's own token, with issues: write, as .github/workflows/${forge.workflow} does.`,
  );
}

/** Changes an issue. Checks the answer, since a login page in GitHub's place has changed nothing. */
export async function changeIssue(
  forge: Forge,
  { number }: Issue,
  parameters: Readonly<Record<string, string>>,
): Promise<Issue> {
  const path = `/issues/${number}`;
  const { data } = await askGitHub(forge, "PATCH", path, parameters);
  return parseAnswer(forge, path, data, issueSchema, "PATCH");
}

export async function commentOnIssue(forge: Forge, { number }: Issue, body: string): Promise<void> {
  await askGitHub(forge, "POST", `/issues/${number}/comments`, { body });
}
