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
import { actionsOf, CAPABILITIES, type Capability } from "../../modules/support-app/model/capability";
import { iamIn, newAccount, type PolicyDocument, readPolicy, readRole } from "./support/account";
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
const accounts = {
  both: newAccount(),
  "on-demand": newAccount(),
  create: newAccount(),
  adopt: newAccount(),
  bounded: newAccount(),
  "bounded-on-demand": newAccount(),
  moved: newAccount(),
};
type Name = keyof typeof accounts;

const boundaryOf = (name: Name) => `arn:aws:iam::${accounts[name]}:policy/boundary`;
const ENVIRONMENTS = `defaults: { region: us-east-1 }
environments:
  both: { account: "${accounts.both}", read-only: {}, full: { service-quotas-role: existing } }
  on-demand: { account: "${accounts["on-demand"]}", full: { source-account-condition: true, without: [live-chat] } }
  create: { account: "${accounts.create}", full: { service-quotas-role: create } }
  adopt: { account: "${accounts.adopt}", full: { service-quotas-role: adopt } }
  bounded: { account: "${accounts.bounded}", full: { service-quotas-role: existing, permissions-boundary: "${boundaryOf("bounded")}" } }
  bounded-on-demand: { account: "${accounts["bounded-on-demand"]}", full: { permissions-boundary: "${boundaryOf("bounded-on-demand")}" } }
  moved: { account: "${accounts.moved}", read-only: {} }
`;

const project = createProject("doctor-iam", ENVIRONMENTS);
let aws: Aws;

