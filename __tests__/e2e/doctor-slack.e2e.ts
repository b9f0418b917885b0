import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DeleteResourceCommand, UpdateResourceCommand } from "@aws-sdk/client-cloudcontrol";
import {
  AttachRolePolicyCommand,
  CreateRoleCommand,
  DetachRolePolicyCommand,
  UpdateAssumeRolePolicyCommand,
} from "@aws-sdk/client-iam";
import { cloudControlIn, createByHand, iamIn, newAccount } from "./support/account";
import {
  type Aws,
  type DoctorFinding,
  diagnosedWithoutChange,
  expectFoundAndHealed,
  type Fault,
  findingsOf,
  follow,
  startAws,
} from "./support/doctor";
import { clickRole, trustIn, VIEWING } from "./support/examples";
import { createProject, deployed, removeProjects, writeEnvironments } from "./support/project";

const FULL = "AWSSupportAppFullRole";
const READ_ONLY = "AWSSupportAppReadOnlyRole";
const CHANNEL = "AWS::SupportApp::SlackChannelConfiguration";
const WORKSPACE = "AWS::SupportApp::SlackWorkspaceConfiguration";

const accounts = { both: newAccount(), unregistered: newAccount(), byHand: newAccount() };
type Name = keyof typeof accounts;
const regions: Readonly<Record<Name, string>> = { both: "us-east-1", unregistered: "us-east-1", byHand: "eu-west-1" };

const ENVIRONMENTS = `defaults: { region: ${regions.both} }
environments:
  both:
    account: "${accounts.both}"
    slack-workspaces: [T012ABCDEFG]
    read-only:
      channels:
        - { name: support-watch, workspace: T012ABCDEFG, channel: C01234A5BCD }
    full:
      channels:
        - name: support-oncall
          workspace: T012ABCDEFG
          channel: C09876Z5YXW
          notify: { severity: high, events: [case-created, case-resolved] }
  unregistered:
    account: "${accounts.unregistered}"
    read-only:
      channels:
        - { name: support-watch, workspace: T012ABCDEFG, channel: C01234A5BCD }
  byHand:
    account: "${accounts.byHand}"
    region: ${regions.byHand}
    read-only: { role-name: Watchers, policy-name: WatchersPolicy, adopt: true }
`.replaceAll("byHand", "by-hand");

const roleIn = (name: Name, role: string) => `arn:aws:iam::${accounts[name]}:role/${role}`;
const project = createProject("doctor-slack", ENVIRONMENTS);
let aws: Aws;

beforeAll(async () => {
  aws = await startAws();
  await deployed(project, "both", { as: accounts.both });
  await deployed(project, "unregistered", { as: accounts.unregistered });
  // Whoever authorizes a workspace in the console has it registered.
  await make("unregistered", WORKSPACE, { TeamId: "T012ABCDEFG" });
});

afterAll(async () => {
  await aws.close();
  removeProjects();
});

function cloudControl(name: Name) {
  return cloudControlIn(accounts[name], regions[name]);
}

function make(name: Name, TypeName: string, properties: object) {
  return createByHand(accounts[name], TypeName, properties, regions[name]);
}

function remove(name: Name, TypeName: string, Identifier: string) {
  return cloudControl(name).send(new DeleteResourceCommand({ TypeName, Identifier }));
}

function edit(name: Name, Identifier: string, properties: Record<string, unknown>) {
  const patch = Object.entries(properties).map(([key, value]) => ({ op: "replace", path: `/${key}`, value }));
  const update = { TypeName: CHANNEL, Identifier, PatchDocument: JSON.stringify(patch) };
  return cloudControl(name).send(new UpdateResourceCommand(update));
}

function examine(name: Name, ...args: string[]) {
  const environment = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  const place = { account: accounts[name], region: regions[name] };
  return diagnosedWithoutChange(project, environment, aws, place, ...args);
}

