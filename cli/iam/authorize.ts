import { type Application, allApply, holds } from "./condition";
import { hasWildcard, matches } from "./pattern";
import { POLICY_VARIABLE, type Policy, type Statement, type Targets } from "./policy";
import { isAnybody } from "./principal";

/** The decision about a request, in IAM's words. */
export type Decision<Name = string> =
  | { readonly is: "allowed" | "implicit-deny" }
  /** `by` is the policy that denies it, or whose effect depends on something that isn't known. */
  | { readonly is: "explicit-deny" | "unknown"; readonly by: Name };

export interface NamedPolicy<Name = string> {
  readonly name: Name;
  readonly policy: Policy;
}

export interface Request {
  readonly action: string;
  /**
   * The resource's ARN, or `some` if that isn't known. Undefined: the action has no resource types, so it needs `*`.
   */
  readonly resource?: string;
  /** The service that makes the request. Only for a trust policy. */
  readonly service?: string;
  /** The known condition keys, in lower case. Undefined: the request lacks that key. */
  readonly keys?: Readonly<Record<string, string | undefined>>;
}

/**
 * Evaluates a role's policies, or its trust policy, as IAM does: an explicit deny wins, and the default is to deny.
 *
 * Source: IAM User Guide, Policy evaluation logic.
 */
export function authorize<Name>(policies: readonly NamedPolicy<Name>[], request: Request): Decision<Name> {
  let isAllowed = false;
  let maybeAllowed: Name | undefined;
  let maybeDenied: Name | undefined;
  for (const { name, policy } of policies) {
    if (policy.unreadable.length > 0) {
      maybeAllowed ??= name;
      maybeDenied ??= name;
    }
    for (const statement of policy.statements) {
      const application = appliesTo(statement, request);
      const isDeny = statement.effect === "Deny";
      if (application === "yes" && isDeny) return { is: "explicit-deny", by: name };
      if (application === "yes") isAllowed = true;
      if (application === "maybe" && isDeny) maybeDenied ??= name;
      if (application === "maybe" && !isDeny) maybeAllowed ??= name;
    }
  }
  if (!isAllowed && maybeAllowed === undefined) return { is: "implicit-deny" };
  const decidingPolicy = maybeDenied ?? (isAllowed ? undefined : maybeAllowed);
  return decidingPolicy === undefined ? { is: "allowed" } : { is: "unknown", by: decidingPolicy };
}

/** Whether a statement is about an action. IAM ignores the case of actions. */
export function isAboutAction({ actions }: Statement, action: string): boolean {
  const name = action.toLowerCase();
  return actions.patterns.some((text) => matches(text, name)) !== actions.not;
}

function appliesTo(statement: Statement, { action, resource, service, keys = {} }: Request): Application {
  if (!isAboutAction(statement, action)) return "no";
  const results = statement.conditions.map((condition) =>
    Object.hasOwn(keys, condition.key) ? holds(condition, keys[condition.key]) : "maybe",
  );
  if (service === undefined) results.push(resourceApplies(statement.resources, action, resource));
  else results.push(principalApplies(statement.principals, service));
  return allApply(results);
}

function resourceApplies(targets: Targets | undefined, action: string, resource: string | undefined): Application {
  if (!targets) return "no";
  const { not, patterns } = targets;
  const isVariable = (pattern: string) => pattern.includes(POLICY_VARIABLE);
  const isKnown = resource !== undefined && resource !== "some";
  const isMatched = patterns.some(
    (text) => /^\*+$/.test(text) || (isKnown && !isVariable(text) && matches(text, resource)),
  );
  const isOpen = isKnown
    ? patterns.some(isVariable)
    : resource !== undefined && patterns.some((pattern) => isOfService(pattern, action));
  if (!isMatched && isOpen) return "maybe";
  return isMatched !== not ? "yes" : "no";
}

/**
 * Whether a pattern may match a resource of the action's service, the third part of an ARN. A * also matches colons.
 */
function isOfService(pattern: string, action: string): boolean {
  const parts = pattern.split(":");
  const service = parts[2];
  if (service === undefined || parts.slice(0, 2).some(hasWildcard)) return true;
  return service.includes(POLICY_VARIABLE) || matches(service, action.slice(0, action.indexOf(":")));
}

/** NotPrincipal isn't evaluated. AWS advises against it. */
function principalApplies(principals: Statement["principals"], service: string): Application {
  if (!principals) return "no";
  if (principals.not) return "maybe";
  const isNamed = principals.all.some(
    (principal) => isAnybody(principal) || (principal.type === "Service" && principal.id === service),
  );
  return isNamed ? "yes" : "no";
}
