import { z } from "zod";
import { CommandError } from "../../terminal/command-error";
import { ISSUE_URL, type Issue, type IssueTracker, WATCH_LABEL } from "../forge";
import { askRest, listRest, parseRest } from "../rest-api";
import { account, howToRun, projectOf, withoutQuickActions, withQuickActions } from "./api";
import { branchCommitOf, newestCommit } from "./newest-commit";

/** With this label, a closed issue stays closed. */
const SILENCED = "support-app-silenced";

const FILE = ".gitlab/doctor.yml";
const USAGE = howToRun("watch", FILE);
const NEW_PIPELINE = "Start a new pipeline, with Run pipeline";

const issueSchema = z.object({
  iid: z.int().positive(),
  web_url: z.string().regex(ISSUE_URL),
  title: z.string(),
  description: z
    .string()
    .nullish()
    .transform((text) => text ?? ""),
  state: z.enum(["opened", "closed"]),
  labels: z.array(z.string()),
  author: account.nullish(),
});
type GitLabIssue = z.infer<typeof issueSchema>;

function issueOf({ iid, web_url, title, description, state, labels }: GitLabIssue): Issue {
  const isOpen = state === "opened";
  const isSilenced = !isOpen && labels.includes(SILENCED);
  return { number: iid, url: web_url, title, body: withQuickActions(description), isOpen, isSilenced };
}

/** Anyone may open an issue and write a mark into it, but not with this token. */
function isOurIssue({ author, labels }: GitLabIssue, ownId: number): boolean {
  return author?.id === ownId && labels.includes(WATCH_LABEL.name);
}

/**
 * The issues of a job's project. A job that is retried later has the environment file of its own commit: issues of environments
 * that were added since would be closed.
 */
export function issuesOf(env: NodeJS.ProcessEnv): Omit<IssueTracker, "forge"> {
  const project = projectOf(env, USAGE, NEW_PIPELINE);
  return {
    howToSilence: `close it with the label ${SILENCED}`,
    keptIssues: async () => {
      const { commit, branch } = branchCommitOf(env, USAGE);
      const newest = await newestCommit(env, branch, USAGE);
      if (newest !== commit) {
        throw new CommandError(
          `Received the commit ${commit}, expected ${newest}, the newest one of ${branch}: this pipeline has an old environment file. ${NEW_PIPELINE}.`,
        );
      }
      const { id: ownId } = await project.owner();
      // In that order, an issue that is opened meanwhile is on the last page.
      const query = { labels: WATCH_LABEL.name, author_id: ownId, scope: "all", order_by: "created_at", sort: "asc" };
      const issues = await listRest(project, "/issues", issueSchema, query);
      return issues.filter((issue) => isOurIssue(issue, ownId)).map(issueOf);
    },
    createIssue: async (title, body) => {
      await askRest(project, "POST", "/labels", { ...WATCH_LABEL, color: `#${WATCH_LABEL.color}` }, 409); // it is there already
      const { id: ownId, username } = await project.owner();
      const parameters = { title, description: withoutQuickActions(body), labels: [WATCH_LABEL.name] };
      const { data } = await askRest(project, "POST", "/issues", parameters);
      const issue = parseRest(project, "/issues", data, issueSchema, "POST");
      if (isOurIssue(issue, ownId)) return issueOf(issue);
      throw new CommandError(
        `Received the issue ${issue.web_url}, which wasn't opened by ${username} with the label ${WATCH_LABEL.name}: the next pipeline will not recognize it, and open another. Close it, and give GITLAB_TOKEN at least the role Reporter, which may set labels.`,
      );
    },
    // The answer is checked, since a login page in GitLab's place has changed nothing.
    changeIssue: async ({ number }, { isOpen, title, body }) => {
      const path = `/issues/${number}`;
      const { data } = await askRest(project, "PUT", path, {
        ...(title !== undefined && { title }),
        ...(body !== undefined && { description: withoutQuickActions(body) }),
        ...(isOpen !== undefined && { state_event: isOpen ? "reopen" : "close" }),
      });
      return issueOf(parseRest(project, path, data, issueSchema, "PUT"));
    },
    commentOnIssue: async ({ number }, body) => {
      await askRest(project, "POST", `/issues/${number}/notes`, { body: withoutQuickActions(body) });
    },
  };
}