const BY_HAND = { TeamId: "T012ABCDEFG", ChannelId: "C0BYHAND", ChannelName: "by-hand", NotifyOnCaseSeverity: "none" };
const THEIRS = "#by-hand (C0BYHAND of T012ABCDEFG), which isn't in environments.yaml";
const ONCALL = "#support-oncall (C09876Z5YXW of T012ABCDEFG)";
const WATCH = "#support-watch (C01234A5BCD of T012ABCDEFG)";
const [ONCALL_ID, WATCH_ID] = ["T012ABCDEFG|C09876Z5YXW", "T012ABCDEFG|C01234A5BCD"];

/** Faults that leave each other alone, round by round. What the check finds is in its own tests. */
const ROUNDS: Readonly<Record<"both" | "unregistered", readonly (readonly Omit<Fault, "kind">[])[]>> = {
  both: [
    [
      {
        resource: ONCALL,
        found: `the role ${roleIn("unregistered", FULL)}`,
        inject: () => edit("both", ONCALL_ID, { ChannelRoleArn: roleIn("unregistered", FULL) }),
      },
      {
        resource: WATCH,
        found: `the role ${roleIn("both", FULL)} of full access`,
        inject: () => edit("both", WATCH_ID, { ChannelRoleArn: roleIn("both", FULL) }),
      },
    ],
    [
      {
        resource: WATCH,
        found: "not configured in this region of the account",
        inject: () => remove("both", CHANNEL, WATCH_ID),
      },
      {
        resource: ONCALL,
        found: "NotifyOnCaseSeverity all, NotifyOnResolveCase false",
        inject: () => edit("both", ONCALL_ID, { NotifyOnCaseSeverity: "all", NotifyOnResolveCase: false }),
      },
    ],
    [
      {
        resource: "Slack workspace T012ABCDEFG",
        found: "not registered",
        inject: async () => {
          await remove("both", CHANNEL, ONCALL_ID);
          await remove("both", WORKSPACE, "T012ABCDEFG");
        },
      },
    ],
    [
      {
        resource: THEIRS,
        found: `the role ${roleIn("both", READ_ONLY)}`,
        inject: () => make("both", CHANNEL, { ...BY_HAND, ChannelRoleArn: roleIn("both", READ_ONLY) }),
      },
    ],
  ],
  unregistered: [
    [
      {
        resource: "Slack workspace T012ABCDEFG",
        found: "not registered", // nor in environments.yaml
        inject: async () => {
          await remove("unregistered", CHANNEL, WATCH_ID);
          await remove("unregistered", WORKSPACE, "T012ABCDEFG");
        },
      },
    ],
  ],
};

test.each(["both", "unregistered"] as const)(
  "%s is healthy as it was deployed; doctor finds each fault and nothing else, and the fix heals",
  async (name) => {
    const { status, answer, checks } = await examine(name);
    expect(checks.filter(({ answer }) => answer !== "healthy")).toEqual([]);
    expect({ answer, status }).toEqual({ answer: "healthy", status: 0 });
    for (const faults of ROUNDS[name]) {
      const ofChannels = faults.map((fault) => ({ ...fault, kind: "channels" }));
      await expectFoundAndHealed(project, ofChannels, accounts[name], () => examine(name));
    }
    const registered = readFileSync(join(project.folder, "environments.yaml"), "utf8").match(/slack-workspaces/g);
    if (name === "unregistered") expect(registered).toHaveLength(2); // as the fix says
  },
);

