import { roleArnIn } from "../iam/arn";
import { type PolicyDocument, policyDocument, type StatementJson } from "../iam/policy";

const allow = (Sid: string, Action: readonly string[], resource = "*"): StatementJson => ({
  Sid,
  Effect: "Allow",
  Action,
  Resource: [resource],
});

/** The least privilege that reads what an account has for the Support App. It is the same in every account. */
export function auditPolicy(): PolicyDocument {
  return policyDocument(readStatements());
}

/**
 * The least privilege that reads the caller's account and assumes a role in others.
 *
 * @param role path and name of that role
 * @param isOrganization whether the accounts are listed, too
 */
export function auditCallerPolicy(role: string, isOrganization: boolean): PolicyDocument {
  const lists = ["ListAccounts", "ListAccountsForParent", "ListOrganizationalUnitsForParent", "ListTagsForResource"];
  const actions = lists.map((list) => `organizations:${list}`);
  return policyDocument([
    ...readStatements(),
    ...(isOrganization ? [allow("Organization", actions)] : []),
    allow("AssumeRole", ["sts:AssumeRole"], roleArnIn("*", role)),
  ]);
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
