import type { Approval, ApprovalFlaw } from "../../forge/approval";
import type { ChangeRequest, Forge } from "../../forge/forge";
import { CommandError } from "../../terminal/command-error";
import { code } from "../../terminal/markdown";
import { printError } from "../../terminal/print";

/** 200 bits in base32. A forge takes at most 50 characters for a label, and ignores their case. */
const APPROVAL = /^approved-([a-z2-7]{40})$/i;

/** The digest that a label or a comment approves. */
export function digestIn(text: string): string | undefined {
  return text.match(APPROVAL)?.[1]?.toLowerCase();
}

/** What is meant to approve a change, whatever digest it names. */
export function approvalsOf(changeRequest: ChangeRequest): Promise<Approval[]> {
  return changeRequest.approvals((text) => digestIn(text) !== undefined);
}

/** Deletes the approvals of closed changes. If that fails, the next review tries again. */
export async function deleteOldApprovals(changeRequest: ChangeRequest): Promise<void> {
  if (changeRequest.isReadOnly) return;
  try {
    await changeRequest.deleteLabelsOfClosed?.((label) => digestIn(label) !== undefined);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    printError(`Approvals of closed ${changeRequest.forge.changeRequest}s can't be deleted: ${error.message}`);
  }
}

/** The digests that are approved. */
export function digestsOf(approvals: readonly Approval[]): string[] {
  return approvals.flatMap(({ text, flaw }) => (flaw === undefined ? [digestIn(text) ?? text] : []));
}

const FLAW_WORDS: Readonly<Record<ApprovalFlaw, string | ((forge: Forge) => string)>> = {
  nobody: ({ name }) => `${name} doesn't say who set it. Remove it, and set it again`,
  "deleted-account": "the account was deleted",
  "inactive-account": "the account isn't active",
  bot: "only a person can approve",
  app: "an app set it for that person, and only a person can approve, by hand",
  author: ({ changeRequest }) => `that is the author of the ${changeRequest}`,
  closed: ({ changeRequest }) => `the ${changeRequest} was closed after that. Remove it, and set it again`,
  edited: ({ name }) =>
    `it was changed afterwards: ${name} doesn't say whether by an edit, a reaction or a resolved thread. Write a new one`,
  imported: "it was imported. Write a new one",
  "no-write-access": "that person can't write to this repository",
  pusher: "that person pushed to its branch",
  "unknown-pushers": ({ name, changeRequest }) =>
    `${name} doesn't say who pushed to its branch. Push the same commits to a new branch of this repository, and open another ${changeRequest}`,
  committer: "that person is the author or committer of one of its commits",
};

const OF_OTHER = "it names another change, such as an earlier version of this one";

/** How many labels or comments that don't approve are explained. */
const MAX_USELESS = 10;

/**
 * What to do to approve the change that has this digest, in Markdown, and why labels or comments don't approve it.
 *
 * @param approvals those that are meant to
 * @param otherDigests what else they may approve
 */
export function approvalLines(
  { forge, authorMayApprove }: Pick<ChangeRequest, "forge" | "authorMayApprove">,
  digest: string,
  approvals: readonly Approval[],
  otherDigests: readonly string[] = [],
): string[] {
  const { participle, phraseOf, next } = forge.approval;
  const approverWords = authorMayApprove
    ? ""
    : `, ${participle} by somebody who is neither the author of the ${forge.changeRequest} nor has pushed to it`;
  const isOfOther = ({ text }: Approval) => ![digest, ...otherDigests].includes(digestIn(text) ?? "");
  const useless = approvals.filter((approval) => approval.flaw !== undefined || isOfOther(approval));
  return [
    `Approve exactly this change with ${phraseOf(code(`approved-${digest}`))}${approverWords}.${next && ` ${next}`}`,
    ...(useless.length > 0 ? [""] : []),
    ...useless
      .slice(0, MAX_USELESS)
      .map(
        (approval) =>
          `- The ${forge.approval.noun} ${code(approval.text)}, ${approverOf(approval, forge)}, doesn't approve it: ${isOfOther(approval) ? OF_OTHER : flawWords(approval.flaw ?? "nobody", forge)}.`,
      ),
  ];
}

function flawWords(flaw: ApprovalFlaw, forge: Forge): string {
  const words = FLAW_WORDS[flaw];
  return typeof words === "string" ? words : words(forge);
}

function approverOf({ account, time }: Approval, { changeRequest, approval: { participle } }: Forge): string {
  if (time === undefined) return `which is on the ${changeRequest}`;
  return `${participle} by ${account === undefined ? "an account that is gone" : code(account)} at ${time.toISOString().replace(".000Z", "Z")}`;
}
