import { type PolicyDocument, policyDocument, type StatementJson } from "../iam/policy";

const allow = (Sid: string, Action: readonly string[], resource = "*"): StatementJson => ({
  ...{ Sid, Effect: "Allow", Action, Resource: [resource] },
});

/** The least privilege that reads what an account has for the Support App. It is the same in every account. */
export function auditPolicy(): PolicyDocument {
  return policyDocument(readStatements());
}

/**
 * The least privilege that lists an organization, reads the caller's account and assumes a role in the others.
 *
 * @param role the name of that role
 */
export function organizationPolicy(role: string): PolicyDocument {
  const lists = ["ListAccounts", "ListAccountsForParent", "ListOrganizationalUnitsForParent", "ListTagsForResource"];
  const actions = lists.map((list) => `organizations:${list}`);
  const assume = allow("AssumeRole", ["sts:AssumeRole"], `arn:aws:iam::*:role/${role}`);
  return policyDocument([...readStatements(), allow("Organization", actions), assume]);
}

function readStatements(): StatementJson[] {
  const roles = ["iam:GetRole", "iam:GetRolePolicy", "iam:ListAttachedRolePolicies", "iam:ListRolePolicies"];
  const app = ["GetAccountAlias", "ListSlackChannelConfigurations", "ListSlackWorkspaceConfigurations"];
  const cloudControl = ["cloudformation:GetResource", "cloudformation:ListResources"];
  return [
    allow("FindRoles", ["iam:ListRoles"]),
    allow("Roles", roles, "arn:aws:iam::*:role/*"),
    allow("Policies", ["iam:GetPolicy", "iam:GetPolicyVersion"], "arn:aws:iam::*:policy/*"),
    allow("SupportApp", [...cloudControl, ...app.map((action) => `supportapp:${action}`)]),
  ];
}
