import { CONFIGURING_ACTIONS } from "../../modules/support-app/configuring-actions";
import { roleArnOf } from "../../modules/support-app/iam-names";
import { SUPPORT_APP_SERVICE } from "../../modules/support-app/policy-documents";
import type { Environment } from "../../stacks/environment";
import { POLICY_VERSION } from "../iam/policy";

/** A policy that only takes away, but for the statement that a permissions boundary needs. */
export interface Guardrail {
  readonly Version: typeof POLICY_VERSION;
  readonly Statement: readonly GuardrailStatement[];
}

interface GuardrailStatement {
  readonly Sid: string;
  readonly Effect: "Allow" | "Deny";
  readonly Action: readonly string[];
  /** This or the other. */
  readonly Resource?: readonly string[];
  readonly NotResource?: readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

/** What a permissions boundary leaves of a policy that it is beside. */
const EVERYTHING: GuardrailStatement = { Sid: "Everything", Effect: "Allow", Action: ["*"], Resource: ["*"] };

/**
 * The service control policy of the environments' accounts: nobody but the deployers configures the Support App, and nobody passes it another role
 * than those of the environments. ARNs have the account in them, so that each account has its own.
 *
 * @param deployers ARNs of the roles and users that Terraform acts as
 * @param isBoundary whether it is to be a permissions boundary, which allows everything else
 */
export function guardrailOf(
  environments: readonly Environment[],
  deployers: readonly string[],
  isBoundary: boolean,
): Guardrail {
  const roles = environments.flatMap(({ retired, accesses }) => (retired ? [] : accesses.map(roleArnOf)));
  return {
    Version: POLICY_VERSION,
    Statement: [
      ...(isBoundary ? [EVERYTHING] : []),
      {
        Sid: "OnlyDeployersConfigureTheSupportApp",
        Effect: "Deny",
        Action: CONFIGURING_ACTIONS,
        Resource: ["*"],
        Condition: { ArnNotEquals: { "aws:PrincipalArn": deployers } },
      },
      {
        Sid: "NoOtherRoleForTheSupportApp",
        Effect: "Deny",
        Action: ["iam:PassRole"],
        ...(roles.length > 0 ? { NotResource: roles } : { Resource: ["*"] }),
        Condition: { StringEquals: { "iam:PassedToService": [SUPPORT_APP_SERVICE] } },
      },
    ],
  };
}
