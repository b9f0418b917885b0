import type { AccessDrift } from "../../../../../cli/commands/review/access-drift";
import type { TerraformCheck } from "../../../../../cli/commands/review/check-results";
import type { OutsideChange } from "../../../../../cli/commands/review/outside-changes";
import type { PlannedChange } from "../../../../../cli/commands/review/planned-changes";
import { markdown } from "../../../../../cli/commands/review/report";
import type { AccessChanges } from "../../../../../cli/terraform/access-changes";
import { ACCOUNT, channel, environment, gaining, list, NO_CHANGES, NO_PLAN, review, right, role } from "./reported";

const planned = (overrides: Partial<PlannedChange> = {}): PlannedChange => ({
  ...{ address: "aws_iam_role.full", type: "aws_iam_role", action: "update", attributes: [], drift: false },
  ...{ removed: [], attached: [], isDeposed: false, ...overrides },
});
const lines = (...changes: readonly PlannedChange[]) => list({ plan: { ...NO_PLAN, changes } });

test("a plan is listed", () => {
  expect(markdown(review([environment({ plan: { ...NO_PLAN, changes: [planned()] } })]))).toContain(
    "with other settings.\n\nTerraform\n\n- updates `aws_iam_role.full`.\n",
  );
  expect(lines(planned(), planned({ action: "import" }))).toHaveLength(2);
});

const [CODED, BY_HAND] = [
  { name: "a", drift: false },
  { name: "b", drift: true },
] as const;
const STOPS = "Whatever depends on it stops working.";
test.each<[Partial<PlannedChange>, string]>([
  [{ action: "create" }, "creates `aws_iam_role.full`."],
  [{ action: "import" }, "imports `aws_iam_role.full`."],
  [{ action: "forget" }, "stops managing `aws_iam_role.full`."],
  [{ action: "replace" }, `**replaces** \`aws_iam_role.full\`. ${STOPS}`],
  [{ action: "delete" }, `**deletes** \`aws_iam_role.full\`. ${STOPS}`],
  [{ action: "delete", isDeposed: true }, "**deletes** `aws_iam_role.full` (deposed)."],
  [{ drift: true }, "**Drift**, not a change of the code: updates `aws_iam_role.full`."],
  [{ attributes: [CODED, BY_HAND] }, "updates `aws_iam_role.full` (`a`, `b` by **drift**)."],
  [
    { drift: true, attributes: [CODED, BY_HAND] },
    "**Drift**, not a change of the code: updates `aws_iam_role.full` (`a`, `b`).",
  ],
  [
    {
      attached: ["aws_iam_policy.full"],
      removed: [
        { policy: "x", byHand: true },
        { policy: "y", byHand: false },
      ],
    },
    "updates `aws_iam_role.full`. It attaches `aws_iam_policy.full`. It removes `x`, which was added by hand. It removes `y`.",
  ],
])("a plan lists what Terraform does: %j", (overrides, words) => {
  expect(lines(planned(overrides))).toEqual([`- ${words}`]);
});

const drift = (overrides: Partial<AccessDrift>): AccessDrift => ({
  ...{
    verdict: "broadened",
    access: NO_CHANGES,
    foreignRoles: [],
    unknownPolicies: [],
    unreadable: [],
    approved: null,
  },
  ...overrides,
});
const DIFFERS =
  "**The account differs from the code before this change, and this deploy gives, or may give, more than the code change does.** Somebody changed the account by hand, or it was never deployed.";
const access: AccessChanges = {
  ...NO_CHANGES,
  roles: [role({ before: undefined, permissions: gaining(right()) })],
  channels: [channel({ verdict: "broadened", gained: ["resolve-cases"] })],
};

test("a plan that gives more than the code change shows why", () => {
  const accessDrift = drift({
    access,
    unknownPolicies: [{ role: "full", policy: "theirs" }],
    unreadable: [{ role: "full", reason: "no-effect", source: "x" }],
  });
  expect(markdown(review([environment({ plan: { ...NO_PLAN, drift: accessDrift } })]))).toContain(
    `with other settings.

${DIFFERS}

- People in \`#oncall\` (\`C01\`) **gain**:
  - resolve-cases: resolve a case (\`support:ResolveCase\`)
- The role \`Full\` is added.
- The policy \`theirs\` is removed from \`aws_iam_role.full\`. Its content is unknown: if it denies something, that is then allowed.
- Unsupported: a statement that neither allows nor denies, in \`aws_iam_role.full\` (\`x\`).

<details><summary>What the deploy gives and takes, compared with the account (1)</summary>

| | who | action | on | when | for example |
|---|---|---|---|---|---|
| gains | people in \`#oncall\` | \`support:ResolveCase\` | everything |  |  |

</details>

Terraform would change nothing.
`,
  );
});

