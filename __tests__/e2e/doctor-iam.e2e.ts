import {
  AttachRolePolicyCommand,
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  CreateRoleCommand,
  DeletePolicyCommand,
  DeletePolicyVersionCommand,
  DeleteRoleCommand,
  DeleteRolePermissionsBoundaryCommand,
  DetachRolePolicyCommand,
  ListPolicyVersionsCommand,
  ListRolesCommand,
  PutRolePermissionsBoundaryCommand,
  PutRolePolicyCommand,
  UpdateAssumeRolePolicyCommand,
} from "@aws-sdk/client-iam";
import { actionsOf, CAPABILITIES } from "../../modules/support-app/model/capability";
import { iamIn, newAccount, type PolicyDocument, readPolicy } from "./support/account";
import { type Aws, diagnosedWithoutChange, expectFoundAndHealed, type Fault, startAws } from "./support/doctor";
import { createBoundary, createServiceQuotasRole, policyDocument, trustIn } from "./support/examples";
import { createProject, deployed, removeProjects, writeEnvironments } from "./support/project";

const FULL = "AWSSupportAppFullRole";
const READ_ONLY = "AWSSupportAppReadOnlyRole";
const ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess";
const SUPPORT_APP = { Service: "supportapp.amazonaws.com" };
const RESTRICT = "I want to restrict specific users in my Slack channel from specific actions";
const MISSING_ROLE = "When I configure a Slack channel, I don't see the IAM role that I created";
const MISSING_PERMISSION = "My IAM role is missing a permission";
const SERVICE_QUOTAS = "The AWS Support App says that I'm missing an IAM role for Service Quotas";

/** An account for each environment. */
const accounts = { both: newAccount(), bounded: newAccount(), "on-demand": newAccount(), moved: newAccount() };
type Name = keyof typeof accounts;

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
  for (const name of Object.keys(accounts) as Name[]) await deployed(project, name, { as: accounts[name] });
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
  const PolicyDocument = policyDocument(...Statement);
  await iam.send(new CreatePolicyVersionCommand({ PolicyArn, PolicyDocument, SetAsDefault: true }));
}

/** Takes actions, and nothing else, out of the policy of full access. */
async function takeOut(name: Name, ...actions: string[]) {
  const { Version, Statement } = await readPolicy(accounts[name], `${FULL}Policy`);
  const left = Statement.map((statement) => ({
    ...statement,
    Action: [statement.Action].flat().filter((action) => !actions.includes(action)),
  })).filter(({ Action }) => Action.length > 0);
  await editPolicy(name, `${FULL}Policy`, { Version, Statement: left });
}

/** Puts a statement into a policy. */
async function putIn(name: Name, policy: string, statement: PolicyDocument["Statement"][number]) {
  const { Version, Statement } = await readPolicy(accounts[name], policy);
  await editPolicy(name, policy, { Version, Statement: [...Statement, statement] });
}

function limit(name: Name, ...Action: string[]) {
  return editPolicy(name, "boundary", { Version: "", Statement: [{ Effect: "Allow", Action, Resource: "*" }] });
}

function setTrust(name: Name, RoleName: string, ...statements: Partial<PolicyDocument["Statement"][number]>[]) {
  const trust = statements.map((one) => ({
    Effect: "Allow",
    Action: "sts:AssumeRole",
    Principal: SUPPORT_APP,
    ...one,
  }));
  return iamIn(accounts[name]).send(
    new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: policyDocument(...trust) }),
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

function allow(name: Name, RoleName: string, PolicyName: string, Action: string | string[], Effect = "Allow") {
  const PolicyDocument = policyDocument({ Effect, Action, Resource: "*" });
  return iamIn(accounts[name]).send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument }));
}

function setBoundary(name: Name, RoleName: string, PermissionsBoundary: string) {
  return iamIn(accounts[name]).send(new PutRolePermissionsBoundaryCommand({ RoleName, PermissionsBoundary }));
}

const containing = (text: string) => expect.stringContaining(text);
const missing = { check: "service-quotas-role", found: "no such role in the account" };

