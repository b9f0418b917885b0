import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CreateResourceCommand } from "@aws-sdk/client-cloudcontrol";
import {
  AttachRolePolicyCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  type CreateRoleCommandInput,
  PutRolePolicyCommand,
} from "@aws-sdk/client-iam";
import pLimit from "p-limit";
import { parse, stringify } from "yaml";
import { actionsOf, CAPABILITIES } from "../../modules/support-app/model/capability";
import { policyText } from "../support/policy-text";
import { sample } from "../support/thorough";
import {
  aliasIdOf,
  cloudControlIn,
  iamIn,
  newAccount,
  type PolicyDocument,
  readSupportApp,
  type Statement,
} from "./support/account";
import { allowUser, createBoundary, createUser, trustIn } from "./support/examples";
import {
  createProject,
  deployCommand,
  diff,
  type Project,
  removeProjects,
  supportApp,
  synth,
  terraform,
  writeEnvironments,
} from "./support/project";
import { changes as isChange, startProxy } from "./support/proxy";

afterAll(removeProjects);

const SUPPORT_APP = "supportapp.amazonaws.com";
const RIGHT: Statement = {
  Effect: "Allow",
  Action: "iam:CreateServiceLinkedRole",
  Resource: "*",
  Condition: { StringEquals: { "iam:AWSServiceName": "servicequotas.amazonaws.com" } },
};

/** AWS's example policy with these actions. */
function allow(...Action: string[]): Statement {
  return { Effect: "Allow", Action, Resource: "*" };
}

/** What the role and the policy for viewing alone are called. */
const VIEWER = { RoleName: "Viewers" };
const FULL = allow(...actionsOf(CAPABILITIES));
const VIEW = allow("support:DescribeCases", "support:DescribeCommunications");

/** A role and the policy that was made for it. */
interface Clicked extends Partial<CreateRoleCommandInput> {
  readonly policy?: readonly Statement[];
  readonly policyName?: string;
  readonly policyPath?: string;
  readonly policyTags?: Record<string, string>;
  readonly policyDescription?: string;
  readonly aws?: string;
  readonly more?: string;
  readonly tags?: Record<string, string>;
  readonly inline?: readonly Statement[];
}

async function click(account: string, clicked: Clicked): Promise<void> {
  const {
    policy,
    policyName,
    policyPath,
    policyTags,
    policyDescription,
    aws,
    more: extras,
    tags,
    inline,
    ...role
  } = clicked;
  const iam = iamIn(account);
  const RoleName = role.RoleName ?? "AWSSupportAppRole";
  const tagList = (values: Record<string, string> = {}) =>
    Object.entries(values).map(([Key, Value]) => ({ Key, Value }));
  await iam.send(
    new CreateRoleCommand({ AssumeRolePolicyDocument: trustIn(SUPPORT_APP), ...role, RoleName, Tags: tagList(tags) }),
  );
  if (policy) {
    const { Policy } = await iam.send(
      new CreatePolicyCommand({
        PolicyName: policyName ?? `${RoleName}Policy`,
        Path: policyPath ?? role.Path,
        Description: policyDescription,
        PolicyDocument: policyText(...policy),
        Tags: tagList(policyTags ?? tags),
      }),
    );
    await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn: Policy?.Arn }));
  }
  for (const name of [aws, extras]) {
    if (name) await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn: `arn:aws:iam::aws:policy/${name}` }));
  }
  if (inline) {
    const PolicyDocument = policyText(...inline);
    await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: "by-hand", PolicyDocument }));
  }
}

/** What was made by hand in an account, and what audit prints of it. */
interface Setup {
  readonly what: string;
  readonly has: readonly Clicked[];
  /** What else is in the account. */
  readonly beside?: (account: string) => Promise<unknown>;
  /** How many resources a deploy changes: policies that are written in another form. Undefined: none. */
  readonly changes?: number;
  /** What of environments.yaml the account comes to, below its region, in which ACCOUNT stands for it. Undefined: nothing. */
  readonly becomes?: string;
  /** What differs in a role that isn't adopted. */
  readonly differs?: string;
}

