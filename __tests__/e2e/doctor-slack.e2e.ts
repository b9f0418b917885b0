import { CreateResourceCommand, DeleteResourceCommand, UpdateResourceCommand } from "@aws-sdk/client-cloudcontrol";
import {
  AttachRolePolicyCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  DetachRolePolicyCommand,
  UpdateAssumeRolePolicyCommand,
} from "@aws-sdk/client-iam";
import { cloudControlIn, iamIn, identifierOf, newAccount } from "./support/account";
import {
  type Aws,
  type DoctorFinding,
  diagnosedWithoutChange,
  doctor,
  expectFoundAndHealed,
  type Fault,
  findingsOf,
  follow,
  startAws,
} from "./support/doctor";
import { policyDocument, trustIn } from "./support/examples";
import {
  cdktfDeploy,
  createProject,
  deploy,
  deployed,
  removeProjects,
  supportApp,
  writeEnvironments,
} from "./support/project";

const FULL = "AWSSupportAppFullRole";
const READ_ONLY = "AWSSupportAppReadOnlyRole";
const CHANNEL = "AWS::SupportApp::SlackChannelConfiguration";
const WORKSPACE = "AWS::SupportApp::SlackWorkspaceConfiguration";
const INVALID_ROLE = "A Slack error says that my IAM role isn't valid";

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
          notify: { severity: high, on: [case-created, case-resolved] }
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

afterEach(() => {
  aws.fault = () => undefined;
});

afterAll(async () => {
  await aws.close();
  removeProjects();
});

function cloudControl(name: Name) {
  return cloudControlIn(accounts[name], regions[name]);
}

function make(name: Name, TypeName: string, properties: object) {
  const DesiredState = JSON.stringify(properties);
  return cloudControl(name).send(new CreateResourceCommand({ TypeName, DesiredState }));
}

async function remove(name: Name, TypeName: string, value: string) {
  const Identifier = await identifierOf(cloudControl(name), TypeName, value);
  await cloudControl(name).send(new DeleteResourceCommand({ TypeName, Identifier }));
}

async function edit(name: Name, channel: string, properties: Record<string, unknown>) {
  const Identifier = await identifierOf(cloudControl(name), CHANNEL, channel);
  const patch = Object.entries(properties).map(([key, value]) => ({ op: "replace", path: `/${key}`, value }));
  await cloudControl(name).send(
    new UpdateResourceCommand({ TypeName: CHANNEL, Identifier, PatchDocument: JSON.stringify(patch) }),
  );
}

function examine(name: Name, ...args: string[]) {
  const environment = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  const where = { account: accounts[name], region: regions[name] };
  return diagnosedWithoutChange(project, environment, aws, where, ...args);
}

interface FaultIn extends Fault {
  readonly in: Name;
}

const BY_HAND = {
  TeamId: "T012ABCDEFG",
  ChannelId: "C0BYHAND",
  ChannelName: "by-hand",
  NotifyOnCaseSeverity: "none",
};
const ONCALL = "#support-oncall (C09876Z5YXW of T012ABCDEFG)";