test("a channel of somebody's own whose role may do everything is unhealthy until both are gone", async () => {
  // GIVEN
  const iam = iamIn(accounts.both);
  const trust = trustIn("supportapp.amazonaws.com");
  const PolicyArn = "arn:aws:iam::aws:policy/AdministratorAccess";
  await iam.send(new CreateRoleCommand({ RoleName: "Rogue", AssumeRolePolicyDocument: trust }));
  await iam.send(new AttachRolePolicyCommand({ RoleName: "Rogue", PolicyArn }));
  await make("both", CHANNEL, { ...BY_HAND, ChannelRoleArn: roleIn("both", "Rogue") });

  const channelName = "#by-hand (C0BYHAND of T012ABCDEFG)";
  writeEnvironments(project, ENVIRONMENTS);
  const rogue = {
    kind: "other-roles",
    answer: "unhealthy",
    resource: "role Rogue, which isn't in environments.yaml",
    impact: `People in ${channelName} can do everything in the account.`,
    found: "it may call * (its policies: AdministratorAccess)",
  };
  // WHEN
  const { status, ...report } = await examine("both");
  // THEN
  expect(status).toBe(4);
  const [channel, role] = findingsOf(report);
  expect(channel).toMatchObject({
    kind: "channels",
    answer: "unhealthy",
    resource: `${channelName}, which isn't in environments.yaml`,
    impact: `People in it can do everything with its role ${roleIn("both", "Rogue")}.`,
  });
  expect(role).toMatchObject(rogue);
  // WHEN: other channels are expected
  writeEnvironments(project, ENVIRONMENTS.replace("    full:", "    other-channels: true\n    full:"));
  const expected = await examine("both");
  expect(findingsOf(expected)).toEqual([expect.objectContaining(rogue)]);
  writeEnvironments(project, ENVIRONMENTS);

  // WHEN: the advice is followed
  await follow(project, role as DoctorFinding, accounts.both);
  const [unused] = findingsOf(await examine("both"));
  expect(unused).toMatchObject({
    ...rogue,
    impact: "People in any channel that is given it can do everything in the account.",
    fix: { commands: [] },
  });
  const PolicyDocument = trustIn("ec2.amazonaws.com");
  await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: "Rogue", PolicyDocument }));
  expect(await examine("both")).toMatchObject({ status: 0, answer: "healthy" });
});

test("the command of a fix changes nothing in another account", async () => {
  await edit("both", ONCALL_ID, { ChannelRoleArn: roleIn("both", "Gone") });
  const [finding] = findingsOf(await examine("both", "--channel", "support-oncall"));
  expect(finding).toMatchObject({ kind: "channels", resource: ONCALL });
  await expect(follow(project, finding as DoctorFinding, accounts.unregistered)).rejects.toThrow("exit status 1");
  await follow(project, finding as DoctorFinding, accounts.both);
  expect(await examine("both")).toMatchObject({ answer: "healthy" });
});

test("an environment made through the API as the console makes it is healthy; what breaks later is healed by the fix, which adopts it where it deploys", async () => {
  const iam = iamIn(accounts.byHand);
  const RoleName = "Watchers";
  const watchers = { RoleName, PolicyArn: await clickRole(accounts.byHand, RoleName, VIEWING) };
  const channel = { TeamId: "T1", ChannelId: "C1", ChannelName: "watch", NotifyOnCaseSeverity: "none" };
  await make("byHand", CHANNEL, { ...channel, ChannelRoleArn: roleIn("byHand", RoleName) });
  const { answer, checks, notes } = await examine("byHand");
  expect(checks.filter(({ answer }) => answer !== "healthy")).toEqual([]);
  expect(answer).toBe("healthy");
  expect(notes).toEqual(["People in #watch (C1 of T1), which isn't in environments.yaml, have read-only access, too."]);

  const PolicyArn = "arn:aws:iam::aws:policy/AdministratorAccess";
  const ec2 = { RoleName, PolicyDocument: trustIn("ec2.amazonaws.com") };
  const broken = async (kind: string) => {
    const [finding, ...otherFindings] = findingsOf(await examine("byHand"));
    expect([finding, otherFindings]).toEqual([expect.objectContaining({ kind, answer: "unhealthy" }), []]);
    return finding as DoctorFinding;
  };
  const expectHealthy = async () => expect(await examine("byHand")).toMatchObject({ status: 0, answer: "healthy" });
  await iam.send(new DetachRolePolicyCommand(watchers));
  expect((await broken("capabilities")).fix).toMatchObject({ text: expect.stringContaining("Attach the policy") });
  await iam.send(new AttachRolePolicyCommand(watchers));
  await expectHealthy();
  await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn }));
  await follow(project, await broken("unexpected-access"), accounts.byHand);
  await expectHealthy();
  await iam.send(new UpdateAssumeRolePolicyCommand(ec2));
  await follow(project, await broken("trust"), accounts.byHand);
  await expectHealthy();
});
