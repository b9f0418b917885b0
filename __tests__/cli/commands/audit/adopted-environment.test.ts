import { stringify } from "yaml";
import { adoptedEnvironment } from "../../../../cli/commands/audit/adopted-environment";
import type { KnownChannel, KnownRole } from "../../../../cli/commands/audit/live-setup";
import { actionsOf, CAPABILITIES } from "../../../../modules/support-app/model/capability";
import { parseEnvironments } from "../../../../stacks/environments/environments";
import { ACCOUNT } from "../../../support/live-account";
import { policyText } from "../../../support/policy-text";
import { allow, attached, role, VIEW } from "../../../support/trusting-role";

const FULL = allow(...actionsOf(CAPABILITIES));

/** A role with a policy of its own. */
function having(name: string, statement: object, overrides: Parameters<typeof role>[0] = {}): KnownRole {
  return role({ name, policies: [attached(policyText(statement), { name: `${name}Policy` })], ...overrides });
}

function channel(id: string, { arn }: { readonly arn: string }, properties: object = {}): KnownChannel {
  return {
    identifier: `T1|${id}`,
    workspace: "T1",
    channel: id,
    region: "us-east-1",
    properties: {
      ChannelName: id.toLowerCase(),
      ChannelRoleArn: arn,
      NotifyOnCaseSeverity: "none",
      ...properties,
    },
  };
}

const adopted = (roles: readonly KnownRole[], channels: readonly KnownChannel[] = []) =>
  adoptedEnvironment(ACCOUNT, "us-east-1", { roles, channels });

/** The environment in the words of the file, as it is read. */
function readBack({ entry }: ReturnType<typeof adopted>) {
  const [environment] = parseEnvironments(stringify({ environments: { new: entry } }), "e.yaml", "unchecked");
  return environment;
}

test("of two roles of a level, the one with more channels is the level's, and the other one a team's; each keeps its channels and names", () => {
  const [full, onCall, viewers] = [having("a", FULL), having("On_Call", VIEW), having("c", VIEW)];
  const loud = { NotifyOnCaseSeverity: "all", NotifyOnResolveCase: true };
  const channels = [channel("C1", onCall), channel("C2", viewers), channel("C3", viewers, loud)];
  const environment = adopted([full, onCall, viewers], channels);
  expect(environment).toEqual({
    account: ACCOUNT,
    notes: [],
    entry: {
      account: ACCOUNT,
      region: "us-east-1",
      "read-only": {
        adopt: true,
        "role-name": "c",
        "policy-name": "cPolicy",
        channels: [
          { name: "c2", workspace: "T1", channel: "C2" },
          { name: "c3", workspace: "T1", channel: "C3", notify: { severity: "all", events: ["case-resolved"] } },
        ],
      },
      full: { adopt: true, "role-name": "a", "policy-name": "aPolicy", "service-quotas-role": "existing" },
      teams: {
        "on-call": {
          access: "read-only",
          adopt: true,
          "role-name": "On_Call",
          "policy-name": "On_CallPolicy",
          channels: [{ name: "c1", workspace: "T1", channel: "C1" }],
        },
      },
    },
  });
  expect(readBack(environment)?.accesses.map(({ access, team, roleName }) => [access, team, roleName])).toEqual([
    ["read-only", undefined, "c"],
    ["full", undefined, "a"],
    ["read-only", "on-call", "On_Call"],
  ]);
});

