import { readFileSync } from "node:fs";
import {
  AttachRolePolicyCommand,
  CreatePolicyVersionCommand,
  PutRolePolicyCommand,
  UpdateAssumeRolePolicyCommand,
} from "@aws-sdk/client-iam";
import { policyText } from "../support/policy-text";
import {
  aliasIdOf,
  allowedActions,
  iamIn,
  newAccount,
  type PolicyDocument,
  readAccount,
  readChannels,
  readPolicy,
  readRole,
  readSupportApp,
} from "./support/account";
import { expectScope, forEmulator, printedPolicy } from "./support/deployer";
import { type Aws, doctor, startAws } from "./support/doctor";
import {
  allowUser,
  createBoundary,
  createDeployRole,
  createUser,
  EVERYTHING,
  exampleEnvironments,
} from "./support/examples";
import {
  createProject,
  deploy,
  deployed,
  destroy,
  diff,
  planIn,
  type RunOptions,
  removeProjects,
  writeEnvironments,
} from "./support/project";
import { changes, type Proxy as RecordingProxy, startProxy } from "./support/proxy";

const GUIDE: PolicyDocument = JSON.parse(
  readFileSync("cli/iam/aws-managed-policies/AWSSupportAppFullAccess.json", "utf8"),
);
const EVERY_ACTION = GUIDE.Statement.flatMap(({ Action }) => Action);
const SEE_CASES = ["support:DescribeCases", "support:DescribeCommunications"];
const MAKE_SERVICE_QUOTAS_ROLE = "iam:CreateServiceLinkedRole";
const TRUST = [
  { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "supportapp.amazonaws.com" } },
] as const;

afterAll(removeProjects);

/** A policy's statements with their actions as sorted lists. */
function statementsOf({ Statement }: PolicyDocument) {
  return Statement.map((statement) => ({ ...statement, Action: [statement.Action].flat().sort() }));
}

/** Who deploys an environment with the printed policy alone, and what was called for it. */
interface Deployer {
  readonly policy: PolicyDocument;
  readonly options: RunOptions;
  readonly proxy: RecordingProxy;
}

