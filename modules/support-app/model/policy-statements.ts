import type { Access } from "./access";
import { actionsOf, type Capability } from "./capability";
import { grantsOf } from "./grant";
import {
  CREATE_SERVICE_LINKED_ROLE,
  LINKED_SERVICE_KEY,
  SERVICE_QUOTAS_SERVICE,
  type ServiceQuotasRoleMode,
  serviceQuotasModeOf,
} from "./service-quotas-role";

/** A statement of a policy document, in the form of the data source `aws_iam_policy_document`. */
export interface PolicyStatement {
  readonly effect: "Allow";
  readonly actions: string[];
  readonly resources?: string[];
  readonly principals?: { readonly type: string; readonly identifiers: string[] }[];
  readonly condition?: { readonly test: string; readonly variable: string; readonly values: string[] }[];
}

/** The service principal of the AWS Support App. */
export const SUPPORT_APP_SERVICE = "supportapp.amazonaws.com";

/** The condition key of the time of a request. */
export const CURRENT_TIME_KEY = "aws:CurrentTime";

/** The operator that holds before a time. */
export const BEFORE = "DateLessThan";

/**
 * The permissions of the channel's role. The statements are split as in AWS's managed policy AWSSupportAppFullAccess,
 * so that a handmade copy of it is adopted without a change.
 *
 * `support:` actions have no resource types and no condition keys, which is why the resource is `*` (Service
 * Authorization Reference, AWS Support).
 *
 * @param end the first second without these permissions, in the form of `endOf`. IAM enforces it, with or without a
 * deploy. Undefined: they don't end
 */
export function permissionStatements(
  capabilities: readonly Capability[],
  serviceQuotasRole: ServiceQuotasRoleMode,
  end?: string,
): PolicyStatement[] {
  const ending = end === undefined ? [] : [{ test: BEFORE, variable: CURRENT_TIME_KEY, values: [end] }];
  const statements: PolicyStatement[] = [
    {
      effect: "Allow",
      actions: actionsOf(capabilities),
      resources: ["*"],
      ...(ending.length > 0 && { condition: ending }),
    },
  ];
  if (capabilities.includes("request-quota-increases") && serviceQuotasRole === "on-demand") {
    statements.push({
      effect: "Allow",
      actions: [CREATE_SERVICE_LINKED_ROLE],
      resources: ["*"],
      condition: [{ test: "StringEquals", variable: LINKED_SERVICE_KEY, values: [SERVICE_QUOTAS_SERVICE] }, ...ending],
    });
  }
  return statements;
}

/** The permissions of an access with a customer managed policy. */
export function accessPermissions(props: Access): PolicyStatement[] {
  const mode = serviceQuotasModeOf(props);
  return grantsOf(props).flatMap(({ capabilities, end }) => permissionStatements(capabilities, mode, end));
}

/** Who may assume the role of an access. */
export function accessTrust({ sourceAccountCondition, account }: Access): PolicyStatement[] {
  return trustStatements(sourceAccountCondition ? account : undefined);
}

/** Who may assume the channel's role: the AWS Support App; with `sourceAccount`, only on behalf of that account. */
export function trustStatements(sourceAccount?: string): PolicyStatement[] {
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