const FAULTS: readonly FaultIn[] = [
  {
    what: "a channel whose configuration is gone",
    in: "both",
    inject: () => remove("both", CHANNEL, "C09876Z5YXW"),
    finds: { subject: ONCALL, found: "not configured in this region of the account" },
    topic: INVALID_ROLE,
  },
  {
    what: "a channel with a deleted role",
    in: "both",
    inject: () => edit("both", "C09876Z5YXW", { ChannelRoleArn: roleIn("both", "Gone") }),
    finds: {
      subject: ONCALL,
      expected: `the role ${roleIn("both", FULL)}`,
      found: `the role ${roleIn("both", "Gone")}`,
    },
    topic: INVALID_ROLE,
  },
  {
    what: "a channel with another role",
    in: "both",
    inject: async () => {
      const AssumeRolePolicyDocument = trustIn("supportapp.amazonaws.com");
      await iamIn(accounts.both).send(new CreateRoleCommand({ RoleName: "Other", AssumeRolePolicyDocument }));
      await edit("both", "C09876Z5YXW", { ChannelRoleArn: roleIn("both", "Other") });
    },
    finds: { subject: ONCALL, found: `the role ${roleIn("both", "Other")}` },
    topic: INVALID_ROLE,
  },
  {
    what: "a channel with a role of another account",
    in: "both",
    inject: () => edit("both", "C09876Z5YXW", { ChannelRoleArn: roleIn("unregistered", FULL) }),
    finds: { subject: ONCALL, found: `the role ${roleIn("unregistered", FULL)}` },
    topic: INVALID_ROLE,
  },
  {
    what: "a read-only channel with the role of full",
    in: "both",
    inject: () => edit("both", "C01234A5BCD", { ChannelRoleArn: roleIn("both", FULL) }),
    finds: {
      subject: "#support-watch (C01234A5BCD of T012ABCDEFG)",
      expected: `the role ${roleIn("both", READ_ONLY)}`,
      found: `the role ${roleIn("both", FULL)} of full access: people in the channel can do everything that it may`,
    },
    topic: INVALID_ROLE,
  },
  {
    what: "a channel with other notification settings",
    in: "both",
    inject: () => edit("both", "C09876Z5YXW", { NotifyOnCaseSeverity: "all", NotifyOnResolveCase: false }),
    finds: {
      subject: ONCALL,
      expected: "NotifyOnCaseSeverity high, NotifyOnResolveCase true",
      found: "NotifyOnCaseSeverity all, NotifyOnResolveCase false",
    },
  },
  {
    what: "a registered workspace that is gone",
    in: "both",
    inject: () => remove("both", WORKSPACE, "T012ABCDEFG"),
    finds: { subject: "Slack workspace T012ABCDEFG", found: "not registered" },
    topic: INVALID_ROLE,
  },
  {
    what: "a workspace and its channel that are gone",
    in: "both",
    inject: async () => {
      await remove("both", CHANNEL, "C09876Z5YXW");
      await remove("both", WORKSPACE, "T012ABCDEFG");
    },
    finds: { subject: "Slack workspace T012ABCDEFG", found: "not registered" },
    topic: INVALID_ROLE,
  },
  {
    what: "a workspace that nobody has registered",
    in: "unregistered",
    inject: async () => {
      await remove("unregistered", CHANNEL, "C01234A5BCD");
      await remove("unregistered", WORKSPACE, "T012ABCDEFG");
    },
    finds: {
      subject: "Slack workspace T012ABCDEFG",
      fix: expect.objectContaining({
        change: { environments: { unregistered: { "slack-workspaces": ["T012ABCDEFG"] } } },
      }),
    },
    topic: INVALID_ROLE,
  },
  {
    what: "a channel of somebody's own with the role of read-only",
    in: "both",
    inject: () => make("both", CHANNEL, { ...BY_HAND, ChannelRoleArn: roleIn("both", READ_ONLY) }),
    finds: {
      subject: "#by-hand (C0BYHAND of T012ABCDEFG), which isn't in environments.yaml",
      found: "people in it have read-only access, too",
    },
    topic: "I want to restrict specific users in my Slack channel from specific actions",
  },
  {
    what: "a channel of somebody's own with a deleted role",
    in: "both",
    inject: () => make("both", CHANNEL, { ...BY_HAND, ChannelRoleArn: roleIn("both", "Gone") }),
    finds: {
      subject: "#by-hand (C0BYHAND of T012ABCDEFG), which isn't in environments.yaml",
      found: `the role ${roleIn("both", "Gone")}`,
    },
    topic: INVALID_ROLE,
  },
];

test.each(["both", "unregistered"] as const)("%s, as it was deployed, is healthy", async (name) => {
  const { status, answer, checks } = await examine(name);
  expect(checks.filter(({ answer }) => answer !== "healthy")).toEqual([]);
  expect({ answer, status }).toEqual({ answer: "healthy", status: 0 });
});

test.each(FAULTS)("$what: doctor finds it and nothing else, and its fix heals", async (fault) => {
  writeEnvironments(project, ENVIRONMENTS);
  await expectFoundAndHealed(
    project,
    [{ ...fault, finds: { ...fault.finds, check: "channels" } }],
    accounts[fault.in],
    () => examine(fault.in),
  );
});

