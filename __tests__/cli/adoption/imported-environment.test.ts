import { stringify } from "yaml";
import { importedEnvironment } from "../../../cli/adoption/imported-environment";
import type { KnownChannel, TrustingRole } from "../../../cli/adoption/live-setup";
import { actionsOf, CAPABILITIES } from "../../../modules/support-app/model/capability";
import { parseEnvironments } from "../../../stacks/environments/environments";
import { parseRules, type Rules } from "../../../stacks/rules/rules";
import { ACCOUNT } from "../../support/live-account";
import { NOW } from "../../support/now";
import { policyText } from "../../support/policy-text";
import { allow, attached, role, VIEW } from "../../support/trusting-role";

const FULL = allow(...actionsOf(CAPABILITIES));
const request = { name: "new", account: ACCOUNT, region: "us-east-1" };
const policyArn = (name: string) => `arn:aws:iam::${ACCOUNT}:policy/${name}`;

function having(name: string, statement: object, overrides: Partial<TrustingRole> = {}): TrustingRole {
  return role({ name, attached: [attached(policyText(statement), { name: `${name}Policy` })], ...overrides });
}

function channel(id: string, liveRole: { readonly arn: string }, overrides: object = {}): KnownChannel {
  const properties = {
    ChannelName: id.toLowerCase(),
    ChannelRoleArn: liveRole.arn,
    NotifyOnCaseSeverity: "none",
    ...overrides,
  };
  return { identifier: `T1|${id}`, workspace: "T1", channel: id, properties };
}

function imported(roles: readonly TrustingRole[], channels: readonly KnownChannel[] = []) {
  return importedEnvironment(request, { roles, channels, workspaces: [], hasServiceQuotasRole: true }, NOW);
}

test("of two read-only roles, the one with more channels is the access level, and the other one is a team; the full one is the second level", () => {
  const [a, b, c] = [having("a", FULL), having("AWSSupportAppOnCallRole", VIEW), having("c", VIEW)];
  const { adoptions, leftRoles, entry, channels } = imported(
    [a, b, c],
    [channel("C1", b), channel("C2", c), channel("C3", c)],
  );
  expect(adoptions.map((adoption) => [adoption.access, adoption.team, adoption.role.name])).toEqual([
    ["read-only", undefined, "c"],
    ["full", undefined, "a"],
    ["read-only", "on-call", "AWSSupportAppOnCallRole"],
  ]);
  expect(Object.keys(entry)).toEqual(["account", "region", "read-only", "full", "teams"]);
  expect(entry.teams).toEqual({
    "on-call": {
      ...{ access: "read-only", adopt: true },
      channels: [{ name: "c1", workspace: "T1", channel: "C1" }],
    },
  });
  expect(channels.map(({ access, team, entry: { channel } }) => [access, team, channel])).toEqual([
    ["read-only", undefined, "C2"],
    ["read-only", undefined, "C3"],
    ["read-only", "on-call", "C1"],
  ]);
  expect(leftRoles).toEqual([]);
});

test.each<[role: string, team: string, rest: object]>([
  ["AWSSupportAppPaymentsRole", "payments", {}],
  ["AWSSupportAppFullRole", "awssupport-app-full-role", { "role-name": "AWSSupportAppFullRole" }],
  ["support_EU.west", "support-eu-west", { "role-name": "support_EU.west" }],
  ["Role", "role", { "role-name": "Role" }],
])("the role %s becomes the team %s, and keeps its names", (name, team, rest) => {
  const { entry } = imported([having("a", FULL), having(name, FULL)], [channel("C1", having("a", FULL))]);
  const names = { ...rest, ...(name.startsWith("AWSSupportAppP") ? {} : { "policy-name": `${name}Policy` }) };
  expect(entry.teams).toEqual({ [team]: { access: "full", adopt: true, "service-quotas-role": "existing", ...names } });
});

test.each(["12", "a".repeat(60), "on_call"])(
  "a second role of a level, %s, isn't imported if no team can have its name",
  (name) => {
    const { leftRoles, entry } = imported(
      [having("a", FULL), having("on-call", FULL), having(name, FULL)],
      [channel("C1", having("a", FULL)), channel("C2", having("on-call", FULL))],
    );
    expect(Object.keys(entry.teams ?? {})).toEqual(["on-call"]);
    expect(leftRoles.map(({ role, reasons }) => [role.name, ...reasons])).toEqual([
      [
        name,
        "it is full, and so is a: an environment has each access level once, and its name gives no name of a team that is free. Give its channels a, and delete it; or write a team with its role-name and adopt: true",
      ],
    ]);
  },
);

test.each<[string, Partial<TrustingRole>, Partial<TrustingRole>, shared: string | undefined]>([
  ["the other's policy as its boundary", {}, { boundary: policyArn("aPolicy") }, "aPolicy"],
  ["a policy that is the other's boundary", { boundary: policyArn("bPolicy") }, {}, "bPolicy"],
  ["the other's boundary", { boundary: policyArn("c") }, { boundary: policyArn("c") }, undefined],
])("a role with %s may share it: whoever deploys could rewrite a policy", (_, first, second, shared) => {
  const { leftRoles } = imported([having("a", VIEW, first), having("b", FULL, second)]);
  const reason = `it shares ${policyArn(shared ?? "")} with a, as policy or as permissions boundary: each access level and team has its own policy, and whoever deploys could rewrite it. Attach a copy, and detach the shared policy`;
  expect(leftRoles.flatMap(({ reasons }) => reasons)).toEqual(shared ? [reason] : []);
});

test("only tags that environments.yaml can express are in the entry", () => {
  const tags = new Map(Object.entries({ Owner: "web", for: "Slack", "aws:x": "1", Long: "a\u2028b" }));
  expect(imported([having("a", VIEW, { tags })]).entry["read-only"]?.tags).toEqual({ Owner: "web" });
});

