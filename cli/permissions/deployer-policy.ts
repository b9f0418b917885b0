import type { Access } from "../../modules/support-app/model/access";
import { iamNamesOf, policyArnOf, roleArnOf } from "../../modules/support-app/model/iam-names";
import { SUPPORT_APP_SERVICE } from "../../modules/support-app/model/policy-statements";
import {
  CREATE_SERVICE_LINKED_ROLE,
  LINKED_SERVICE_KEY,
  managesServiceQuotasRole,
  SERVICE_QUOTAS_ROLE_PATH,
  SERVICE_QUOTAS_SERVICE,
  serviceQuotasModeOf,
} from "../../modules/support-app/model/service-quotas-role";
import { type OwnedAccess, pascalCaseOf } from "../../modules/support-app/model/team";
import type { Environment } from "../../stacks/environments/environment";
import { unusedDefaults } from "../aws/orphans";
import { accountOfArn } from "../iam/arn";
import { type PolicyDocument, policyDocument, type StatementJson } from "../iam/policy";
import { CommandError } from "../terminal/command-error";
import { linesOf } from "../terminal/markdown";
import { stateStatements } from "./state-statements";
import { mergedStatements, statement } from "./statement";

/** The AWS provider's calls for a role that it manages, without the calls that set its boundary or attach policies. */
const ROLE_ACTIONS = [
  "iam:DeleteRole",
  "iam:DeleteRolePolicy",
  "iam:DetachRolePolicy",
  "iam:GetRole",
  "iam:GetRolePolicy",
  "iam:ListAttachedRolePolicies",
  "iam:ListInstanceProfilesForRole",
  "iam:ListRolePolicies",
  "iam:TagRole",
  "iam:UntagRole",
  "iam:UpdateAssumeRolePolicy",
  "iam:UpdateRole",
  "iam:UpdateRoleDescription",
];

/** The actions that decide a role's boundary. Only for roles without a boundary may the deployer remove one. */
const BOUNDARY_ACTIONS = ["iam:CreateRole", "iam:PutRolePermissionsBoundary"];
const NO_BOUNDARY_ACTIONS = [...BOUNDARY_ACTIONS, "iam:DeleteRolePermissionsBoundary"].sort();

/** The AWS provider's calls for a customer managed policy. */
const POLICY_ACTIONS = [
  "iam:CreatePolicy",
  "iam:CreatePolicyVersion",
  "iam:DeletePolicy",
  "iam:DeletePolicyVersion",
  "iam:GetPolicy",
  "iam:GetPolicyVersion",
  "iam:ListPolicyVersions",
  "iam:TagPolicy",
  "iam:UntagPolicy",
];

/** Cloud Control uses CloudFormation's permissions, which have no resource types (Service Authorization Reference). */
const CLOUD_CONTROL_ACTIONS = [
  "cloudformation:CreateResource",
  "cloudformation:DeleteResource",
  "cloudformation:GetResource",
  "cloudformation:GetResourceRequestStatus",
  "cloudformation:ListResources", // channels made by hand; the alias, whose identifier only a list has
  "cloudformation:UpdateResource",
];

/** The actions that each resource type calls on behalf of the deployer. Source: the handlers in the types' schemas. */
const CHANNEL_ACTIONS = [
  "supportapp:CreateSlackChannelConfiguration",
  "supportapp:DeleteSlackChannelConfiguration",
  "supportapp:ListSlackChannelConfigurations",
  "supportapp:UpdateSlackChannelConfiguration",
];
const WORKSPACE_ACTIONS = [
  "supportapp:DeleteSlackWorkspaceConfiguration",
  "supportapp:ListSlackWorkspaceConfigurations",
  "supportapp:RegisterSlackWorkspaceForOrganization",
];
const ALIAS_ACTIONS = ["supportapp:DeleteAccountAlias", "supportapp:GetAccountAlias", "supportapp:PutAccountAlias"];

/**
 * The least privilege that deploying, changing and destroying an environment needs, for the principal that the AWS
 * provider acts as: the `deploy-role`, if there is one. For a retired environment, what removing its entries needs.
 */
export function deployerPolicy(environment: Environment): PolicyDocument {
  const { account, accesses, channels, slackWorkspaces, accountAlias, deployRole } = environment;
  const roles = accesses.map(roleArnOf);
  const ownPolicies = accesses.map(policyArnOf).filter((arn) => !arn.startsWith("arn:aws:iam::aws:"));
  const supportApp = [
    ...(channels.length > 0 ? CHANNEL_ACTIONS : []),
    ...(slackWorkspaces.length > 0 ? WORKSPACE_ACTIONS : []),
    ...(accountAlias === undefined ? [] : ALIAS_ACTIONS),
  ];
  const serviceQuotasRole = accesses.map(serviceQuotasModeOf).find(managesServiceQuotasRole);
  const serviceQuotasArn = `arn:aws:iam::${account}:role${SERVICE_QUOTAS_ROLE_PATH}*`;
  const linkedRoleArns = serviceQuotasRole === undefined ? [] : [serviceQuotasArn];
  const statements = [
    statement("Roles", ROLE_ACTIONS, roles),
    ...accesses.flatMap((access) => (access.team === undefined ? levelStatements(access) : [])),
    ...teamStatements(accesses.filter(({ team }) => team !== undefined)),
    statement("Policies", POLICY_ACTIONS, ownPolicies),
    statement("ServiceQuotasRole", ["iam:GetRole", "iam:TagRole", "iam:UntagRole"], linkedRoleArns),
    statement(
      "CreateServiceQuotasRole",
      [CREATE_SERVICE_LINKED_ROLE],
      serviceQuotasRole === "create" ? linkedRoleArns : [],
      {
        StringEquals: { [LINKED_SERVICE_KEY]: [SERVICE_QUOTAS_SERVICE] },
      },
    ),
    statement("PassRolesToTheSupportApp", ["iam:PassRole"], channels.length > 0 ? roles : [], {
      StringEquals: { "iam:PassedToService": [SUPPORT_APP_SERVICE] },
    }),
    statement("CloudControl", CLOUD_CONTROL_ACTIONS, supportApp.length > 0 ? ["*"] : []),
    statement("SupportApp", supportApp, supportApp.length > 0 ? ["*"] : []),
    ...(deployRole === undefined ? stateStatements(environment, "write") : []),
  ].filter(({ Resource = [] }) => Resource.length > 0);
  const defaultRoles = unusedDefaults(environment).map(roleArnOf); // a lost state may have had them
  const reading = defaultRoles.length > 0 ? [statement("RolesOfDefaultNames", ["iam:GetRole"], defaultRoles)] : [];
  if (statements.length > 0) return policyDocument([...statements, ...reading]);
  // IAM rejects a policy without a statement.
  throw new CommandError(
    `Received ${environment.name}, which is retired and has no entries left, expected the entries that its deploy removes, since the policy is derived from them. Put them back beside retired: true.`,
  );
}