const NAMED = "role-name: AWSSupportAppRole, policy-name: AWSSupportAppRolePolicy";
/** What else a role becomes is in the tests of adoption. */
const SETUPS: readonly Setup[] = [
  { what: "the guide's example", has: [{ policy: [FULL, RIGHT] }], becomes: `full: { adopt: true, ${NAMED} }` },
  {
    what: "AWS's full policy",
    has: [{ aws: "AWSSupportAppFullAccess" }],
    becomes: "full: { adopt: true, role-name: AWSSupportAppRole, policy: aws-managed }",
  },
  {
    what: "a path, names, descriptions and tags",
    has: [
      {
        RoleName: "support+app",
        Path: "/team/on-call/",
        Description: "For Slack: #oncall",
        policyName: "what.they=may",
        policyDescription: "what it's for",
        policy: [VIEW],
        tags: { Owner: "platform", "cost:center": "0042" },
      },
    ],
    becomes: `read-only: { adopt: true, role-name: support+app, policy-name: what.they=may, path: /team/on-call/, description: "For Slack: #oncall", policy-description: what it's for, tags: { Owner: platform, "cost:center": "0042" } }`,
  },
  {
    what: "a boundary, long sessions, and actions in another case",
    has: [
      {
        policy: [allow(...actionsOf(CAPABILITIES).map((action) => action.toLowerCase())), RIGHT],
        MaxSessionDuration: 7200,
        PermissionsBoundary: "arn:aws:iam::ACCOUNT:policy/boundary",
      },
    ],
    beside: createBoundary,
    changes: 1,
    becomes: `full: { adopt: true, ${NAMED}, permissions-boundary: "arn:aws:iam::ACCOUNT:policy/boundary", max-session-duration: 7200 }`,
  },
  {
    what: "AWS's full policy, and one for viewing the whole account",
    has: [{ aws: "AWSSupportAppFullAccess", more: "ReadOnlyAccess" }],
    differs:
      "It has arn:aws:iam::aws:policy/AWSSupportAppFullAccess, arn:aws:iam::aws:policy/ReadOnlyAccess, expected one attached policy and nothing else.",
  },
  {
    what: "resolving denied beside",
    has: [{ policy: [FULL, RIGHT], inline: [{ ...allow("support:ResolveCase"), Effect: "Deny" }] }],
    differs:
      "It has arn:aws:iam::ACCOUNT:policy/AWSSupportAppRolePolicy, the inline policy by-hand, expected one attached policy and nothing else.",
  },
  {
    what: "a bucket's objects",
    has: [{ policy: [FULL, RIGHT, { ...allow("s3:GetObject"), Resource: "arn:aws:s3:::logs/*" }] }],
    differs: "Its policy AWSSupportAppRolePolicy also allows s3:getobject on arn:aws:s3:::logs/*.",
  },
  {
    what: "three roles, of which two are read-only",
    has: ["a", "b", "c"].map((RoleName) => ({ RoleName, policy: RoleName === "b" ? [FULL, RIGHT] : [VIEW] })),
    becomes:
      "read-only: { adopt: true, role-name: a, policy-name: aPolicy }, full: { adopt: true, role-name: b, policy-name: bPolicy }, teams: { c: { access: read-only, adopt: true, role-name: c, policy-name: cPolicy } }",
  },
];

/** A setup in an account of its own. */
interface SetUp extends Setup {
  readonly name: string;
  readonly account: string;
}

async function make({ account, beside, has }: SetUp): Promise<void> {
  if (beside === createBoundary) await beside(account);
  for (const clicked of has) await click(account, JSON.parse(inThe(account, JSON.stringify(clicked))));
  if (beside !== createBoundary) await beside?.(account);
}

function inThe(account: string, text: string): string {
  return text.replaceAll("ACCOUNT", account);
}

/** Prints the environment of an account. */
function adopting(account: string): string[] {
  return ["audit", "--account", account, "--region", "us-east-1", "--format", "yaml"];
}

/** The only environment in a printed file. Undefined: it has none. */
const environmentIn = (yaml: string): object | undefined => Object.values<object>(parse(yaml).environments)[0];

