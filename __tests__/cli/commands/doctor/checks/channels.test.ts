import type { LiveChannel } from "../../../../../cli/aws/live-channel";
import { knownOf, type Lookup, mapped } from "../../../../../cli/aws/lookup";
import type { Account } from "../../../../../cli/commands/doctor/account";
import { channels } from "../../../../../cli/commands/doctor/checks/channels";
import { role } from "../../../../../cli/commands/doctor/checks/role";
import { GUIDE_TOPICS } from "../../../../../cli/commands/doctor/guide-topic";
import {
  ACCOUNT,
  DENIED,
  documentOf,
  environmentOf,
  healthyAccount,
  otherRole,
  withAccess,
} from "../../../../support/live-account";
import { examined, inAccount, only, ownPolicies, WATCH, withRole } from "./examined";

describe("channels", () => {
  /** A channel, and whether its role exists. */
  type Found = LiveChannel & { readonly roleExists?: Lookup<boolean> };
  const withChannels = (account: Account, found: readonly Found[]): Account => {
    const arns = found.map(({ properties }) => String(knownOf(properties)?.ChannelRoleArn));
    const exists = found.find(({ roleExists }) => roleExists)?.roleExists;
    return {
      ...account,
      channels: { known: found.map(({ roleExists: _, ...channel }) => channel) },
      roleArns: exists ? mapped(exists, (isThere) => (isThere ? arns : [])) : account.roleArns,
    };
  };
  const of = (changed: (found: LiveChannel) => Found[]) => (account: Account) =>
    withChannels(account, (account.channels as { known: LiveChannel[] }).known.flatMap(changed));
  const yaml = `read-only: { ${WATCH} }`;

  test("say what AWS doesn't show", () => {
    expect(examined(channels, yaml).notes).toEqual([
      "Whether a channel is private, and who is in it, can't be seen from AWS. Keep #watch private, and invite only those who need the cases.",
    ]);
    expect(examined(channels, "read-only: {}").notes).toEqual([]);
  });

  test.each<[string, (account: Account) => Account]>([
    ["list", (account) => ({ ...account, channels: DENIED })],
    ["workspaces", (account) => ({ ...account, workspaces: DENIED })],
    ["one", of((found) => [{ ...found, properties: DENIED }])],
  ])("can't be looked at (%s): unknown", (_, change) => {
    expect(only(examined(channels, `slack-workspaces: [T1], ${yaml}`, change).findings)).toMatchObject({
      answer: "unknown",
      topic: GUIDE_TOPICS.invalidRole,
    });
  });

  test("workspaces that nothing depends on needn't be readable", () => {
    const denied = (account: Account) => ({ ...account, workspaces: DENIED });
    for (const some of ["read-only: {}", yaml]) expect(examined(channels, some, denied).findings).toEqual([]);
    const missing = (account: Account) => ({ ...denied(account), channels: { known: [] } });
    expect(examined(channels, yaml, missing).findings.map(({ answer }) => answer)).toEqual(["unknown", "unhealthy"]);
  });

  test("a channel whose role was created under another path waits for the role, unless that is deleted", () => {
    const arn = `arn:aws:iam::${ACCOUNT}:role/by-hand/AWSSupportAppReadOnlyRole`;
    const moved = (account: Account) =>
      of((found) => [{ ...found, properties: { known: { NotifyOnCaseSeverity: "none", ChannelRoleArn: arn } } }])(
        withRole("read-only", { arn })(account),
      );
    const withPolicy = (account: Account) =>
      withAccess(moved(account), "read-only", {
        policies: { known: ownPolicies("read-only: { path: /by-hand/ }") },
      });
    expect(examined(channels, yaml, withPolicy)).toMatchObject({ findings: [], waitsFor: "role" });
    expect(only(examined(role, yaml, withPolicy).findings).found).toBe(arn);
    const { findings, waitsFor } = examined(channels, yaml, moved);
    expect(only(findings).fix.commands.join()).toContain(`role/AWSSupportAppReadOnlyRole"}]`);
    expect(waitsFor).toBeUndefined();
  });

  test("a channel waits for a role that doesn't exist yet: the deploy that creates it assigns it", () => {
    const arn = `arn:aws:iam::${ACCOUNT}:role/before`;
    const renamed = (account: Account) =>
      of((found) => [
        {
          ...found,
          roleExists: { known: true },
          properties: { known: { NotifyOnCaseSeverity: "none", ChannelRoleArn: arn } },
        },
      ])(withAccess(account, "read-only", { role: { known: undefined } }));
    expect(examined(channels, yaml, renamed)).toMatchObject({ findings: [], waitsFor: "role" });
    const gone = (account: Account) => withAccess(account, "read-only", { role: { known: undefined } });
    expect(examined(channels, yaml, gone)).toMatchObject({ findings: [], waitsFor: undefined });
  });

  test("a channel without a role", () => {
    const none = of((found) => [{ ...found, properties: { known: { NotifyOnCaseSeverity: "none" } } }]);
    expect(only(examined(channels, yaml, none).findings).found).toBe("no role");
  });

  test("a region without the Support App is another check's finding", () => {
    const unknown = { kind: "no-support-app", action: "", message: "" } as const;
    expect(examined(channels, yaml, (account) => ({ ...account, channels: { unknown } }))).toMatchObject({
      findings: [],
      waitsFor: "region",
    });
  });

  test.each<[string, string, Partial<Found>]>([
    [
      `arn:aws:iam::${ACCOUNT}:role/AWSSupportAppFullRole`,
      " of full access: people in the channel can do everything",
      {},
    ],
    ["arn:aws:iam::999999999999:role/x", "which is of another account", {}],
    [`arn:aws:iam::${ACCOUNT}:role/x`, "which doesn't exist", { roleExists: { known: false } }],
    [`arn:aws:iam::${ACCOUNT}:role/x`, `the role arn:aws:iam::${ACCOUNT}:role/x`, { roleExists: { known: true } }],
  ])("a channel with %s: %s", (arn, words, more) => {
    const wrong = of((found) => [
      { ...found, ...more, properties: { known: { NotifyOnCaseSeverity: "none", ChannelRoleArn: arn } } },
    ]);
    const finding = only(examined(channels, `${yaml}, full: {}`, wrong).findings);
    expect(finding).toMatchObject({
      answer: "unhealthy",
      found: expect.stringContaining(words),
      topic: GUIDE_TOPICS.invalidRole,
    });
    const louder = of((found) => [
      { ...found, ...more, properties: { known: { NotifyOnCaseSeverity: "all", ChannelRoleArn: arn } } },
    ]);
    expect(only(examined(channels, `${yaml}, full: {}`, louder).findings).topic).toBe(GUIDE_TOPICS.invalidRole);
    expect(finding.fix.commands.join()).toContain(
      `'[{"op":"add","path":"/ChannelRoleArn","value":"arn:aws:iam::${ACCOUNT}:role/AWSSupportAppReadOnlyRole"}]'`,
    );
  });

  test("a channel with other notification settings", () => {
    const notify = "notify: { severity: high, on: [case-created] }";
    const louder = of(({ properties, ...found }) => [
      {
        ...found,
        properties: { known: { ...(properties as { known: object }).known, NotifyOnCaseSeverity: undefined } },
      },
    ]);
    const { findings } = examined(channels, `read-only: { ${WATCH.replace(" }]", `, ${notify} }]`)} }`, louder);
    expect(only(findings)).toMatchObject({
      expected: "NotifyOnCaseSeverity high",
      found: "NotifyOnCaseSeverity not set",
      topic: undefined,
    });
  });

  test("a channel and a workspace that aren't configured", () => {
    const none = (account: Account) => ({ ...account, channels: { known: [] } });
    expect(only(examined(channels, yaml, none).findings)).toMatchObject({
      subject: "#watch (C1 of T1)",
      fix: { commands: ["npx support-app deploy test"] },
    });
    const neither = (account: Account) => ({ ...none(account), workspaces: { known: [] } });
    expect(only(examined(channels, yaml, neither).findings)).toMatchObject({
      subject: "Slack workspace T1",
      fix: { change: { environments: { test: { "slack-workspaces": ["T1"] } } } },
    });
    const declared = only(examined(channels, `slack-workspaces: [T1], ${yaml}`, neither).findings);
    expect(declared.fix.change).toBeUndefined();
  });

  test("it may be unknown whether a wrong role exists", () => {
    const other = of((found) => [
      {
        ...found,
        roleExists: DENIED,
        properties: { known: { NotifyOnCaseSeverity: "none", ChannelRoleArn: `arn:aws:iam::${ACCOUNT}:role/x` } },
      },
    ]);
    expect(only(examined(channels, yaml, other).findings)).toMatchObject({
      answer: "unhealthy",
      found: expect.stringContaining("whether it exists is unknown: AccessDenied"),
    });
  });

  test("two unregistered workspaces: following both fixes registers both", () => {
    const both =
      "read-only: { channels: [{ name: a, workspace: T1, channel: C1 }, { name: b, workspace: T2, channel: C2 }] }";
    const neither = (account: Account) => ({ ...account, channels: { known: [] }, workspaces: { known: [] } });
    const { findings, unseen } = examined(channels, both, neither);
    expect(findings).toHaveLength(2);
    // The channels themselves wait, so what was found about them isn't healed.
    expect(unseen).toEqual([
      ["channel", "T1", "C1"],
      ["channel", "T2", "C2"],
    ]);
    for (const { fix } of findings) {
      expect(fix.change).toEqual({ environments: { test: { "slack-workspaces": ["T1", "T2"] } } });
    }
  });

  test("one more workspace: the registered ones stay", () => {
    const others = `slack-workspaces: [T9], ${yaml}`;
    const neither = (account: Account) => ({ ...account, channels: { known: [] }, workspaces: { known: ["T9"] } });
    expect(only(examined(channels, others, neither).findings).fix.change).toEqual({
      environments: { test: { "slack-workspaces": ["T9", "T1"] } },
    });
  });

  test("a channel of that ID in another workspace is another channel", () => {
    const elsewhere = of((found) => [{ ...found, workspace: "T2" }]);
    expect(examined(channels, yaml, elsewhere).findings).toEqual([
      expect.objectContaining({ subject: "#watch (C1 of T1)", found: "not configured in this region of the account" }),
      expect.objectContaining({ subject: "#watch (C1 of T2), which isn't in environments.yaml" }),
    ]);
  });

  test("one more channel with the access is a finding if the file names channels", () => {
    const more = (account: Account) => ({
      ...account,
      channels: {
        known: [
          ...(account.channels as { known: LiveChannel[] }).known,
          {
            identifier: "T1|C9",
            workspace: "T1",
            channel: "C9",
            properties: {
              known: {
                ChannelName: "general",
                ChannelRoleArn: `arn:aws:iam::${ACCOUNT}:role/AWSSupportAppReadOnlyRole`,
              },
            },
          },
        ],
      },
    });
    const finding = only(examined(channels, yaml, more).findings);
    expect(finding).toMatchObject({
      answer: "unhealthy",
      subject: "#general (C9 of T1), which isn't in environments.yaml",
      found: "people in it have read-only access, too",
      topic: GUIDE_TOPICS.restrictUsers,
    });
    expect(finding.fix.commands).toEqual([
      inAccount(
        "cloudcontrol --region us-east-1 delete-resource --type-name AWS::SupportApp::SlackChannelConfiguration --identifier 'T1|C9'",
      ),
    ]);
    expect(examined(channels, "read-only: {}", more).findings).toEqual([]);
  });

  const byHand = (changed: Partial<Found>) => (account: Account) =>
    withChannels(account, [
      {
        identifier: "T1|C9",
        workspace: "T1",
        channel: "C9",
        properties: { known: { ChannelName: "it's" } },
        ...changed,
      },
    ]);
  const withX = { known: { ChannelRoleArn: `arn:aws:iam::${ACCOUNT}:role/x` } };

  const X = `arn:aws:iam::${ACCOUNT}:role/x`;
  /** Another channel, and what its role x may do. */
  const withRoleX =
    (...roles: Account["otherRoles"][]) =>
    (account: Account) => ({
      ...account,
      channels: {
        known: [account, byHand({ properties: withX })(account)].flatMap(({ channels }) => knownOf(channels) ?? []),
      },
      roleArns: { known: [X] },
      otherRoles: roles[0] ?? { known: [] },
    });
  const everything = documentOf({ Effect: "Allow", Action: "*", Resource: "*" });

  test.each<[string, Account["otherRoles"], string]>([
    ["everything", { known: [otherRole("x", everything)] }, `can do everything with its role ${X}`],
    [
      "some of it",
      {
        known: [
          otherRole("x", documentOf({ Effect: "Allow", Action: ["support:ResolveCase", "s3:Get*"], Resource: "*" })),
        ],
      },
      `can resolve-cases, call s3:get* with its role ${X}`,
    ],
    ["nothing", { known: [] }, `can do nothing: its role ${X} doesn't trust the Support App`],
    ["unknown", DENIED, `have its role ${X}, and what that may do isn't known`],
    ["unread", { known: [otherRole("x", DENIED)] }, `have its role ${X}, and what that may do isn't known`],
  ])("a channel that isn't in the file, with another role, says what people in it can do: %s", (_, others, can) => {
    const who = "the channel (C9 of T1), which isn't in environments.yaml";
    for (const some of ["read-only: {}", `other-channels: expected, ${yaml}`]) {
      const { findings, notes } = examined(channels, some, withRoleX(others));
      expect(findings).toEqual([]);
      expect(notes).toContain(`People in ${who}, ${can}.`);
    }
    const finding = only(examined(channels, yaml, withRoleX(others)).findings);
    expect(finding).toMatchObject({
      answer: "unhealthy",
      subject: who,
      expected: "only the channels of environments.yaml",
      found: `people in it ${can}`,
    });
    expect(finding.fix.text).toContain("set other-channels: expected");
  });

  test.each<[string, Partial<Found>]>([
    ["its properties", { properties: DENIED }],
    ["its role", { properties: withX, roleExists: DENIED }],
  ])("one of which %s can't be read is unknown", (_, changed) => {
    expect(only(examined(channels, "read-only: {}", byHand(changed)).findings)).toMatchObject({ answer: "unknown" });
  });

  test("in a command, names from Slack and AWS are one word of the shell", () => {
    const evil = byHand({ identifier: "T1|C'; rm -rf ~", properties: withX, roleExists: { known: false } });
    const [command] = only(examined(channels, "read-only: {}", evil).findings).fix.commands;
    expect(command).toContain("--identifier 'T1|C'\\''; rm -rf ~'");
  });

  const READ_ONLY = `arn:aws:iam::${ACCOUNT}:role/AWSSupportAppReadOnlyRole`;
  const watch = { subject: "#watch (C1 of T1)", about: ["channel", "T1", "C1"] };
  const topic = GUIDE_TOPICS.invalidRole;
  const deploying = { change: undefined, commands: ["npx support-app deploy test"] };
  const allowRole = {
    text: "Allow these credentials iam:GetRole. This prints everything that doctor needs:",
    commands: ["npx support-app doctor --policy"],
  };
  const unread = { answer: "unknown", found: DENIED.unknown.message, topic, fix: allowRole };

  test("a list that can't be read is unknown, and nothing else is said", () => {
    expect(examined(channels, yaml, (account) => ({ ...account, channels: DENIED }))).toEqual({
      findings: [{ ...unread, subject: "Slack channels", about: ["channel"], expected: "to see them" }],
    });
  });

  test("workspaces that can't be read are unknown where the environment registers one, or a channel is missing", () => {
    const denied = (account: Account) => ({ ...account, workspaces: DENIED });
    const workspaces = { ...unread, subject: "Slack workspaces", about: ["workspace"], expected: "to see them" };
    expect(examined(channels, "slack-workspaces: [T1], read-only: {}", denied).findings).toEqual([workspaces]);
    const missing = (account: Account) => ({ ...denied(account), channels: { known: [] } });
    expect(examined(channels, yaml, missing).findings[0]).toEqual(workspaces);
  });

  test("a channel that can't be read is unknown, and so is one that isn't in the file", () => {
    const one = of((found) => [{ ...found, properties: DENIED }]);
    expect(examined(channels, yaml, one).findings).toEqual([
      { ...unread, ...watch, expected: `the role ${READ_ONLY}` },
    ]);
    const other = {
      ...unread,
      subject: "the channel (C9 of T1), which isn't in environments.yaml",
      about: ["channel", "T1", "C9"],
    };
    expect(examined(channels, "read-only: {}", byHand({ properties: DENIED })).findings).toEqual([
      { ...other, expected: "to see its role" },
    ]);
    expect(examined(channels, "read-only: {}", byHand({ properties: withX, roleExists: DENIED })).findings).toEqual([
      { ...other, expected: `to see whether the role arn:aws:iam::${ACCOUNT}:role/x exists` },
    ]);
  });

  test("a missing channel is configured by a deploy", () => {
    const none = (account: Account) => ({ ...account, channels: { known: [] } });
    expect(examined(channels, yaml, none)).toEqual({
      waitsFor: undefined,
      findings: [
        {
          answer: "unhealthy",
          ...watch,
          expected: `configured with the role ${READ_ONLY}`,
          found: "not configured in this region of the account",
          topic,
          fix: {
            text: "Deploy the environment, which configures the channel. The Support App must have been invited to it.",
            ...deploying,
          },
        },
      ],
      notes: [expect.stringContaining("Keep #watch private")],
    });
  });

  test("a missing workspace is registered by a deploy, or first by whoever may authorize it", () => {
    const neither = (account: Account) => ({ ...account, channels: { known: [] }, workspaces: { known: [] } });
    const finding = {
      answer: "unhealthy",
      subject: "Slack workspace T1",
      about: ["workspace", "T1"],
      expected: "registered for the account",
      found: "not registered",
      topic,
    };
    expect(examined(channels, `slack-workspaces: [T1], ${yaml}`, neither).findings).toEqual([
      {
        ...finding,
        fix: {
          text: "Deploy the environment, which registers the workspace and configures its channels.",
          ...deploying,
        },
      },
    ]);
    expect(examined(channels, yaml, neither).findings).toEqual([
      {
        ...finding,
        fix: {
          text: "If the account's organization has authorized the workspace, register it. Otherwise, authorize it in the AWS Support Center Console, whose users need support-console: permissions. Then deploy, which configures its channels.",
          change: { environments: { test: { "slack-workspaces": ["T1"] } } },
          commands: ["npx support-app deploy test"],
        },
      },
    ]);
  });

  test("a configured channel proves that its workspace is registered, even if the account can't see it", () => {
    const unseen = (account: Account) => ({ ...account, workspaces: { known: [] } });
    expect(examined(channels, yaml, unseen).findings).toEqual([]);
    expect(only(examined(channels, `slack-workspaces: [T1], ${yaml}`, unseen).findings).subject).toBe(
      "Slack workspace T1",
    );
  });

  const update = (properties: object) =>
    inAccount(
      `cloudcontrol --region us-east-1 update-resource --type-name AWS::SupportApp::SlackChannelConfiguration --identifier 'T1|C1' --patch-document '${JSON.stringify(
        Object.entries(properties).map(([name, value]) => ({ op: "add", path: `/${name}`, value })),
      )}'`,
    );
  const updateText =
    "Configure the channel as in environments.yaml with this command, since Terraform doesn't see the difference. AWS takes a moment to apply it:";

  test("a channel with another role and other notifications is corrected by one command", () => {
    const wrong = of((found) => [
      { ...found, properties: { known: { NotifyOnCaseSeverity: "all", ChannelRoleArn: `${READ_ONLY}2` } } },
    ]);
    expect(examined(channels, yaml, wrong).findings).toEqual([
      {
        answer: "unhealthy",
        ...watch,
        expected: `the role ${READ_ONLY}, NotifyOnCaseSeverity none`,
        found: `the role ${READ_ONLY}2, which doesn't exist, NotifyOnCaseSeverity all`,
        topic,
        fix: {
          text: updateText,
          commands: [update({ ChannelRoleArn: READ_ONLY, NotifyOnCaseSeverity: "none" })],
        },
      },
    ]);
  });

  test("a channel with another notification setting alone has no topic in AWS's guide", () => {
    const silent = of(({ properties, ...found }) => [
      { ...found, properties: { known: { ...knownOf(properties), NotifyOnResolveCase: true } } },
    ]);
    expect(examined(channels, yaml, silent).findings).toEqual([
      {
        answer: "unhealthy",
        ...watch,
        expected: "NotifyOnResolveCase false",
        found: "NotifyOnResolveCase true",
        topic: undefined,
        fix: { text: updateText, commands: [update({ NotifyOnResolveCase: false })] },
      },
    ]);
  });

  test.each<[string, Partial<Found>, string]>([
    [
      `arn:aws:iam::${ACCOUNT}:role/AWSSupportAppFullRole`,
      {},
      `the role arn:aws:iam::${ACCOUNT}:role/AWSSupportAppFullRole of full access: people in the channel can do everything that it may`,
    ],
    ["arn:aws:iam::999999999999:role/x", {}, "the role arn:aws:iam::999999999999:role/x, which is of another account"],
    [`${READ_ONLY}2`, { roleExists: { known: false } }, `the role ${READ_ONLY}2, which doesn't exist`],
    [`${READ_ONLY}2`, { roleExists: { known: true } }, `the role ${READ_ONLY}2`],
    [
      `${READ_ONLY}2`,
      { roleExists: DENIED },
      `the role ${READ_ONLY}2 (whether it exists is unknown: ${DENIED.unknown.message})`,
    ],
  ])("a channel with %s %j says whose role that is", (arn, more, found) => {
    const wrong = of(({ properties, ...one }) => [
      { ...one, ...more, properties: { known: { ...knownOf(properties), ChannelRoleArn: arn } } },
    ]);
    expect(only(examined(channels, `${yaml}, full: {}`, wrong).findings).found).toBe(found);
  });

  const remove = inAccount(
    "cloudcontrol --region us-east-1 delete-resource --type-name AWS::SupportApp::SlackChannelConfiguration --identifier 'T1|C9'",
  );
  const withReadOnly = { known: { ChannelName: "general", ChannelRoleArn: READ_ONLY } };
  const general = { subject: "#general (C9 of T1), which isn't in environments.yaml", about: ["channel", "T1", "C9"] };

  test("one more channel with the access is removed or added, where the file has channels and expects no others, or else is a note", () => {
    const more = (account: Account) => ({
      ...account,
      channels: {
        known: [
          ...(account.channels as { known: LiveChannel[] }).known,
          { identifier: "T1|C9", workspace: "T1", channel: "C9", properties: withReadOnly },
        ],
      },
    });
    expect(examined(channels, yaml, more).findings).toEqual([
      {
        answer: "unhealthy",
        ...general,
        expected: "only the channels of environments.yaml",
        found: "people in it have read-only access, too",
        topic: GUIDE_TOPICS.restrictUsers,
        fix: {
          text: "Remove the channel's configuration with this command. To keep the channel, then add it to the channels of read-only, and deploy. If somebody else configures channels in this account, set other-channels: expected.",
          commands: [remove],
        },
      },
    ]);
    expect(examined(channels, yaml, more).notes).toEqual([expect.stringContaining("Keep #watch private")]);
    for (const without of ["read-only: {}", `other-channels: expected, read-only: { ${WATCH} }`]) {
      expect(examined(channels, without, byHand({ properties: withReadOnly })).notes).toContain(
        "People in #general (C9 of T1), which isn't in environments.yaml, have read-only access, too.",
      );
    }
  });

  test.each<[string, Partial<Found>, string]>([
    [
      "doesn't exist",
      { properties: withX, roleExists: { known: false } },
      `the role arn:aws:iam::${ACCOUNT}:role/x, which doesn't exist`,
    ],
    ["isn't set", { properties: { known: {} } }, "no role"],
    ["isn't a text", { properties: { known: { ChannelRoleArn: 1 } } }, "no role"],
    [
      "is of another account",
      { properties: { known: { ChannelRoleArn: "arn:aws:iam::999999999999:role/x" } } },
      "the role arn:aws:iam::999999999999:role/x, which is of another account",
    ],
  ])("one that isn't in the file, and whose role %s, needs another role or none", (_, changed, found) => {
    expect(examined(channels, "read-only: {}", byHand(changed)).findings).toEqual([
      {
        answer: "unhealthy",
        subject: "the channel (C9 of T1), which isn't in environments.yaml",
        about: ["channel", "T1", "C9"],
        expected: "a role of the account",
        found,
        topic,
        fix: {
          text: "Choose another role for the channel in the AWS Support Center Console or, if nobody needs the channel, remove its configuration:",
          commands: [remove],
        },
      },
    ]);
  });

  test("with Slack, whoever is in the channels isn't a note of AWS's, and all channels are named without it", () => {
    const two =
      "read-only: { channels: [{ name: a, workspace: T1, channel: C1 }, { name: b, workspace: T1, channel: C2 }] }";
    expect(examined(channels, two).notes).toEqual([
      "Whether a channel is private, and who is in it, can't be seen from AWS. Keep #a, #b private, and invite only those who need the cases.",
    ]);
    const environment = environmentOf(two);
    const slack = { token: { known: { workspace: "T1" } }, channels: new Map() };
    const account = healthyAccount(environment);
    expect(channels.examine({ environment, whole: environment, account, slack })).toEqual({
      waitsFor: undefined,
      findings: [],
      notes: [],
    });
  });

  test("a channel waits for the role of its own access level", () => {
    const both = "read-only: {}, full: { channels: [{ name: oncall, workspace: T1, channel: C1 }] }";
    const renamed = (level: "read-only" | "full") => (account: Account) =>
      of((found) => [{ ...found, properties: { known: { NotifyOnCaseSeverity: "none" } } }])(
        withAccess(account, level, { role: { known: undefined } }),
      );
    expect(examined(channels, both, renamed("full"))).toMatchObject({ findings: [], waitsFor: "role" });
    const finding = only(examined(channels, both, renamed("read-only")).findings);
    expect(finding.expected).toBe(`the role arn:aws:iam::${ACCOUNT}:role/AWSSupportAppFullRole`);
  });

  test("a channel with the role of its level, whose role is under another path, doesn't wait for anything", () => {
    const gone = (account: Account) => withAccess(account, "read-only", { role: { known: undefined } });
    expect(examined(channels, yaml, gone).waitsFor).toBeUndefined();
    const unknown = (account: Account) =>
      of((found) => [{ ...found, properties: { known: { NotifyOnCaseSeverity: "none" } } }])(
        withAccess(account, "read-only", { role: DENIED }),
      );
    expect(examined(channels, yaml, unknown).waitsFor).toBeUndefined();
  });
});
