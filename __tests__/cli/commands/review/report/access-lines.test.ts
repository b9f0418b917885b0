import { capabilityLines } from "../../../../../cli/commands/review/report/access-lines";
import type { RoleAccess } from "../../../../../cli/terraform/access";
import type { AccessChanges, ChannelChange, RoleChange } from "../../../../../cli/terraform/access-changes";
import type { CapabilityChanges } from "../../../../../cli/terraform/capability-changes";
import { channel, gaining, inAccess, losing, oncall, ROLE, right, role, UNDECIDED } from "./reported";

const VIEW =
  "  - view-cases: search support cases and read them (`support:DescribeCases`, `support:DescribeCommunications`)";
const RESOLVE = "  - resolve-cases: resolve a case (`support:ResolveCase`)";
const NO_CAPABILITIES: CapabilityChanges = { gained: [], lost: [], limited: [] };

test("people gain, lose, keep and can do: in the plural, and a role's user in the singular", () => {
  const changes: CapabilityChanges = {
    ...{ gained: ["view-cases"], lost: ["resolve-cases"] },
    ...{ shortened: ["view-cases"], limited: ["resolve-cases"] },
  };
  expect(capabilityLines("People", false, changes)).toEqual([
    ...["- People **gain**:", VIEW, "- People **lose**:", RESOLVE],
    ...["- People **keep for a shorter time** than before:", VIEW],
    ...["- People can do **only under some conditions**, which the table shows:", RESOLVE],
  ]);
  expect(capabilityLines("Whoever", true, changes).filter((line) => line.startsWith("- "))).toEqual([
    "- Whoever **gains**:",
    "- Whoever **loses**:",
    "- Whoever **keeps for a shorter time** than before:",
    "- Whoever can do **only under some conditions**, which the table shows:",
  ]);
});

test("nothing gained and nothing lost prints nothing", () => {
  expect(capabilityLines("People", false, NO_CAPABILITIES)).toEqual([]);
});

test("an end stands beside what is gained, and the one before", () => {
  const [first, second] = ["2026-01-02T00:00:00Z", "2026-02-02T00:00:00Z"];
  const ends = { before: { "resolve-cases": first }, after: { "resolve-cases": second } };
  expect(capabilityLines("People", false, { ...NO_CAPABILITIES, gained: ["resolve-cases"], ends })).toEqual([
    "- People **gain**:",
    `${RESOLVE}, until the end of 2026-02-01 (UTC); before: until the end of 2026-01-01 (UTC)`,
  ]);
});

