import { type Actor, ALICE } from "../../../support/answering-github";
import type { Files } from "../committed-repository";
import type { WorkflowEvent, WorkflowRepository } from "./workflow-runs";

/** Makes the event of a pull request, whose branch one person pushed, with GitHub's merge of both as its commit. */
export function openPullRequest(
  repository: WorkflowRepository,
  base: Files,
  change: Files,
  isFork = false,
  pusher: Actor = ALICE,
  author: Actor = ALICE,
): WorkflowEvent {
  const baseCommit = repository.commit(base, [repository.first]);
  const headCommit = repository.commit(change, [baseCommit]);
  const merge = repository.commit(change, [baseCommit, headCommit]);
  const created = { before: "0".repeat(40), after: headCommit, activity_type: "branch_creation", actor: pusher };
  repository.standIn.github.pushes.push(created);
  const head = { sha: headCommit, ref: "change", repo: { full_name: isFork ? "alice/access" : "acme/access" } };
  const pull_request = { number: 7, user: author, head, base: { ref: "main" } };
  const payload = { action: "opened", number: 7, pull_request };
  return { name: "pull_request", payload, commit: merge, ref: "refs/pull/7/merge", isFork };
}

/** Sets the label that the comment names. */
export function approve({ standIn: { github } }: WorkflowRepository, actor: Actor): void {
  const [name = ""] = github.comments[0]?.body.match(/\bapproved-[a-z2-7]{40}\b/) ?? [];
  github.labels.push({ name });
  const created_at = new Date().toISOString();
  github.events.push({ event: "labeled", created_at, actor, label: { name }, performed_via_github_app: null });
}
