import type { ChangeRequest, Forge } from "../forge";
import { BOOTSTRAP } from "./bootstrap";
import { appendSummary, MAX_SUMMARY, runUrl, setOutputs } from "./job";
import { lastDeployedCommit } from "./last-deploy";
import { overtakingCommit } from "./newest-commit";
import { changedFiles, MAX_COMMENT, type PullRequest, pullRequestOf, writeComment } from "./pull-request";
import { planJobsOf } from "./run-jobs";

/** GitHub, and GitHub Actions. */
export const GITHUB: Forge = {
  option: "github",
  name: "GitHub",
  ci: "GitHub Actions",
  run: "workflow run",
  changeRequest: "pull request",
  hasTerraformState: false,
  maxJobs: 256, // Source: GitHub, usage limits of Actions
  maxComment: MAX_COMMENT,
  summary: { max: MAX_SUMMARY, append: appendSummary },
  bootstrap: BOOTSTRAP,
  runUrl,
  setOutputs,
  lastDeployedCommit,
  overtakingCommit,
  setJobs: (_, lists) => setOutputs(lists),
  changeRequestOf: async (env) => changeRequestFor(pullRequestOf(env), env),
};

/** A pull request, as commands work with it. */
export function changeRequestFor(pullRequest: PullRequest, env: NodeJS.ProcessEnv): ChangeRequest {
  const { headCommit, isFork } = pullRequest;
  return {
    forge: GITHUB,
    headCommit,
    isReadOnly: isFork,
    changedFiles: () => changedFiles(pullRequest),
    writeComment: (mark, text) => writeComment(pullRequest, mark, text),
    planJobs: planJobsOf(pullRequest, env),
  };
}