test("a plan that gives more to whoever uses a role shows it", () => {
  const capabilities = { gained: ["resolve-cases"], lost: [], limited: [] } as const;
  const accessDrift = drift({ access: { ...NO_CHANGES, roles: [role({ verdict: "broadened", capabilities })] } });
  expect(list({ plan: { ...NO_PLAN, drift: accessDrift } })).toEqual([
    "- People with the role `Full`, such as in a channel configured by hand, **gain**:",
    "  - resolve-cases: resolve a case (`support:ResolveCase`)",
  ]);
});

test("a plan with a channel whose role in AWS isn't in the code says only that nothing is known of it", () => {
  const arn = `arn:aws:iam::${ACCOUNT}:role/Theirs`;
  const oncall = { workspace: "T01", channel: "C01", name: "oncall", after: { name: "Full", path: "/" } };
  const report = (...foreignRoles: AccessDrift["foreignRoles"]) =>
    markdown(
      review([
        environment({ verdict: "unknown", plan: { ...NO_PLAN, drift: drift({ verdict: "unknown", foreignRoles }) } }),
      ]),
    );
  expect(report({ ...oncall, arn })).toContain(
    `see below. **This needs an approval.**

- \`#oncall\` has the role \`${arn}\` in AWS, which isn't in the code, so what people in it can do now is unknown. \`support-app deploy\` gives it \`Full\`.

Terraform would change nothing.
`,
  );
  expect(report(oncall)).toContain(
    "- `#oncall` has a role in AWS that the plan doesn't show, so what people in it can do now is unknown.",
  );
});

describe("what was changed outside Terraform", () => {
  const CHANNEL = "aws_cloudcontrolapi_resource.channel_T01_C01";
  const update = { address: CHANNEL, action: "update", attributes: ["properties"] } as const;

  test("what was changed outside Terraform follows what Terraform would do, with what the plan leaves as it is", () => {
    expect(markdown(review([environment({ plan: { ...NO_PLAN, outside: [update] } })]))).toContain(
      `Terraform would change nothing.

In AWS

- **Drift**: \`${CHANNEL}\` was changed outside Terraform (\`properties\`). This plan leaves it as it is.
`,
    );
    const planning = list({ plan: { ...NO_PLAN, changes: [planned({ address: CHANNEL })], outside: [update] } });
    expect(planning[1]).toBe(`- **Drift**: \`${CHANNEL}\` was changed outside Terraform (\`properties\`).`);
  });

  test.each<[Partial<OutsideChange>, string]>([
    [{ action: "delete", attributes: [] }, "was deleted outside Terraform."],
    [
      { action: "unsupported", attributes: [] },
      "was changed outside Terraform. Unsupported: whether that affects access is unknown.",
    ],
    [
      { action: "unsupported", attributes: ["a", "b`"] },
      "was changed outside Terraform (`a`, `` b` ``). Unsupported: whether that affects access is unknown.",
    ],
  ])("what was changed outside Terraform is listed as drift: %j", (overrides, words) => {
    const plan = { ...NO_PLAN, outside: [{ ...update, ...overrides }] };
    expect(list({ plan })).toEqual([`- **Drift**: \`${CHANNEL}\` ${words} This plan leaves it as it is.`]);
  });

  const UNKNOWN = "AWS is as the code says is unknown";
  test.each<[TerraformCheck["status"], readonly string[], string]>([
    [
      "fail",
      ["#oncall has another role", "<b>@team</b>"],
      "**Drift**: `check.a` fails: `#oncall has another role` `<b>@team</b>`",
    ],
    ["fail", [], "**Drift**: `check.a` fails."],
    ["error", ["AccessDenied"], `\`check.a\` can't be evaluated, so whether ${UNKNOWN}: \`AccessDenied\``],
    ["error", [], `\`check.a\` can't be evaluated, so whether ${UNKNOWN}.`],
    [
      ...(["unknown", []] as const),
      `\`check.a\` wasn't evaluated, although this plan changes nothing that it refers to: whether ${UNKNOWN}.`,
    ],
  ])("a check with the result %s has a line, with Terraform's messages %j", (status, messages, words) => {
    const plan = { ...NO_PLAN, checks: [{ address: "check.a", status, messages }] };
    expect(list({ plan })).toEqual([`- ${words}`]);
  });
});
