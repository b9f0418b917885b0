import { type PolicyDocument, policyDocument } from "../../iam/policy-document";

/** The least privilege that import needs: read-only, and the same in every account. */
export function importPolicy(): PolicyDocument {
  const roles = ["iam:GetRole", "iam:GetRolePolicy", "iam:ListAttachedRolePolicies", "iam:ListRolePolicies"];
  const app = [
    "cloudformation:GetResource",
    "cloudformation:ListResources",
    "supportapp:GetAccountAlias",
    "supportapp:ListSlackChannelConfigurations",
    "supportapp:ListSlackWorkspaceConfigurations",
  ];
  return policyDocument([
    { Sid: "FindRoles", Effect: "Allow", Action: ["iam:ListRoles"], Resource: ["*"] },
    { Sid: "Roles", Effect: "Allow", Action: roles, Resource: ["arn:aws:iam::*:role/*"] },
    {
      Sid: "Policies",
      Effect: "Allow",
      Action: ["iam:GetPolicy", "iam:GetPolicyVersion"],
      Resource: ["arn:aws:iam::*:policy/*"],
    },
    { Sid: "SupportApp", Effect: "Allow", Action: app, Resource: ["*"] },
  ]);
}

/** The least privilege that import needs to read an organization. */
export function organizationPolicy(): PolicyDocument {
  const lists = ["ListAccounts", "ListAccountsForParent", "ListOrganizationalUnitsForParent", "ListTagsForResource"];
  const Action = lists.map((list) => `organizations:${list}`);
  return policyDocument([{ Sid: "Organization", Effect: "Allow", Action, Resource: ["*"] }]);
}
