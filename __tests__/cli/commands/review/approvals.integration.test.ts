import { approvalLines, digestIn } from "../../../../cli/commands/review/approvals";
import type { Approval, ApprovalFlaw } from "../../../../cli/forge/approval";
import { pullRequestsInTests } from "../../../support/pull-requests";

const { changeRequest } = pullRequestsInTests();

const DIGEST = "abcdefghijklmnopqrstuvwxyz234567abcdefgh";
const LABEL = `approved-${DIGEST}`;
const OTHER = "z".repeat(40);

const labelWith = (flaw?: ApprovalFlaw, text = LABEL): Approval => ({
  ...{ text, account: "alice", time: new Date("2026-01-02T03:04:05Z"), flaw },
});

test("an approval is explained, with who can give it", () => {
  expect(approvalLines(changeRequest(), DIGEST, [])).toEqual([
    `Approve exactly this change with the label \`${LABEL}\`, set by somebody who is neither the author of the pull request nor has pushed to it.`,
  ]);
  expect(approvalLines(changeRequest({ authorMayApprove: true }), DIGEST, [])).toEqual([
    `Approve exactly this change with the label \`${LABEL}\`.`,
  ]);
});

test.each<[ApprovalFlaw, string]>([
  ["nobody", "GitHub doesn't say who set it. Remove it, and set it again"],
  ["closed", "the pull request was closed after that. Remove it, and set it again"],
  ["deleted-account", "the account was deleted"],
  ["bot", "only a person can approve"],
  ["app", "an app set it for that person, and only a person can approve, by hand"],
  ["author", "that is the author of the pull request"],
  ["pusher", "that person pushed to its branch"],
  [
    "unknown-pushers",
    "GitHub doesn't say who pushed to its branch. Push the same commits to a new branch of this repository, and open another pull request",
  ],
  ["committer", "that person is the author or committer of one of its commits"],
])("an approval that doesn't count is explained, with who set it and when: %s", (flaw, reason) => {
  expect(approvalLines(changeRequest(), DIGEST, [labelWith(flaw)]).slice(1)).toEqual([
    "",
    `- The label \`${LABEL}\`, set by \`alice\` at 2026-01-02T03:04:05Z, doesn't approve it: ${reason}.`,
  ]);
});

test("an approval of another change is explained, unless that change is part of this one", () => {
  const label = labelWith(undefined, `approved-${OTHER}`);
  expect(approvalLines(changeRequest(), DIGEST, [label]).at(-1)).toContain(
    "doesn't approve it: it names another change, such as an earlier version of this one.",
  );
  expect(approvalLines(changeRequest(), DIGEST, [label], [OTHER])).toHaveLength(1);
});

test("only so many labels are explained", () => {
  expect(approvalLines(changeRequest(), DIGEST, Array(100).fill(labelWith("author")))).toHaveLength(12);
});

test("a label approves the digest in it, and no other text", () => {
  expect([LABEL, LABEL.toUpperCase(), `${LABEL}a`, "approved-"].map(digestIn)).toEqual([
    DIGEST,
    DIGEST,
    undefined,
    undefined,
  ]);
});
