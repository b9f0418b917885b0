import type { Files } from "../committed-repository";
import type { WorkflowEvent, WorkflowRepository } from "./workflow-runs";

/** Makes the event of a pull request, with GitHub's merge of both as its commit. */
export function openPullRequest(
  repository: WorkflowRepository,
  base: Files,
  change: Files,
  isFork = false,
): WorkflowEvent {
  const baseCommit = repository.commit(base, [repository.first]);
  const headCommit = repository.commit(change, [baseCommit]);
  const merge = repository.commit(change, [baseCommit, headCommit]);
  const head = { sha: headCommit, ref: "change", repo: { full_name: isFork ? "alice/access" : "acme/access" } };
  const pull_request = { number: 7, head, base: { ref: "main" } };
  const payload = { action: "opened", number: 7, pull_request };
  return { name: "pull_request", payload, commit: merge, ref: "refs/pull/7/merge", isFork };
}
