import { SUPPORT_APP_SERVICE } from "./policy-statements";

/** A Deny statement. */
export interface DenyStatement {
  readonly sid: string;
  readonly actions: string[];
  /** Either this or `notResources`. */
  readonly resources?: string[];
  readonly notResources?: string[];
  readonly condition: { readonly test: string; readonly variable: string; readonly values: string[] };
}

/**
 * The actions that change an account's channels, workspaces and alias. The wildcards cover actions that AWS adds later.
 * Source: Service Authorization Reference, AWS Support App in Slack, the actions of access level Write.
 */
const CONFIGURING = ["Create", "Delete", "Put", "Redeem", "Register", "Update"].map((verb) => `supportapp:${verb}*`);

/**
 * Only the deployers can configure the Support App, and only these roles can be passed to it.
 *
 * @param deployers ARNs of roles and users
 * @param roles ARNs. An empty list means that no role can be passed
 */
export function guardrailStatements(deployers: string[], roles: string[]): DenyStatement[] {
  return [
    {
      sid: "OnlyDeployersConfigureTheSupportApp",
      actions: CONFIGURING,
      resources: ["*"],
      condition: { test: "ArnNotEquals", variable: "aws:PrincipalArn", values: deployers },
    },
    {
      sid: "NoOtherRoleForTheSupportApp",
      actions: ["iam:PassRole"],
      ...(roles.length > 0 ? { notResources: roles } : { resources: ["*"] }),
      condition: { test: "StringEquals", variable: "iam:PassedToService", values: [SUPPORT_APP_SERVICE] },
    },
  ];
}

/** Maximum number of characters in a service control policy, including white space. Source: AWS Organizations User Guide, quotas. */
export const MAX_POLICY_LENGTH = 5120;

/** A policy variable, or how Terraform writes one: IAM would replace it with a different value for each principal. */
export const VARIABLE_PATTERN = "[$%#&][{]";

/**
 * A pattern of the policy's ARNs, for both RE2 and JavaScript: they end in a name and have no wildcard.
 * Source: IAM API Reference, the parameters Path and RoleName of CreateRole.
 */
function arnPattern(kind: string): string {
  return String.raw`^arn:aws:iam::[0-9]{12}:${kind}/([!-)+->@-[\]-~]{1,510}/)?[A-Za-z0-9_+=,.@-]{1,64}$`;
}

/** The patterns of a role's ARN, and of a role's or a user's. */
export const [ROLE_PATTERN, PRINCIPAL_PATTERN] = [arnPattern("role"), arnPattern("(role|user)")];

/** Whether a text is a value of aws:PrincipalArn: for a session, the ARN of its role. Patterns and policy variables aren't. */
export function isPrincipalArn(text: string): boolean {
  return new RegExp(PRINCIPAL_PATTERN).test(text) && !new RegExp(VARIABLE_PATTERN).test(text);
}
