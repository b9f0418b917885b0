import { capabilityLines } from "../../../../../cli/commands/review/report/access-lines";
import type { AccessChanges, ChannelChange, RoleChange } from "../../../../../cli/terraform/access-changes";
import type { CapabilityChanges } from "../../../../../cli/terraform/capability-changes";
import type { RoleAccess } from "../../../../../cli/terraform/environment-access";
import type { Notify } from "../../../../../modules/support-app/model/notify";
import { channel, gaining, inAccess, losing, oncall, ROLE, right, role, UNDECIDED } from "./reported";

const VIEW =
  "  - view-cases: search support cases and read them (`support:DescribeCases`, `support:DescribeCommunications`)";
const REPLY =
  "  - reply-to-cases: add to a case's correspondence, which also reopens it (`support:AddCommunicationToCase`)";
const RESOLVE = "  - resolve-cases: resolve a case (`support:ResolveCase`)";

test("the lines say what people gain, lose, keep and can do", () => {
  const [first, second] = ["2026-01-02T00:00:00Z", "2026-02-02T00:00:00Z"];
  const [before, until] = ["before: until the end of 2026-01-01 (UTC)", "until the end of 2026-02-01 (UTC)"];
  const changes: CapabilityChanges = {
    ...{ gained: ["view-cases", "resolve-cases"], lost: ["reply-to-cases"] },
    ...{ shortened: ["view-cases"], limited: ["resolve-cases"] },
    ends: {
      before: { "resolve-cases": first, "reply-to-cases": first },
      after: { "resolve-cases": second, "view-cases": second },
    },
  };
  expect(capabilityLines("People", changes)).toEqual([
    ...["- People **gain**:", `${VIEW}, ${until}`, `${RESOLVE}, ${until}; ${before}`],
    ...["- People **lose**:", `${REPLY}, ${before}`],
    ...["- People **keep for a shorter time** than before:", `${VIEW}, ${until}`],
    ...["- People can do **only under some conditions**, which the table shows:", `${RESOLVE}, ${before}`],
  ]);
});

