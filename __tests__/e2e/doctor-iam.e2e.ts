import {
  AttachRolePolicyCommand,
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  CreateRoleCommand,
  DeletePolicyCommand,
  DeletePolicyVersionCommand,
  DeleteRoleCommand,
  DetachRolePolicyCommand,
  ListPolicyVersionsCommand,
  ListRolesCommand,
  PutRolePermissionsBoundaryCommand,
  PutRolePolicyCommand,
  UpdateAssumeRolePolicyCommand,
} from "@aws-sdk/client-iam";
import { actionsOf, CAPABILITIES } from "../../modules/support-app/model/capability";
import { policyText } from "../support/policy-text";
import { isThorough, thoroughTest } from "../support/thorough";
import { iamIn, newAccount, type PolicyDocument, readAccount, readPolicy } from "./support/account";
import { forEmulator, printedPolicy } from "./support/deployer";
import {
  type Aws,
  diagnosedWithoutChange,
  expectFoundAndHealed,
  type Fault,
  findingsOf,
  startAws,
} from "./support/doctor";
import { allowUser, createBoundary, createServiceQuotasRole, createUser, trustIn } from "./support/examples";
import { createProject, deployed, planIn, removeProjects, writeEnvironments } from "./support/project";

const FULL = "AWSSupportAppFullRole";
const READ_ONLY = "AWSSupportAppReadOnlyRole";
const ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess";
const OTHER = "999999999999";
const SUPPORT_APP = { Service: "supportapp.amazonaws.com" };
/** An account for each environment. */
const accounts = { both: newAccount(), bounded: newAccount(), "on-demand": newAccount(), moved: newAccount() };
type Name = keyof typeof accounts;
/** Those that are tried: both and on-demand, unless the run is thorough. */
const NAMES = isThorough ? (Object.keys(accounts) as Name[]) : (["both"] as const);

const boundaryOf = (name: Name) => `arn:aws:iam::${accounts[name]}:policy/boundary`;
const ENVIRONMENTS = `defaults: { region: us-east-1 }
environments:
  both: { account: "${accounts.both}", read-only: {}, full: { service-quotas-role: existing } }
  bounded: { account: "${accounts.bounded}", full: { service-quotas-role: adopt, permissions-boundary: "${boundaryOf("bounded")}" } }
  on-demand: { account: "${accounts["on-demand"]}", full: { source-account-condition: true, without: [live-chat], permissions-boundary: "${boundaryOf("on-demand")}" } }
  moved: { account: "${accounts.moved}", read-only: {}, full: { service-quotas-role: create } }
`;

const project = createProject("doctor-iam", ENVIRONMENTS);
let aws: Aws;

beforeAll(async () => {
  aws = await startAws();
  for (const name of ["both", "bounded"] as const) await createServiceQuotasRole(accounts[name]);
  for (const name of ["bounded", "on-demand"] as const)
    await createBoundary(accounts[name], "support:*", "servicequotas:*", "iam:*");
  for (const name of NAMES) await deployed(project, name, { as: accounts[name] });
});

afterAll(async () => {
  await aws.close();
  removeProjects();
});

function examine(name: Name) {
  return diagnosedWithoutChange(project, name, aws, { account: accounts[name] });
}

async function deleteOldVersions(name: Name, PolicyArn: string) {
  const iam = iamIn(accounts[name]);
  const { Versions = [] } = await iam.send(new ListPolicyVersionsCommand({ PolicyArn }));
  const old = Versions.filter(({ IsDefaultVersion }) => !IsDefaultVersion);
  for (const { VersionId } of old) await iam.send(new DeletePolicyVersionCommand({ PolicyArn, VersionId }));
}

async function editPolicy(name: Name, policy: string, { Statement }: PolicyDocument) {
  const iam = iamIn(accounts[name]);
  const PolicyArn = `arn:aws:iam::${accounts[name]}:policy/${policy}`;
  await deleteOldVersions(name, PolicyArn); // a policy has five versions at most
  const PolicyDocument = policyText(...Statement);
  await iam.send(new CreatePolicyVersionCommand({ PolicyArn, PolicyDocument, SetAsDefault: true }));
}

/** Takes actions, and nothing else, out of the policy of full access. */
async function takeOut(name: Name, ...actions: string[]) {
  const { Version, Statement } = await readPolicy(accounts[name], `${FULL}Policy`);
  const statements = Statement.map((statement) => ({
    ...statement,
    Action: [statement.Action].flat().filter((action) => !actions.includes(action)),
  })).filter(({ Action }) => Action.length > 0);
  await editPolicy(name, `${FULL}Policy`, { Version, Statement: statements });
}

function limit(name: Name, ...Action: string[]) {
  return editPolicy(name, "boundary", { Version: "", Statement: [{ Effect: "Allow", Action, Resource: "*" }] });
}

function setTrust(name: Name, RoleName: string, ...statements: Partial<PolicyDocument["Statement"][number]>[]) {
  const trustStatements = statements.map((statement) => ({
    Effect: "Allow",
    Action: "sts:AssumeRole",
    Principal: SUPPORT_APP,
    ...statement,
  }));
  return iamIn(accounts[name]).send(
    new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: policyText(...trustStatements) }),
  );
}

