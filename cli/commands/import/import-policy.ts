import { type PolicyDocument, policyDocument } from "../../iam/policy-document";

/** The least privilege that import needs: read-only, and the same in every account. */
export function importPolicy(): PolicyDocument {
  return policyDocument([
    { Sid: "FindRoles", Effect: "Allow", Action: ["iam:ListRoles"], Resource: ["*"] },
    {
      Sid: "Roles",
      Effect: "Allow",
      Action: ["iam:GetRole", "iam:GetRolePolicy", "iam:ListAttachedRolePolicies", "iam:ListRolePolicies"],
      Resource: ["arn:aws:iam::*:role/*"],
    },
    {
      Sid: "Policies",
      Effect: "Allow",
      Action: ["iam:GetPolicy", "iam:GetPolicyVersion"],
      Resource: ["arn:aws:iam::*:policy/*"],
    },
    {
      Sid: "SupportApp",
      Effect: "Allow",
      Action: [
        "cloudformation:GetResource",
        "cloudformation:ListResources",
        "supportapp:GetAccountAlias",
        "supportapp:ListSlackChannelConfigurations",
        "supportapp:ListSlackWorkspaceConfigurations",
      ],
      Resource: ["*"],
    },
  ]);
}

/** The least privilege that import needs to read an organization. */
export function organizationPolicy(): PolicyDocument {
  return policyDocument([
    {
      Sid: "Organization",
      Effect: "Allow",
      Action: [
        "organizations:ListAccounts",
        "organizations:ListAccountsForParent",
        "organizations:ListOrganizationalUnitsForParent",
        "organizations:ListTagsForResource",
      ],
      Resource: ["*"],
    },
  ]);
}
