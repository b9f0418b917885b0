import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  AttachRolePolicyCommand,
  CreatePolicyCommand,
  type CreatePolicyCommandInput,
  CreateRoleCommand,
  type CreateRoleCommandInput,
  PutRolePolicyCommand,
} from "@aws-sdk/client-iam";
import { parse, stringify } from "yaml";
import { actionsOf, CAPABILITIES } from "../../modules/support-app/model/capability";
import { ACCOUNT_ALIAS_TYPE, SLACK_WORKSPACE_TYPE } from "../../modules/support-app/model/cloud-control-types";
import { policyText } from "../support/policy-text";
import {
  aliasIdOf,
  createByHand,
  iamIn,
  newAccount,
  type PolicyDocument,
  readSupportApp,
  type Statement,
} from "./support/account";
import { allowUser, clickChannel, createBoundary, createUser, trustIn } from "./support/examples";
import { createProject, deployCommand, diff, removeProjects, supportApp, writeEnvironments } from "./support/project";
import { changes as isChange, startProxy } from "./support/proxy";

afterAll(removeProjects);

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

const FULL = allow(...actionsOf(CAPABILITIES));
const VIEW = allow("support:DescribeCases", "support:DescribeCommunications");

/** A role, its own policy, and one that is written into it. */
interface Clicked extends Partial<CreateRoleCommandInput> {
  readonly policy?: readonly Statement[];
  readonly policySettings?: Partial<CreatePolicyCommandInput>;
  readonly inline?: readonly Statement[];
}

async function click(account: string, { policy, policySettings, inline, ...role }: Clicked): Promise<void> {
  const iam = iamIn(account);
  const { RoleName = "AWSSupportAppRole", Path, Tags } = role;
  const AssumeRolePolicyDocument = trustIn("supportapp.amazonaws.com");
  await iam.send(new CreateRoleCommand({ ...role, AssumeRolePolicyDocument, RoleName }));
  if (policy) {
    const input = { PolicyName: `${RoleName}Policy`, Path, Tags, ...policySettings };
    const { Policy } = await iam.send(new CreatePolicyCommand({ ...input, PolicyDocument: policyText(...policy) }));
    await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn: Policy?.Arn }));
  }
  if (inline) {
    const PolicyDocument = policyText(...inline);
    await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: "by-hand", PolicyDocument }));
  }
}

/** Prints the environment of an account. */
function adopting(account: string): string[] {
  return ["audit", "--account", account, "--region", "us-east-1", "--format", "yaml"];
}

/** The only environment in a printed file. Undefined: it has none. */
const environmentIn = (yaml: string): object | undefined => Object.values<object>(parse(yaml).environments)[0];

const channel = (account: string, ChannelId: string, role: string, settings: object = {}) =>
  clickChannel(account, role, { ChannelId, ChannelName: `channel-${ChannelId.toLowerCase()}`, ...settings });

/** A role for viewing alone, with everything that a role can have. */
const viewers = (PermissionsBoundary: string): Clicked => ({
  RoleName: "support+app",
  Path: "/team/on-call/",
  Description: "For Slack: #oncall",
  PermissionsBoundary,
  MaxSessionDuration: 7200,
  Tags: Object.entries({ Owner: "platform", "cost:center": "0042" }).map(([Key, Value]) => ({ Key, Value })),
  policy: [VIEW],
  policySettings: { PolicyName: "what.they=may", Description: "what it's for" },
});

test("channels and all that their roles have are written, and a deploy takes them over in place: at every moment, people in them can do the same", async () => {
  // GIVEN
  const account = newAccount();
  const as = account;
  await click(account, { policy: [FULL, RIGHT] });
  await click(account, viewers(await createBoundary(account)));
  await click(account, { RoleName: "another", inline: [FULL] });
  await createByHand(account, SLACK_WORKSPACE_TYPE, { TeamId: "T012ABCDEFG" });
  await createByHand(account, ACCOUNT_ALIAS_TYPE, { AccountAlias: "Payments" });
  const loud = { NotifyOnCaseSeverity: "high", NotifyOnCreateOrReopenCase: true };
  await channel(account, "C01", "AWSSupportAppRole", loud);
  await channel(account, "C02", "another");
  await channel(account, "C03", "gone");
  await channel(account, "C04", "team/on-call/support+app");
  const before = await readSupportApp(account);

  const project = createProject("import-channels", "environments: {}\n");
  // WHEN
  const { status, stdout } = await supportApp(project, adopting(account), { as });
  // THEN
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
  // WHEN: what was written is deployed
  // Only what remembers the place of the state is new.
  expect(await deployOnce("Plan: 10 to import, 1 to add, 0 to change, 0 to destroy.")).toEqual([]);
  expect(await readSupportApp(account)).toEqual(before);

  // WHEN
  // As docs/adopting.md says.
  const file = parse(readFileSync(join(project.folder, "environments.yaml"), "utf8"));
  const { production } = file.environments;
  const leftChannel = { name: "channel-c02", workspace: "T012ABCDEFG", channel: "C02", adopt: true };
  production["read-only"].channels.push(leftChannel);
  Object.assign(production, { "slack-workspaces": ["T012ABCDEFG"], "account-alias": "Pay" });
  writeEnvironments(project, stringify(file));
  // THEN
  expect(await deployOnce("Plan: 0 to add, 2 to change, 0 to destroy.")).toEqual([
    "cloudformation:UpdateResource T012ABCDEFG|C02",
    `cloudformation:UpdateResource ${aliasIdOf(account)}`,
  ]);
  const roleOf = async (id: string) =>
    (await readSupportApp(account)).SlackChannelConfiguration?.find(({ ChannelId }) => ChannelId === id)
      ?.ChannelRoleArn;
  expect(await roleOf("C02")).toBe(`arn:aws:iam::${account}:role/team/on-call/support+app`);
  expect(await roleOf("C03")).toBe(`arn:aws:iam::${account}:role/gone`);
});

test("audit of an account runs on exactly the policy that it prints", async () => {
  // GIVEN
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
  // WHEN: all is allowed
  expect(await run()).toMatchObject({ status: 0 });
  // WHEN: a right is missing
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
