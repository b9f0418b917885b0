import { changeRequestFor } from "../../cli/forge/gitlab/gitlab";
import { type MergeRequest, mergeRequestOf } from "../../cli/forge/gitlab/merge-request";
import { type AnsweringGitLab, gitLabInTests, MERGE_COMMIT, PROJECT_ID, PROJECT_PATH } from "./answering-gitlab";

export const GITLAB_TOKEN = "glpat-secret.of-a_project";

/** What GitLab CI sets for a job of merge request 7. */
export function mergeRequestEnvironment(gitlab: AnsweringGitLab): Record<string, string> {
  return {
    CI_API_V4_URL: gitlab.url,
    CI_PROJECT_ID: String(PROJECT_ID),
    CI_PROJECT_PATH: PROJECT_PATH,
    CI_MERGE_REQUEST_IID: "7",
    CI_MERGE_REQUEST_PROJECT_ID: String(PROJECT_ID),
    CI_COMMIT_SHA: MERGE_COMMIT,
    GITLAB_TOKEN,
  };
}

/** A job of alice's merge request number 7, with GitLab on loopback. To be called where tests are described. */
export function mergeRequestsInTests() {
  const gitlab = gitLabInTests();
  const environmentOf = (changed: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({
    ...mergeRequestEnvironment(gitlab),
    ...changed,
  });
  const mergeRequest = (changed?: NodeJS.ProcessEnv): Promise<MergeRequest> => mergeRequestOf(environmentOf(changed));
  const changeRequest = async () => changeRequestFor(await mergeRequest());
  return { gitlab, environmentOf, mergeRequest, changeRequest };
}
