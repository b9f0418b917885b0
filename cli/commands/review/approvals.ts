import { approvalLabels } from "../../forge/approvals";
import type { PullRequest } from "../../forge/pull-request";

/** 200 bits in base32. A forge takes at most 50 characters for a label, and ignores their case. */
const APPROVAL = /^approved-([a-z2-7]{40})$/i;

/** The digest that a label approves. */
export function digestIn(label: string): string | undefined {
  return label.match(APPROVAL)?.[1]?.toLowerCase();
}

/** The digests that labels of the pull request approve. */
export async function approvedDigests(pullRequest: PullRequest): Promise<string[]> {
  const labels = await approvalLabels(pullRequest, (label) => digestIn(label) !== undefined);
  return labels.flatMap(({ label, flaw }) => (flaw === undefined ? [digestIn(label) ?? label] : []));
}

/** What to do to approve the change that has this digest, as a sentence in Markdown. */
export function howToApprove({ authorMayApprove }: PullRequest, digest: string): string {
  const approverWords = authorMayApprove ? "" : ", set by somebody other than the author of the pull request";
  return `Approve exactly this change with the label \`approved-${digest}\`${approverWords}.`;
}
