import { policyArnOf } from "../../modules/support-app/iam-names";
import { SERVICE_QUOTAS_SERVICE } from "../../modules/support-app/service-quotas-role";
import type { SupportAppAccessProps } from "../../modules/support-app/support-app-access-props";
import type { AccessFound, Simulated } from "./access-found";
import { evaluate, type NamedDocument } from "./evaluate";
import type { Obstacle } from "./reading";

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
    | "organization"
    | "likely-organization"
    | "simulation";
  /** The policy that is the cause, where it is one. */
  readonly by?: string;
  /** IAM's word for it, where IAM was asked. */
  readonly decision?: string;
}

/**
 * Judges an action by IAM's simulation and by the role's documents. The stricter of the two counts: the documents name the
 * cause, and only the simulation knows the organization's policies.
 */
export function judge(access: AccessFound, props: SupportAppAccessProps, action: string): Judgement {
  const simulated = "known" in access.simulated ? access.simulated.known?.get(action.toLowerCase()) : undefined;
  const read = judgeDocuments(access, props, action);
  if (read.is === "denied") return read;
  if (!simulated) {
    if (read.is === "allowed") return read;
    return "unknown" in access.simulated ? { is: "unknown", why: access.simulated.unknown } : read;
  }
  return simulated.isAllowed ? { is: "allowed" } : denied(simulated, read.is === "allowed");
}

function denied({ isDeniedByOrganization, decision }: Simulated, isAllowedByDocuments: boolean): Judgement {
  if (isDeniedByOrganization) return { is: "denied", cause: "organization", decision };
  return { is: "denied", cause: isAllowedByDocuments ? "likely-organization" : "simulation", decision };
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
  const request = {
    action,
    hasResources: !action.startsWith("support:"),
    keys: { "iam:awsservicename": SERVICE_QUOTAS_SERVICE },
  };
  const own = evaluate(readable, request);
  if (own.is === "denied") return { is: "denied", cause: "explicit-deny", by: own.by };
  const limit = "known" in boundary && boundary.known ? evaluate([boundary.known], request) : undefined;
  if (limit?.is === "denied") return { is: "denied", cause: "explicit-deny", by: limit.by };
  if (why === undefined && own.is === "not-allowed") {
    const by = policyArnOf(props);
    const isAttached = policies.known.some(({ arn }) => arn === by);
    return { is: "denied", cause: isAttached ? "policy" : "not-attached", by };
  }
  if (limit?.is === "not-allowed" && "known" in boundary) {
    return { is: "denied", cause: "boundary", by: boundary.known?.name };
  }
  if (why !== undefined) return { is: "unknown", why };
  if ("unknown" in boundary) return { is: "unknown", why: boundary.unknown };
  if (own.is === "allowed" && (limit === undefined || limit.is === "allowed")) return { is: "allowed" };
  const message = "the role's policies allow it under conditions or for some resources";
  return { is: "unknown", why: { kind: "other", action: "iam:SimulatePrincipalPolicy", message } };
}