/** Faults that leave each other alone. What each check finds is in its own tests. */
const ROUNDS: readonly (readonly [where: Name, ...faults: Fault[]])[] = [
  [
    "both",
    {
      what: "a role deleted",
      inject: () => deleteRole("both", FULL),
      finds: { check: "role", subject: containing(FULL), found: "no role of that name" },
      topic: MISSING_ROLE,
    },
    {
      what: "a trust on behalf of another account",
      inject: () =>
        setTrust("both", READ_ONLY, { Condition: { StringEquals: { "aws:SourceAccount": "999999999999" } } }),
      finds: { check: "trust", found: containing("no statement that lets it in") },
      topic: MISSING_ROLE,
    },
    {
      what: "AdministratorAccess attached",
      inject: () =>
        iamIn(accounts.both).send(new AttachRolePolicyCommand({ RoleName: READ_ONLY, PolicyArn: ADMINISTRATOR })),
      finds: {
        check: "unexpected-access",
        subject: containing(ADMINISTRATOR),
        expected: "no such policy",
        found: containing("people in every channel with this role can create-cases, reply-to-cases"),
      },
      topic: RESTRICT,
    },
  ],
  [
    "both",
    {
      what: "the trust given to another service",
      inject: () => setTrust("both", FULL, { Principal: { Service: "ec2.amazonaws.com" } }),
      finds: { check: "trust", found: containing("no statement that lets it in") },
      topic: MISSING_ROLE,
    },
    {
      what: "an inline policy with which a read-only channel can write",
      inject: () => allow("both", READ_ONLY, "by-hand", "support:CreateCase"),
      finds: { check: "unexpected-access", found: "it allows support:CreateCase" },
      topic: RESTRICT,
    },
    {
      what: "every capability without one action",
      inject: () => takeOut("both", ...CAPABILITIES.map((capability) => actionsOf([capability])[0] ?? "")),
      finds: {
        check: "capabilities",
        subject: `${CAPABILITIES.join(", ")} of the role ${FULL} (full)`,
        found: containing(`policy/${FULL}Policy doesn't allow it`),
      },
      topic: MISSING_PERMISSION,
    },
  ],
  [
    "both",
    {
      what: "a trust that denies the Support App",
      inject: () => setTrust("both", FULL, {}, { Effect: "Deny", Principal: "*" }),
      finds: { check: "trust", found: containing("a Deny that locks it out") },
      topic: MISSING_ROLE,
    },
    {
      what: "an inline policy that denies",
      inject: () => allow("both", FULL, "no-new-cases", "support:CreateCase", "Deny"),
      finds: {
        check: "capabilities",
        subject: containing("create-cases of"),
        found: "an explicit Deny in the inline policy no-new-cases",
      },
      topic: MISSING_PERMISSION,
    },
    {
      what: "the policy edited to allow more",
      inject: () => putIn("both", `${READ_ONLY}Policy`, { Effect: "Allow", Action: "support:Resolve*", Resource: "*" }),
      finds: {
        check: "unexpected-access",
        expected: "nothing but read-only: view-cases",
        found: containing("people in every channel with this role can resolve-cases"),
      },
      topic: RESTRICT,
    },
    {
      what: "the right to make the Service Quotas role, which someone else looks after",
      inject: () =>
        putIn("both", `${FULL}Policy`, {
          Effect: "Allow",
          Action: "iam:CreateServiceLinkedRole",
          Resource: "*",
          Condition: { StringEquals: { "iam:AWSServiceName": "servicequotas.amazonaws.com" } },
        }),
      finds: { check: "unexpected-access", found: "it allows iam:CreateServiceLinkedRole" },
      topic: RESTRICT,
    },
  ],
  [
    "both",
    {
      what: "the policy detached",
      inject: () => {
        const PolicyArn = `arn:aws:iam::${accounts.both}:policy/${READ_ONLY}Policy`;
        return iamIn(accounts.both).send(new DetachRolePolicyCommand({ RoleName: READ_ONLY, PolicyArn }));
      },
      finds: { check: "capabilities", subject: containing("view-cases of"), found: containing("isn't attached") },
      topic: MISSING_PERMISSION,
    },
    {
      what: "a boundary set by hand that is too tight",
      inject: async () => {
        await createBoundary(accounts.both, "support:Describe*", "servicequotas:*");
        await setBoundary("both", FULL, boundaryOf("both"));
      },
      finds: {
        check: "capabilities",
        subject: containing("create-cases, reply-to-cases, attach-files, resolve-cases, live-chat of"),
        found: `the permissions boundary ${boundaryOf("both")} doesn't allow it`,
      },
      topic: MISSING_PERMISSION,
    },
  ],
  [
    "both",
    {
      what: "existing: no Service Quotas role",
      inject: () => deleteServiceQuotasRole("both"),
      finds: missing,
      topic: SERVICE_QUOTAS,
    },
  ],
  [
    "bounded",
    {
      what: "the boundary taken off",
      inject: () => iamIn(accounts.bounded).send(new DeleteRolePermissionsBoundaryCommand({ RoleName: FULL })),
      finds: { check: "permissions-boundary", expected: containing(boundaryOf("bounded")), found: "none" },
      topic: RESTRICT,
    },
    {
      what: "another boundary",
      inject: () => setBoundary("bounded", FULL, ADMINISTRATOR),
      instead: true,
      finds: { check: "permissions-boundary", found: ADMINISTRATOR },
      topic: RESTRICT,
    },
  ],
  [
    "bounded",
    {
      what: "the boundary of environments.yaml made too tight",
      inject: () => limit("bounded", "support:Describe*", "support:[CIAR]*", "servicequotas:*"),
      inConsole: () => limit("bounded", "support:*", "servicequotas:*", "iam:*"),
      finds: { check: "capabilities", found: `the permissions boundary ${boundaryOf("bounded")} doesn't allow it` },
      topic: MISSING_PERMISSION,
    },
  ],
  [
    "bounded",
    {
      what: "adopt: no Service Quotas role",
      inject: () => deleteServiceQuotasRole("bounded"),
      finds: missing,
      topic: SERVICE_QUOTAS,
    },
  ],
  [
    "moved",
    {
      what: "a role made again under another path, with a policy under a third that has been edited",
      inject: async () => {
        await deleteRole("moved", READ_ONLY);
        const iam = iamIn(accounts.moved);
        const PolicyName = `${READ_ONLY}Policy`;
        const document = policyDocument(...(await readPolicy(accounts.moved, PolicyName)).Statement);
        await iam.send(new DeletePolicyCommand({ PolicyArn: `arn:aws:iam::${accounts.moved}:policy/${PolicyName}` }));
        await iam.send(new CreatePolicyCommand({ PolicyName, Path: "/elsewhere/", PolicyDocument: document }));
        const PolicyArn = `arn:aws:iam::${accounts.moved}:policy/elsewhere/${PolicyName}`;
        await iam.send(new CreatePolicyVersionCommand({ PolicyArn, PolicyDocument: document, SetAsDefault: true }));
        const AssumeRolePolicyDocument = trustIn(SUPPORT_APP.Service);
        await iam.send(new CreateRoleCommand({ RoleName: READ_ONLY, Path: "/by-hand/", AssumeRolePolicyDocument }));
        await iam.send(new AttachRolePolicyCommand({ RoleName: READ_ONLY, PolicyArn }));
      },
      inConsole: async () => {
        const iam = iamIn(accounts.moved);
        const PolicyArn = `arn:aws:iam::${accounts.moved}:policy/elsewhere/${READ_ONLY}Policy`;
        await iam.send(new DetachRolePolicyCommand({ RoleName: READ_ONLY, PolicyArn }));
        await iam.send(new DeleteRoleCommand({ RoleName: READ_ONLY }));
        await deleteOldVersions("moved", PolicyArn);
        await iam.send(new DeletePolicyCommand({ PolicyArn }));
      },
      finds: { check: "role", found: `arn:aws:iam::${accounts.moved}:role/by-hand/${READ_ONLY}` },
      topic: MISSING_ROLE,
    },
  ],
  [
    "moved",
    {
      what: "create: no Service Quotas role",
      inject: () => deleteServiceQuotasRole("moved"),
      finds: missing,
      topic: SERVICE_QUOTAS,
    },
  ],
  [
    "on-demand",
    {
      what: "on-demand: no Service Quotas role, and no right to make it",
      inject: () => takeOut("on-demand", "iam:CreateServiceLinkedRole"),
      finds: { check: "service-quotas-role", found: containing("isn't allowed iam:CreateServiceLinkedRole") },
      topic: SERVICE_QUOTAS,
    },
  ],
  [
    "on-demand",
    {
      what: "on-demand: no Service Quotas role, and a boundary that lets nobody make it",
      inject: () => limit("on-demand", "support:*", "servicequotas:*"),
      finds: { check: "service-quotas-role", found: containing(boundaryOf("on-demand")) },
      topic: SERVICE_QUOTAS,
    },
  ],
];

test.each(Object.keys(accounts) as Name[])(
  "%s is healthy as it was deployed; doctor finds each fault and nothing else, each beside those before, and the fix heals",
  async (name) => {
    const { status, answer, checks } = await examine(name);
    expect(checks.filter(({ answer }) => answer !== "healthy")).toEqual([]);
    expect({ answer, status }).toEqual({ answer: "healthy", status: 0 });
    for (const [where, ...faults] of ROUNDS) {
      if (where !== name) continue;
      writeEnvironments(project, ENVIRONMENTS);
      await expectFoundAndHealed(project, faults, accounts[name], () => examine(name));
    }
  },
);