async function deleteRole(name: Name, RoleName: string) {
  const iam = iamIn(accounts[name]);
  const PolicyArn = `arn:aws:iam::${accounts[name]}:policy/${RoleName}Policy`;
  await iam.send(new DetachRolePolicyCommand({ RoleName, PolicyArn }));
  await iam.send(new DeleteRoleCommand({ RoleName }));
}

async function deleteServiceQuotasRole(name: Name) {
  const iam = iamIn(accounts[name]);
  const { Roles = [] } = await iam.send(new ListRolesCommand({ PathPrefix: "/aws-service-role/" }));
  for (const { RoleName } of Roles) await iam.send(new DeleteRoleCommand({ RoleName }));
}

function allow(name: Name, RoleName: string, PolicyName: string, Action: string | string[]) {
  const PolicyDocument = policyText({ Effect: "Allow", Action, Resource: "*" });
  return iamIn(accounts[name]).send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument }));
}

function setBoundary(name: Name, RoleName: string, PermissionsBoundary: string) {
  return iamIn(accounts[name]).send(new PutRolePermissionsBoundaryCommand({ RoleName, PermissionsBoundary }));
}

const missing: Omit<Fault, "inject"> = { kind: "service-quotas-role", found: "no such role in the account" };

/** Faults that leave each other alone, round by round. What each check finds is in its own tests. */
const ROUNDS: Readonly<Record<Name, readonly (readonly Fault[])[]>> = {
  both: [
    [
      { kind: "role", resource: FULL, found: "no role of that name", inject: () => deleteRole("both", FULL) },
      {
        kind: "trust",
        found: "no statement that lets it in",
        inject: () => setTrust("both", READ_ONLY, { Condition: { StringEquals: { "aws:SourceAccount": OTHER } } }),
      },
      {
        kind: "unexpected-access",
        resource: ADMINISTRATOR,
        found: "it allows *",
        inject: () =>
          iamIn(accounts.both).send(new AttachRolePolicyCommand({ RoleName: READ_ONLY, PolicyArn: ADMINISTRATOR })),
      },
    ],
    [
      {
        kind: "trust",
        found: "no statement that lets it in",
        inject: () => setTrust("both", FULL, { Principal: { Service: "ec2.amazonaws.com" } }),
      },
      {
        kind: "unexpected-access",
        found: "it allows support:CreateCase",
        inject: () => allow("both", READ_ONLY, "by-hand", "support:CreateCase"),
      },
      {
        kind: "capabilities",
        resource: `${CAPABILITIES.join(", ")} of the role ${FULL} (full)`,
        found: `policy/${FULL}Policy doesn't allow it`,
        inject: () => takeOut("both", ...CAPABILITIES.map((capability) => actionsOf([capability])[0] ?? "")),
      },
    ],
    [
      {
        kind: "capabilities",
        found: `the permissions boundary ${boundaryOf("both")} doesn't allow it`,
        inject: async () => {
          await createBoundary(accounts.both, "support:Describe*", "servicequotas:*");
          await setBoundary("both", FULL, boundaryOf("both"));
        },
      },
    ],
    [{ ...missing, inject: () => deleteServiceQuotasRole("both") }],
  ],
  bounded: [
    [
      {
        kind: "permissions-boundary",
        found: ADMINISTRATOR,
        inject: () => setBoundary("bounded", FULL, ADMINISTRATOR),
      },
    ],
    [
      {
        kind: "permissions-boundary",
        found: "it allows every action",
        inject: () => limit("bounded", "*"),
        inConsole: () => limit("bounded", "support:*", "servicequotas:*", "iam:*"),
      },
    ],
    [
      {
        kind: "capabilities",
        found: `the permissions boundary ${boundaryOf("bounded")} doesn't allow it`,
        inject: () => limit("bounded", "support:Describe*", "support:[CIAR]*", "servicequotas:*"),
        inConsole: () => limit("bounded", "support:*", "servicequotas:*", "iam:*"),
      },
    ],
    [{ ...missing, inject: () => deleteServiceQuotasRole("bounded") }],
  ],
  moved: [
    [
      {
        kind: "role",
        found: `arn:aws:iam::${accounts.moved}:role/by-hand/${READ_ONLY}`,
        inject: moveByHand,
        inConsole: async () => {
          const iam = iamIn(accounts.moved);
          const PolicyArn = `arn:aws:iam::${accounts.moved}:policy/elsewhere/${READ_ONLY}Policy`;
          await iam.send(new DetachRolePolicyCommand({ RoleName: READ_ONLY, PolicyArn }));
          await iam.send(new DeleteRoleCommand({ RoleName: READ_ONLY }));
          await deleteOldVersions("moved", PolicyArn);
          await iam.send(new DeletePolicyCommand({ PolicyArn }));
        },
      },
    ],
    [{ ...missing, inject: () => deleteServiceQuotasRole("moved") }],
  ],
  "on-demand": [
    [
      {
        kind: "service-quotas-role",
        found: "isn't allowed iam:CreateServiceLinkedRole",
        inject: () => takeOut("on-demand", "iam:CreateServiceLinkedRole"),
      },
    ],
    [
      {
        kind: "service-quotas-role",
        found: boundaryOf("on-demand"),
        inject: () => limit("on-demand", "support:*", "servicequotas:*"),
      },
    ],
  ],
};