beforeAll(async () => {
  aws = await startAws();
  for (const name of ["both", "adopt", "bounded"] as const) await createServiceQuotasRole(accounts[name]);
  for (const name of ["bounded", "bounded-on-demand"] as const)
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

async function editPolicy(name: Name, policy: string, { Statement }: PolicyDocument) {
  const iam = iamIn(accounts[name]);
  const PolicyArn = `arn:aws:iam::${accounts[name]}:policy/${policy}`;
  const { Versions = [] } = await iam.send(new ListPolicyVersionsCommand({ PolicyArn }));
  const old = Versions.filter(({ IsDefaultVersion }) => !IsDefaultVersion); // a policy has five versions at most
  for (const { VersionId } of old) await iam.send(new DeletePolicyVersionCommand({ PolicyArn, VersionId }));
  const PolicyDocument = policyDocument(...Statement);
  await iam.send(new CreatePolicyVersionCommand({ PolicyArn, PolicyDocument, SetAsDefault: true }));
}

/** The policies of full access as they were deployed. */
const fullPolicies: Partial<Record<Name, PolicyDocument>> = {};

/** Takes actions, and nothing else, out of the policy of full access. */
async function takeOut(name: Name, ...actions: string[]) {
  fullPolicies[name] ??= await readPolicy(accounts[name], `${FULL}Policy`);
  const { Version, Statement } = fullPolicies[name];
  const left = Statement.map((statement) => ({
    ...statement,
    Action: [statement.Action].flat().filter((action) => !actions.includes(action)),
  })).filter(({ Action }) => Action.length > 0);
  await editPolicy(name, `${FULL}Policy`, { Version, Statement: left });
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

async function createRoleByHand(name: Name, PolicyArn: string) {
  const iam = iamIn(accounts[name]);
  const AssumeRolePolicyDocument = trustIn(SUPPORT_APP.Service);
  await iam.send(new CreateRoleCommand({ RoleName: READ_ONLY, Path: "/by-hand/", AssumeRolePolicyDocument }));
  await iam.send(new AttachRolePolicyCommand({ RoleName: READ_ONLY, PolicyArn }));
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

test.each(Object.keys(accounts) as Name[])("%s, as it was deployed, is healthy", async (name) => {
  const { status, answer, checks } = await examine(name);
  expect(checks.filter(({ answer }) => answer !== "healthy")).toEqual([]);
  expect({ answer, status }).toEqual({ answer: "healthy", status: 0 });
});

/** Faults that leave each other alone and have the same fix. */
interface Round {
  readonly in: Name;
  readonly faults: readonly Fault[];
}

const containing = (text: string) => expect.stringContaining(text);

const ROUNDS: readonly Round[] = [
  {
    in: "both",
    faults: [
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
  },
  {
    in: "both",
    faults: [
      {
        what: "the trust removed",
        inject: () => setTrust("both", FULL, { Principal: { Service: "ec2.amazonaws.com" } }),
        finds: { check: "trust", found: containing("no statement that lets it in") },
        topic: MISSING_ROLE,
      },
      {
        what: "an inline policy with which a read-only channel can write",
        inject: () => allow("both", READ_ONLY, "by-hand", "support:CreateCase"),
        finds: {
          check: "unexpected-access",
          found: "it allows support:CreateCase",
        },
        topic: RESTRICT,
      },
      ...CAPABILITIES.map((capability: Capability, index): Fault => {
        const [action = ""] = actionsOf([capability]);
        return {
          what: `${capability} without ${action}`,
          inject: () => takeOut("both", action),
          instead: index > 0,
          finds: {
            check: "capabilities",
            subject: `${capability} of the role ${FULL} (full)`,
            expected: `${action} allowed`,
            found: containing(`policy/${FULL}Policy doesn't allow it`),
          },
          topic: MISSING_PERMISSION,
        };
      }),
      {
        what: "every capability without one action",
        inject: () => takeOut("both", ...CAPABILITIES.map((capability) => actionsOf([capability])[0] ?? "")),
        instead: true,
        finds: {
          check: "capabilities",
          subject: `${CAPABILITIES.join(", ")} of the role ${FULL} (full)`,
          found: containing(`policy/${FULL}Policy doesn't allow it`),
        },
        topic: MISSING_PERMISSION,
      },
    ],
  },
  {
    in: "both",
    faults: [
      {
        what: "a trust with an external ID, which the Support App doesn't send",
        inject: () => setTrust("both", FULL, { Condition: { StringEquals: { "sts:ExternalId": "secret" } } }),
        finds: { check: "trust", found: containing("isn't in environments.yaml and may lock it out") },
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
        what: "an inline policy that allows more",
        inject: () => allow("both", FULL, "by-hand", ["s3:GetObject", "support:DescribeCases"]),
        finds: {
          check: "unexpected-access",
          subject: containing("inline policy by-hand"),
          found: "it allows s3:GetObject",
        },
        topic: RESTRICT,
      },
      {
        what: "the right to make the Service Quotas role, which someone else looks after",
        inject: async () => {
          const { Version, Statement } = await readPolicy(accounts.both, `${FULL}Policy`);
          const more = {
            Effect: "Allow",
            Action: "iam:CreateServiceLinkedRole",
            Resource: "*",
            Condition: { StringEquals: { "iam:AWSServiceName": "servicequotas.amazonaws.com" } },
          };
          await editPolicy("both", `${FULL}Policy`, { Version, Statement: [...Statement, more] });
        },
        finds: { check: "unexpected-access", found: "it allows iam:CreateServiceLinkedRole" },
        topic: RESTRICT,
      },
    ],
  },
  {
    in: "both",
    faults: [
      {
        what: "a trust that denies the Support App",
        inject: () => setTrust("both", FULL, {}, { Effect: "Deny", Principal: "*" }),
        finds: { check: "trust", found: containing("a Deny that locks it out") },
        topic: MISSING_ROLE,
      },
      {
        what: "the policy edited to allow more",
        inject: async () => {
          const { Version, Statement } = await readPolicy(accounts.both, `${READ_ONLY}Policy`);
          const more = { Effect: "Allow", Action: "support:Resolve*", Resource: "*" };
          await editPolicy("both", `${READ_ONLY}Policy`, { Version, Statement: [...Statement, more] });
        },
        finds: {
          check: "unexpected-access",
          expected: "nothing but read-only: view-cases",
          found: containing("people in every channel with this role can resolve-cases"),
        },
        topic: RESTRICT,
      },
      {
        what: "the policy detached",
        inject: () => {
          const PolicyArn = `arn:aws:iam::${accounts.both}:policy/${FULL}Policy`;
          return iamIn(accounts.both).send(new DetachRolePolicyCommand({ RoleName: FULL, PolicyArn }));
        },
        finds: {
          check: "capabilities",
          subject: containing("view-cases, create-cases"),
          found: containing("isn't attached"),
        },
        topic: MISSING_PERMISSION,
      },
    ],
  },
  {
    in: "both",
    faults: [
      {
        what: "a trust in another account, too",
        inject: () => setTrust("both", FULL, {}, { Principal: { AWS: "arn:aws:iam::999999999999:root" } }),
        finds: { check: "trust", found: "AWS arn:aws:iam::999999999999:root, of another account (999999999999)" },
        topic: RESTRICT,
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
  },
  {
    in: "both",
    faults: [
      {
        what: "existing: no Service Quotas role",
        inject: () => deleteServiceQuotasRole("both"),
        finds: { check: "service-quotas-role", found: "no such role in the account" },
        topic: SERVICE_QUOTAS,
      },
    ],
  },
  {
    in: "bounded",
    faults: [
      {
        what: "the boundary taken off",
        inject: () => iamIn(accounts.bounded).send(new DeleteRolePermissionsBoundaryCommand({ RoleName: FULL })),
        finds: { check: "permissions-boundary", expected: containing(boundaryOf("bounded")), found: "none" },
        topic: RESTRICT,
      },
    ],
  },
  {
    in: "bounded",
    faults: [
      {
        what: "another boundary",
        inject: () => setBoundary("bounded", FULL, ADMINISTRATOR),
        finds: { check: "permissions-boundary", found: ADMINISTRATOR },
        topic: RESTRICT,
      },
    ],
  },
  {
    in: "bounded",
    faults: [
      {
        what: "the boundary of environments.yaml made too tight",
        inject: () =>
          editPolicy("bounded", "boundary", {
            Version: "",
            Statement: [
              { Effect: "Allow", Action: ["support:Describe*", "support:[CIAR]*", "servicequotas:*"], Resource: "*" },
            ],
          }),
        inConsole: () =>
          editPolicy("bounded", "boundary", {
            Version: "",
            Statement: [{ Effect: "Allow", Action: ["support:*", "servicequotas:*", "iam:*"], Resource: "*" }],
          }),
        finds: {
          check: "capabilities",
          found: `the permissions boundary ${boundaryOf("bounded")} doesn't allow it`,
        },
        topic: MISSING_PERMISSION,
      },
    ],
  },
  {
    in: "moved",
    faults: [
      {
        what: "a role made again under another path",
        inject: async () => {
          await deleteRole("moved", READ_ONLY);
          await createRoleByHand("moved", `arn:aws:iam::${accounts.moved}:policy/${READ_ONLY}Policy`);
        },
        inConsole: () => deleteRole("moved", READ_ONLY),
        finds: { check: "role", found: `arn:aws:iam::${accounts.moved}:role/by-hand/${READ_ONLY}` },
        topic: MISSING_ROLE,
      },
    ],
  },
  {
    in: "moved",
    faults: [
      {
        what: "a role made again under another path, with a policy under a third that has been edited",
        inject: async () => {
          await deleteRole("moved", READ_ONLY);
          const iam = iamIn(accounts.moved);
          const PolicyName = `${READ_ONLY}Policy`;
          const document = policyDocument(...(await readPolicy(accounts.moved, PolicyName)).Statement);
          await iam.send(new DeletePolicyCommand({ PolicyArn: `arn:aws:iam::${accounts.moved}:policy/${PolicyName}` }));
          const policy = { PolicyName, Path: "/elsewhere/", PolicyDocument: document };
          await iam.send(new CreatePolicyCommand(policy));
          const PolicyArn = `arn:aws:iam::${accounts.moved}:policy/elsewhere/${PolicyName}`;
          const version = { PolicyArn, PolicyDocument: document, SetAsDefault: true };
          await iam.send(new CreatePolicyVersionCommand(version));
          await createRoleByHand("moved", PolicyArn);
        },
        inConsole: async () => {
          const iam = iamIn(accounts.moved);
          const PolicyArn = `arn:aws:iam::${accounts.moved}:policy/elsewhere/${READ_ONLY}Policy`;
          await iam.send(new DetachRolePolicyCommand({ RoleName: READ_ONLY, PolicyArn }));
          await iam.send(new DeleteRoleCommand({ RoleName: READ_ONLY }));
          const { Versions = [] } = await iam.send(new ListPolicyVersionsCommand({ PolicyArn }));
          const old = Versions.filter(({ IsDefaultVersion }) => !IsDefaultVersion);
          for (const { VersionId } of old) await iam.send(new DeletePolicyVersionCommand({ PolicyArn, VersionId }));
          await iam.send(new DeletePolicyCommand({ PolicyArn }));
        },
        finds: { check: "role", found: `arn:aws:iam::${accounts.moved}:role/by-hand/${READ_ONLY}` },
        topic: MISSING_ROLE,
      },
    ],
  },
  {
    in: "create",
    faults: [
      {
        what: "create: no Service Quotas role",
        inject: () => deleteServiceQuotasRole("create"),
        finds: { check: "service-quotas-role", found: "no such role in the account" },
        topic: SERVICE_QUOTAS,
      },
    ],
  },
  {
    in: "adopt",
    faults: [
      {
        what: "adopt: no Service Quotas role",
        inject: () => deleteServiceQuotasRole("adopt"),
        finds: { check: "service-quotas-role", found: "no such role in the account" },
        topic: SERVICE_QUOTAS,
      },
    ],
  },
  {
    in: "on-demand",
    faults: [
      {
        what: "on-demand: no Service Quotas role, and no right to make it",
        inject: () => takeOut("on-demand", "iam:CreateServiceLinkedRole"),
        finds: { check: "service-quotas-role", found: containing("isn't allowed iam:CreateServiceLinkedRole") },
        topic: SERVICE_QUOTAS,
      },
    ],
  },
  {
    in: "bounded-on-demand",
    faults: [
      {
        what: "on-demand: no Service Quotas role, and a boundary that lets nobody make it",
        inject: () =>
          editPolicy("bounded-on-demand", "boundary", {
            Version: "",
            Statement: [{ Effect: "Allow", Action: ["support:*", "servicequotas:*"], Resource: "*" }],
          }),
        finds: { check: "service-quotas-role", found: containing(boundaryOf("bounded-on-demand")) },
        topic: SERVICE_QUOTAS,
      },
    ],
  },
];

test.each(ROUNDS.map((round) => [round.faults.map(({ what }) => what).join(" + "), round] as const))(
  "%s: doctor finds it and nothing else, each beside those before, and the fix heals",
  async (_, round) => {
    writeEnvironments(project, ENVIRONMENTS);
    await expectFoundAndHealed(project, round.faults, accounts[round.in], () => examine(round.in));
  },
);

test("a role of which nothing is left is healthy again as it was", async () => {
  expect(await readRole(accounts.both, FULL)).toMatchObject({ attached: [`${FULL}Policy`], inline: [] });
});