test("a channel of somebody's own whose role may do everything is unhealthy, for doctor and for watch, until both are gone", async () => {
  const iam = iamIn(accounts.both);
  const trust = trustIn("supportapp.amazonaws.com");
  const PolicyArn = "arn:aws:iam::aws:policy/AdministratorAccess";
  await iam.send(new CreateRoleCommand({ RoleName: "Rogue", AssumeRolePolicyDocument: trust }));
  await iam.send(new AttachRolePolicyCommand({ RoleName: "Rogue", PolicyArn }));
  await make("both", CHANNEL, { ...BY_HAND, ChannelRoleArn: roleIn("both", "Rogue") });

  const who = "#by-hand (C0BYHAND of T012ABCDEFG)";
  const rogue = {
    check: "other-roles",
    answer: "unhealthy",
    subject: "role Rogue, which isn't in environments.yaml",
    found: `it may call *; people in ${who} have it`,
  };
  const { status, ...found } = await examine("both");
  expect(status).toBe(4);
  const [channel, role] = findingsOf(found);
  expect(channel).toMatchObject({
    check: "channels",
    answer: "unhealthy",
    subject: `${who}, which isn't in environments.yaml`,
    found: `people in it can do everything with its role ${roleIn("both", "Rogue")}`,
  });
  expect(role).toMatchObject(rogue);
  writeEnvironments(project, ENVIRONMENTS.replace("    full:", "    other-channels: expected\n    full:"));
  const expected = await examine("both");
  expect(findingsOf(expected)).toEqual([expect.objectContaining(rogue)]);
  writeEnvironments(project, ENVIRONMENTS);

  const env = { SUPPORT_APP_ONLY: "both" };
  await doctor(project, ["both", "--report", "report.json"], aws, accounts.both);
  const watched = await supportApp(project, ["watch", "--reports", ".", "--since", "none.json"], {
    as: accounts.both,
    env,
  });
  expect(watched).toMatchObject({ status: 4, stdout: expect.stringContaining("both: other-roles: role Rogue") });

  await follow(project, role as DoctorFinding, accounts.both);
  const [unused] = findingsOf(await examine("both"));
  expect(unused).toMatchObject({ ...rogue, found: "it may call *", fix: { commands: [] } });
  const PolicyDocument = trustIn("ec2.amazonaws.com");
  await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: "Rogue", PolicyDocument }));
  expect(await examine("both")).toMatchObject({ status: 0, answer: "healthy" });
});

test("with --channel, what is wrong with another channel is no matter", async () => {
  await edit("both", "C09876Z5YXW", { ChannelRoleArn: roleIn("both", "Gone") });
  const watch = await examine("both", "--channel", "support-watch");
  expect(watch).toMatchObject({ status: 0, answer: "healthy" });
  expect(watch.notes.join()).toContain("Keep #support-watch private");
  const oncall = await examine("both", "--channel", "support-oncall");
  expect(findingsOf(oncall)).toEqual([expect.objectContaining({ check: "channels", subject: ONCALL })]);
  await follow(project, findingsOf(oncall)[0] as DoctorFinding, accounts.both);
});

test("a workspace that is gone is a matter of each of its channels", async () => {
  await remove("both", WORKSPACE, "T012ABCDEFG");
  const watch = await examine("both", "--channel", "support-watch");
  expect(findingsOf(watch)).toEqual([expect.objectContaining({ subject: "Slack workspace T012ABCDEFG" })]);
  expect(findingsOf(watch)[0]?.fix).not.toHaveProperty("change"); // environments.yaml registers it
  await make("both", WORKSPACE, { TeamId: "T012ABCDEFG" });
});

test("what AWS calls for a role of another account isn't run there", async () => {
  await edit("both", "C09876Z5YXW", { ChannelRoleArn: roleIn("both", "Gone") });
  const [finding] = findingsOf(await examine("both"));
  await expect(follow(project, finding as DoctorFinding, accounts.unregistered)).rejects.toThrow("exit status 1");
  await follow(project, finding as DoctorFinding, accounts.both);
  expect(await examine("both")).toMatchObject({ answer: "healthy" });
});

