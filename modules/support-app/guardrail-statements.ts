import { SUPPORT_APP_SERVICE } from "./policy-documents";

/** A Deny statement. */
export interface Denial {
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
export function guardrailStatements(deployers: string[], roles: string[]): Denial[] {
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
