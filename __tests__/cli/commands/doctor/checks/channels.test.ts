import type { LiveChannel } from "../../../../../cli/aws/live-channel";
import { valueIfKnown } from "../../../../../cli/aws/lookup";
import type { Account } from "../../../../../cli/commands/doctor/account";
import { DOCTOR_CHECKS } from "../../../../../cli/commands/doctor/checks";
import { GUIDE_TOPICS } from "../../../../../cli/findings/kinds";
import {
  ACCOUNT,
  DENIED,
  documentOf,
  environmentOf,
  healthyAccount,
  otherRole,
  withAccess,
} from "../../../../support/live-account";
import { ALLOW, DEPLOY, examine, inAccount, only, WATCH } from "./examined";

const YAML = `read-only: { ${WATCH} }`;
const READ_ONLY = `arn:aws:iam::${ACCOUNT}:role/AWSSupportAppReadOnlyRole`;
const X = `arn:aws:iam::${ACCOUNT}:role/x`;
const watch = { resource: "#watch (C1 of T1)", about: ["channel", "T1", "C1"] };
const deploying = { change: undefined, commands: DEPLOY };
const unread = { answer: "unknown", found: DENIED.unknown.message, fix: ALLOW };
const PRIVACY =
  "Whether a channel is private, and who is in it, can't be seen from AWS. Keep #watch private, and invite only those who need the cases.";

/** The account with other properties of its channel. */
const having = (overrides: object) => (account: Account) => {
  const changed = (channel: LiveChannel) => ({
    ...channel,
    properties: { known: { ...valueIfKnown(channel.properties), ...overrides } },
  });
  return { ...account, channels: { known: (valueIfKnown(account.channels) ?? []).map(changed) } };
};
/** The account with one more channel. */
const adding = (changed: Partial<LiveChannel>, overrides: Partial<Account> = {}) => {
  const otherChannel = {
    identifier: "T1|C9",
    workspace: "T1",
    channel: "C9",
    properties: { known: { ChannelRoleArn: X } },
  };
  return (account: Account) => {
    const channels = [...(valueIfKnown(account.channels) ?? []), { ...otherChannel, ...changed }];
    return { ...account, ...overrides, channels: { known: channels } };
  };
};
const withoutChannels = (account: Account) => ({ ...account, channels: { known: [] } });
const withoutWorkspaces = (account: Account) => ({ ...account, workspaces: { known: [] } });
const neither = (account: Account) => withoutWorkspaces(withoutChannels(account));
const withoutRole = (account: Account) => withAccess(account, "read-only", { role: { known: undefined } });

describe("an unreadable part is unknown:", () => {
  test("an unreadable list of channels is unknown, unless the region doesn't have the Support App, which is another check's finding", () => {
    const withChannels = (channels: Account["channels"]) => (account: Account) => ({ ...account, channels });
    expect(examine("channels", YAML, withChannels(DENIED)).findings).toEqual([
      { ...unread, resource: "Slack channels", about: ["channel"], expected: "to see them" },
    ]);
    const unknown = { kind: "no-support-app", action: "", message: "" } as const;
    expect(examine("channels", YAML, withChannels({ unknown }))).toEqual({ findings: [], waitsFor: "region" });
  });

  const identity = (account: Account) => account;
  test.each<[string, (account: Account) => Account, number]>([
    [`slack-workspaces: [T1], ${YAML}`, identity, 1],
    [YAML, withoutChannels, 1],
    [YAML, identity, 0],
    ["read-only: {}", identity, 0],
  ])("unreadable workspaces are unknown where something depends on them (%s)", (yaml, change, count) => {
    const workspaces = { ...unread, resource: "Slack workspaces", about: ["workspace"], expected: "to see them" };
    const { findings } = examine("channels", yaml, (account) => ({ ...change(account), workspaces: DENIED }));
    expect(findings.filter(({ answer }) => answer === "unknown")).toEqual(Array(count).fill(workspaces));
  });

  test("an unreadable channel of environments.yaml is unknown, and so is another one", () => {
    const properties = DENIED;
    const unreadChannel = { identifier: "T1|C1", workspace: "T1", channel: "C1", properties };
    const withUnreadChannel = (account: Account) => ({ ...account, channels: { known: [unreadChannel] } });
    expect(examine("channels", YAML, withUnreadChannel).findings).toEqual([
      { ...unread, ...watch, expected: `the role ${READ_ONLY}` },
    ]);
    const draft = {
      resource: "the channel (C9 of T1), which isn't in environments.yaml",
      about: ["channel", "T1", "C9"],
      expected: "to see its role",
    };
    const findingsWith = (change: ReturnType<typeof adding>) => examine("channels", "read-only: {}", change).findings;
    expect(findingsWith(adding({ properties }))).toEqual([{ ...unread, ...draft }]);
    expect(findingsWith(adding({}, { roles: DENIED }))).toEqual([
      { ...unread, ...draft, expected: `to see what the role ${X} may do` },
    ]);
  });
});