describe("a channel", () => {
  const HERE = "`#oncall` (`C01`)";
  const lines = (more: Partial<ChannelChange>) => inAccess({ channels: [channel(more)] });
  const NOTHING: RoleAccess = { ...ROLE, permissions: [] };
  const OTHER: RoleAccess = { ...ROLE, name: "Other", path: "/team/" };
  const boundedBy = (policy: string): RoleAccess => ({ ...ROLE, boundary: policy });

  test.each<[string, Partial<ChannelChange>, readonly string[]]>([
    ["nothing changes", {}, []],
    ["it isn't there", { before: undefined, after: undefined, verdict: "broadened" }, []],
    ["it is added", { before: undefined }, [`- ${HERE} is added, with the role \`Full\`.`]],
    [
      "it is added, with a role in a path",
      { before: undefined, after: oncall({ access: OTHER }) },
      [`- ${HERE} is added, with the role \`/team/Other\`.`],
    ],
    ["it is removed", { after: undefined }, [`- ${HERE} is removed.`]],
    [
      "it is added, with a role that gives nothing",
      { before: undefined, after: oncall({ access: NOTHING }) },
      [
        `- ${HERE} is added, with the role \`Full\`.`,
        `- ${HERE}: the role \`Full\` gives no access. If it had an end, that has passed.`,
      ],
    ],
    ["its role gave nothing before, either", { after: oncall({ access: NOTHING }) }, []],
    [
      "it moves to a role that gives nothing",
      { isMoved: true, after: oncall({ access: { ...NOTHING, name: "Other" } }) },
      [
        `- ${HERE}: the role \`Other\` gives no access. If it had an end, that has passed.`,
        `- ${HERE} moves from the role \`Full\` to \`Other\`.`,
      ],
    ],
    [
      "it is added, with a role from elsewhere, of which nothing is known",
      { before: undefined, after: oncall({ access: { ...NOTHING, name: "" } }) },
      [`- ${HERE} is added, with the role \`   \`.`],
    ],
    [
      "its role has another address",
      { isMoved: true },
      [`- ${HERE}: its role \`Full\` has a new address in Terraform.`],
    ],
    [
      "it moves to another role",
      { isMoved: true, after: oncall({ access: OTHER }) },
      [`- ${HERE} moves from the role \`Full\` to \`/team/Other\`.`],
    ],
    [
      "it moves to a role with another boundary",
      { isMoved: true, after: oncall({ access: { ...OTHER, boundary: "arn:b" } }) },
      [
        `- ${HERE} moves from the role \`Full\` to \`/team/Other\`.`,
        `- ${HERE}, with its new role: its permissions boundary changes: none → \`arn:b\`.`,
      ],
    ],
    [
      "its role loses its boundary",
      { before: oncall({ access: boundedBy("arn:b") }) },
      [`- ${HERE}: its permissions boundary changes: \`arn:b\` → none.`],
    ],
    [
      "its role has the same boundary",
      { before: oncall({ access: boundedBy("a") }), after: oncall({ access: boundedBy("a") }) },
      [],
    ],
    [
      "its role may be used by the Support App under other conditions",
      { trust: losing(right()) },
      [`- ${HERE}: the trust policy of its role changes: see the table.`],
    ],
    [
      "it is notified of something else",
      {
        before: oncall({ notify: { severity: "high", on: ["case-created", "reply-added"] } }),
        after: oncall({ notify: { severity: "all", on: ["case-created"] } }),
      },
      [
        `- ${HERE}: its notification settings change: high severity (case-created, reply-added) → all severities (case-created).`,
      ],
    ],
    [
      "it isn't notified any more",
      {
        before: oncall({ notify: { severity: "all", on: ["case-resolved"] } }),
        after: oncall({ notify: { severity: "none" } }),
      },
      [`- ${HERE}: its notification settings change: all severities (case-resolved) → no notifications.`],
    ],
    ["it was called something else", { before: oncall({ name: "ops" }) }, [`- ${HERE} was called \`#ops\`.`]],
    [
      "only the table has the change",
      { verdict: "narrowed", permissions: losing(right()) },
      [`- People in ${HERE}: see the table.`],
    ],
    [
      "nothing is known of what changes",
      { verdict: "unknown", permissions: UNDECIDED, trust: UNDECIDED },
      [`- People in ${HERE}: it is unknown what changes, see below.`],
    ],
    [
      "something is listed already",
      { verdict: "settings", before: oncall({ name: "ops" }) },
      [`- ${HERE} was called \`#ops\`.`],
    ],
  ])("%s", (_, more, expected) => {
    expect(lines(more)).toEqual(expected);
  });

  test("gains, loses, and keeps for a shorter time or under conditions", () => {
    const [first, second] = ["2026-01-02T00:00:00Z", "2026-02-02T00:00:00Z"];
    expect(
      lines({
        verdict: "broadened",
        gained: ["resolve-cases", "view-cases"],
        lost: ["attach-files"],
        shortened: ["create-cases"],
        limited: ["reply-to-cases"],
        ends: {
          before: { "resolve-cases": first, "attach-files": first, "reply-to-cases": first },
          after: { "resolve-cases": second, "create-cases": second, "reply-to-cases": second },
        },
      }),
    ).toEqual([
      `- People in ${HERE} **gain**:`,
      "  - resolve-cases: resolve a case (`support:ResolveCase`), until the end of 2026-02-01 (UTC); before: until the end of 2026-01-01 (UTC)",
      "  - view-cases: search support cases and read them (`support:DescribeCases`, `support:DescribeCommunications`)",
      `- People in ${HERE} **lose**:`,
      "  - attach-files: attach files to a new case or a reply (`support:AddAttachmentsToSet`), before: until the end of 2026-01-01 (UTC)",
      `- People in ${HERE} **keep for a shorter time** than before:`,
      "  - create-cases: open a support case (`support:CreateCase`, `support:DescribeSeverityLevels`), until the end of 2026-02-01 (UTC)",
      `- People in ${HERE} can do **only under some conditions**, which the table shows:`,
      "  - reply-to-cases: add to a case's correspondence, which also reopens it (`support:AddCommunicationToCase`), before: until the end of 2026-01-01 (UTC)",
    ]);
  });
});