describe("a channel", () => {
  const HERE = "`#oncall` (`C01`)";
  const lines = (overrides: Partial<ChannelChange>) => inAccess({ channels: [channel(overrides)] });
  const NOTHING: RoleAccess = { ...ROLE, permissions: [] };
  const OTHER: RoleAccess = { ...ROLE, name: "Other", path: "/team/" };
  const BOUNDED: RoleAccess = { ...ROLE, boundary: "arn:b" };
  const having = (access: RoleAccess) => oncall({ access });
  const notified = (severity: Notify["severity"], ...events: Notify["events"] & object) =>
    oncall({ notify: { severity, events: events } });
  const NONE = "gives no access. If it had an end, that has passed.";
  const [ADDED, REMOVED] = [{ before: undefined }, { after: undefined }];

  test.each<[string, Partial<ChannelChange>, readonly string[]]>([
    ["nothing changes", {}, []],
    ["it is added", ADDED, [`${HERE} is added, with the role \`Full\`.`]],
    ["with a path", { ...ADDED, after: having(OTHER) }, [`${HERE} is added, with the role \`/team/Other\`.`]],
    ["it is removed", REMOVED, [`${HERE} is removed.`]],
    [
      "it is added, with a role that gives nothing",
      { ...ADDED, after: having(NOTHING) },
      [`${HERE} is added, with the role \`Full\`.`, `${HERE}: the role \`Full\` ${NONE}`],
    ],
    ["its role gave nothing before, either", { after: having(NOTHING) }, []],
    [
      "it moves to a role that gives nothing",
      { isMoved: true, after: having({ ...NOTHING, name: "Other" }) },
      [`${HERE}: the role \`Other\` ${NONE}`, `${HERE} moves from the role \`Full\` to \`Other\`.`],
    ],
    [
      "it is added, with a role from elsewhere, of which nothing is known",
      { ...ADDED, after: having({ ...NOTHING, name: "" }) },
      [`${HERE} is added, with the role \`   \`.`],
    ],
    ["another address", { isMoved: true }, [`${HERE}: its role \`Full\` has a new address in Terraform.`]],
    [
      "it moves to a role with another boundary",
      { isMoved: true, after: having({ ...OTHER, boundary: "arn:b" }) },
      [
        `${HERE} moves from the role \`Full\` to \`/team/Other\`.`,
        `${HERE}, with its new role: its permissions boundary changes: none → \`arn:b\`.`,
      ],
    ],
    ["no boundary", { before: having(BOUNDED) }, [`${HERE}: its permissions boundary changes: \`arn:b\` → none.`]],
    ["its trust", { trust: losing(right()) }, [`${HERE}: the trust policy of its role changes: see the table.`]],
    [
      "it is notified of something else",
      { before: notified("high", "case-created", "reply-added"), after: notified("all", "case-created") },
      [
        `${HERE}: its notification settings change: high severity (case-created, reply-added) → all severities (case-created).`,
      ],
    ],
    [
      "it isn't notified any more",
      { before: notified("all", "case-resolved"), after: oncall() },
      [`${HERE}: its notification settings change: all severities (case-resolved) → no notifications.`],
    ],
    ["its name", { verdict: "settings", before: oncall({ name: "ops" }) }, [`${HERE} was called \`#ops\`.`]],
    ["the table", { verdict: "narrowed", permissions: losing(right()) }, [`People in ${HERE}: see the table.`]],
    [
      "nothing is known of what changes",
      { verdict: "unknown", permissions: UNDECIDED, trust: UNDECIDED },
      [`People in ${HERE}: it is unknown what changes, see below.`],
    ],
  ])("a channel has the lines that belong to its change: %s", (_, overrides, expected) => {
    expect(lines(overrides)).toEqual(expected.map((line) => `- ${line}`));
  });

  test("a channel whose people gain a capability lists it", () => {
    expect(lines({ verdict: "broadened", gained: ["resolve-cases"] })).toEqual([
      ...[`- People in ${HERE} **gain**:`, RESOLVE],
    ]);
  });
});