describe("a channel", () => {
  const viewers = having("a", VIEW);

  test("a channel is in the access level of its role, with its notifications", () => {
    const loud = { NotifyOnCaseSeverity: "all", NotifyOnResolveCase: true };
    const [quiet, notified] = [channel("C1", viewers), channel("C2", viewers, loud)];
    const entries = [
      { name: "c1", workspace: "T1", channel: "C1" },
      { name: "c2", workspace: "T1", channel: "C2", notify: { severity: "all", events: ["case-resolved"] } },
    ];
    const { entry, channels, leftChannels } = imported([viewers, having("b", FULL)], [quiet, notified]);
    expect(entry["read-only"]).toMatchObject({ adopt: true, channels: entries });
    expect(Object.keys(entry.full ?? {})).not.toContain("channels");
    expect([channels.map((importedChannel) => [importedChannel.label, importedChannel.access]), leftChannels]).toEqual([
      [
        ["#c1 (C1 of T1)", "read-only"],
        ["#c2 (C2 of T1)", "read-only"],
      ],
      [],
    ]);
  });

  const answerers = having("b", FULL);
  const channelsOf = (liveRole: TrustingRole, count: number, workspaceOf = (_: number) => "T1") =>
    Array.from({ length: count }, (_, index) => {
      const workspace = workspaceOf(index);
      const live = channel(`C${index}${liveRole.name.toUpperCase()}`, liveRole);
      return { ...live, workspace, identifier: `${workspace}|${live.channel}` };
    });
  const twin = channel("C1", viewers);
  const rules = parseRules("all: { slack-workspaces: [T2], private: true }\n", "rules.yaml");
  test.each<[string, readonly KnownChannel[], count: number, Record<string, string>, Rules | undefined]>([
    [
      "more than AWS's limit for an account",
      [...channelsOf(answerers, 11), ...channelsOf(viewers, 11)],
      20,
      {
        "#c9b (C9B of T1)": "received 21 channels, expected at most 20, the AWS limit for an account.",
        "#c10b (C10B of T1)": "received 21 channels, expected at most 20, the AWS limit for an account.",
      },
      undefined,
    ],
    [
      "in a sixth workspace",
      channelsOf(viewers, 7, (index) => `T${Math.min(index, 5)}`),
      5,
      {
        "#c5a (C5A of T5)": "received 6 workspaces, expected at most 5, the AWS limit for an account.",
        "#c6a (C6A of T5)": "received 6 workspaces, expected at most 5, the AWS limit for an account.",
      },
      undefined,
    ],
    [
      "that AWS lists twice",
      [twin, twin],
      1,
      {
        "#c1 (C1 of T1)":
          'received "C1" of T1 a second time, expected each channel once, since it has one role: read-only.channels[0] has it already. Remove one of the two.',
      },
      undefined,
    ],
    [
      "that a rule forbids",
      channelsOf(viewers, 2, (index) => `T${index + 1}`),
      1,
      { "#c0a (C0A of T1)": 'received "T1", expected T2, as all.slack-workspaces in rules.yaml:1:8 says.' },
      rules,
    ],
  ])("every channel %s stays outside, and the others don't", (_, live, count, reasons, rules) => {
    const setup = { roles: [viewers, answerers], channels: live, workspaces: [], hasServiceQuotasRole: true };
    const { entry, channels, leftChannels } = importedEnvironment(request, setup, NOW, rules);
    expect(Object.fromEntries(leftChannels.map(({ label, reason }) => [label, reason]))).toEqual(reasons);
    expect(leftChannels.every(({ role: stays }) => stays === viewers || stays === answerers)).toBe(true);
    expect(channels).toHaveLength(count);
    expect([...(entry["read-only"]?.channels ?? []), ...(entry.full?.channels ?? [])]).toEqual(
      channels.map((importedChannel) => importedChannel.entry),
    );
    const file = stringify({ environments: { new: entry } });
    expect(parseEnvironments(file, "environments.yaml", rules)[0]?.channels).toHaveLength(count);
  });

  const C1 = "#c1 (C1 of T1)";
  const INEXPRESSIBLE =
    "environments.yaml can't express its name, its IDs or its notification settings. Change them in the AWS Support Center Console.";
  test.each<[string, KnownChannel, string, string]>([
    ["no name", channel("C1", viewers, { ChannelName: undefined }), "a channel (C1 of T1)", INEXPRESSIBLE],
    ["a name that isn't Slack's", channel("C1", viewers, { ChannelName: "A b" }), "#A b (C1 of T1)", INEXPRESSIBLE],
    ["an ID that isn't Slack's", channel("c1", viewers), "#c1 (c1 of T1)", INEXPRESSIBLE],
    ["a workspace that isn't Slack's", { ...channel("C1", viewers), workspace: "1" }, "#c1 (C1 of 1)", INEXPRESSIBLE],
    ["settings that AWS refuses", channel("C1", viewers, { NotifyOnCaseSeverity: "all" }), C1, INEXPRESSIBLE],
    [
      "another role",
      channel("C1", { arn: "arn:web" }),
      C1,
      "its role arn:web isn't one of the environment. Give it another role, or remove its configuration if nobody needs it. To manage it here, put it under the access level or team that it should have, with adopt: true: support-app deploy gives it that role, in place.",
    ],
  ])("a channel with %s stays outside", (_, live, label, reason) => {
    const { channels, leftChannels } = imported([viewers], [live]);
    const role = reason === INEXPRESSIBLE ? viewers : undefined;
    expect({ channels, leftChannels }).toMatchObject({ channels: [], leftChannels: [{ label, reason: reason, role }] });
  });
});
