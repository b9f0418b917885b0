import type { ChangeRequest, Forge } from "../forge";
import { approvalComments } from "./approvals";
import { BOOTSTRAP } from "./bootstrap";
import { changeIssue, commentOnIssue, createIssue, issuesProject, keptIssues, SILENCED } from "./issues";
import { runUrl, setJobs, setOutputs } from "./job";
import { lastDeployedCommit } from "./last-deploy";
import { MAX_COMMENT, type MergeRequest, mergeRequestOf, setLabel, writeComment } from "./merge-request";
import { overtakingCommit } from "./newest-commit";

/** GitLab, and GitLab CI/CD. */
export const GITLAB: Forge = {
  ...{
    option: "gitlab",
    name: "GitLab",
    ci: "GitLab CI/CD",
    run: "pipeline",
    changeRequest: "merge request",
    hasTerraformState: true,
  },
  maxJobs: 200, // Source: GitLab, `parallel:matrix` of the keyword reference
  maxComment: MAX_COMMENT,
  summary: undefined,
  bootstrap: BOOTSTRAP,
  approval: {
    ...{ noun: "comment", participle: "written" },
    phraseOf: (text) => `a comment that is only ${text}`,
    next: "Then run the job `access` again.",
  },
  ...{ runUrl, setOutputs, lastDeployedCommit, overtakingCommit },
  setJobs,
  changeRequestOf: async (env) => changeRequestFor(await mergeRequestOf(env)),
  issuesOf: (env) => {
    const project = issuesProject(env);
    return {
      forge: GITLAB,
      howToSilence: `close it with the label ${SILENCED}`,
      keptIssues: () => keptIssues(project, env),
      createIssue: (title, body) => createIssue(project, title, body),
      changeIssue: (issue, change) => changeIssue(project, issue, change),
      commentOnIssue: (issue, body) => commentOnIssue(project, issue, body),
    };
  },
};

/** A merge request, as commands work with it. */
export function changeRequestFor(merge: MergeRequest): ChangeRequest {
  const { headCommit, authorMayApprove } = merge;
  return {
    ...{ forge: GITLAB, headCommit, isReadOnly: false, authorMayApprove },
    approvals: (isMeant) => approvalComments(merge, isMeant),
    writeComment: (mark, text) => writeComment(merge, mark, text),
    setLabel: (label, isWanted) => setLabel(merge, label, isWanted),
    ...{ deleteLabelsOfClosed: undefined, planJobs: undefined },
  };
}
