import { markdown } from "../../../../../cli/commands/review/report";
import type { ReviewedEnvironment } from "../../../../../cli/commands/review/review";
import type { Violation } from "../../../../../cli/commands/review/violations";
import { ACCOUNT, DIGEST, environment, list, oncall, review } from "./reported";

const ONCALL = oncall();

test.each<[string, Partial<ReviewedEnvironment>, string]>([
  ["new, in an account", { isNew: true }, `- This environment is new, in the account \`${ACCOUNT}\`.`],
  ["new, in any account", { isNew: true, account: undefined }, "- This environment is new, in any account."],
  [
    "new, with a tier",
    { isNew: true, tier: "strict" },
    `- This environment is new, in the account \`${ACCOUNT}\`, and has the tier \`strict\`.`,
  ],
  [
    "removed after it was retired",
    { isRemoved: true },
    "- This retired environment is removed from the file. Remove it only after its retirement was deployed: otherwise its roles and channels stay in AWS, in no state, and no deploy will find them.",
  ],
  [
    "has a channel and a role no longer",
    { dropped: { account: ACCOUNT, region: "us-east-1", isMoved: false, roles: ["Full"], channels: [ONCALL] } },
    `- No longer in the code, but in \`us-east-1\` of the account \`${ACCOUNT}\` until a deploy removes it there: the role \`Full\`, the channel \`#oncall\` (\`C01\`).`,
  ],
  [
    "leaves a channel in another region",
    { dropped: { account: ACCOUNT, region: "us-east-1", isMoved: true, roles: [], channels: [ONCALL] } },
    `- In \`us-east-1\` of the account \`${ACCOUNT}\`, where no deploy of this code removes it: the channel \`#oncall\` (\`C01\`).`,
  ],
])("an environment has a line for what is special about it: %s", (_, overrides, line) => {
  expect(list(overrides)).toEqual([line]);
});

test("an environment that leaves things behind names them, and what to do", () => {
  const leftBehindReport = (overrides: Partial<ReviewedEnvironment>) =>
    markdown(
      review([environment({ verdict: "left-behind", isRemoved: true, ...overrides })], { approvalNeeded: true }),
    );
  expect(leftBehindReport({ leftBehind: { roles: ["Full", "Reading"], channels: [ONCALL] } })).toBe(
    `## ⚠️ Access is left behind in 1 environment

Digest of this change: \`${DIGEST}\`

### \`paid\`: left behind

**\`paid\` is removed from the file, but everything that it deployed stays** in the account \`${ACCOUNT}\`: the role \`Full\`, the role \`Reading\`, the channel \`#oncall\` (\`C01\`). No deploy and no \`support-app destroy\` will find it. Instead, set \`retired: true\`, deploy, and only then remove it.

**This needs an approval.**

`,
  );
  expect(leftBehindReport({ leftBehind: { roles: [], channels: [] }, account: undefined })).toContain(
    "stays** in its account: whatever its Terraform created. No deploy",
  );
});

test("an environment that may be renamed is moved, not retired", () => {
  const possibleRename = { from: "paid", to: "new", isRemote: false };
  const MOVE =
    "If `paid` is renamed to `new`: run `support-app move paid new` before any deploy of either, and nobody's access changes.";
  const leftBehind = { roles: ["Full"], channels: [] };
  const removed = (overrides: Partial<ReviewedEnvironment>) =>
    markdown(review([environment({ verdict: "left-behind", isRemoved: true, leftBehind, ...overrides })]));
  expect(removed({ possibleRename })).toContain(`: the role \`Full\`. ${MOVE}\n`);
  expect(removed({ possibleRename })).not.toContain("retired");
  expect(list({ environment: "new", isNew: true, possibleRename })).toEqual([
    `- This environment is new, in the account \`${ACCOUNT}\`. ${MOVE}`,
  ]);
  expect(removed({ possibleRename: { ...possibleRename, isRemote: true } })).toContain(
    "If `paid` is renamed to `new`: rename its workspace in HCP Terraform before any deploy of either, and nobody's access changes.",
  );
});

test.each<[Violation, string]>([
  [
    {
      kind: "read-only-writes",
      role: "Reading",
      actions: { not: false, patterns: ["support:createcase", "s3:*"] },
    },
    "The read-only role `Reading` allows `support:CreateCase`, `s3:*`, expected only `support:DescribeCases` and `support:DescribeCommunications`. Move the channel to full access, or drop the action.",
  ],
  [
    { kind: "read-only-writes", role: "Reading", actions: { not: true, patterns: ["s3:*"] } },
    "The read-only role `Reading` allows all but `s3:*`, expected only `support:DescribeCases` and `support:DescribeCommunications`. Move the channel to full access, or drop the action.",
  ],
  [
    {
      ...{ kind: "read-only-unreadable", role: "Reading" },
      unreadable: { reason: "no-environment", address: "environment.json", source: undefined },
    },
    "Something new may give the read-only role `Reading` more: Unsupported: no environment beside the stack, in the form that this version writes, in `environment.json`.",
  ],
  [
    {
      kind: "ended",
      role: "Full",
      actions: { not: false, patterns: ["support:resolvecase"] },
      end: "2026-01-02T00:00:00Z",
    },
    "The role `Full` is given `support:ResolveCase` until the end of 2026-01-01 (UTC), which has passed: it would give nobody anything. Set a later date in `until` or `temporarily`, or remove what ends then. Don't just remove the end: everything would be given without one.",
  ],
  [
    { kind: "shared-state", environment: "other" },
    "Its state is where `other` has its own: a deploy of one would destroy what the other has. Give it another place, such as another prefix.",
  ],
])("an environment with something forbidden shows what to do: %j", (violation, words) => {
  expect(list({ violations: [violation] })).toEqual([`- ⛔ ${words}`]);
});