describe("a missing channel", () => {
  test("a missing channel is configured by a deploy", () => {
    const text = "Deploy the environment, which configures the channel. The Support App must have been invited to it.";
    const found = "not configured in this region of the account";
    const impact = "People in the channel can do nothing.";
    const finding = { answer: "unhealthy", ...watch, impact, found, fix: { text, ...deploying } };
    expect(examine("channels", YAML, withoutChannels)).toEqual({
      findings: [{ ...finding, expected: `configured with the role ${READ_ONLY}` }],
      notes: [PRIVACY],
    });
  });

  const workspace = (id: string, fix: object) => ({
    answer: "unhealthy",
    resource: `Slack workspace ${id}`,
    about: ["workspace", id],
    fix,
    impact: "No channel of the workspace can be configured.",
    expected: "registered for the account",
    found: "not registered",
  });
  const deployed = {
    text: "Deploy the environment, which registers the workspace and configures its channels. If the account is in no organization, or its organization hasn't authorized the workspace, first authorize it in the AWS Support Center Console, whose users need support-console: permissions.",
    ...deploying,
  };
  const registering = (...ids: string[]) => ({
    ...deployed,
    change: { environments: { test: { "slack-workspaces": ids } } },
  });

  test.each<[string, string, object[]]>([
    ["T1 to register", YAML, [workspace("T1", registering("T1"))]],
    ["T1 of environments.yaml", `slack-workspaces: [T1], ${YAML}`, [workspace("T1", deployed)]],
    [
      "two, of which either fix registers both",
      "read-only: { channels: [{ name: a, workspace: T1, channel: C1 }, { name: b, workspace: T2, channel: C2 }] }",
      [workspace("T1", registering("T1", "T2")), workspace("T2", registering("T1", "T2"))],
    ],
  ])("a missing channel waits for its workspace: %s", (_, yaml, findings) => {
    expect(examine("channels", yaml, neither).findings).toEqual(findings);
  });

  test("a missing channel isn't a channel of that ID in another workspace", () => {
    const inOtherWorkspace = adding(
      { workspace: "T2", channel: "C1" },
      { roles: { known: [otherRole("x", documentOf())] } },
    );
    expect(examine("channels", YAML, (account) => inOtherWorkspace(withoutChannels(account))).findings).toMatchObject([
      { resource: "#watch (C1 of T1)" },
      { resource: "the channel (C1 of T2), which isn't in environments.yaml" },
    ]);
  });
});

test("a notification that isn't set is off, and a channel proves that its workspace is registered, if nobody sees it", () => {
  expect(examine("channels", YAML, having({ NotifyOnResolveCase: undefined })).findings).toEqual([]);
  expect(examine("channels", YAML, withoutWorkspaces).findings).toEqual([]);
  const { findings } = examine("channels", `slack-workspaces: [T1], ${YAML}`, withoutWorkspaces);
  expect(only(findings).resource).toBe("Slack workspace T1");
});

