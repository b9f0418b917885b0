import type { Access } from "../../../modules/support-app/model/access";
import { policyArnOf } from "../../../modules/support-app/model/iam-names";
import { adviceFor } from "../../aws/advice";
import { unsupportedWords } from "../../aws/live-document";
import { type PolicyId, policyIdOf, policyInWords, readDocuments } from "../../aws/live-role";
import { knownOf, type LookupFailure } from "../../aws/lookup";
import { type Fix, manualFix } from "../../findings/finding";
import { authorize, type NamedPolicy } from "../../iam/authorize";
import { type LiveAccess, requestOf } from "./account";

/** Whether a role may do something and, if not, why. */
type ActionDecision = { readonly is: "allowed" } | Undetermined | Denied;

export interface Undetermined {
  readonly is: "unknown";
  readonly found: string;
  readonly fix: Fix;
  /** Set if not all of the role's policies can be read: the simulation may decide. */
  readonly isUnread?: true;
}

export interface Denied {
  readonly is: "denied";
  readonly cause: keyof typeof CAUSES | "organization";
  /** The policy that causes it, if one does. */
  readonly by?: PolicyId;
  readonly found: string;
}

/** The causes in a policy, in words. */
const CAUSES = {
  "explicit-deny": (by: string) => `an explicit Deny in ${by}`,
  boundary: (by: string) => `the permissions boundary ${by} doesn't allow it`,
  "not-attached": (by: string) => `the policy ${by} isn't attached to the role`,
  policy: (by: string) => `the policy ${by} doesn't allow it`,
  conditional: (by: string) => `${by}, which isn't in environments.yaml, allows or denies it under a condition`,
};

const ONLY_AWS = manualFix(
  "See the message above, and try it in Slack: only AWS knows the rest. A deploy removes anything that isn't in environments.yaml.",
);

/**
 * Compares an action with the role's policies and IAM's simulation. The policies name the cause; only the simulation knows
 * the organization's policies, but it lacks the context of a real request. Anything that depends on that is unknown.
 */
export function decideAction(access: LiveAccess, action: string): ActionDecision {
  const simulated = knownOf(access.simulated)?.get(action.toLowerCase());
  const read = decideByPolicies(access, action);
  if (read.is === "denied" || !simulated) return read;
  const { isDeniedByOrganization, decision, missingKeys } = simulated;
  const isAllowed = decision === "allowed";
  const simulation = `IAM's simulation says ${decision}`;
  if (!isAllowed && missingKeys.length > 0) {
    return { is: "unknown", found: `${simulation}, but it lacks ${missingKeys.join(", ")}`, fix: ONLY_AWS };
  }
  if (isDeniedByOrganization) {
    const found = `a service control policy of the organization denies it (${simulation})`;
    return { is: "denied", cause: "organization", found };
  }
  if (read.is === "unknown" && !read.isUnread) return read;
  if (missingKeys.length > 0) return read;
  if (isAllowed) return { is: "allowed" };
  if (read.is === "allowed") {
    const found = `the role's policies allow it, but ${simulation}: most likely a service control policy of the organization`;
    return { is: "denied", cause: "organization", found };
  }
  return { is: "unknown", found: `${simulation}, and not all of the role's policies can be read`, fix: read.fix };
}

/** Whether no deploy can give it: the organization limits the account, or the boundary of environments.yaml limits the role. */
export function isLimited(denied: Denied, { permissionsBoundary }: Access): boolean {
  return (
    denied.cause === "organization" || (permissionsBoundary !== undefined && denied.by?.arn === permissionsBoundary)
  );
}

function decideByPolicies({ props, policies, boundary, time }: LiveAccess, action: string): ActionDecision {
  if ("unknown" in policies) return unread(policies.unknown);
  const { documents, unread: why = "unknown" in boundary ? boundary.unknown : undefined } = readDocuments(policies);
  const read = documents.map(({ name, arn, policy }): NamedPolicy<PolicyId> => ({ name: { name, arn }, policy }));
  const limiting = knownOf(boundary);
  const request = requestOf(props, action, time);
  const own = authorize(read, request);
  const limit = limiting && authorize([limiting], request);
  for (const decision of [own, limit]) {
    if (decision?.is === "explicit-deny") return denied("explicit-deny", decision.by);
  }
  if (own.is === "implicit-deny" && documents.length === policies.known.length) {
    const own = policyArnOf(props);
    return denied(documents.some(({ arn }) => arn === own) ? "policy" : "not-attached", policyIdOf(own));
  }
  if (limiting && limit?.is === "implicit-deny") return denied("boundary", limiting.name);
  const [open] = [own, limit].flatMap((decision) => (decision?.is === "unknown" ? [decision.by] : []));
  if (open === undefined) return why ? unread(why) : { is: "allowed" };
  const { unreadable } = [...read, limiting].find((one) => one?.name === open)?.policy ?? { unreadable: [] };
  if (unreadable.length > 0) {
    return { is: "unknown", found: `in ${policyInWords(open)}, ${unsupportedWords(unreadable)}`, fix: ONLY_AWS };
  }
  const isOwn = open.arn === policyArnOf(props);
  const isDrift = isOwn
    ? props.policy !== "aws-managed"
    : open.arn === undefined || open.arn !== props.permissionsBoundary;
  if (isDrift && !why) return denied(isOwn ? "policy" : "conditional", open);
  const found = `it depends on a condition or a resource in ${policyInWords(open)} that only a real request decides`;
  return { is: "unknown", found, fix: ONLY_AWS };
}

function unread(unknown: LookupFailure): Undetermined {
  return { is: "unknown", found: unknown.message, fix: adviceFor(unknown, "doctor"), isUnread: true };
}

function denied(cause: keyof typeof CAUSES, by: PolicyId): Denied {
  return { is: "denied", cause, by, found: CAUSES[cause](policyInWords(by)) };
}
