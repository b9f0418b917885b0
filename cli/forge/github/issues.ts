import { z } from "zod";
import { CommandError } from "../../terminal/command-error";
import { ISSUE_URL, type Issue, type IssueTracker, WATCH_LABEL } from "../forge";
import { askRest, listRest, parseRest } from "../rest-api";
import { variablesOf } from "../variables";
import { BOT, howToRun, repositoryOf } from "./api";

const WORKFLOW = "doctor.yml";

const NEW_RUN = 'Start a new run of the workflow, with "Run workflow"';

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
type GitHubIssue = z.infer<typeof issueSchema>;

function issueOf({ number, html_url, title, body, state, state_reason }: GitHubIssue): Issue {
  // The reason of an open issue is another one.
  const isSilenced = ["not_planned", "duplicate"].includes(String(state_reason));
  return { number, url: html_url, title, body, isOpen: state === "open", isSilenced };
}

/** Anyone may open an issue and write a mark into it, but not as the workflow. */
function isOurIssue({ user, labels, pull_request }: GitHubIssue): boolean {
  const names = labels.map(({ name }) => name.toLowerCase());
  return user?.login === BOT && names.includes(WATCH_LABEL.name) && !pull_request;
}

/** The issues of a workflow's repository. A re-run has the environment file of its own commit: issues of environments that were added since would be closed. */
export function issuesOf(env: NodeJS.ProcessEnv): Omit<IssueTracker, "forge"> {
  const repository = repositoryOf(env, howToRun("support-app watch --github", WORKFLOW), WORKFLOW, NEW_RUN);
  variablesOf(env, NEW_RUN)("GITHUB_RUN_ATTEMPT", "1: a re-run has an old environment file", /^1$/);
  return {
    howToSilence: "close it as not planned",
    keptIssues: async () => {
      // In that order, an issue that is opened meanwhile is on the last page.
      const query = { labels: WATCH_LABEL.name, state: "all", sort: "created", direction: "asc" };
      return (await listRest(repository, "/issues", issueSchema, query)).filter(isOurIssue).map(issueOf);
    },
    createIssue: async (title, body) => {
      await askRest(repository, "POST", "/labels", WATCH_LABEL, 422); // it is there already
      const { data } = await askRest(repository, "POST", "/issues", { title, body, labels: [WATCH_LABEL.name] });
      const issue = parseRest(repository, "/issues", data, issueSchema, "POST");
      if (isOurIssue(issue)) return issueOf(issue);
      throw new CommandError(
        `Received the issue ${issue.html_url}, which wasn't opened by ${BOT} with the label ${WATCH_LABEL.name}: the next run will not recognize it, and open another. Close it, and give the step the workflow's own token, with issues: write, as .github/workflows/${WORKFLOW} does.`,
      );
    },
    // The answer is checked, since a login page in GitHub's place has changed nothing.
    changeIssue: async ({ number }, { isOpen, ...texts }) => {
      const path = `/issues/${number}`;
      const states = { true: { state: "open" }, false: { state: "closed", state_reason: "completed" } };
      const parameters = { ...texts, ...(isOpen === undefined ? {} : states[`${isOpen}`]) };
      const { data } = await askRest(repository, "PATCH", path, parameters);
      return issueOf(parseRest(repository, path, data, issueSchema, "PATCH"));
    },
    commentOnIssue: async ({ number }, body) => {
      await askRest(repository, "POST", `/issues/${number}/comments`, { body });
    },
  };
}
