import type { EnvironmentKind } from "../findings/kinds";
import { type PolicyDocument, policyDocument, type StatementJson } from "../iam/policy";

type Permission = Pick<StatementJson, "Action" | "Resource">;

const ROLES = ["arn:aws:iam::*:role/*"];

/** What each check of doctor needs in AWS. Empty: another check reads it. */
const PERMISSIONS: Readonly<
  Record<Exclude<EnvironmentKind, "credentials" | `slack-${string}`>, readonly Permission[]>
> = {
  retired: [],
  region: [],
  "support-plan": [{ Action: ["support:DescribeSeverityLevels"], Resource: ["*"] }],
  role: [{ Action: ["iam:GetRole"], Resource: ROLES }],
  trust: [],
  "permissions-boundary": [],
  "unexpected-access": [
    { Action: ["iam:GetRolePolicy", "iam:ListAttachedRolePolicies", "iam:ListRolePolicies"], Resource: ROLES },
    { Action: ["iam:GetPolicy", "iam:GetPolicyVersion"], Resource: ["arn:aws:iam::*:policy/*"] },
  ],
  capabilities: [{ Action: ["iam:SimulatePrincipalPolicy"], Resource: ROLES }],
  channels: [
    {
      Action: [
        "cloudformation:GetResource",
        "cloudformation:ListResources",
        "supportapp:ListSlackChannelConfigurations",
        "supportapp:ListSlackWorkspaceConfigurations",
      ],
      Resource: ["*"],
    },
  ],
  "other-regions": [],
  "account-alias": [{ Action: ["supportapp:GetAccountAlias"], Resource: ["*"] }],
  "other-roles": [{ Action: ["iam:ListRoles"], Resource: ["*"] }],
  "service-quotas-role": [],
};

/** The least privilege that doctor needs, with a statement for each permission of a check. It is the same in every account. */
export function doctorPolicy(): PolicyDocument {
  return policyDocument(
    Object.entries(PERMISSIONS).flatMap(([kind, permissions]) =>
      permissions.map((permission, index) => ({
        // A statement's ID takes no hyphen.
        Sid: `${kind.replace(/(^|-)([a-z])/g, (_, __, letter: string) => letter.toUpperCase())}${index === 0 ? "" : index + 1}`,
        Effect: "Allow",
        ...permission,
      })),
    ),
  );
}