/** Makes a role again under another path, with a policy under a third that has been edited. */
async function moveByHand() {
  await deleteRole("moved", READ_ONLY);
  const iam = iamIn(accounts.moved);
  const PolicyName = `${READ_ONLY}Policy`;
  const document = policyText(...(await readPolicy(accounts.moved, PolicyName)).Statement);
  await iam.send(new DeletePolicyCommand({ PolicyArn: `arn:aws:iam::${accounts.moved}:policy/${PolicyName}` }));
  await iam.send(new CreatePolicyCommand({ PolicyName, Path: "/elsewhere/", PolicyDocument: document }));
  const PolicyArn = `arn:aws:iam::${accounts.moved}:policy/elsewhere/${PolicyName}`;
  await iam.send(new CreatePolicyVersionCommand({ PolicyArn, PolicyDocument: document, SetAsDefault: true }));
  const AssumeRolePolicyDocument = trustIn(SUPPORT_APP.Service);
  await iam.send(new CreateRoleCommand({ RoleName: READ_ONLY, Path: "/by-hand/", AssumeRolePolicyDocument }));
  await iam.send(new AttachRolePolicyCommand({ RoleName: READ_ONLY, PolicyArn }));
}

test.each(NAMES)(
  "%s is healthy as it was deployed; doctor finds each fault and nothing else, each beside those before, and the fix heals",
  async (name) => {
    const { status, answer, checks } = await examine(name);
    expect(checks.filter(({ answer }) => answer !== "healthy")).toEqual([]);
    expect({ answer, status }).toEqual({ answer: "healthy", status: 0 });
    for (const faults of ROUNDS[name]) {
      writeEnvironments(project, ENVIRONMENTS);
      await expectFoundAndHealed(project, faults, accounts[name], () => examine(name));
    }
  },
);

thoroughTest(
  "four teams in one account are deployed by the printed policy, and healthy; narrowing one moves nobody else, and one is removed",
  async () => {
    const account = newAccount();
    const teams = (data: string, isPaying = true) => {
      const entries = {
        ...(isPaying && { payments: "access: full, policy: aws-managed" }),
        data: `access: full, ${data}`,
        "on-call": "access: full, service-quotas-role: create",
        watch: "access: read-only",
      };
      const lines = Object.entries(entries).map(
        ([name, keys]) =>
          `${name}: { ${keys}, channels: [{ name: ${name}, workspace: T012ABCDEFG, channel: C0${name.length} }] }`,
      );
      return `environments: { teams: { account: "${account}", region: us-east-1, slack-workspaces: [T012ABCDEFG], read-only: {}, teams: { ${lines.join(", ")} } } }`;
    };
    const [wide, narrow] = ["without: [resolve-cases]", "without: [resolve-cases, live-chat]"];
    const teamProject = createProject("doctor-teams", teams(wide));
    const as = await createUser(account, "deployer");
    await allowUser(account, "deployer", forEmulator(await printedPolicy(teamProject, "teams")));
    const expectHealthy = async () => {
      const report = await diagnosedWithoutChange(teamProject, "teams", aws, { account });
      expect([report.status, findingsOf(report)]).toEqual([0, []]);
    };
    await deployed(teamProject, "teams", { as });
    const before = await readAccount(account);
    const names = [
      "AWSSupportAppDataRole",
      "AWSSupportAppOnCallRole",
      "AWSSupportAppPaymentsRole",
      "AWSSupportAppReadOnlyRole",
      "AWSSupportAppWatchRole",
    ];
    expect(Object.keys(before.roles)).toEqual(expect.arrayContaining(names));
    await expectHealthy();

    writeEnvironments(teamProject, teams(narrow));
    const plan = planIn(await deployed(teamProject, "teams", { as }));
    expect([...plan.matchAll(/# (\S+) (?:will|must) be/g)].map(([, address]) => address)).toEqual([
      "aws_iam_policy.team_data",
    ]);
    const { AWSSupportAppDataRole: _, ...otherRoles } = before.roles;
    const narrowed = await readAccount(account);
    expect(narrowed.roles).toMatchObject(otherRoles);
    await expectHealthy();

    writeEnvironments(teamProject, teams(narrow, false));
    const removal = planIn(await deployed(teamProject, "teams", { as }));
    const removed = [...removal.matchAll(/# (\S+) (?:will|must) be/g)].map(([, address = ""]) => address);
    expect(removed).toContain("aws_iam_role.team_payments");
    for (const address of removed) expect(address).toMatch(/\.(team_payments|channel_T012ABCDEFG_C0)/);
    const after = await readAccount(account);
    expect(Object.keys(after.roles)).toEqual(
      Object.keys(before.roles).filter((name) => name !== "AWSSupportAppPaymentsRole"),
    );
    await expectHealthy();
  },
);
