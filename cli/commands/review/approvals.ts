import type { ApprovalFlaw, ApprovalLabel } from "../../forge/approval-label";
import type { ChangeRequest, Forge } from "../../forge/forge";
import { CommandError } from "../../terminal/command-error";
import { code } from "../../terminal/markdown";
import { printError } from "../../terminal/print";

/** 200 bits in base32. A forge takes at most 50 characters for a label, and ignores their case. */
const APPROVAL = /^approved-([a-z2-7]{40})$/i;

/** The digest that a label approves. */
export function digestIn(label: string): string | undefined {
  return label.match(APPROVAL)?.[1]?.toLowerCase();
}

/** Labels that are meant to approve a change, whatever digest they name. */
export function approvalsOf(changeRequest: ChangeRequest): Promise<ApprovalLabel[]> {
  return changeRequest.approvalLabels((label) => digestIn(label) !== undefined);
}

/** Deletes the approvals of closed changes. If that fails, the next review tries again. */
export async function deleteOldApprovals(changeRequest: ChangeRequest): Promise<void> {
  if (changeRequest.isFork) return;
  try {
    await changeRequest.deleteLabelsOfClosed((label) => digestIn(label) !== undefined);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    printError(`Approvals of closed ${changeRequest.forge.changeRequest}s can't be deleted: ${error.message}`);
  }
}

/** The digests that labels approve. */
export function digestsOf(labels: readonly ApprovalLabel[]): string[] {
  return labels.flatMap(({ label, flaw }) => (flaw === undefined ? [digestIn(label) ?? label] : []));
}

const FLAW_WORDS: Readonly<Record<ApprovalFlaw, string | ((forge: Forge) => string)>> = {
  nobody: ({ name }) => `${name} doesn't say who set it. Remove it, and set it again`,
  "deleted-account": "the account was deleted",
  bot: "only a person can approve",
  app: "an app set it for that person, and only a person can approve, by hand",
  author: ({ changeRequest }) => `that is the author of the ${changeRequest}`,
  closed: ({ changeRequest }) => `the ${changeRequest} was closed after that. Remove it, and set it again`,
  "no-write-access": "that person can't write to this repository",
  pusher: "that person pushed to its branch",
  "unknown-pushers": ({ name, changeRequest }) =>
    `${name} doesn't say who pushed to its branch. Push the same commits to a new branch of this repository, and open another ${changeRequest}`,
  committer: "that person is the author or committer of one of its commits",
};

const OF_OTHER = "it names another change, such as an earlier version of this one";

/** How many labels that don't approve are explained. */
const MAX_LABELS = 10;

/**
 * What to do to approve the change that has this digest, in Markdown, and why labels don't approve it.
 *
 * @param labels those that are meant to
 * @param otherDigests what else labels may approve
 */
export function approvalLines(
  { forge, authorMayApprove }: Pick<ChangeRequest, "forge" | "authorMayApprove">,
  digest: string,
  labels: readonly ApprovalLabel[],
  otherDigests: readonly string[] = [],
): string[] {
  const approverWords = authorMayApprove
    ? ""
    : `, set by somebody who is neither the author of the ${forge.changeRequest} nor has pushed to it`;
  const isOfOther = ({ label }: ApprovalLabel) => ![digest, ...otherDigests].includes(digestIn(label) ?? "");
  const useless = labels.filter((label) => label.flaw !== undefined || isOfOther(label));
  return [
    `Approve exactly this change with the label \`approved-${digest}\`${approverWords}.`,
    ...(useless.length > 0 ? [""] : []),
    ...useless
      .slice(0, MAX_LABELS)
      .map(
        (label) =>
          `- The label ${code(label.label)}, ${setterWords(label, forge)}, doesn't approve it: ${isOfOther(label) ? OF_OTHER : flawWords(label.flaw ?? "nobody", forge)}.`,
      ),
  ];
}

function flawWords(flaw: ApprovalFlaw, forge: Forge): string {
  const words = FLAW_WORDS[flaw];
  return typeof words === "string" ? words : words(forge);
}

function setterWords({ setBy, setAt }: ApprovalLabel, { changeRequest }: Forge): string {
  if (setAt === undefined) return `which is on the ${changeRequest}`;
  return `set by ${setBy === undefined ? "an account that is gone" : code(setBy)} at ${setAt.toISOString().replace(".000Z", "Z")}`;
}