describe("a role", () => {
  const lines = (more: Partial<RoleChange>) => inAccess({ roles: [role(more)] });
  const OTHER: RoleAccess = { ...ROLE, name: "Other", path: "/team/" };

  test.each<[string, Partial<RoleChange>, readonly string[]]>([
    ["in which nothing changes", {}, []],
    ["is added", { before: undefined }, ["- The role `Full` is added."]],
    [
      "is added, within a boundary",
      { before: undefined, after: { ...ROLE, boundary: "arn:b" } },
      ["- The role `Full` is added, within the permissions boundary `arn:b`."],
    ],
    [
      "is removed",
      { after: undefined },
      ["- The role `Full` is removed. A channel that was configured by hand and uses it can then do nothing."],
    ],
    [
      "has another name",
      { after: OTHER },
      [
        "- The role `Full` is replaced by `/team/Other`. A channel that was configured by hand keeps the old one, which is removed; a channel that was configured by hand with the new name gets this access.",
      ],
    ],
    ["has another address", { movedFrom: "old" }, ["- The role `Full` had the address `aws_iam_role.old` before."]],
    [
      "has policies with other names",
      { before: { ...ROLE, policies: ["/a", "/b"] }, after: { ...ROLE, policies: ["/c"] } },
      ["- The policies of the role `Full` have new names: `/a`, `/b` → `/c`."],
    ],
    [
      "has a policy for the first time",
      { after: { ...ROLE, policies: ["/c"] } },
      ["- The policies of the role `Full` have new names: none → `/c`."],
    ],
    [
      "has longer sessions",
      { before: { ...ROLE, maxSessionDuration: 3600 }, after: { ...ROLE, maxSessionDuration: 7200 } },
      ["- The maximum session duration of the role `Full` changes: 3600 seconds → 7200 seconds."],
    ],
    [
      "has sessions of IAM's default",
      { before: { ...ROLE, maxSessionDuration: 3600 } },
      ["- The maximum session duration of the role `Full` changes: 3600 seconds → IAM's default."],
    ],
    [
      "has another boundary",
      { before: { ...ROLE, boundary: "arn:a" }, after: { ...ROLE, boundary: "arn:b" } },
      ["- The role `Full`: its permissions boundary changes: `arn:a` → `arn:b`."],
    ],
    [
      "has the name that another one had",
      { namesake: "old" },
      [
        "- The name `Full` belonged to `aws_iam_role.old` and now belongs to `aws_iam_role.full`. A channel that was configured by hand with it gets the access of this role.",
      ],
    ],
  ])("%s", (_, more, expected) => {
    expect(lines(more)).toEqual(expected);
  });

  describe("that only channels configured by hand may use", () => {
    const NOTHING: CapabilityChanges = { gained: [], lost: [], limited: [] };
    const who = (name: string) => `- Whoever uses the role \`${name}\`, such as a channel configured by hand,`;

    test("gains and loses nothing", () => {
      expect(lines({ capabilities: NOTHING })).toEqual([]);
    });

    test.each<[string, Partial<RoleChange>, readonly string[]]>([
      [
        "changes in something that is no capability",
        { permissions: gaining(right()) },
        ["- The permissions of the role `Full` change: see the table."],
      ],
      [
        "changes in a capability and something else, and lists the capability",
        { permissions: gaining(right()), capabilities: { ...NOTHING, gained: ["resolve-cases"] } },
        [`${who("Full")} **gains**:`, "  - resolve-cases: resolve a case (`support:ResolveCase`)"],
      ],
      [
        "may be assumed by others",
        { trust: losing(right()) },
        ["- The trust policy of the role `Full` changes: see the table."],
      ],
      [
        "changes in something that is undecided",
        { permissions: UNDECIDED, trust: UNDECIDED },
        ["- Unsupported: too many patterns in a policy to try."],
      ],
      [
        "is added, with all that is in it",
        { before: undefined, permissions: gaining(right()), trust: gaining(right()) },
        ["- The role `Full` is added."],
      ],
      [
        "is removed, with all that was in it",
        { after: undefined, permissions: losing(right()), trust: losing(right()) },
        ["- The role `Full` is removed. A channel that was configured by hand and uses it can then do nothing."],
      ],
    ])("%s", (_, more, expected) => {
      expect(lines({ capabilities: NOTHING, ...more })).toEqual(expected);
    });

    test("has the name after the change, or the one before if it is removed", () => {
      const resolve = "  - resolve-cases: resolve a case (`support:ResolveCase`)";
      expect(lines({ after: OTHER, capabilities: { ...NOTHING, gained: ["resolve-cases"] } }).slice(1)).toEqual([
        `${who("/team/Other")} **gains**:`,
        resolve,
      ]);
      expect(lines({ after: undefined, capabilities: { ...NOTHING, lost: ["resolve-cases"] } }).slice(1)).toEqual([
        `${who("Full")} **loses**:`,
        resolve,
      ]);
    });
  });
});

test.each<[AccessChanges["registrations"][number], string]>([
  [
    { address: "a.b", after: { kind: "workspace", value: "T01" } },
    "- The registered Slack workspace (`a.b`) changes: none → `T01`.",
  ],
  [
    { address: "a.b", before: { kind: "workspace", value: "T01" } },
    "- The registered Slack workspace (`a.b`) changes: `T01` → none.",
  ],
  [
    {
      ...{ address: "a.b", before: { kind: "account-alias", value: "x" } },
      after: { kind: "account-alias", value: "y" },
    },
    "- The account's alias (`a.b`) changes: `x` → `y`.",
  ],
])("a registration: %j", (change, line) => {
  expect(inAccess({ registrations: [change] })).toEqual([line]);
});

test.each<["managed" | "handed-back" | "destroyed", boolean, string]>([
  ["managed", false, "is managed by the stack."],
  [
    ...(["managed", true] as const),
    "is created. Whoever may request quota increases, but couldn't create the role, may have been waiting for it.",
  ],
  ["handed-back", false, "leaves the stack. It stays in the account."],
  [...(["destroyed", false] as const), "is **destroyed**: the stack neither has it nor hands it back to the account."],
])("the Service Quotas role becomes %s, awaited: %p", (becomes, isAwaited, words) => {
  expect(inAccess({ serviceQuotasRole: { verdict: "settings", becomes, isAwaited } })).toEqual([
    `- The Service Quotas role \`AWSServiceRoleForServiceQuotas\` ${words}`,
  ]);
});
