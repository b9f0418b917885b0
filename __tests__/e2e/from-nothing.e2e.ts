import { readFileSync } from "node:fs";
import {
  allowedActions,
  newAccount,
  type PolicyDocument,
  readAccount,
  readChannels,
  readPolicy,
  readPolicyTags,
  readRole,
  readSupportApp,
} from "./support/account";
import { createBoundary, createDeployRole, exampleEnvironments } from "./support/examples";
import { createProject, deploy, deployed, diff, removeProjects, writeEnvironments } from "./support/project";

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

describe("the example environments", () => {
  const { environmentsYaml, staging, production } = exampleEnvironments();
  const project = createProject("from-nothing", environmentsYaml);

  test("staging: people in a channel with its role can see cases, and nothing else", async () => {
    expect(await deploy(project, "staging", { as: staging })).toMatchObject({
      status: 0,
      output: expect.stringContaining("Resources: 5 added, 0 changed, 0 destroyed."),
    });
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
    expect(await readPolicyTags(staging, "AWSSupportAppReadOnlyRolePolicy")).toEqual({ Owner: "platform" });
    expect(role && (await allowedActions(role, EVERY_ACTION)).sort()).toEqual(SEE_CASES);
    expect(await readChannels(staging)).toEqual({});
  });

  test("production: both channels have the roles, the notifications and the access that the file says", async () => {
    await createDeployRole(production);
    await deployed(project, "production", { as: production });

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
  });

  test("production: people in #support-oncall can do all that AWS's guide allows, but resolve cases", async () => {
    const role = await readRole(production, "AWSSupportAppFullRole");
    const allowed = role && (await allowedActions(role, EVERY_ACTION));
    // The Service Quotas role is there already: nobody in the channel needs to make it.
    const left = EVERY_ACTION.filter((action) => !["support:ResolveCase", MAKE_SERVICE_QUOTAS_ROLE].includes(action));
    expect(allowed?.sort()).toEqual(left.sort());
    expect(statementsOf(await readPolicy(production, "AWSSupportAppFullRolePolicy"))).toEqual([
      { Effect: "Allow", Action: left, Resource: "*" },
    ]);
  });

  test.each([
    ["staging", staging],
    ["production", production],
  ])("%s: a second look reports no changes", async (environment, as) => {
    expect(await diff(project, environment, { as })).toMatchObject({
      status: 0,
      output: expect.stringContaining("No changes. Your infrastructure matches the configuration."),
    });
  });
});

describe("an environment that says everything", () => {
  const account = newAccount();

  test("is in AWS as it says, and a second look reports no changes", async () => {
    const boundary = await createBoundary(account);
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
        - { name: watch, workspace: T012ABCDEFG, channel: C01, notify: { severity: all, on: [case-resolved] } }
    full:
      without: [live-chat, request-quota-increases, attach-files]
`,
    );
    await deployed(project, "everything", { as: account });
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
      AccountAlias: [{ AccountAlias: "Payments - prod" }],
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
  });
});

describe("each capability by itself", () => {
  const account = newAccount();
  const EVERYTHING_ELSE = [
    "create-cases",
    "reply-to-cases",
    "attach-files",
    "resolve-cases",
    "live-chat",
    "request-quota-increases",
  ];
  const project = createProject("capabilities", "");

  test.each([
    ["create-cases", ["support:CreateCase", "support:DescribeSeverityLevels"]],
    ["reply-to-cases", ["support:AddCommunicationToCase"]],
    ["attach-files", ["support:AddAttachmentsToSet"]],
    ["resolve-cases", ["support:ResolveCase"]],
    ["live-chat", ["support:InitiateChatForCase"]],
    [
      "request-quota-increases",
      [
        "servicequotas:GetRequestedServiceQuotaChange",
        "servicequotas:GetServiceQuota",
        "servicequotas:RequestServiceQuotaIncrease",
      ],
    ],
  ])("%s allows its actions and denies every other of the guide's policy", async (capability, actions) => {
    const without = EVERYTHING_ELSE.filter((other) => other !== capability);
    const more = capability === "request-quota-increases" ? ", service-quotas-role: existing" : "";
    writeEnvironments(
      project,
      `environments: { one: { account: "${account}", region: us-east-1, full: { without: [${without}]${more} } } }`,
    );
    await deployed(project, "one", { as: account });
    const role = await readRole(account, "AWSSupportAppFullRole");
    expect(role && (await allowedActions(role, EVERY_ACTION)).sort()).toEqual([...actions, ...SEE_CASES].sort());
  });
});
