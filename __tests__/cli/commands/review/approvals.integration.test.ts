import { howToApprove } from "../../../../cli/commands/review/approvals";
import { pullRequestsInTests } from "../../../support/pull-requests";

const { pullRequest } = pullRequestsInTests();

const DIGEST = "abcdefghijklmnopqrstuvwxyz234567abcdefgh";
const LABEL = `approved-${DIGEST}`;

test("an approval is explained, with who can give it", () => {
  expect(howToApprove(pullRequest(), DIGEST)).toBe(
    `Approve exactly this change with the label \`${LABEL}\`, set by somebody other than the author of the pull request.`,
  );
  expect(howToApprove(pullRequest({ authorMayApprove: true }), DIGEST)).toBe(
    `Approve exactly this change with the label \`${LABEL}\`.`,
  );
});
