import { isFields, list, parseAllOfJson } from "../terminal/json";

/** Actions or resources: one of the patterns must match or, with `not`, none may. */
export interface Targets {
  readonly not: boolean;
  readonly patterns: readonly string[];
}

/** A principal in a trust policy, such as `{ type: "Service", id: "supportapp.amazonaws.com" }`. */
export interface Principal {
  readonly type: string;
  readonly id: string;
}

/** A condition of a statement. */
export interface Condition {
  /** Such as `StringEquals`. */
  readonly operator: string;
  /** In lower case: IAM ignores it. */
  readonly key: string;
  /** In order, each once. */
  readonly values: readonly string[];
}

/** One statement of a policy. */
export interface Statement {
  readonly effect: "Allow" | "Deny";
  /** Undefined: the policy of a role, whose principal is that role. */
  readonly principals?: { readonly not: boolean; readonly all: readonly Principal[] };
  /** In lower case: IAM ignores it. */
  readonly actions: Targets;
  /** Undefined: the statement names none, as in a trust policy. */
  readonly resources?: Targets;
  /** All must hold. Empty: unconditional. By operator and key, each once. */
  readonly conditions: readonly Condition[];
}

/** Why a policy, or a part of it, can't be read. */
export type UnreadablePolicyReason =
  | "not-json"
  | "not-a-policy"
  | "not-a-statement"
  | "unknown-element"
  | "no-effect"
  | "no-action"
  | "not-a-text"
  | "not-a-condition"
  | "expression";

/** An unreadable part of a policy: it may allow or deny anything. */
export interface UnreadablePolicy {
  readonly reason: UnreadablePolicyReason;
  /** The unreadable value. */
  readonly source: unknown;
}

/** A parsed policy. */
export interface Policy {
  readonly statements: readonly Statement[];
  readonly unreadable: readonly UnreadablePolicy[];
}

/** A policy that can't be read at all. */
export function unreadablePolicy(reason: UnreadablePolicyReason, source: unknown): Policy {
  return { statements: [], unreadable: [{ reason, source }] };
}

/** Merges policies, as IAM does with all policies of a role. */
export function mergePolicies(policies: readonly Policy[]): Policy {
  return {
    statements: policies.flatMap(({ statements }) => statements),
    unreadable: policies.flatMap(({ unreadable }) => unreadable),
  };
}

/** The version of IAM's policy language that has variables. */
export const POLICY_VERSION = "2012-10-17";

/** The beginning of a policy variable, such as `${aws:username}`. */
export const POLICY_VARIABLE = "${";

const POLICY_ELEMENTS = ["Version", "Id", "Statement"];

/** Reads a policy from JSON. */
export function readPolicy(text: string): Policy {
  let policy: unknown;
  try {
    policy = parseAllOfJson(text);
  } catch {
    return unreadablePolicy("not-json", text);
  }
  if (!isFields(policy) || !("Statement" in policy)) return unreadablePolicy("not-a-policy", policy);
  if (Object.keys(policy).some((element) => !POLICY_ELEMENTS.includes(element))) {
    return unreadablePolicy("unknown-element", policy);
  }
  // The older version has no variables.
  if (policy.Version !== POLICY_VERSION && JSON.stringify(policy).includes(POLICY_VARIABLE)) {
    return unreadablePolicy("not-a-policy", policy);
  }
  return mergePolicies(
    list(policy.Statement).map((statement) => {
      if (!isFields(statement)) return unreadablePolicy("not-a-statement", statement);
      const { Sid: _, Effect, Condition, ...rest } = statement;
      const { Action, NotAction, Resource, NotResource, Principal, NotPrincipal, ...unknown } = rest;
      return toPolicy({
        source: statement,
        effect: Effect,
        actions: Action,
        notActions: NotAction,
        resources: Resource,
        notResources: NotResource,
        principals: Principal === undefined ? undefined : principalsIn(Principal),
        notPrincipals: NotPrincipal === undefined ? undefined : principalsIn(NotPrincipal),
        conditions: Condition === undefined ? [] : conditionsIn(Condition),
        unknown: Object.keys(unknown),
      });
    }),
  );
}

/** The elements of a statement before validation. Undefined: the element is missing. */
export interface WrittenStatement {
  readonly source: unknown;
  readonly effect: unknown;
  readonly actions: unknown;
  readonly notActions: unknown;
  readonly resources: unknown;
  readonly notResources: unknown;
  readonly principals: readonly WrittenPrincipal[] | undefined;
  readonly notPrincipals: readonly WrittenPrincipal[] | undefined;
  readonly conditions: readonly WrittenCondition[];
  /** Names of unknown elements. */
  readonly unknown: readonly string[];
}

