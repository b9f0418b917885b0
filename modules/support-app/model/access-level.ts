import { CAPABILITIES, type Capability } from "./capability";

/**
 * How much the people in a channel can do.
 *
 * - `read-only`: view support cases, nothing else
 * - `full`: every capability that isn't left out
 */
export type AccessLevel = "read-only" | "full";

/** The defaults of an access level. */
export interface AccessLevelDefinition {
  /** What people in the channel can do. */
  readonly capabilities: readonly Capability[];
  /** ARN of the AWS managed policy for this access level. */
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

/** The access levels, in the order in which a stack has them. */
export const LEVELS = Object.keys(ACCESS_LEVELS) as [AccessLevel, ...AccessLevel[]];

/** What people in a channel with this access level can do. */
export function capabilitiesOf(access: AccessLevel, without: readonly Capability[] = []): Capability[] {
  return ACCESS_LEVELS[access].capabilities.filter((capability) => !without.includes(capability));
}

/** The Terraform name of an access level's resources, in environment stacks and in published modules. */
export function addressOfLevel(access: AccessLevel): string {
  return access.replaceAll("-", "_");
}