describe("a role", () => {
  const lines = (overrides: Partial<RoleChange>) => inAccess({ roles: [role(overrides)] });
  const OTHER: RoleAccess = { ...ROLE, name: "Other", path: "/team/" };
  const withPolicy = (policy: string) => ({ ...ROLE, policy });
  const lasting = (maxSessionDuration: number) => ({ ...ROLE, maxSessionDuration });
  const bounded = (boundary: string) => ({ ...ROLE, boundary });
  const HAND = "A channel that was configured by hand and uses it can then do nothing.";
  const SESSION = "The maximum session duration of the role `Full` changes:";

  test.each<[string, Partial<RoleChange>, readonly string[]]>([
    ["nothing", {}, []],
    ["is added", { before: undefined }, ["The role `Full` is added."]],
    [
      "is added, within a boundary",
      { before: undefined, after: bounded("arn:b") },
      ["The role `Full` is added, within the permissions boundary `arn:b`."],
    ],
    ["is removed", { after: undefined }, [`The role \`Full\` is removed. ${HAND}`]],
    [
      "has another name",
      { after: OTHER },
      [
        "The role `Full` is replaced by `/team/Other`. A channel that was configured by hand keeps the old role, which is removed.",
      ],
    ],
    [
      "has the same name in another case",
      { after: { ...ROLE, name: "FULL" } },
      ["The name of the role `FULL` was written `Full`: IAM ignores the case of names."],
    ],
    [
      "has a name that is new in the account",
      { isNewName: true },
      [
        "Whoever already has a channel with the role `Full` in AWS gets this access, whether the channel was configured by hand or left behind by an access level, region or environment that is no longer in the code.",
      ],
    ],
    ["has another address", { movedFrom: "old" }, ["The role `Full` had the address `aws_iam_role.old` before."]],
    [
      "has a policy of another name",
      { before: withPolicy("/a"), after: withPolicy("/c") },
      ["The name of the policy of the role `Full` changes: `/a` → `/c`."],
    ],
    [
      "a first policy of its own",
      { after: withPolicy("/c") },
      ["The name of the policy of the role `Full` changes: none → `/c`."],
    ],
    ["longer sessions", { before: lasting(3600), after: lasting(7200) }, [`${SESSION} 3600 seconds → 7200 seconds.`]],
    ["IAM's sessions", { before: lasting(3600) }, [`${SESSION} 3600 seconds → IAM's default.`]],
    [
      "has another boundary",
      { before: bounded("arn:a"), after: bounded("arn:b") },
      ["The role `Full`: its permissions boundary changes: `arn:a` → `arn:b`."],
    ],
    [
      "has the name that another one had",
      { namesake: "old" },
      ["The name `Full` belonged to `aws_iam_role.old` and now belongs to `aws_iam_role.full`."],
    ],
  ])("a role has the lines that belong to its change: %s", (_, overrides, expected) => {
    expect(lines(overrides)).toEqual(expected.map((line) => `- ${line}`));
  });

  describe("that only channels configured by hand may use", () => {
    const NOTHING: CapabilityChanges = { gained: [], lost: [], limited: [] };
    const peopleWith = (name: string) => `- People with the role \`${name}\`, such as in a channel configured by hand,`;

    test("a role that only channels configured by hand may use gains and loses nothing that is listed", () => {
      expect(lines({ capabilities: NOTHING })).toEqual([]);
    });

    const RESOLVES = { ...NOTHING, gained: ["resolve-cases"] } as const;
    const [MORE, LESS] = [gaining(right()), losing(right())];
    test.each<[string, Partial<RoleChange>, readonly string[]]>([
      ["no capability", { permissions: MORE }, ["- The permissions of the role `Full` change: see the table."]],
      [
        "a capability, too",
        { permissions: MORE, capabilities: RESOLVES },
        [`${peopleWith("Full")} **gain**:`, RESOLVE],
      ],
      ["its trust", { trust: LESS }, ["- The trust policy of the role `Full` changes: see the table."]],
      [
        "what is undecided",
        { permissions: UNDECIDED },
        ["- Unsupported: too many patterns or combinations of conditions to try, of `*`."],
      ],
      ["all: it is added", { before: undefined, permissions: MORE, trust: MORE }, ["- The role `Full` is added."]],
      ["all", { after: undefined, permissions: LESS, trust: LESS }, [`- The role \`Full\` is removed. ${HAND}`]],
    ])(
      "a role that only channels configured by hand may use has a line for what changes: %s",
      (_, overrides, expected) => {
        expect(lines({ capabilities: NOTHING, ...overrides })).toEqual(expected);
      },
    );
  });
});

test.each<[AccessChanges["registrations"][number], string]>([
  [{ kind: "workspace", after: "T01" }, "The Slack workspace `T01` is registered."],
  [{ kind: "workspace", before: "T01" }, "The Slack workspace `T01` is no longer registered."],
  [{ kind: "account-alias", after: "y" }, "The account's alias changes: none → `y`."],
  [{ kind: "account-alias", before: "x", after: "y" }, "The account's alias changes: `x` → `y`."],
])("a registration has a line: %j", (change, line) => {
  expect(inAccess({ registrations: [change] })).toEqual([`- ${line}`]);
});

test.each<["created" | "adopted" | "handed-back", boolean, string]>([
  ["created", false, "is created."],
  [
    ...(["created", true] as const),
    "is created. Whoever may request quota increases, but couldn't create the role, may have been waiting for it.",
  ],
  ["adopted", false, "is managed by the stack."],
  ["handed-back", false, "leaves the stack. It stays in the account."],
])("the Service Quotas role has a line where it is %s, awaited: %p", (becomes, isAwaited, words) => {
  expect(inAccess({ serviceQuotasRole: { verdict: "settings", becomes, isAwaited } })).toEqual([
    `- The Service Quotas role \`AWSServiceRoleForServiceQuotas\` ${words}`,
  ]);
});