describe("a channel with other properties is corrected by a deploy", () => {
  const FULL = `arn:aws:iam::${ACCOUNT}:role/AWSSupportAppFullRole`;
  const ROLE = `the role ${READ_ONLY} of read-only access`;
  const RESOLVED = "NotifyOnResolveCase";
  test.each<[object, string, string]>([
    [
      { ChannelRoleArn: X, NotifyOnCaseSeverity: "all" },
      `${ROLE}, NotifyOnCaseSeverity none`,
      `the role ${X}, NotifyOnCaseSeverity all`,
    ],
    [{ ChannelRoleArn: FULL }, ROLE, `the role ${FULL} of full access`],
    [{ [RESOLVED]: true }, `${RESOLVED} false`, `${RESOLVED} true`],
    [{ NotifyOnCaseSeverity: undefined }, "NotifyOnCaseSeverity none", "NotifyOnCaseSeverity not set"],
  ])("a channel with other properties is corrected by a deploy: %j", (properties, expected, found) => {
    expect(examine("channels", `${YAML}, full: {}`, having(properties)).findings).toEqual([
      {
        answer: "unhealthy",
        ...watch,
        expected,
        found,
        ...("ChannelRoleArn" in properties ? {} : { impact: "People in the channel see other notifications." }),
        fix: { text: "Deploy the environment, which corrects the channel in place.", ...deploying },
      },
    ]);
  });

  const ELSEWHERE = { arn: `${X}/AWSSupportAppReadOnlyRole`, trust: documentOf().known };
  test.each([
    ["no role", { role: { known: undefined } }],
    ["a role under another path", { role: { known: ELSEWHERE } }],
  ])("a channel isn't corrected if its access level has %s: the deploy with the role does it", (_, changed) => {
    const twoLevels = `${YAML}, full: {}`;
    const wrong = (account: Account) => withAccess(having({ ChannelRoleArn: X })(account), "read-only", changed);
    expect(examine("channels", twoLevels, wrong)).toMatchObject({ findings: [], waitsFor: "role" });
    const louder = (account: Account) => having({ NotifyOnCaseSeverity: "all" })(wrong(account));
    expect(only(examine("channels", twoLevels, louder).findings).expected).toBe("NotifyOnCaseSeverity none");
    expect(examine("channels", twoLevels, withoutRole).waitsFor).toBeUndefined(); // the channel has its role
  });

  test("a channel doesn't wait for a role that can't be read, nor for a role of another level", () => {
    const unknown = (account: Account) =>
      withAccess(having({ ChannelRoleArn: X })(account), "read-only", { role: DENIED });
    expect(only(examine("channels", YAML, unknown).findings).found).toBe(`the role ${X}`);
    const withOtherLevel = (account: Account) =>
      withAccess(having({ ChannelRoleArn: X })(account), "full", { role: { known: undefined } });
    expect(examine("channels", `${YAML}, full: {}`, withOtherLevel).findings).toHaveLength(1);
  });
});