/** Type and ID before validation. */
export type WrittenPrincipal = readonly [type: unknown, id: unknown];

/** Operator, key and values before validation. */
export type WrittenCondition = readonly [operator: unknown, key: unknown, values: readonly unknown[]];

/** The policy of one statement. */
export function toPolicy(written: WrittenStatement): Policy {
  const { source, effect, unknown } = written;
  const fail = (reason: UnreadablePolicyReason) => unreadablePolicy(reason, source);
  if (unknown.length > 0) return fail("unknown-element");
  if (effect !== "Allow" && effect !== "Deny") return fail("no-effect");
  const actions = targetsOf(written.actions, written.notActions);
  const resources = targetsOf(written.resources, written.notResources);
  const principals = principalsOf(written.principals, written.notPrincipals);
  const conditions = normalizeConditions(written.conditions);
  if (actions === "none") return fail("no-action");
  if (conditions === undefined) return fail("not-a-condition");
  if (actions === "both" || resources === "both" || principals === "both") return fail("unknown-element");
  if (actions === "no-text" || resources === "no-text" || principals === "no-text") return fail("not-a-text");
  const statement: Statement = {
    effect,
    ...(principals === "none" ? {} : { principals }),
    actions: { ...actions, patterns: unique(actions.patterns.map((pattern) => pattern.toLowerCase())) },
    ...(resources === "none" ? {} : { resources: { ...resources, patterns: unique(resources.patterns) } }),
    conditions,
  };
  return { statements: [statement], unreadable: [] };
}

type Unread = "none" | "both" | "no-text";

function targetsOf(given: unknown, notGiven: unknown): Targets | Unread {
  if (given === undefined && notGiven === undefined) return "none";
  if (given !== undefined && notGiven !== undefined) return "both";
  const patterns = list(given ?? notGiven);
  return patterns.every(isText) ? { not: given === undefined, patterns } : "no-text";
}

function principalsOf(
  given: readonly WrittenPrincipal[] | undefined,
  notGiven: readonly WrittenPrincipal[] | undefined,
): NonNullable<Statement["principals"]> | Unread {
  if (given !== undefined && notGiven !== undefined) return "both";
  const written = given ?? notGiven;
  if (written === undefined) return "none";
  const all = written.flatMap(([type, id]) => (isText(type) && isText(id) ? [{ type, id }] : []));
  return all.length === written.length ? { not: given === undefined, all } : "no-text";
}

function principalsIn(principal: unknown): WrittenPrincipal[] {
  if (principal === "*") return [["AWS", "*"]];
  if (!isFields(principal)) return [[undefined, principal]];
  return Object.entries(principal).flatMap(([type, ids]) => list(ids).map((id): WrittenPrincipal => [type, id]));
}

function conditionsIn(condition: unknown): WrittenCondition[] {
  const none: WrittenCondition = [undefined, undefined, []];
  if (!isFields(condition)) return [none];
  return Object.entries(condition).flatMap(([operator, keys]) =>
    isFields(keys)
      ? Object.entries(keys).map(([key, values]): WrittenCondition => [operator, key, list(values)])
      : [none],
  );
}

/** Conditions in normal form. Like Terraform, it merges the values of the same operator and key. */
function normalizeConditions(written: readonly WrittenCondition[]): readonly Condition[] | undefined {
  const all = new Map<string, Map<string, Set<string>>>();
  for (const [operator, key, values] of written) {
    if (!isText(operator) || !isText(key)) return undefined;
    const keys = all.get(operator) ?? new Map<string, Set<string>>();
    all.set(operator, keys);
    const known = keys.get(key) ?? new Set();
    keys.set(key, known);
    for (const value of values) {
      if (!["string", "boolean", "number"].includes(typeof value)) return undefined;
      known.add(String(value));
    }
  }
  const conditions = [...all].flatMap(([operator, keys]) =>
    [...keys].map(([key, values]) => ({ operator, key: key.toLowerCase(), values: [...values].sort() })),
  );
  const spelled = new Set(conditions.map(({ operator, key }) => JSON.stringify([operator.toLowerCase(), key])));
  if (spelled.size < conditions.length) return undefined; // the same in different cases: IAM doesn't document the effect
  return conditions.sort((a, b) => order(a.operator, b.operator) || order(a.key, b.key));
}

function order(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function unique(all: readonly string[]): string[] {
  return [...new Set(all)];
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}
