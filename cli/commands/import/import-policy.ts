import { type PolicyDocument, type PolicyStatement, policyDocument } from "../../iam/policy";

const allow = (Sid: string, Action: readonly string[], resource = "*"): PolicyStatement => ({
  ...{ Sid, Effect: "Allow", Action, Resource: [resource] },
});

/** The least privilege that import needs: read-only, and the same in every account. */
export function importPolicy(): PolicyDocument {
  const roles = ["iam:GetRole", "iam:GetRolePolicy", "iam:ListAttachedRolePolicies", "iam:ListRolePolicies"];
  const app = ["GetAccountAlias", "ListSlackChannelConfigurations", "ListSlackWorkspaceConfigurations"];
  const cloudControl = ["cloudformation:GetResource", "cloudformation:ListResources"];
  return policyDocument([
    allow("FindRoles", ["iam:ListRoles"]),
    allow("Roles", roles, "arn:aws:iam::*:role/*"),
    allow("Policies", ["iam:GetPolicy", "iam:GetPolicyVersion"], "arn:aws:iam::*:policy/*"),
    allow("SupportApp", [...cloudControl, ...app.map((one) => `supportapp:${one}`)]),
  ]);
}

/** The least privilege that import needs to read an organization. */
export function organizationPolicy(): PolicyDocument {
  const lists = ["ListAccounts", "ListAccountsForParent", "ListOrganizationalUnitsForParent", "ListTagsForResource"];
  return policyDocument([
    allow(
      "Organization",
      lists.map((list) => `organizations:${list}`),
    ),
  ]);
}
