import type { ChangeRequest, Forge } from "../forge";
import { BOOTSTRAP } from "./bootstrap";
import { runUrl, setJobs, setOutputs } from "./job";
import { lastDeployedCommit } from "./last-deploy";
import { changedFiles, MAX_COMMENT, type MergeRequest, mergeRequestOf, writeComment } from "./merge-request";
import { overtakingCommit } from "./newest-commit";

/** GitLab, and GitLab CI/CD. */
export const GITLAB: Forge = {
  option: "gitlab",
  name: "GitLab",
  ci: "GitLab CI/CD",
  run: "pipeline",
  changeRequest: "merge request",
  hasTerraformState: true,
  maxJobs: 200, // Source: GitLab, `parallel:matrix` of the keyword reference
  maxComment: MAX_COMMENT,
  summary: undefined,
  bootstrap: BOOTSTRAP,
  runUrl,
  setOutputs,
  lastDeployedCommit,
  overtakingCommit,
  setJobs,
  changeRequestOf: async (env) => changeRequestFor(await mergeRequestOf(env)),
};

/** A merge request, as commands work with it. */
export function changeRequestFor(merge: MergeRequest): ChangeRequest {
  return {
    forge: GITLAB,
    headCommit: merge.headCommit,
    isReadOnly: false,
    planJobs: undefined,
    changedFiles: () => changedFiles(merge),
    writeComment: (mark, text) => writeComment(merge, mark, text),
  };
}
