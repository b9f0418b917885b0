import { named } from "./address";
import { IamServiceLinkedRole } from "./aws-bindings";
import type { Construct, TerraformProvider, TerraformStack } from "./framework";
import {
  SERVICE_QUOTAS_ROLE_ID,
  SERVICE_QUOTAS_SERVICE,
  serviceQuotasRoleArn,
  serviceQuotasRoleRemoved,
} from "./model/service-quotas-role";

/**
 * Adds the service-linked role, protected against destruction: others in the account may depend on it.
 *
 * @param adoptFromAccount the account whose role is imported. Undefined: the role is created
 * @param provider its alias is part of the role's address, since each account has a role of its own
 */
export function createServiceQuotasRole(
  scope: Construct,
  tags?: Record<string, string>,
  adoptFromAccount?: string,
  provider?: TerraformProvider,
): IamServiceLinkedRole {
  const role = named(
    provider?.alias === undefined ? SERVICE_QUOTAS_ROLE_ID : `${SERVICE_QUOTAS_ROLE_ID}_${provider.alias}`,
    new IamServiceLinkedRole(scope, "service-quotas-role", {
      awsServiceName: SERVICE_QUOTAS_SERVICE,
      tags,
      provider,
      lifecycle: { preventDestroy: true, ignoreChanges: ["description"] }, // AWS writes the description
    }),
  );
  if (adoptFromAccount !== undefined) role.importFrom(serviceQuotasRoleArn(adoptFromAccount), provider);
  return role;
}

/**
 * Hands the service-linked role back to the account: a deploy removes it from the state and leaves the role as it is.
 * Used in every stack without the role, since a stack can't know whether it ever had it.
 */
export function handBackServiceQuotasRole(stack: TerraformStack): void {
  stack.addOverride("removed", serviceQuotasRoleRemoved());
}
