import type { Difference } from "../../../../cli/iam/compare";
import { markdown } from "../../../../cli/review/report";
import type { ReviewedEnvironment } from "../../../../cli/review/review";
import type { Violation } from "../../../../cli/review/violations";
import type { UnreadableReason } from "../../../../cli/terraform/unreadable";
import { ACCOUNT, DIGEST, environment, inAccess, list, review, role, SAME } from "./reported";

describe("an environment", () => {
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
      "- This retired environment is removed from the file. Its last deploy removes everything from the account: make sure that it ran.",
    ],
  ])("is %s", (_, more, line) => {
    expect(list(more)).toEqual([line]);
  });

  test("that leaves things behind names them, and says what to do", () => {
    const left = (more: Partial<ReviewedEnvironment>) =>
      markdown(review([environment({ verdict: "left-behind", isRemoved: true, ...more })], { approvalNeeded: true }));
    const notify = { severity: "none" } as const;
    const channel = { workspace: "T01", channel: "C01", name: "oncall", role: "full", notify };
    expect(left({ leftBehind: { roles: ["Full", "Reading"], channels: [channel] } })).toBe(
      `## ⚠️ Access is left behind in 1 environment

Digest of this change: \`${DIGEST}\`

### \`paid\`: left behind

**\`paid\` is removed from the file, but everything that it deployed stays** in the account \`${ACCOUNT}\`: the role \`Full\`, the role \`Reading\`, the channel \`#oncall\` (\`C01\`). No deploy and no \`support-app destroy\` will find it. Instead, set \`retired: true\`, deploy, and only then remove it.

**This needs an approval.**

`,
    );
    expect(left({ leftBehind: { roles: [], channels: [] }, account: undefined })).toContain(
      "stays** in its account: whatever its Terraform created. No deploy",
    );
  });

  test.each<[Violation, string]>([
    [
      { kind: "read-only-writes", role: "Reading", actions: { not: false, patterns: ["support:createcase", "s3:*"] } },
      "The read-only role `Reading` allows `support:CreateCase`, `s3:*`, expected only `support:DescribeCases` and `support:DescribeCommunications`. Move the channel to full access, or drop the action.",
    ],
    [
      { kind: "read-only-writes", role: "Reading", actions: { not: true, patterns: ["s3:*"] } },
      "The read-only role `Reading` allows all but `s3:*`, expected only `support:DescribeCases` and `support:DescribeCommunications`. Move the channel to full access, or drop the action.",
    ],
    [
      {
        ...{ kind: "read-only-unreadable", role: "Reading" },
        unreadable: { reason: "unknown-type", address: "aws_x.y", source: undefined },
      },
      "Something new may give the read-only role `Reading` more: Unsupported: an unknown type of resource or data source, which may affect access, in `aws_x.y`.",
    ],
    [
      {
        ...{ kind: "ended", role: "Full", actions: { not: false, patterns: ["support:resolvecase"] } },
        ...{ end: "2026-01-02T00:00:00Z", level: "full", capabilities: ["resolve-cases", "live-chat"] },
      },
      "The role `Full` is given `support:ResolveCase` until the end of 2026-01-01 (UTC), which has passed: it would give nobody anything. Set a later date, or remove `resolve-cases`, `live-chat` from `temporarily` of the access level `full`.",
    ],
    [
      {
        ...{ kind: "ended", role: "Full", actions: { not: false, patterns: ["support:resolvecase"] } },
        ...{ end: "2026-01-02T10:00:00Z", level: "read-only" },
      },
      "The role `Full` is given `support:ResolveCase` until 2026-01-02T10:00:00Z, which has passed: it would give nobody anything. Set a later date, or remove the access level `read-only`. Don't just remove `until`: everything would be given without an end.",
    ],
    [
      {
        ...{ kind: "ended", role: "Full", actions: { not: false, patterns: ["s3:get"] } },
        ...{ end: "2026-01-02T00:00:00Z", capabilities: [] },
      },
      "The role `Full` is given `s3:get` until the end of 2026-01-01 (UTC), which has passed: it would give nobody anything. Set a later date, or remove the statement from the role.",
    ],
  ])("with something forbidden says what to do: %j", (violation, words) => {
    expect(list({ violations: [violation] })).toEqual([`- ⛔ ${words}`]);
  });

  test("lists what is unsupported, each once, and not again if it is forbidden", () => {
    const [open, forbidden] = ["a", "b"].map((address) => ({ reason: "expression", address, source: "x" }) as const);
    if (!open || !forbidden) throw new Error();
    const violations: Violation[] = [
      { kind: "read-only-writes", role: "Reading", actions: { not: false, patterns: ["s3:*"] } },
      { kind: "read-only-unreadable", role: "Reading", unreadable: forbidden },
    ];
    expect(list({ unreadable: [open, forbidden, { ...open }], violations }).slice(2)).toEqual([
      "- Unsupported: an expression, in `a` (`x`).",
    ]);
  });

  test.each<[UnreadableReason, string]>([
    ["not-json", "a policy that isn't JSON, or has a key twice"],
    ["not-a-policy", "something that isn't a policy of the version 2012-10-17"],
    ["not-a-statement", "something that isn't a policy statement"],
    ["unknown-element", "an unknown element of a policy"],
    ["no-effect", "a statement that neither allows nor denies"],
    ["no-action", "a statement without actions"],
    ["not-a-text", "something that isn't a text"],
    ["not-a-condition", "something that isn't a condition"],
    ["expression", "an expression"],
    ["unknown-section", "a section of Terraform that these stacks don't have"],
    ["unknown-type", "an unknown type of resource or data source, which may affect access"],
    ["unknown-argument", "an argument or a value that these stacks don't have"],
    ["unknown-provider", "a provider or a provider source other than hashicorp/aws"],
    ["unknown-backend", "a backend, or a setting of it, that these stacks don't have"],
    ["not-a-block", "a block in a form that CDKTF doesn't write"],
    [
      "reads-elsewhere",
      "a value that depends on something outside of the Terraform, such as a file, a program or a module",
    ],
    ["no-name", "a name that isn't a text"],
    ["duplicate-name", "a name in IAM that something else in this stack has, too"],
    ["duplicate-exclusive", "a second exclusive list for the same role"],
    ["duplicate-channel", "a channel that is configured twice"],
    ["foreign-role", "a role that isn't in this stack"],
    ["foreign-policy", "a policy whose content is unknown"],
    [
      "foreign-import",
      "an import of something other than what this stack creates under that name: Terraform would take it over",
    ],
    ["foreign-move", "a move of something other than what this stack had before and has after"],
    ["foreign-removal", "something that Terraform is told to stop managing"],
    ["unattached-policy", "a policy that is attached to no role in this stack"],
    ["boundary-by-arn", "a permissions boundary that this stack creates, referred to by its ARN"],
    ["not-exclusive", "a role that keeps policies that are added to it by hand"],
    ["not-kept", "a policy that is added to the role and removed again, or kept without being added"],
    ["overwritten", "an inline policy that another of the same name overwrites"],
    ["unusual-action", "an action in a form that AWS may refuse"],
    ["unusual-resource", "a resource in IAM, whose name may change, or a resource in a form that AWS may refuse"],
    ["unusual-principal", "a principal whose name may change, or a principal in a form that AWS may refuse"],
    ["unusual-condition", "a condition on something that other parts of the stack may change"],
    ["wrong-digest", "a digest of other Terraform, which would make a deploy treat this stack as already applied"],
  ])("explains what is unsupported: %s", (reason, words) => {
    expect(list({ unreadable: [{ reason, address: "a.b", source: undefined }] })).toEqual([
      `- Unsupported: ${words}, in \`a.b\`.`,
    ]);
  });

  test.each<[unknown, string]>([
    ["a text", "a text"],
    [{ b: 1, a: [true] }, '{"a":[true],"b":1}'],
    ["x".repeat(300), "x".repeat(300)],
    ["x".repeat(301), `${"x".repeat(300)}… (301 characters)`],
  ])("shows as much of what is unsupported as helps: %j", (source, shown) => {
    expect(list({ unreadable: [{ reason: "expression", address: "a", source }] })).toEqual([
      `- Unsupported: an expression, in \`a\` (\`${shown}\`).`,
    ]);
  });

  test("lists what can't be decided, of permissions and trust, each once", () => {
    const action = { not: false, patterns: ["support:createcase"] };
    const undecided = [{ reason: "too-many-patterns" }, { reason: "too-many-combinations", action }] as const;
    const of = (...all: Difference["undecided"]): Difference => ({ ...SAME, undecided: all });
    const roles = [
      role({ permissions: of(...undecided) }),
      role({ permissions: of(undecided[1]), trust: of({ reason: "too-many-combinations" }) }),
    ];
    expect(inAccess({ roles })).toEqual([
      "- Unsupported: too many patterns in a policy to try everything that they can match.",
      "- Unsupported: too many combinations of conditions of `support:CreateCase` to try.",
      "- Unsupported: too many combinations of conditions to try.",
    ]);
  });
});