test("an environment made through the API as the console makes it is healthy", async () => {
  const iam = iamIn(accounts.byHand);
  const AssumeRolePolicyDocument = trustIn("supportapp.amazonaws.com");
  await iam.send(new CreateRoleCommand({ RoleName: "Watchers", AssumeRolePolicyDocument }));
  const Action = ["support:DescribeCases", "support:DescribeCommunications"];
  const PolicyDocument = policyDocument({ Effect: "Allow", Action, Resource: "*" });
  const { Policy } = await iam.send(new CreatePolicyCommand({ PolicyName: "WatchersPolicy", PolicyDocument }));
  await iam.send(new AttachRolePolicyCommand({ RoleName: "Watchers", PolicyArn: Policy?.Arn }));
  const channel = { TeamId: "T1", ChannelId: "C1", ChannelName: "watch", NotifyOnCaseSeverity: "none" };
  await make("byHand", CHANNEL, { ...channel, ChannelRoleArn: roleIn("byHand", "Watchers") });
  const { answer, checks, notes } = await examine("byHand");
  expect(checks.filter(({ answer }) => answer !== "healthy")).toEqual([]);
  expect(answer).toBe("healthy");
  expect(notes).toEqual(["People in #watch (C1 of T1), which isn't in environments.yaml, have read-only access, too."]);
});

test.each<[string, string, typeof deploy, () => Promise<unknown>]>([
  [
    "its policy detached",
    "capabilities",
    deploy,
    () => {
      const PolicyArn = `arn:aws:iam::${accounts.byHand}:policy/WatchersPolicy`;
      return iamIn(accounts.byHand).send(new DetachRolePolicyCommand({ RoleName: "Watchers", PolicyArn }));
    },
  ],
  [
    "AdministratorAccess attached",
    "unexpected-access",
    cdktfDeploy, // as it is printed
    () => {
      const PolicyArn = "arn:aws:iam::aws:policy/AdministratorAccess";
      return iamIn(accounts.byHand).send(new AttachRolePolicyCommand({ RoleName: "Watchers", PolicyArn }));
    },
  ],
  [
    "its trust given to another service",
    "trust",
    deploy,
    () => {
      const PolicyDocument = trustIn("ec2.amazonaws.com");
      return iamIn(accounts.byHand).send(new UpdateAssumeRolePolicyCommand({ RoleName: "Watchers", PolicyDocument }));
    },
  ],
])(
  "%s: the environment made by hand is healed by the fix, which adopts it where it deploys",
  async (_, check, how, inject) => {
    await inject();
    const findings = findingsOf(await examine("byHand"));
    expect(findings).toEqual([expect.objectContaining({ check, answer: "unhealthy" })]);
    await follow(project, findings[0] as DoctorFinding, accounts.byHand, how);
    expect(await examine("byHand")).toMatchObject({ status: 0, answer: "healthy" });
  },
);

