import { z } from "zod";
import { listRestIfAny } from "../rest-api";
import { type Account, account, rootOf } from "./api";
import type { MergeRequest } from "./merge-request";

/** A push. Source: GitLab's REST API, "List all visible events for a project". */
const pushEvent = z.object({
  author: account.nullish(),
  push_data: z
    .object({
      action: z.string(),
      ref_type: z.string(),
      ref: z.string().nullish(), // null: several branches at once
      commit_from: z.string().nullish(),
      commit_to: z.string().nullish(),
    })
    .nullish(),
});
type PushEvent = z.infer<typeof pushEvent>;

/** By ID and by username: either may be all that is left of an account elsewhere. */
export function isAccount(a: Account, b: Account): boolean {
  return a.id === b.id || a.username.toLowerCase() === b.username.toLowerCase();
}

/** Everybody who ever pushed to the branch, by its name, or to several at once. Undefined: not all of them are known. */
export async function pushersOf({ branch, headCommit, ...project }: MergeRequest): Promise<Account[] | undefined> {
  if (branch === undefined) return undefined;
  const source = { ...project, root: rootOf(branch.project) };
  const query = { action: "pushed", sort: "desc" };
  const events = await listRestIfAny(source, "/events", pushEvent, query);
  const pushes = (events ?? []).filter(({ push_data: push }) => push?.ref_type === "branch");
  const branchPushes = pushes.filter(({ push_data: push }) => push?.ref === branch.name);
  if (!isWhole(branchPushes, headCommit)) return undefined;
  const concerned = pushes.filter(({ push_data: push }) => !push?.ref || push.ref === branch.name);
  const pushers = concerned.map(({ author }) => author).filter((author) => !!author);
  return pushers.length === concerned.length ? pushers : undefined;
}

/** Whether a branch's pushes, newest first, lead from a commit back to its creation without a gap. */
function isWhole(pushes: readonly PushEvent[], commit: string): boolean {
  const newest = pushes.findIndex(({ push_data: push }) => push?.commit_to === commit);
  if (newest < 0) return false;
  for (const [index, { push_data: push }] of pushes.slice(newest).entries()) {
    if (push?.action === "created") return true;
    const earlier = pushes[newest + index + 1]?.push_data?.commit_to;
    if (!earlier || earlier !== push?.commit_from) return false;
  }
  return false;
}