const NOT_ADOPTED = "The role b isn't adopted. What differs:";
test.each<[string, KnownRole, readonly (string | RegExp)[]]>([
  [
    "something else in its policy",
    having("b", allow("s3:Get")),
    [/also allows s3:get\.$/, /doesn't always allow support/],
  ],
  [
    "a path that environments.yaml can't have",
    having("b", FULL, { path: "/a~b/", policies: [attached(policyText(FULL), { name: "p" }, "/a~b/")] }),
    [/^- full\.path: received "\/a~b\/", expected a path/],
  ],
  ["a description of two lines", having("b", FULL, { description: "two\nlines" }), [/^- full\.description: received/]],
  [
    "an invisible character in a tag",
    having("b", FULL, {
      tags: new Map([["a", "b\u2028c"]]),
      policies: [attached(policyText(FULL), { tags: new Map([["a", "b\u2028c"]]) })],
    }),
    [/characters that can't be printed/],
  ],
  [
    "a boundary of another account",
    having("b", FULL, { boundary: "arn:aws:iam::444455556666:policy/boundary" }),
    [/^- full\.permissions-boundary: received/],
  ],
  [
    "its own policy as its boundary",
    having("b", FULL, { boundary: `arn:aws:iam::${ACCOUNT}:policy/bPolicy` }),
    [/^- full\.permissions-boundary: received .*, which this environment creates/],
  ],
  [
    "an end that is too late",
    having("b", { ...FULL, Condition: { DateLessThan: { "aws:CurrentTime": "2101-01-01T00:00:00Z" } } }),
    [/^- full\.until: received "2100-12-31", expected a day that exists/],
  ],
])("a role with %s isn't adopted, and another one is", (_, differing, differences) => {
  const viewers = having("a", VIEW);
  const { entry, notes } = adopted([viewers, differing], [channel("C1", differing)]);
  expect(Object.keys(entry ?? {})).toEqual(["account", "region", "read-only"]);
  expect(notes).toEqual([
    NOT_ADOPTED,
    ...differences.map((difference) => expect.stringMatching(difference)),
    `#c1 (C1 of T1) isn't adopted. Its role ${differing.arn} isn't adopted.`,
  ]);
});

test.each([
  ["b_c", /^- teams\.b-c: |^- It becomes a team whose name another role gives\.$/],
  ["12", /^- teams\.12: received "12", expected the name of a team/],
])("the role %s isn't adopted if it gives no name of a team, or another one's", (name, difference) => {
  const roles = ["a", "b.c", name].map((roleName) => having(roleName, FULL));
  const { entry, notes } = adopted(roles);
  expect(Object.keys(entry?.teams ?? {})).toEqual(["b-c"]);
  expect(notes).toEqual([`The role ${name} isn't adopted. What differs:`, expect.stringMatching(difference)]);
});

test("an account of which nothing is adopted has no environment", () => {
  expect(adopted([having("b", allow("*"))])).toMatchObject({
    entry: undefined,
    notes: [NOT_ADOPTED, expect.anything()],
  });
});

test("a role of a CloudFormation stack is adopted, with what to do about the stack", () => {
  const { entry, notes } = adopted([
    having("a", VIEW, { tags: new Map([["aws:cloudformation:stack-name", "support"]]) }),
  ]);
  expect(entry?.["read-only"]).toEqual({ adopt: true, "role-name": "a", "policy-name": "aPolicy" });
  expect(notes).toEqual([
    "The role a belongs to the CloudFormation stack support, which would change it back. Set its DeletionPolicy to Retain, and remove it from the stack.",
  ]);
});

const viewers = having("a", VIEW);
test.each<[string, KnownChannel, string | RegExp]>([
  [
    "no name",
    channel("C1", viewers, { ChannelName: undefined }),
    /^a channel \(C1 of T1\) isn't adopted\. read-only\.channels\[0\]\.name: received ""/,
  ],
  [
    "a name that isn't Slack's",
    channel("C1", viewers, { ChannelName: "A b" }),
    /channels\[0\]\.name: received "A b", expected/,
  ],
  ["an ID that isn't Slack's", channel("c1", viewers), /channels\[0\]\.channel: received "c1", expected/],
  [
    "a workspace that isn't Slack's",
    { ...channel("C1", viewers), workspace: "1" },
    /channels\[0\]\.workspace: received "1", expected/,
  ],
  ["settings that AWS refuses", channel("C1", viewers, { NotifyOnCaseSeverity: "all" }), /channels\[0\]\.notify/],
  ["an unknown severity", channel("C1", viewers, { NotifyOnCaseSeverity: "low" }), /notify\.severity: received "low"/],
  [
    "a role that isn't adopted",
    channel("C1", { arn: "arn:web" }),
    "#c1 (C1 of T1) isn't adopted. Its role arn:web isn't adopted.",
  ],
  [
    "another region than most",
    { ...channel("C1", viewers), region: "us-west-2" },
    "#c1 (C1 of T1) isn't adopted. It is configured in us-west-2, and the environment is in us-east-1.",
  ],
])("a channel with %s isn't adopted, and another one is", (_, live, note) => {
  const { entry, notes } = adopted([viewers], [live, channel("C9", viewers)]);
  expect(entry?.["read-only"]?.channels?.map((entry) => entry.channel)).toEqual(["C9"]);
  expect(notes).toEqual([typeof note === "string" ? note : expect.stringMatching(note)]);
});

test("channels beyond AWS's limit for an account aren't adopted", () => {
  const channels = Array.from({ length: 21 }, (_, index) => channel(`C${index}`, viewers));
  const environment = adopted([viewers], channels);
  expect(readBack(environment)?.channels).toHaveLength(20);
  expect(environment.notes).toEqual([
    expect.stringMatching(/^#c20 \(C20 of T1\) isn't adopted\. read-only\.channels: received a list of 21, /),
  ]);
});