/** What creates a level's role and attaches its own policy and no other. */
function levelStatements(access: Access): StatementJson[] {
  const label = access.access === "full" ? "Full" : "ReadOnly";
  return [creation(label, access.permissionsBoundary, [roleArnOf(access)]), attachment(label, access)];
}

/** The same for teams, with one statement for roles with the same boundary: a policy has a limited size. */
function teamStatements(accesses: readonly OwnedAccess[]): StatementJson[] {
  const boundaries = [...new Set(accesses.map(({ permissionsBoundary }) => permissionsBoundary))];
  const creations = boundaries.map((boundary, index) => {
    const boundAccesses = accesses.filter(({ permissionsBoundary }) => permissionsBoundary === boundary);
    return creation(`Team${index === 0 ? "" : index + 1}`, boundary, boundAccesses.map(roleArnOf));
  });
  const labels: string[] = [];
  for (const { team = "" } of accesses) {
    let label = `Team${pascalCaseOf(team)}`;
    while (labels.includes(label)) label += "Other"; // letters and digits may make names alike
    labels.push(label);
  }
  return [...creations, ...accesses.map((access, index) => attachment(labels[index] ?? "", access))];
}

/** A role with a boundary can't be without it, since the deployer can change the role's trust and policy. */
function creation(label: string, boundary: string | undefined, roles: readonly string[]): StatementJson {
  if (boundary === undefined) return statement(`${label}Role`, NO_BOUNDARY_ACTIONS, roles);
  return statement(`${label}RoleWithItsBoundary`, BOUNDARY_ACTIONS, roles, boundaryCondition(boundary));
}

/** A role with a boundary gets no policy without it. */
function attachment(label: string, access: Access): StatementJson {
  return statement(`Attach${label}Policy`, ["iam:AttachRolePolicy"], [roleArnOf(access)], {
    ArnEquals: { "iam:PolicyARN": [policyArnOf(access)] },
    ...(access.permissionsBoundary && boundaryCondition(access.permissionsBoundary)),
  });
}

function boundaryCondition(boundary: string) {
  return { StringEquals: { "iam:PermissionsBoundary": [boundary] } };
}

/** What whoever has the policy can do beyond the environment, in sentences. */
export function notPreventedBy({ accesses }: Environment): string[] {
  const namesOf = (list: readonly Access[]) => list.map((access) => iamNamesOf(access).roleName).join(", ");
  const unboundedAccesses = accesses.filter(({ permissionsBoundary }) => permissionsBoundary === undefined);
  const boundaries = [...new Set(accesses.flatMap(({ permissionsBoundary = "" }) => permissionsBoundary || []))];
  const ofAccount = boundaries.filter((arn) => accountOfArn(arn) !== "aws");
  const adoptedAccesses = accesses.filter(({ adopt }) => adopt === true);
  const policies = adoptedAccesses.map(policyArnOf).filter((arn) => accountOfArn(arn) !== "aws");
  return linesOf(
    unboundedAccesses.length > 0 &&
      `Whoever has it can become an administrator of the account: without a permissions-boundary, they can write anything into the policy and the trust of ${namesOf(unboundedAccesses)}. Give every access level and team a boundary.`,
    ofAccount.length > 0 &&
      `A boundary that doesn't exist yet limits nothing, and whoever creates it decides what it allows: ${ofAccount.join(", ")}. Somebody else has to create it before this policy is attached.`,
    boundaries.length > 0 &&
      adoptedAccesses.length > 0 &&
      `Until the first deploy, an adopted role has the boundary that it has now, or none: ${namesOf(adoptedAccesses)}.`,
    policies.length > 0 &&
      `Whoever else has an adopted policy gets what is written into it, without the role's boundary: ${policies.join(", ")}. Detach it from all others first.`,
  );
}

/** The least privilege of the caller of environments with a `deploy-role`: to assume it, and to use the state. */
export function callerPolicy(...environments: readonly Environment[]): PolicyDocument {
  const statements = environments.flatMap((environment) => {
    if (environment.deployRole === undefined) {
      throw new CommandError(
        `Received --caller for ${environment.name}, expected an environment with a deploy-role: without one, the caller deploys with credentials of the account itself. Leave --caller out.`,
      );
    }
    return [
      statement("AssumeDeployRole", ["sts:AssumeRole"], [environment.deployRole.arn]),
      ...stateStatements(environment, "write"),
    ];
  });
  return policyDocument(mergedStatements(statements));
}
