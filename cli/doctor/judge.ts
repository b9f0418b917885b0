import { policyArnOf } from "../../modules/support-app/iam-names";
import type { SupportAppAccessProps } from "../../modules/support-app/support-app-access-props";
import { type AccessFound, isOwnPolicy } from "./access-found";
import { evaluate, type NamedDocument } from "./evaluate";
import { knownOf, type Obstacle } from "./reading";
import { requestOf } from "./request";

/** Whether a role may do something and, if not, why. */
export type Judgement = { readonly is: "allowed" } | { readonly is: "unknown"; readonly why: Obstacle } | Denied;

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
  /** The policy that is the cause, where it is one. */
  readonly by?: string;
  /** IAM's word for it, where IAM was asked. */
  readonly decision?: string;
  /** What keeps the cause from being known. */
  readonly why?: Obstacle;
}

/**
 * Judges an action by the role's documents and by IAM's simulation. The documents name the cause; only the simulation knows
 * the organization's policies, but it is asked without the context of a real request. So what depends on that isn't known.
 */
export function judge(found: AccessFound, props: SupportAppAccessProps, action: string): Judgement {
  // A boundary that is another than environments.yaml says has a check of its own: what it does is no matter then.
  const access: AccessFound = hasOtherBoundary(found, props)
    ? { ...found, boundary: { known: undefined }, simulated: { known: undefined } }
    : found;
  const simulated = knownOf(access.simulated)?.get(action.toLowerCase());
  const read = judgeDocuments(access, props, action);
  if (read.is === "denied") return read;
  if (!simulated) return read;
  const { isAllowed, isDeniedByOrganization, decision, notTold } = simulated;
  if (!isAllowed && notTold.length > 0) {
    const message = `IAM's simulation says ${decision}, without having been told ${notTold.join(", ")}`;
    return { is: "unknown", why: { kind: "conditional", action, message } };
  }
  if (isDeniedByOrganization) return { is: "denied", cause: "organization", decision };
  if (read.is === "unknown" && (read.why.kind === "conditional" || notTold.length > 0)) return read;
  if (isAllowed) return { is: "allowed" };
  if (read.is === "allowed") return { is: "denied", cause: "likely-organization", decision };
  return { is: "denied", cause: "simulation", decision, why: read.why };
}

/** Whether a role has another permissions boundary than environments.yaml says, or none. */
export function hasOtherBoundary({ role }: AccessFound, { permissionsBoundary }: SupportAppAccessProps): boolean {
  const found = knownOf(role);
  return permissionsBoundary !== undefined && found !== undefined && found.boundary !== permissionsBoundary;
}

/** Whether the organization limits what the account may do at all, or most likely does. */
export function isOfOrganization({ cause }: Denied): boolean {
  return cause === "organization" || cause === "likely-organization";
}

/** Whether no deploy can give it: the organization limits the account, or the boundary of environments.yaml the role. */
export function isLimited(denied: Denied, { permissionsBoundary }: SupportAppAccessProps): boolean {
  return isOfOrganization(denied) || (permissionsBoundary !== undefined && denied.by === permissionsBoundary);
}

/** What the role's own documents say. */
function judgeDocuments({ policies, boundary }: AccessFound, props: SupportAppAccessProps, action: string): Judgement {
  if ("unknown" in policies) return { is: "unknown", why: policies.unknown };
  const readable: NamedDocument[] = [];
  let why: Obstacle | undefined;
  for (const { name, arn, text } of policies.known) {
    if ("known" in text) readable.push({ name: arn ?? `the inline policy ${name}`, text: text.known });
    else why = text.unknown;
  }
  const request = requestOf(props, action);
  const own = evaluate(readable, request);
  if (own.is === "denied") return { is: "denied", cause: "explicit-deny", by: own.by };
  const limiting = knownOf(boundary);
  const limit = limiting && evaluate([limiting], request);
  if (limit?.is === "denied") return { is: "denied", cause: "explicit-deny", by: limit.by };
  if (why === undefined && own.is === "not-allowed") {
    const isAttached = policies.known.some((policy) => isOwnPolicy(policy, props));
    return { is: "denied", cause: isAttached ? "policy" : "not-attached", by: policyArnOf(props) };
  }
  if (limit?.is === "not-allowed") return { is: "denied", cause: "boundary", by: limiting?.name };
  const unread = why ?? ("unknown" in boundary ? boundary.unknown : undefined);
  const [open] = [own, limit].flatMap((decision) => (decision?.is === "unknown" ? [decision.by] : []));
  if (open === undefined) return unread ? { is: "unknown", why: unread } : { is: "allowed" };
  const isOwn = isOwnPolicy({ arn: open }, props);
  const isDrift = isOwn ? props.policy !== "aws-managed" : open !== props.permissionsBoundary;
  if (isDrift && !unread) return { is: "denied", cause: isOwn ? "policy" : "conditional", by: open };
  const message = `it depends on a condition or a resource in ${open}, which only a real request has`;
  return { is: "unknown", why: { kind: "conditional", action, message } };
}
