import { z } from "zod";
import type { Approval, ApprovalFlaw } from "../approval";
import { readRestIfAny } from "../rest-api";
import { type Account, account, instanceOf } from "./api";
import { type MergeRequest, type Note, notesOf } from "./merge-request";
import { isAccount, pushersOf } from "./pushers";

/** Stands for every account that was deleted. */
const GHOST = "ghost";

/** The role Developer, the lowest that may push. Source: GitLab's REST API, "Members", roles. */
const DEVELOPER = 30;

/**
 * The comments that are meant to approve a merge request. What counts is who wrote it: a person who has nothing to do with what is
 * in the merge request. Labels don't count: GitLab's events have a label's present name, so one that was set could be renamed.
 *
 * @param isMeant whether a whole comment is meant to approve
 */
export async function approvalComments(merge: MergeRequest, isMeant: (text: string) => boolean): Promise<Approval[]> {
  const notes = (await notesOf(merge)).filter(({ body }) => isMeant(body.trim()));
  let pushers: Promise<Account[] | undefined> | undefined;
  const flaws = new Map<number, Promise<ApprovalFlaw | undefined>>();
  const approvals: Approval[] = [];
  for (const note of notes) {
    const { author, body, created_at } = note;
    let flaw = flawOf(merge, note);
    if (flaw === undefined && author) {
      if (!merge.authorMayApprove) pushers ??= pushersOf(merge);
      const accountFlaw = flaws.get(author.id) ?? flawOfAccount(merge, author, await pushers);
      flaws.set(author.id, accountFlaw);
      flaw = await accountFlaw;
    }
    approvals.push({ text: body.trim(), account: author?.username, time: new Date(created_at), flaw });
  }
  return approvals;
}

/** What is wrong with a comment itself. */
function flawOf({ author: opener, authorMayApprove }: MergeRequest, note: Note): ApprovalFlaw | undefined {
  const { author, imported, created_at, updated_at } = note;
  if (!author || author.username === GHOST) return "deleted-account";
  if (imported !== false) return "imported"; // or an older GitLab that doesn't say
  if (created_at !== updated_at) return "edited";
  return !authorMayApprove && isAccount(author, opener) ? "author" : undefined;
}

/** Source: GitLab's REST API, "Retrieve a user". */
const user = account.extend({ state: z.string(), bot: z.boolean() });

/** What is wrong with whoever wrote a comment. */
async function flawOfAccount(
  merge: MergeRequest,
  writer: Account,
  pushers: readonly Account[] | undefined,
): Promise<ApprovalFlaw | undefined> {
  const live = await readRestIfAny(instanceOf(merge), `/users/${writer.id}`, user);
  if (live === undefined) return "deleted-account";
  if (live.bot || live.id === (await merge.owner()).id) return "bot"; // in Free, the token is of a user
  if (live.state !== "active") return "inactive-account";
  if (!merge.authorMayApprove) {
    if (pushers === undefined) return "unknown-pushers";
    if (pushers.some((pusher) => isAccount(pusher, writer))) return "pusher";
  }
  return (await mayWrite(merge, writer)) ? undefined : "no-write-access";
}

/** Source: GitLab's REST API, "Retrieve a member of a project, including inherited and invited members". */
const member = z.object({ access_level: z.int() });

/** Whether an account may write to the project now: comments can be written with less. */
async function mayWrite(merge: MergeRequest, { id }: Account): Promise<boolean> {
  const membership = await readRestIfAny(merge, `/members/all/${id}`, member);
  return membership !== undefined && membership.access_level >= DEVELOPER;
}
