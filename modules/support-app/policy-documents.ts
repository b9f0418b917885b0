import type { DataAwsIamPolicyDocumentStatement } from "./aws-bindings";
import { actionsOf, type Capability } from "./capability";
import {
  CREATE_SERVICE_LINKED_ROLE,
  LINKED_SERVICE_KEY,
  SERVICE_QUOTAS_SERVICE,
  type ServiceQuotasRoleMode,
} from "./service-quotas-role";

/** The service principal of the AWS Support App. */
export const SUPPORT_APP_SERVICE = "supportapp.amazonaws.com";

/**
 * What the channel's role may do. The statements are cut as in AWS's managed policy AWSSupportAppFullAccess, so that a policy made from
 * that by hand is adopted without a change.
 *
 * `support:` actions have no resource types and no condition keys, which is why the resource is `*`
 * (Service Authorization Reference, AWS Support).
 */
export function permissionStatements(
  capabilities: readonly Capability[],
  serviceQuotasRole: ServiceQuotasRoleMode,
): DataAwsIamPolicyDocumentStatement[] {
  const statements: DataAwsIamPolicyDocumentStatement[] = [
    { effect: "Allow", actions: actionsOf(capabilities), resources: ["*"] },
  ];
  if (capabilities.includes("request-quota-increases") && serviceQuotasRole === "on-demand") {
    statements.push({
      effect: "Allow",
      actions: [CREATE_SERVICE_LINKED_ROLE],
      resources: ["*"],
      condition: [{ test: "StringEquals", variable: LINKED_SERVICE_KEY, values: [SERVICE_QUOTAS_SERVICE] }],
    });
  }
  return statements;
}

/** Who may assume the channel's role: the AWS Support App, on request only on behalf of one account. */
export function trustStatements(sourceAccount?: string): DataAwsIamPolicyDocumentStatement[] {
  return [
    {
      effect: "Allow",
      actions: ["sts:AssumeRole"],
      principals: [{ type: "Service", identifiers: [SUPPORT_APP_SERVICE] }],
      ...(sourceAccount === undefined
        ? {}
        : { condition: [{ test: "StringEquals", variable: "aws:SourceAccount", values: [sourceAccount] }] }),
    },
  ];
}
