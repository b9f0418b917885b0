import type { Access } from "../../../modules/support-app/model/access";
import { policyArnOf } from "../../../modules/support-app/model/iam-names";
import { adviceFor } from "../../aws/advice";
import { unsupportedWords } from "../../aws/live-document";
import { type PolicyId, policyIdOf, policyInWords, readDocuments } from "../../aws/live-role";
import { type LookupFailure, valueIfKnown } from "../../aws/lookup";
import { type Fix, manualFix } from "../../findings/finding";
import { authorize, type NamedPolicy } from "../../iam/authorize";
import { type LiveLevel, requestOf } from "./account";

/** Whether a role may do something and, if not, why. */
type ActionDecision = { readonly is: "allowed" } | Undetermined | ActionDenial;

export interface Undetermined {
  readonly is: "unknown";
  readonly found: string;
  readonly fix: Fix;
  /** Set if not all of the role's policies can be read: the simulation may decide. */
  readonly isUnread?: true;
}

export interface ActionDenial {
  readonly is: "denied";
  readonly cause: keyof typeof CAUSES | "organization";
  /** The policy that causes it, if one does. */
  readonly by?: PolicyId;
  readonly found: string;
}

/** The causes in a policy, in words. */
const CAUSES = {
  "explicit-deny": (policy: string) => `an explicit Deny in ${policy}`,
  boundary: (boundary: string) => `the permissions boundary ${boundary} doesn't allow it`,
  "not-attached": (policy: string) => `the policy ${policy} isn't attached to the role`,
  policy: (policy: string) => `the policy ${policy} doesn't allow it`,
  conditional: (policy: string) => `${policy}, which isn't in environments.yaml, allows or denies it under a condition`,
};

const ONLY_AWS = manualFix(
  "See the message above, and try it in Slack: only AWS knows the rest. A deploy removes anything that isn't in environments.yaml.",
);

/**
 * Compares an action with the role's policies and IAM's simulation. The policies name the cause; only the simulation knows
 * the organization's policies, but it lacks the context of a real request. Anything that depends on that is unknown.
 */
export function decideAction(access: LiveLevel, action: string): ActionDecision {
  const actionSimulation = valueIfKnown(access.simulated)?.get(action.toLowerCase());
  const policyDecision = decideByPolicies(access, action);
  if (policyDecision.is === "denied" || !actionSimulation) return policyDecision;
  const { isDeniedByOrganization, decision, missingKeys } = actionSimulation;
  const isAllowed = decision === "allowed";
  const simulation = `IAM's simulation says ${decision}`;
  if (!isAllowed && missingKeys.length > 0) {
    return { is: "unknown", found: `${simulation}, but it lacks ${missingKeys.join(", ")}`, fix: ONLY_AWS };
  }
  if (isDeniedByOrganization) {
    const found = `a service control policy of the organization denies it (${simulation})`;
    return { is: "denied", cause: "organization", found };
  }
  if (policyDecision.is === "unknown" && !policyDecision.isUnread) return policyDecision;
  if (missingKeys.length > 0) return policyDecision;
  if (isAllowed) return { is: "allowed" };
  if (policyDecision.is === "allowed") {
    const found = `the role's policies allow it, but ${simulation}: most likely a service control policy of the organization`;
    return { is: "denied", cause: "organization", found };
  }
  return {
    is: "unknown",
    found: `${simulation}, and not all of the role's policies can be read`,
    fix: policyDecision.fix,
  };
}

/** Whether no deploy can give it: the organization limits the account, or the boundary of environments.yaml limits the role. */
export function isLimited(denial: ActionDenial, { permissionsBoundary }: Access): boolean {
  return (
    denial.cause === "organization" || (permissionsBoundary !== undefined && denial.by?.arn === permissionsBoundary)
  );
}

function decideByPolicies({ props, policies, boundary, time }: LiveLevel, action: string): ActionDecision {
  if ("unknown" in policies) return undetermined(policies.unknown);
  const { documents, unread: failure = "unknown" in boundary ? boundary.unknown : undefined } = readDocuments(policies);
  const readPolicies = documents.map(
    ({ name, arn, policy }): NamedPolicy<PolicyId> => ({ name: { name, arn }, policy }),
  );
  const limiting = valueIfKnown(boundary);
  const request = requestOf(props, action, time);
  const policyDecision = authorize(readPolicies, request);
  const limit = limiting && authorize([limiting], request);
  for (const decision of [policyDecision, limit]) {
    if (decision?.is === "explicit-deny") return denialBy("explicit-deny", decision.by);
  }
  if (policyDecision.is === "implicit-deny" && documents.length === policies.known.length) {
    const ownPolicyArn = policyArnOf(props);
    return denialBy(
      documents.some(({ arn }) => arn === ownPolicyArn) ? "policy" : "not-attached",
      policyIdOf(ownPolicyArn),
    );
  }
  if (limiting && limit?.is === "implicit-deny") return denialBy("boundary", limiting.name);
  const [open] = [policyDecision, limit].flatMap((decision) => (decision?.is === "unknown" ? [decision.by] : []));
  if (open === undefined) return failure ? undetermined(failure) : { is: "allowed" };
  const { unreadable } = [...readPolicies, limiting].find((policy) => policy?.name === open)?.policy ?? {
    unreadable: [],
  };
  if (unreadable.length > 0) {
    return { is: "unknown", found: `in ${policyInWords(open)}, ${unsupportedWords(unreadable)}`, fix: ONLY_AWS };
  }
  const isOwn = open.arn === policyArnOf(props);
  const isDrift = isOwn
    ? props.policy !== "aws-managed"
    : open.arn === undefined || open.arn !== props.permissionsBoundary;
  if (isDrift && !failure) return denialBy(isOwn ? "policy" : "conditional", open);
  const found = `it depends on a condition or a resource in ${policyInWords(open)} that only a real request decides`;
  return { is: "unknown", found, fix: ONLY_AWS };
}

function undetermined(unknown: LookupFailure): Undetermined {
  return { is: "unknown", found: unknown.message, fix: adviceFor(unknown, "doctor"), isUnread: true };
}

function denialBy(cause: keyof typeof CAUSES, policy: PolicyId): ActionDenial {
  return { is: "denied", cause, by: policy, found: CAUSES[cause](policyInWords(policy)) };
}