describe("the example environments, with the printed policies alone", () => {
  const { environmentsYaml, staging, production } = exampleEnvironments();
  const project = createProject("from-nothing", environmentsYaml);
  let aws: Aws;
  let ofStaging: Deployer;
  let ofProduction: Deployer;
  beforeAll(async () => {
    aws = await startAws();
    ofStaging = await deployerOf("staging", staging, (policy) => forEmulator(policy));
    ofProduction = await deployerOf("production", production, async (policy) => {
      await createDeployRole(production, forEmulator(policy));
      return JSON.stringify(await printedPolicy(project, "production", "--caller"));
    });
  });
  afterAll(() => Promise.all([aws.close(), ofStaging.proxy.close(), ofProduction.proxy.close()]));

  async function deployerOf(
    environment: string,
    account: string,
    userPolicy: (policy: PolicyDocument) => string | Promise<string>,
  ): Promise<Deployer> {
    const policy = await printedPolicy(project, environment);
    const as = await createUser(account, "deployer");
    await allowUser(account, "deployer", await userPolicy(policy));
    const proxy = await startProxy();
    return { policy, proxy, options: { as, endpoint: proxy.endpoint } };
  }

  const inStaging = async () => (await diff(project, "staging", ofStaging.options)).output;

  /** What doctor prints, in the account that the example has. */
  async function examine(): Promise<string> {
    const { stdout } = await doctor(project, ["staging"], aws, staging);
    return stdout.replaceAll(staging, "111122223333").trim();
  }

  test("people in a channel with staging's role can see cases, and nothing else", async () => {
    expect(await deployed(project, "staging", ofStaging.options)).toContain(
      "Resources: 6 added, 0 changed, 0 destroyed.",
    );
    const role = await readRole(staging, "AWSSupportAppReadOnlyRole");
    expect(role).toEqual({
      arn: `arn:aws:iam::${staging}:role/AWSSupportAppReadOnlyRole`,
      maxSessionDuration: 3600,
      tags: { Owner: "platform" },
      trust: { Version: "2012-10-17", Statement: TRUST },
      attached: ["AWSSupportAppReadOnlyRolePolicy"],
      inline: [],
    });
    expect(statementsOf(await readPolicy(staging, "AWSSupportAppReadOnlyRolePolicy"))).toEqual([
      { Effect: "Allow", Action: SEE_CASES, Resource: "*" },
    ]);
    expect(role && (await allowedActions(role, EVERY_ACTION)).sort()).toEqual(SEE_CASES);
    expect(await readChannels(staging)).toEqual({});
    expect(await inStaging()).toContain("No changes. Your infrastructure matches the configuration.");
  });

  test("what somebody changes by hand in staging shows in doctor, as the page on troubleshooting has it, and in the plan, and the next deploy takes it back", async () => {
    expect(await examine()).toContain("staging (111122223333, us-east-1) is healthy.");
    const asDeployed = await readAccount(staging);
    const iam = iamIn(staging);
    const RoleName = "AWSSupportAppReadOnlyRole";
    await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn: "arn:aws:iam::aws:policy/AdministratorAccess" }));
    const unhealthy = await examine();
    expect(unhealthy).toContain("staging (111122223333, us-east-1) is unhealthy.");
    expect(readFileSync("docs/troubleshooting.md", "utf8")).toContain(`\`\`\`text\n${unhealthy}\n\`\`\``);

    await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: "by-hand", PolicyDocument: EVERYTHING }));
    const anybody = { Effect: "Allow", Action: "sts:AssumeRole", Principal: { AWS: "arn:aws:iam::999999999999:root" } };
    await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: policyText(anybody) }));
    const PolicyArn = `arn:aws:iam::${staging}:policy/${RoleName}Policy`;
    await iam.send(new CreatePolicyVersionCommand({ PolicyArn, PolicyDocument: EVERYTHING, SetAsDefault: true }));
    const plan = planIn(await deployed(project, "staging", ofStaging.options));
    expect(plan).toContain("Plan: 0 to add, 4 to change, 0 to destroy.");
    expect(plan).toMatch(/aws_iam_role_policy_attachments_exclusive\.read_only .*will be updated in-place/);
    expect(plan).toContain('- "arn:aws:iam::aws:policy/AdministratorAccess"');
    expect(plan).toMatch(/aws_iam_role_policies_exclusive\.read_only .*will be updated in-place/);
    expect(plan).toContain('- "by-hand"');
    expect(plan).toMatch(/- AWS\s+= "arn:aws:iam::999999999999:root"/);
    expect(plan).toMatch(/\+ Service\s+= "supportapp\.amazonaws\.com"/);
    expect(plan).toMatch(/~ Action\s+= "\*" -> \[/);
    expect(await readAccount(staging)).toEqual(asDeployed);
    expect(await inStaging()).toContain("No changes.");
  });

  test("both channels of production have the roles, the notifications and the access that the file says", async () => {
    // GIVEN
    const before = await readAccount(staging);
    // WHEN
    await deployed(project, "production", ofProduction.options);
    // THEN
    expect(await readAccount(staging)).toEqual(before);

    const watch = await readRole(production, "AWSSupportAppReadOnlyRole");
    expect(watch).toMatchObject({ attached: ["AWSSupportAppReadOnlyAccess"], inline: [], tags: { Owner: "platform" } });
    expect(watch?.trust.Statement).toEqual(TRUST);
    expect(await readChannels(production)).toEqual({
      C01234A5BCD: {
        TeamId: "T012ABCDEFG",
        ChannelId: "C01234A5BCD",
        ChannelName: "support-watch",
        ChannelRoleArn: watch?.arn,
        NotifyOnCaseSeverity: "none",
        NotifyOnCreateOrReopenCase: false,
        NotifyOnAddCorrespondenceToCase: false,
        NotifyOnResolveCase: false,
      },
      C09876Z5YXW: {
        TeamId: "T012ABCDEFG",
        ChannelId: "C09876Z5YXW",
        ChannelName: "support-oncall",
        ChannelRoleArn: `arn:aws:iam::${production}:role/AWSSupportAppFullRole`,
        NotifyOnCaseSeverity: "high",
        NotifyOnCreateOrReopenCase: true,
        NotifyOnAddCorrespondenceToCase: true,
        NotifyOnResolveCase: true,
      },
    });
    const { roles, policies } = await readAccount(production);
    expect(Object.keys(policies)).toEqual(["AWSSupportAppFullRolePolicy"]); // AWS has the other one
    expect(Object.values(roles)).toContainEqual(
      expect.objectContaining({
        arn: expect.stringMatching(/^arn:aws:iam::\d{12}:role\/aws-service-role\/servicequotas\.amazonaws\.com\//),
        tags: { Owner: "platform" },
      }),
    );
    expect((await diff(project, "production", ofProduction.options)).output).toContain("No changes.");
  });

  test("people in production's #support-oncall can do all that AWS's guide allows, but resolve cases", async () => {
    const role = await readRole(production, "AWSSupportAppFullRole");
    const allowed = role && (await allowedActions(role, EVERY_ACTION));
    // The Service Quotas role is there already: nobody in the channel needs to make it.
    const remainingActions = EVERY_ACTION.filter(
      (action) => !["support:ResolveCase", MAKE_SERVICE_QUOTAS_ROLE].includes(action),
    );
    expect(allowed?.sort()).toEqual(remainingActions.sort());
    expect(statementsOf(await readPolicy(production, "AWSSupportAppFullRolePolicy"))).toEqual([
      { Effect: "Allow", Action: remainingActions, Resource: "*" },
    ]);
  });

  test("the wrong account's credentials are refused before anything is made", async () => {
    const proxy = await startProxy();
    const otherProject = createProject("from-nothing-wrong", environmentsYaml);
    const { status, output } = await deploy(otherProject, "staging", { as: production, endpoint: proxy.endpoint });
    await proxy.close();
    expect(status).not.toBe(0);
    expect(output).toContain(`AWS account ID not allowed: ${production}`);
    expect(proxy.calls.filter(changes)).toEqual([]);
  });

  test("staging can be destroyed and production retired, and nothing was called that the policies don't allow", async () => {
    expect(await destroy(project, "staging", ofStaging.options)).toMatchObject({ status: 0 });
    expect(await readAccount(staging)).toMatchObject({ roles: {}, policies: {} });
    writeEnvironments(project, environmentsYaml.replace("  production:\n", "  production:\n    retired: true\n"));
    expect(await printedPolicy(project, "production")).toEqual(ofProduction.policy);
    expect(await deploy(project, "production", ofProduction.options)).toMatchObject({ status: 0 });
    const { roles, policies } = await readAccount(production);
    expect(Object.keys(roles)).toEqual([expect.stringContaining("AWSServiceRoleForServiceQuotas"), "terraform"]);
    expect(policies).toEqual({});
    for (const [account, { policy, proxy }] of [
      [staging, ofStaging],
      [production, ofProduction],
    ] as const) {
      expect(proxy.calls.filter(({ status }) => status === 403)).toEqual([]);
      expectScope(policy, account, proxy.calls);
    }
  });
});

