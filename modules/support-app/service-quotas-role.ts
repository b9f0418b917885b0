import { named } from "./address";
import { IamServiceLinkedRole } from "./aws-bindings";
import type { Construct, TerraformProvider, TerraformStack } from "./framework";
import {
  SERVICE_QUOTAS_ROLE_ID,
  SERVICE_QUOTAS_SERVICE,
  serviceQuotasRoleArn,
  serviceQuotasRoleRemoved,
} from "./model/service-quotas-role";

/** Options of {@link createServiceQuotasRole}. */
export interface ServiceQuotasRoleProps {
  /** Tags of the role. */
  readonly tags?: Record<string, string>;
  /** The account whose role is imported. Left out, the role is created. */
  readonly adoptFromAccount?: string;
  /** The role's provider. Its alias is part of the role's address, since each account has a role of its own. */
  readonly provider?: TerraformProvider;
}

/** Adds the service-linked role, protected against destruction: others in the account may depend on it. */
export function createServiceQuotasRole(scope: Construct, props: ServiceQuotasRoleProps): IamServiceLinkedRole {
  const { provider } = props;
  const role = named(
    provider?.alias === undefined ? SERVICE_QUOTAS_ROLE_ID : `${SERVICE_QUOTAS_ROLE_ID}_${provider.alias}`,
    new IamServiceLinkedRole(scope, "service-quotas-role", {
      awsServiceName: SERVICE_QUOTAS_SERVICE,
      tags: props.tags,
      provider,
      lifecycle: { preventDestroy: true, ignoreChanges: ["description"] }, // AWS writes the description
    }),
  );
  if (props.adoptFromAccount !== undefined) {
    role.importFrom(serviceQuotasRoleArn(props.adoptFromAccount), provider);
  }
  return role;
}

/**
 * Hands the service-linked role back to the account: a deploy removes it from the state and leaves the role as it is.
 * Used in every stack without the role, since a stack can't know whether it ever had it.
 */
export function handBackServiceQuotasRole(stack: TerraformStack): void {
  stack.addOverride("removed", serviceQuotasRoleRemoved());
}
