import { SUPPORT_APP_SERVICE } from "./policy-documents";

/** A statement of a policy that denies. */
export interface Denial {
  readonly sid: string;
  readonly actions: string[];
  /** This or the other. */
  readonly resources?: string[];
  readonly notResources?: string[];
  readonly condition: { readonly test: string; readonly variable: string; readonly values: string[] };
}

/**
 * What decides which channels, workspaces and alias an account has, also by an action that AWS adds under one of these verbs. Source: Service
 * Authorization Reference, AWS Support App in Slack, the actions of access level Write.
 */
const CONFIGURING = ["Create", "Delete", "Put", "Redeem", "Register", "Update"].map((verb) => `supportapp:${verb}*`);

/**
 * Nobody but the deployers configures the Support App, and nobody passes it another role than those.
 *
 * @param deployers ARNs of roles and users
 * @param roles ARNs. None: no role at all
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
