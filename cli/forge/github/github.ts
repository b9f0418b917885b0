import type { ChangeRequest, Forge } from "../forge";
import { BOOTSTRAP } from "./bootstrap";
import { changeIssue, commentOnIssue, createIssue, issuesRepository, keptIssues } from "./issues";
import { appendSummary, MAX_SUMMARY, runUrl, setOutputs } from "./job";
import { lastDeployedCommit } from "./last-deploy";
import { overtakingCommit } from "./newest-commit";
import { MAX_COMMENT, type PullRequest, pullRequestOf, writeComment } from "./pull-request";
import { planJobsOf } from "./run-jobs";

/** GitHub, and GitHub Actions. */
export const GITHUB: Forge = {
  ...{
    option: "github",
    name: "GitHub",
    ci: "GitHub Actions",
    run: "workflow run",
    changeRequest: "pull request",
    hasTerraformState: false,
  },
  maxJobs: 256, // Source: GitHub, usage limits of Actions
  maxComment: MAX_COMMENT,
  summary: { max: MAX_SUMMARY, append: appendSummary },
  bootstrap: BOOTSTRAP,
  ...{ runUrl, setOutputs, lastDeployedCommit, overtakingCommit },
  setJobs: (_, lists) => setOutputs(lists),
  changeRequestOf: async (env) => changeRequestFor(pullRequestOf(env), env),
  issuesOf: (env) => {
    const repository = issuesRepository(env);
    return {
      forge: GITHUB,
      howToSilence: "close it as not planned",
      keptIssues: () => keptIssues(repository),
      createIssue: (title, body) => createIssue(repository, title, body),
      changeIssue: (issue, change) => changeIssue(repository, issue, change),
      commentOnIssue: (issue, body) => commentOnIssue(repository, issue, body),
    };
  },
};

/** A pull request, as commands work with it. */
export function changeRequestFor(pullRequest: PullRequest, env: NodeJS.ProcessEnv): ChangeRequest {
  const { headCommit, isFork } = pullRequest;
  return {
    ...{ forge: GITHUB, headCommit, isReadOnly: isFork },
    writeComment: (mark, text) => writeComment(pullRequest, mark, text),
    planJobs: planJobsOf(pullRequest, env),
  };
}
