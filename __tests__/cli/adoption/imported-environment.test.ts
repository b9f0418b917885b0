import { importedEnvironment } from "../../../cli/adoption/imported-environment";
import type { KnownChannel, TrustingRole } from "../../../cli/adoption/live-setup";
import { actionsOf, CAPABILITIES } from "../../../modules/support-app/model/capability";
import { ACCOUNT } from "../../support/live-account";
import { NOW } from "../../support/now";
import { policyText } from "../../support/policy-text";
import { allow, attached, role, VIEW } from "../../support/trusting-role";

const FULL = allow(...actionsOf(CAPABILITIES));
const asked = { name: "new", account: ACCOUNT, region: "us-east-1" };
const policyArn = (name: string) => `arn:aws:iam::${ACCOUNT}:policy/${name}`;

function having(name: string, statement: object, more: Partial<TrustingRole> = {}): TrustingRole {
  return role({ name, attached: [attached(policyText(statement), { name: `${name}Policy` })], ...more });
}

function channel(id: string, of: { readonly arn: string }, more: object = {}): KnownChannel {
  const properties = { ChannelName: id.toLowerCase(), ChannelRoleArn: of.arn, NotifyOnCaseSeverity: "none", ...more };
  return { identifier: `T1|${id}`, workspace: "T1", channel: id, properties };
}

function imported(roles: readonly TrustingRole[], channels: readonly KnownChannel[] = []) {
  return importedEnvironment(asked, { roles, channels, workspaces: [], hasServiceQuotasRole: true }, NOW);
}

test("of two read-only roles, the one with more channels is imported; the full one is the second level", () => {
  const [a, b, c] = [having("a", FULL), having("b", VIEW), having("c", VIEW)];
  const { adoptions, leftRoles, entry } = imported([a, b, c], [channel("C1", c)]);
  expect(adoptions.map((one) => [one.access, one.role.name])).toEqual([
    ["read-only", "c"],
    ["full", "a"],
  ]);
  expect(Object.keys(entry)).toEqual(["account", "region", "read-only", "full"]);
  expect(leftRoles).toEqual([
    {
      role: b,
      reasons: [
        "it is read-only, and so is c: an environment has each access level once. Give its channels c, and delete it",
      ],
    },
  ]);
});

test.each<[string, Partial<TrustingRole>, Partial<TrustingRole>, shared: string | undefined]>([
  ["the other's policy as its boundary", {}, { boundary: policyArn("aPolicy") }, "aPolicy"],
  ["a policy that is the other's boundary", { boundary: policyArn("bPolicy") }, {}, "bPolicy"],
  ["the other's boundary", { boundary: policyArn("c") }, { boundary: policyArn("c") }, undefined],
])("a role with %s may share it: whoever deploys could rewrite a policy", (_, first, second, shared) => {
  const { leftRoles } = imported([having("a", VIEW, first), having("b", FULL, second)]);
  const why = `it shares ${policyArn(shared ?? "")} with a, as policy or as permissions boundary: each access level has its own policy, and whoever deploys could rewrite it. Attach a copy, and detach the shared policy`;
  expect(leftRoles.flatMap(({ reasons }) => reasons)).toEqual(shared ? [why] : []);
});

test("only tags that environments.yaml can express are in the entry", () => {
  const tags = new Map(Object.entries({ Owner: "web", for: "Slack", "aws:x": "1", Long: "a\u2028b" }));
  expect(imported([having("a", VIEW, { tags })]).entry["read-only"]?.tags).toEqual({ Owner: "web" });
});

describe("a channel", () => {
  const viewers = having("a", VIEW);

  test("is handed over with its notifications, at the access level of its role", () => {
    const loud = { NotifyOnCaseSeverity: "all", NotifyOnResolveCase: true };
    const { channels } = imported([viewers], [channel("C1", viewers), channel("C2", viewers, loud)]);
    const quiet = { workspace: "T1", channel: "C1", name: "c1" };
    const notified = { ...quiet, channel: "C2", name: "c2", notify: { severity: "all", on: ["case-resolved"] } };
    expect(channels).toEqual([
      { access: "read-only", identifier: "T1|C1", entry: quiet },
      { access: "read-only", identifier: "T1|C2", entry: notified },
    ]);
  });

  const C1 = "#c1 (C1 of T1)";
  const INEXPRESSIBLE =
    "environments.yaml can't express its name, its IDs or its notification settings. Change them in the AWS Support Center Console";
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
      "its role arn:web isn't one of the environment. Give it another role, or remove its configuration if nobody needs it",
    ],
  ])("with %s stays outside", (_, live, label, why) => {
    const { channels, leftChannels } = imported([viewers], [live]);
    const role = why === INEXPRESSIBLE ? viewers : undefined;
    expect({ channels, leftChannels }).toMatchObject({ channels: [], leftChannels: [{ label, why, role }] });
  });
});