test("what the guide makes is adopted, and its deploy changes nothing; of anything else, a comment says what differs", async () => {
  const proxy = await startProxy();
  const project = createProject("import", "environments: {}\n");
  const accounts = SETUPS.map((setup, index): SetUp => ({ ...setup, name: `e${index}`, account: newAccount() }));
  await Promise.all(accounts.map(make));
  const environments: Record<string, object> = {};
  for (const { what: title, name, account, becomes, differs } of accounts) {
    const { status, stdout } = await supportApp(project, adopting(account), { as: account, endpoint: proxy.endpoint });
    const environment = environmentIn(stdout);
    const expected = becomes && parse(inThe(account, `{ account: "${account}", region: us-east-1, ${becomes} }`));
    expect({ what: title, isKnown: status === 0 || status === 4, environment }).toEqual({
      ...{ what: title, isKnown: true, environment: expected },
    });
    const differences = [...stdout.matchAll(/^ {2}# - (.*)$/gm)].map(([, text]) => text);
    expect({ what: title, differences }).toEqual({
      what: title,
      differences: differs ? [inThe(account, differs)] : [],
    });
    if (environment) environments[name] = environment;
  }
  expect(readFileSync(join(project.folder, "environments.yaml"), "utf8")).toBe("environments: {}\n");
  expect(proxy.calls.filter(isChange)).toEqual([]);
  await proxy.close();

  writeEnvironments(project, stringify({ environments }));
  expect(await synth(project, { as: newAccount() })).toMatchObject({ status: 0 });
  const adopted = accounts.filter(({ becomes }) => becomes !== undefined);
  await initializeOnce(project, adopted);
  const limit = pLimit(2);
  const tried = sample(adopted, 2);
  const planned = tried.map(({ what: title, name, account }) =>
    limit(async () => {
      const { output } = await terraform(project, name, PLAN, { as: account, env: dataOf(project) });
      return { what: title, counts: output.match(/^Plan: \d+ to import, (.*)$/m)?.[1] };
    }),
  );
  // What remembers the place of the state is new.
  expect(await Promise.all(planned)).toEqual(
    tried.map(({ what: title, changes = 0 }) => ({
      what: title,
      counts: `1 to add, ${changes} to change, 0 to destroy.`,
    })),
  );
});

const PLAN = ["plan", "-input=false", "-lock=false"];

function dataOf({ folder }: Project): NodeJS.ProcessEnv {
  return { TF_DATA_DIR: join(folder, "data") };
}

/** `terraform init` of one stack, for all: without a backend, they need the same. */
async function initializeOnce(project: Project, accounts: readonly SetUp[]): Promise<void> {
  const folderOf = (name: string) => join(project.folder, "cdktf.out/stacks", name);
  for (const { name } of accounts) {
    const file = join(folderOf(name), "cdk.tf.json");
    const stack = JSON.parse(readFileSync(file, "utf8"));
    delete stack.terraform.backend;
    writeFileSync(file, JSON.stringify(stack));
  }
  const [first, ...otherAccounts] = accounts;
  if (!first) return;
  await terraform(project, first.name, ["init", "-input=false"], { as: first.account, env: dataOf(project) });
  const lock = (name: string) => join(folderOf(name), ".terraform.lock.hcl");
  for (const { name } of otherAccounts) copyFileSync(lock(first.name), lock(name));
}

/** Makes something of the Support App in an account, as CloudFormation or the console does. */
async function create(account: string, type: string, properties: object): Promise<void> {
  const TypeName = `AWS::SupportApp::${type}`;
  await cloudControlIn(account).send(new CreateResourceCommand({ TypeName, DesiredState: JSON.stringify(properties) }));
}

const channel = (account: string, ChannelId: string, role: string, overrides: object = {}) =>
  create(account, "SlackChannelConfiguration", {
    TeamId: "T012ABCDEFG",
    ChannelId,
    ChannelName: `channel-${ChannelId.toLowerCase()}`,
    ChannelRoleArn: `arn:aws:iam::${account}:role/${role}`,
    NotifyOnCaseSeverity: "none",
    ...overrides,
  });

test("channels are written, and a deploy takes them over in place: at every moment, people in them can do the same", async () => {
  const account = newAccount();
  const as = account;
  await click(account, { policy: [FULL, RIGHT] });
  await click(account, { ...VIEWER, policy: [VIEW] });
  await click(account, { RoleName: "another", inline: [FULL] });
  await create(account, "SlackWorkspaceConfiguration", { TeamId: "T012ABCDEFG" });
  await create(account, "AccountAlias", { AccountAlias: "Payments" });
  const loud = { NotifyOnCaseSeverity: "high", NotifyOnCreateOrReopenCase: true };
  await channel(account, "C01", "AWSSupportAppRole", loud);
  await channel(account, "C02", "another");
  await channel(account, "C03", "gone");
  await channel(account, "C04", "Viewers");
  const before = await readSupportApp(account);

  const project = createProject("import-channels", "environments: {}\n");
  const { status, stdout } = await supportApp(project, adopting(account), { as });
  expect({ status, stdout }).toMatchObject({ status: 4 }); // C03 has no role
  for (const [id, role] of [
    ["C02", "another"],
    ["C03", "gone"],
  ])
    expect(stdout).toContain(
      `  # #channel-${id?.toLowerCase()} (${id} of T012ABCDEFG) isn't adopted. Its role arn:aws:iam::${account}:role/${role} isn't adopted.\n`,
    );
  writeEnvironments(project, stringify({ environments: { production: environmentIn(stdout) } }));

  const deployOnce = async (sentence: string) => {
    const proxy = await startProxy();
    const result = await deployCommand(project, "production", { as, endpoint: proxy.endpoint });
    await proxy.close();
    expect({ status: result.status, plan: result.output }).toEqual({
      status: 0,
      plan: expect.stringContaining(sentence),
    });
    expect((await diff(project, "production", { as })).output).toContain("No changes.");
    return proxy.calls
      .filter(isChange)
      .map(({ action, parameters }) => `${action} ${parameters.Identifier}`)
      .sort();
  };
  // Only what remembers the place of the state is new.
  expect(await deployOnce("Plan: 10 to import, 1 to add, 0 to change, 0 to destroy.")).toEqual([]);
  expect(await readSupportApp(account)).toEqual(before);

  // As docs/adopting.md says.
  const file = parse(readFileSync(join(project.folder, "environments.yaml"), "utf8"));
  const { production } = file.environments;
  const leftChannel = { name: "channel-c02", workspace: "T012ABCDEFG", channel: "C02", adopt: true };
  production["read-only"].channels.push(leftChannel);
  Object.assign(production, { "slack-workspaces": ["T012ABCDEFG"], "account-alias": "Pay" });
  writeEnvironments(project, stringify(file));
  expect(await deployOnce("Plan: 0 to add, 2 to change, 0 to destroy.")).toEqual([
    "cloudformation:UpdateResource T012ABCDEFG|C02",
    `cloudformation:UpdateResource ${aliasIdOf(account)}`,
  ]);
  const roleOf = async (id: string) =>
    (await readSupportApp(account)).SlackChannelConfiguration?.find(({ ChannelId }) => ChannelId === id)
      ?.ChannelRoleArn;
  expect(await roleOf("C02")).toBe(`arn:aws:iam::${account}:role/Viewers`);
  expect(await roleOf("C03")).toBe(`arn:aws:iam::${account}:role/gone`);
});

test("audit of an account runs on exactly the policy that it prints", async () => {
  const account = newAccount();
  await click(account, { policy: [FULL, RIGHT], inline: [VIEW] });
  await channel(account, "C01", "AWSSupportAppRole");
  const project = createProject("import-rights", "environments: {}\n");
  const printed: PolicyDocument = JSON.parse(
    (await supportApp(project, ["permissions", "audit"], { as: account })).stdout,
  );
  const as = await createUser(account, "importer");
  const rights = printed.Statement.flatMap(({ Action }) => Action);
  let grantedActions: readonly string[] = [];
  const proxy = await startProxy(({ action, parameters }) => {
    // The emulator doesn't ask for the Support App's own rights.
    const type = String(parameters.TypeName).split("::").at(-1);
    const right = type === "AccountAlias" ? "supportapp:GetAccountAlias" : `supportapp:List${type}s`;
    if (!action.startsWith("cloudformation:List") || grantedActions.includes(right)) return undefined;
    const message = `User: arn:aws:iam::${account}:user/importer is not authorized to perform: ${right}`;
    return { status: 400, body: JSON.stringify({ __type: "AccessDeniedException", message }) };
  });
  const run = async (without?: string) => {
    grantedActions = rights.filter((right) => right !== without);
    const statements = printed.Statement.map((statement) => ({
      ...statement,
      Action: [statement.Action].flat().filter((action) => action !== without),
    }));
    await allowUser(account, "importer", policyText(...statements.filter(({ Action }) => Action.length > 0)));
    return supportApp(project, ["audit", "--account", account, "--region", "us-east-1"], {
      as,
      endpoint: proxy.endpoint,
    });
  };
  expect(await run()).toMatchObject({ status: 0 });
  for (const right of rights) {
    const { status, output } = await run(right);
    expect({ right, status, output }).toEqual({
      right,
      status: 5,
      output: expect.stringContaining(`Allow these credentials ${right}.`),
    });
  }
  await proxy.close();
});
