import type { Access } from "../../modules/support-app/model/access";
import { policyArnOf } from "../../modules/support-app/model/iam-names";
import { type PolicyId, policyIdOf } from "../aws/live-role";
import { knownOf, type LookupFailure } from "../aws/lookup";
import { authorize, type NamedPolicy } from "../iam/authorize";
import type { UnreadablePolicy } from "../iam/policy";
import { isOwnPolicy, type LiveAccess } from "./live-access";
import { requestOf } from "./request";

/** Whether a role may do something and, if not, why. */
export type Judgement = { readonly is: "allowed" } | Undetermined | Denied;

/** Why it is unknown whether a role may do something. */
export type Undetermined =
  /** Not all of its policies can be read. */
  | { readonly is: "unknown"; readonly because: "unread"; readonly why: LookupFailure }
  /** A part of a policy is unsupported. */
  | {
      readonly is: "unknown";
      readonly because: "unsupported";
      readonly by: PolicyId;
      readonly unreadable: readonly UnreadablePolicy[];
    }
  /** A policy depends on something that only a real request has. */
  | { readonly is: "unknown"; readonly because: "request"; readonly by: PolicyId }
  /** IAM's simulation lacks condition keys that the policies use. */
  | {
      readonly is: "unknown";
      readonly because: "simulation";
      readonly decision: string;
      readonly missingKeys: readonly string[];
    };

/** Why a role may not do something. */
export interface Denied {
  readonly is: "denied";
  readonly cause:
    | "explicit-deny"
    | "boundary"
    | "not-attached"
    | "policy"
    | "conditional"
    | "organization"
    | "likely-organization"
    | "simulation";
  /** The policy that causes it, if one does. */
  readonly by?: PolicyId;
  /** IAM's decision, if IAM was asked. */
  readonly decision?: string;
  /** Why the cause is unknown. */
  readonly why?: LookupFailure;
}

/**
 * Judges an action by the role's policies and by IAM's simulation. The policies name the cause; only the simulation knows
 * the organization's policies, but it lacks the context of a real request. Anything that depends on that is unknown.
 */
export function judge(found: LiveAccess, props: Access, action: string): Judgement {
  // A boundary other than that of environments.yaml has a check of its own, so its effect is ignored here.
  const access: LiveAccess = hasOtherBoundary(found, props)
    ? { ...found, boundary: { known: undefined }, simulated: { known: undefined } }
    : found;
  const simulated = knownOf(access.simulated)?.get(action.toLowerCase());
  const read = judgePolicies(access, props, action);
  if (read.is === "denied") return read;
  if (!simulated) return read;
  const { isAllowed, isDeniedByOrganization, decision, missingKeys } = simulated;
  if (!isAllowed && missingKeys.length > 0) return { is: "unknown", because: "simulation", decision, missingKeys };
  if (isDeniedByOrganization) return { is: "denied", cause: "organization", decision };
  if (read.is === "unknown" && read.because !== "unread") return read;
  if (missingKeys.length > 0) return read;
  if (isAllowed) return { is: "allowed" };
  if (read.is === "allowed") return { is: "denied", cause: "likely-organization", decision };
  return { is: "denied", cause: "simulation", decision, why: read.why };
}

/** Whether a role lacks the permissions boundary of environments.yaml. */
export function hasOtherBoundary({ role }: LiveAccess, { permissionsBoundary }: Access): boolean {
  const found = knownOf(role);
  return permissionsBoundary !== undefined && found !== undefined && found.boundary !== permissionsBoundary;
}

/** Whether the organization denies it, or most likely does. */
export function isOfOrganization({ cause }: Denied): boolean {
  return cause === "organization" || cause === "likely-organization";
}

/** Whether no deploy can give it: the organization limits the account, or the boundary of environments.yaml limits the role. */
export function isLimited(denied: Denied, { permissionsBoundary }: Access): boolean {
  return isOfOrganization(denied) || (permissionsBoundary !== undefined && denied.by?.arn === permissionsBoundary);
}

/** What the role's own policies say. */
function judgePolicies({ policies, boundary, time }: LiveAccess, props: Access, action: string): Judgement {
  if ("unknown" in policies) return { is: "unknown", because: "unread", why: policies.unknown };
  const read: NamedPolicy<PolicyId>[] = [];
  let why: LookupFailure | undefined;
  for (const { name, arn, document } of policies.known) {
    if ("known" in document) read.push({ name: { name, arn }, policy: document.known.policy });
    else why = document.unknown;
  }
  const request = requestOf(props, action, time);
  const own = authorize(read, request);
  if (own.is === "explicit-deny") return { is: "denied", cause: "explicit-deny", by: own.by };
  const limiting = knownOf(boundary);
  const limits = limiting ? [{ name: policyIdOf(limiting.arn), policy: limiting.policy }] : [];
  const limit = limiting && authorize(limits, request);
  if (limit?.is === "explicit-deny") return { is: "denied", cause: "explicit-deny", by: limit.by };
  if (why === undefined && own.is === "implicit-deny") {
    const isAttached = policies.known.some((policy) => isOwnPolicy(policy, props));
    return { is: "denied", cause: isAttached ? "policy" : "not-attached", by: policyIdOf(policyArnOf(props)) };
  }
  if (limit?.is === "implicit-deny") return { is: "denied", cause: "boundary", by: limits[0]?.name };
  const unread = why ?? ("unknown" in boundary ? boundary.unknown : undefined);
  const [open] = [own, limit].flatMap((decision) => (decision?.is === "unknown" ? [decision.by] : []));
  if (open === undefined) return unread ? { is: "unknown", because: "unread", why: unread } : { is: "allowed" };
  const unreadable = [...read, ...limits].find(({ name }) => name === open)?.policy.unreadable ?? [];
  if (unreadable.length > 0) return { is: "unknown", because: "unsupported", by: open, unreadable };
  const isOwn = isOwnPolicy(open, props);
  const isDrift = isOwn
    ? props.policy !== "aws-managed"
    : open.arn === undefined || open.arn !== props.permissionsBoundary;
  if (isDrift && !unread) return { is: "denied", cause: isOwn ? "policy" : "conditional", by: open };
  return { is: "unknown", because: "request", by: open };
}
