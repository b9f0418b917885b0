import type { Access } from "./access";

/**
 * How the account gets the service-linked role AWSServiceRoleForServiceQuotas, without which nobody can request a quota
 * increase.
 *
 * - `on-demand`: the channel's policy lets the Support App create it with the first request
 * - `create`: this stack creates it
 * - `adopt`: this stack imports the existing one
 * - `existing`: someone else manages it
 */
export type ServiceQuotasRoleMode = "on-demand" | "create" | "adopt" | "existing";

/** Every mode of the Service Quotas role. */
export const SERVICE_QUOTAS_ROLE_MODES = [
  "on-demand",
  "create",
  "adopt",
  "existing",
] as const satisfies readonly ServiceQuotasRoleMode[];

/** The mode of an access that has none. */
export const DEFAULT_SERVICE_QUOTAS_ROLE = "on-demand" satisfies ServiceQuotasRoleMode;

/** The AWS service that the role is linked to. */
export const SERVICE_QUOTAS_SERVICE = "servicequotas.amazonaws.com";

/** The action that creates a service-linked role. */
export const CREATE_SERVICE_LINKED_ROLE = "iam:CreateServiceLinkedRole";

/** The condition key that only this action has: the service that the role is linked to. */
export const LINKED_SERVICE_KEY = "iam:AWSServiceName";

/** Its Terraform name with the default provider. */
export const SERVICE_QUOTAS_ROLE_ID = "service_quotas";

/** The Terraform address of the service-linked role with the default provider, the same in every stack. */
export const SERVICE_QUOTAS_ROLE_ADDRESS = `aws_iam_service_linked_role.${SERVICE_QUOTAS_ROLE_ID}`;

/** The path of the service-linked role, which no other role has. */
export const SERVICE_QUOTAS_ROLE_PATH = `/aws-service-role/${SERVICE_QUOTAS_SERVICE}/`;

/** The service-linked role's name. */
export const SERVICE_QUOTAS_ROLE_NAME = "AWSServiceRoleForServiceQuotas";

/** ARN of the service-linked role. */
export function serviceQuotasRoleArn(account: string | undefined): string {
  return `arn:aws:iam::${account}:role${SERVICE_QUOTAS_ROLE_PATH}${SERVICE_QUOTAS_ROLE_NAME}`;
}

/** The mode of an access. */
export function serviceQuotasModeOf({
  serviceQuotasRole = DEFAULT_SERVICE_QUOTAS_ROLE,
}: Pick<Access, "serviceQuotasRole">): ServiceQuotasRoleMode {
  return serviceQuotasRole;
}

/** Whether this mode puts the service-linked role into the stack. */
export function managesServiceQuotasRole(mode: ServiceQuotasRoleMode): boolean {
  return mode === "create" || mode === "adopt";
}

/** The section `removed` in Terraform's JSON that hands the service-linked role back to the account. */
export function serviceQuotasRoleRemoved(): object[] {
  return [{ from: SERVICE_QUOTAS_ROLE_ADDRESS, lifecycle: { destroy: false } }];
}
