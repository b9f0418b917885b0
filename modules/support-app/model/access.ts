import type { AccessLevel } from "./access-level";
import type { OptionalCapability } from "./capability";
import type { TemporaryCapability } from "./grant";
import type { ServiceQuotasRoleMode } from "./service-quotas-role";

/**
 * The kind of policy that says what the channel's role may do.
 *
 * - `customer-managed`: a policy in the account, created here; it changes when this code changes
 * - `aws-managed`: AWS's own policy; AWS may change it at any time, and no plan will show it
 */
export type PolicySource = "customer-managed" | "aws-managed";

/** Every policy source. */
export const POLICY_SOURCES = ["customer-managed", "aws-managed"] as const satisfies readonly PolicySource[];

/** The properties of both access levels. */
interface CommonAccess {
  /**
   * When the access ends: the last day, in UTC, such as `2026-12-31`, or the first second without it, with its zone,
   * such as `2026-12-31T18:00:00+01:00`; from 2000 to 2099. An end that has passed is no error. Only with a customer
   * managed policy.
   *
   * @default - it doesn't end
   */
  readonly until?: string;

  /**
   * The kind of policy.
   *
   * @default "customer-managed"
   */
  readonly policy?: PolicySource;

  /**
   * The AWS account that the stack is deployed to, 12 digits. Needed by `adopt`, by `serviceQuotasRole: "adopt"` and by
   * `sourceAccountCondition`.
   *
   * @default - unknown
   */
  readonly account?: string;

  /**
   * Name of the role: 1 to 64 letters, digits and `_ + = , . @ -`, unique in the account, ignoring case.
   *
   * @default - AWSSupportAppReadOnlyRole or AWSSupportAppFullRole
   */
  readonly roleName?: string;

  /**
   * Name of the customer managed policy: 1 to 128 letters, digits and `_ + = , . @ -`, unique in the account,
   * ignoring case.
   *
   * @default - AWSSupportAppReadOnlyRolePolicy or AWSSupportAppFullRolePolicy
   */
  readonly policyName?: string;

  /**
   * Description of the role: one line of 1 to 1000 Latin characters, without a backslash, `${`, `%{`, `#{` or
   * `&{`.
   *
   * @default - no description
   */
  readonly description?: string;

  /**
   * Description of the customer managed policy, with the limits of `description`. IAM can't change it later: a change
   * replaces the policy, so `policyName` must change too.
   *
   * @default - no description
   */
  readonly policyDescription?: string;

  /**
   * Path of the role and the customer managed policy: at most 512 characters, beginning and ending with `/`, with
   * letters, digits and `. , + @ = _ -` between slashes. A change replaces both, so `roleName` and `policyName` must
   * change too.
   *
   * @default "/"
   */
  readonly path?: string;

  /**
   * ARN of the role's permissions boundary: a policy of the same account, or AWS managed. A boundary that lacks an
   * action takes the capability away from the channel.
   *
   * @default - no boundary
   */
  readonly permissionsBoundary?: string;

  /**
   * Maximum session duration of the role, in seconds: 3600 to 43200.
   *
   * @default - IAM's default, 3600
   */
  readonly maxSessionDuration?: number;

  /**
   * Tags of the role, the customer managed policy and the Service Quotas role: at most 50, keys of 1 to 128 characters
   * that differ in more than case, values of at most 256.
   *
   * @default - no tags
   */
  readonly tags?: Record<string, string>;

  /**
   * Import the handmade role, policy and attachment with the names given here. The plan shows the role's other
   * policies, which are removed. Needs `account`, and a Terraform binary at synthesis.
   *
   * @default false
   */
  readonly adopt?: boolean;

  /**
   * Let the Support App assume the role only on behalf of `account` (`aws:SourceAccount`). If it doesn't send this key,
   * which AWS doesn't document, the channel loses all access: try it first.
   *
   * @default false
   */
  readonly sourceAccountCondition?: boolean;
}

/** People in the channel can see support cases and nothing else: nothing can be left out. */
export interface ReadOnlyAccess extends CommonAccess, OnlyFull {
  /** How much the people in the channel can do. */
  readonly access: Extract<AccessLevel, "read-only">;
}

/** Properties that only full access has. */
type OnlyFull = { readonly [Property in "without" | "temporarily" | "serviceQuotasRole"]?: undefined };

/** People in the channel can do everything that isn't left out. */
export interface FullAccess extends CommonAccess {
  /** How much the people in the channel can do. */
  readonly access: Extract<AccessLevel, "full">;

  /**
   * Capabilities to leave out. Only with a customer managed policy.
   *
   * @default - nothing is left out
   */
  readonly without?: readonly OptionalCapability[];

  /**
   * Capabilities of `without` to grant temporarily, each once and ending before `until`.
   *
   * @default - nothing is granted temporarily
   */
  readonly temporarily?: readonly TemporaryCapability[];

  /**
   * How the account gets the Service Quotas role. Only with request-quota-increases; `create`, `adopt` and `existing`
   * only with a customer managed policy. At most one access of a stack and provider may create or adopt it.
   *
   * @default "on-demand"
   */
  readonly serviceQuotasRole?: ServiceQuotasRoleMode;
}

/**
 * What people in a Slack channel may do, and the settings of the role and policy behind it.
 *
 * Source of the limits: IAM API Reference, CreateRole, CreatePolicy and Tag. See limits.ts for each.
 */
export type Access = ReadOnlyAccess | FullAccess;