describe("what the emulator doesn't do, answered in its place", () => {
  const exception = (type: string, message: string) => ({
    status: 400,
    body: JSON.stringify({ __type: type, message }),
  });

  test("a Support plan without the API", async () => {
    aws.fault = ({ action }) =>
      action.startsWith("support:")
        ? exception("SubscriptionRequiredException", "Amazon Web Services Premium Support Subscription is required")
        : undefined;
    const found = await examine("both");
    expect(found.status).toBe(4);
    expect(findingsOf(found)).toEqual([
      expect.objectContaining({
        check: "support-plan",
        answer: "unhealthy",
        found: expect.stringContaining("Premium Support Subscription is required"),
      }),
    ]);
  });

  test("a region without the Support App", async () => {
    aws.fault = ({ action }) =>
      action === "cloudformation:ListResources"
        ? exception("TypeNotFoundException", `The type '${CHANNEL}' cannot be found.`)
        : undefined;
    const found = await examine("both");
    expect(found.status).toBe(4);
    expect(findingsOf(found)).toEqual([
      expect.objectContaining({ check: "region", answer: "unhealthy", subject: "us-east-1" }),
    ]);
    expect(found.checks.find(({ name }) => name === "channels")).toMatchObject({
      answer: "skipped",
      waitsFor: "region",
    });
  });

  test.each([
    [
      "says so",
      "<OrganizationsDecisionDetail><AllowedByOrganizations>false</AllowedByOrganizations></OrganizationsDecisionDetail>",
      "a service control policy of the organization denies it",
    ],
    ["doesn't say so", "", "most likely a service control policy of the organization"],
  ])("a service control policy, where the simulation %s", async (_, detail, words) => {
    aws.fault = ({ action, parameters }) => {
      if (action !== "iam:SimulatePrincipalPolicy") return undefined;
      const asked = Object.entries(parameters).filter(([name]) => name.startsWith("ActionNames."));
      const results = asked.map(([, one]) => {
        const decision =
          one === "support:CreateCase"
            ? `<EvalDecision>implicitDeny</EvalDecision>${detail}`
            : "<EvalDecision>allowed</EvalDecision>";
        return `<member><EvalActionName>${one}</EvalActionName><EvalResourceName>*</EvalResourceName>${decision}</member>`;
      });
      const body = `<SimulatePrincipalPolicyResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><SimulatePrincipalPolicyResult><EvaluationResults>${results.join("")}</EvaluationResults><IsTruncated>false</IsTruncated></SimulatePrincipalPolicyResult></SimulatePrincipalPolicyResponse>`;
      return { status: 200, body };
    };
    const found = await examine("both", "--channel", "support-oncall");
    expect(found.status).toBe(4);
    expect(findingsOf(found)).toEqual([
      expect.objectContaining({
        check: "capabilities",
        subject: `create-cases of the role ${FULL} (full)`,
        found: expect.stringContaining(words),
      }),
    ]);
  });

  test("answers that stop in the middle are asked for again", async () => {
    const stopped = new Set<string>();
    aws.fault = ({ action }) => {
      if (/^sts:/.test(action) || stopped.has(action)) return undefined;
      stopped.add(action);
      return { status: 200, body: "<", stops: true };
    };
    const { answer, checks } = await examine("unregistered");
    expect(checks.filter(({ answer }) => answer !== "healthy")).toEqual([]);
    expect(answer).toBe("healthy");
    expect([...stopped]).toContain("cloudformation:ListResources");
  });

  test("every call throttled three times: nothing is dropped", async () => {
    const times = new Map<string, number>();
    aws.fault = ({ action, parameters }) => {
      const key = action + JSON.stringify(parameters);
      times.set(key, (times.get(key) ?? 0) + 1);
      if ((times.get(key) ?? 0) > 3) return undefined;
      if (/^(cloudformation|support):/.test(action)) return exception("ThrottlingException", "Rate exceeded");
      const error = "<Error><Type>Sender</Type><Code>Throttling</Code><Message>Rate exceeded</Message></Error>";
      return { status: 400, body: `<ErrorResponse>${error}<RequestId>1</RequestId></ErrorResponse>` };
    };
    const { answer, checks } = await examine("both");
    expect(checks.filter(({ answer }) => answer !== "healthy")).toEqual([]);
    expect(answer).toBe("healthy");
  });
});

describe("credentials", () => {
  const nobody = { account: accounts.both, accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "none" };

  test.each([
    ["of another account", accounts.unregistered, {}, `which is of the account ${accounts.unregistered}`],
    ["that nobody has", nobody, {}, "InvalidClientTokenId"],
    [
      "of nobody",
      nobody,
      { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined },
      "CredentialsProviderError: Could not load credentials from any providers",
    ],
  ])("%s leave everything unknown", async (_, as, env, found) => {
    const { status, stdout } = await doctor(project, ["both"], aws, as, env);
    expect(status).toBe(5);
    expect(stdout).toContain(`both (${accounts.both}, us-east-1) is not known to be healthy or unhealthy.`);
    expect(stdout).toContain(found);
    expect(stdout.match(/^ {2}skipped/gm)).toHaveLength(10);
    expect(stdout).not.toContain("    at ");
  });

  test("and an AWS that can't be reached leaves it unknown, too", async () => {
    const { status, stdout } = await doctor(
      project,
      ["both"],
      { ...aws, endpoint: "http://127.0.0.1:1" },
      accounts.both,
    );
    expect(status).toBe(5);
    expect(stdout).toContain("ECONNREFUSED");
  });
});