describe("an environment that says everything", () => {
  const account = newAccount();

  test("an environment that says everything is in AWS as it says, a second look reports no changes, and destroy leaves the account as it was", async () => {
    // GIVEN
    const boundary = await createBoundary(account);
    const before = await readAccount(account, "eu-west-1");
    const project = createProject(
      "everything",
      `environments:
  everything:
    account: "${account}"
    region: eu-west-1
    slack-workspaces: [T012ABCDEFG]
    account-alias: Payments - prod
    tags: { Owner: platform }
    read-only:
      role-name: watch
      policy-name: watch-only
      description: For those who watch
      policy-description: Sees cases
      path: /support/app/
      permissions-boundary: ${boundary}
      max-session-duration: 7200
      source-account-condition: true
      tags: { Owner: support, Cost: "12" }
      channels:
        - { name: watch, workspace: T012ABCDEFG, channel: C01, notify: { severity: all, events: [case-resolved] } }
    full:
      without: [live-chat, request-quota-increases, attach-files]
`,
    );
    // WHEN
    await deployed(project, "everything", { as: account });
    // THEN
    expect(await readRole(account, "watch")).toEqual({
      arn: `arn:aws:iam::${account}:role/support/app/watch`,
      description: "For those who watch",
      maxSessionDuration: 7200,
      boundary,
      tags: { Owner: "support", Cost: "12" },
      trust: {
        Version: "2012-10-17",
        Statement: [{ ...TRUST[0], Condition: { StringEquals: { "aws:SourceAccount": account } } }],
      },
      attached: ["watch-only"],
      inline: [],
    });
    expect(statementsOf(await readPolicy(account, "watch-only", "/support/app/"))).toEqual([
      { Effect: "Allow", Action: SEE_CASES, Resource: "*" },
    ]);
    const full = await readRole(account, "AWSSupportAppFullRole");
    expect(full && (await allowedActions(full, EVERY_ACTION)).sort()).toEqual([
      "support:AddCommunicationToCase",
      "support:CreateCase",
      "support:DescribeCases",
      "support:DescribeCommunications",
      "support:DescribeSeverityLevels",
      "support:ResolveCase",
    ]);
    expect(await readSupportApp(account, "eu-west-1")).toEqual({
      AccountAlias: [{ AccountAlias: "Payments - prod", AccountAliasResourceId: aliasIdOf(account) }],
      SlackWorkspaceConfiguration: [{ TeamId: "T012ABCDEFG" }],
      SlackChannelConfiguration: [
        {
          TeamId: "T012ABCDEFG",
          ChannelId: "C01",
          ChannelName: "watch",
          ChannelRoleArn: `arn:aws:iam::${account}:role/support/app/watch`,
          NotifyOnCaseSeverity: "all",
          NotifyOnCreateOrReopenCase: false,
          NotifyOnAddCorrespondenceToCase: false,
          NotifyOnResolveCase: true,
        },
      ],
    });
    expect((await diff(project, "everything", { as: account })).output).toContain("No changes.");
    // WHEN: all is removed
    expect((await destroy(project, "everything", { as: account })).status).toBe(0);
    expect(await readAccount(account, "eu-west-1")).toEqual(before);
  });
});