describe("a channel that isn't in environments.yaml", () => {
  const remove = inAccount(
    "cloudcontrol --region us-east-1 delete-resource --type-name AWS::SupportApp::SlackChannelConfiguration --identifier 'T1|C9'",
  );
  const general = { properties: { known: { ChannelName: "general", ChannelRoleArn: READ_ONLY } } };
  const roles = (...roleArgs: Parameters<typeof otherRole>[]) => ({
    roles: { known: roleArgs.map((args) => otherRole(...args)) },
  });
  const resolvingDocument = documentOf({ Effect: "Allow", Action: ["support:ResolveCase", "s3:Get*"], Resource: "*" });
  const [channelName, GENERAL] = ["the channel (C9 of T1)", "#general (C9 of T1)"];

  const adminDocument = documentOf({ Effect: "Allow", Action: "*", Resource: "*" });
  const ODD = documentOf({ Effect: "Allow", Action: "*", Resource: "*", Condition: { StringEquals: 7 } });
  const UNKNOWN = `have its role ${X}, and what that may do isn't known`;

  test.each<[string, (account: Account) => Account, string, string]>([
    ["the access", adding(general), GENERAL, "have read-only access, too"],
    ["the access, whatever else there is", adding(general, { roles: DENIED }), GENERAL, "have read-only access, too"],
    ["everything", adding({}, roles(["x", adminDocument])), channelName, `can do everything with its role ${X}`],
    [
      "a part of it",
      adding({}, roles(["x", resolvingDocument])),
      channelName,
      `can resolve-cases, call s3:get* with its role ${X}`,
    ],
    ["something unknown", adding({}, roles(["x", DENIED])), channelName, UNKNOWN],
    ["something that isn't understood", adding({}, roles(["x", ODD])), channelName, UNKNOWN],
    [
      "something within an unknown boundary",
      adding({}, roles(["x", resolvingDocument, { boundary: DENIED }])),
      channelName,
      UNKNOWN,
    ],
  ])("an unknown channel with %s is unhealthy, unless others are expected", (_, change, resource, can) => {
    const text =
      "To keep the channel, add it to environments.yaml with adopt: true, and deploy. If somebody else configures channels in this account, set other-channels: true. Otherwise, remove it with this command:";
    expect(examine("channels", YAML, change).findings).toEqual([
      {
        answer: "unhealthy",
        resource: `${resource}, which isn't in environments.yaml`,
        impact: `People in it ${can}.`,
        about: ["channel", "T1", "C9"],
        expected: "only the channels of environments.yaml",
        found: `the role ${can.startsWith("have read-only") ? READ_ONLY : X}`,
        topic: GUIDE_TOPICS.restrictUsers,
        fix: { text, commands: [remove] },
      },
    ]);
    for (const yaml of ["read-only: {}", `other-channels: true, ${YAML}`]) {
      const { findings, notes } = examine("channels", yaml, change);
      expect(findings).toEqual([]);
      expect(notes).toContain(`People in ${resource}, which isn't in environments.yaml, ${can}.`);
    }
  });

  test.each([
    ["of another account", "arn:aws:iam::999999999999:role/x"],
    ["that doesn't exist, or doesn't trust the Support App", `${X}2`],
  ])("an unknown channel needs another role than one %s, whether it is expected or not", (_, arn) => {
    const change = adding({ properties: { known: { ChannelRoleArn: arn } } }, roles(["x", resolvingDocument]));
    const resource = `${channelName}, which isn't in environments.yaml`;
    const finding = { resource, expected: "a role of the account that trusts the Support App" };
    for (const yaml of ["read-only: {}", `other-channels: true, ${YAML}`]) {
      expect(examine("channels", yaml, change).findings).toMatchObject([{ ...finding, fix: { commands: [remove] } }]);
    }
  });
});

test.each([
  ["read-only: {}", []],
  [
    "read-only: { channels: [{ name: a, workspace: T1, channel: C1 }, { name: b, workspace: T1, channel: C2 }] }",
    [PRIVACY.replace("#watch", "#a, #b")],
  ],
])("a note lists what AWS doesn't show: %s", (yaml, notes) => {
  expect(examine("channels", yaml)).toEqual({ findings: [], notes });
});

test("only the chosen channels and their workspaces are looked at", () => {
  const yaml = `slack-workspaces: [T1, T2, T9], ${YAML}, full: { channels: [{ name: b, workspace: T2, channel: C2 }] }`;
  const environment = environmentOf(yaml);
  const account = adding({})(neither(healthyAccount(environment)));
  const only = environment.channels.filter(({ name }) => name === "b");
  const { findings, notes } = DOCTOR_CHECKS.channels.examine({ environment, channels: only, isWhole: false, account });
  expect([findings?.map(({ resource }) => resource), notes]).toEqual([
    ["Slack workspace T2"],
    [PRIVACY.replace("watch", "b")],
  ]);
});
