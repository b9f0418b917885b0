import { z } from "zod";
import type { Approval, ApprovalFlaw } from "../approval";
import { listRest, readRestIfAny } from "../rest-api";
import { contributorsOf, isAccount } from "./contributors";
import { account, isSameName, labelsOf, type PullRequest } from "./pull-request";

const issueEvent = z.object({
  event: z.string(),
  created_at: z.iso.datetime({ offset: true }).transform((text) => new Date(text)),
  actor: account.extend({ type: z.string() }).nullish(),
  label: z.object({ name: z.string().nullish() }).nullish(), // null: the label was deleted
  performed_via_github_app: z.unknown(),
});
type IssueEvent = z.infer<typeof issueEvent>;

/** Stands for every account that was deleted. */
const GHOST = "ghost";

/**
 * The labels that are meant to approve a pull request. What counts is who set the label last: a person, by hand, who
 * has nothing to do with what is in the pull request. A bot can't approve, nor can an app that acts for a person: the
 * author may control it.
 *
 * @param isMeant whether a label is meant to approve
 */
export async function approvalLabels(
  pullRequest: PullRequest,
  isMeant: (label: string) => boolean,
): Promise<Approval[]> {
  const labels = (await labelsOf(pullRequest)).filter(isMeant);
  if (labels.length === 0) return [];
  const events = await listRest(pullRequest, `/issues/${pullRequest.number}/events`, issueEvent);
  const settings = labels.map((label) => {
    const last = events
      .filter(({ event, label: changed }) =>
        changed?.name ? isMeant(changed.name) && isSameName(changed.name, label) : event === "unlabeled",
      )
      .sort((a, b) => a.created_at.getTime() - b.created_at.getTime())
      .at(-1);
    if (last?.event !== "labeled") return { label, event: undefined, isClosedSince: false };
    const isClosedSince = events.some(({ event, created_at }) => event === "closed" && created_at >= last.created_at);
    return { label, event: last, isClosedSince };
  });
  const isAsked = settings.some((setting) => flawOf(pullRequest, setting) === undefined);
  const contributors = isAsked && !pullRequest.authorMayApprove ? await contributorsOf(pullRequest) : undefined;
  const approvals: Approval[] = [];
  for (const setting of settings) {
    const { label, event } = setting;
    const actor = event?.actor ?? undefined;
    const flaw = flawOf(pullRequest, setting) ?? (actor && contributors?.flawOf(actor));
    const isUnable = flaw === undefined && actor && !(await mayWrite(pullRequest, actor.login));
    approvals.push({
      ...{ text: label, account: actor?.login, time: event?.created_at },
      flaw: isUnable ? "no-write-access" : flaw,
    });
  }
  return approvals;
}

/** Source: GitHub's REST API, "Get repository permissions for a user": `triage` is `read` there, `maintain` is `write`. */
const collaborator = z.object({ permission: z.string() });

/** Whether an account may write to the repository now: labels can be set with less. */
async function mayWrite(pullRequest: PullRequest, login: string): Promise<boolean> {
  const path = `/collaborators/${encodeURIComponent(login)}/permission`;
  const rights = await readRestIfAny(pullRequest, path, collaborator);
  return rights !== undefined && ["admin", "write"].includes(rights.permission);
}

/** What is wrong with whoever set a label, except for what they have contributed. */
function flawOf(
  { author, authorMayApprove }: PullRequest,
  { event, isClosedSince }: { readonly event: IssueEvent | undefined; readonly isClosedSince: boolean },
): ApprovalFlaw | undefined {
  if (event === undefined) return "nobody";
  const { actor, performed_via_github_app: app } = event;
  if (!actor || isSameName(actor.login, GHOST)) return "deleted-account";
  if (actor.type !== "User") return "bot";
  if (app) return "app";
  if (!authorMayApprove && isAccount(actor, author)) return "author";
  return isClosedSince ? "closed" : undefined;
}
