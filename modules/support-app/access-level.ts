import { CAPABILITIES, type Capability } from "./capability";

/**
 * How much the people in a channel can do.
 *
 * - `read-only`: view support cases, nothing else
 * - `full`: every capability, less those that are left out
 */
export type AccessLevel = "read-only" | "full";

/** What an access level stands for when nothing else is said. */
export interface AccessLevelDefinition {
  /** What people in the channel can do. */
  readonly capabilities: readonly Capability[];
  /** The policy that AWS maintains for this access level. */
  readonly awsManagedPolicyArn: string;
  /** Name of the role. */
  readonly roleName: string;
  /** Name of the customer managed policy. */
  readonly policyName: string;
}

/** The access levels and their defaults. */
export const ACCESS_LEVELS: Readonly<Record<AccessLevel, AccessLevelDefinition>> = {
  "read-only": {
    capabilities: ["view-cases"],
    awsManagedPolicyArn: "arn:aws:iam::aws:policy/AWSSupportAppReadOnlyAccess",
    roleName: "AWSSupportAppReadOnlyRole",
    policyName: "AWSSupportAppReadOnlyRolePolicy",
  },
  full: {
    capabilities: CAPABILITIES,
    awsManagedPolicyArn: "arn:aws:iam::aws:policy/AWSSupportAppFullAccess",
    roleName: "AWSSupportAppFullRole",
    policyName: "AWSSupportAppFullRolePolicy",
  },
};

/** What people in a channel of an access can do. */
export function capabilitiesOf(access: AccessLevel, without: readonly Capability[] = []): Capability[] {
  return ACCESS_LEVELS[access].capabilities.filter((capability) => !without.includes(capability));
}

/** The name in Terraform of what belongs to an access level, in the stacks of environments and in published modules. */
export function addressOfLevel(access: AccessLevel): string {
  return access.replaceAll("-", "_");
}
