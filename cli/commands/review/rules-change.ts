import { canonical } from "../../../common/canonical";
import { distinct } from "../../../common/json";
import { zipByKey } from "../../../common/zip-by-key";
import { LEVELS } from "../../../modules/support-app/model/access-level";
import { CAPABILITIES } from "../../../modules/support-app/model/capability";
import { rulesOfTier } from "../../../stacks/rules/rules";
import type { RulesRecord } from "../../../stacks/rules/rules-record";
import type { RuleSet } from "../../../stacks/rules/rules-schema";
import type { EnvironmentChange } from "./environment-change";

/** A change of the rules for environments. */
export interface RulesChange {
  /** Whether something may be given that could not be given before. */
  readonly isLoosened: boolean;
  /** By the tier before and after. */
  readonly tiers: readonly TierChange[];
  /** What an approval covers: everything that is loosened. */
  readonly approved: unknown;
}

/**
 * What changes for the environments with one tier before and one after, which may be the same. A new tier is compared with a
 * tier before that allowed all of it or, if there is none, with the first one.
 */
export interface TierChange {
  /** Undefined: no tier. */
  readonly before?: string;
  readonly after?: string;
  /** Whether the tier after is new. */
  readonly isNew: boolean;
  /** Their names after the change. */
  readonly environments: readonly string[];
  readonly changes: readonly RuleChange[];
}

/** A rule that changes. */
export interface RuleChange {
  /** As rules.yaml calls it; `tags.KEY` is about the values of a tag. `temporarily` is everything that may be given with an end. */
  readonly rule: string;
  readonly isLoosened: boolean;
  /** Undefined: no limit. */
  readonly before?: Limit;
  readonly after?: Limit;
}

/** The limit that a rule sets: the only allowed values, a maximum, or required values. */
export type Limit =
  | { readonly only: readonly string[] }
  | { readonly most: number }
  | { readonly required: readonly string[] };

type TierPair = readonly [before: string | undefined, after: string | undefined];

/** The limits of an environment, by rule. */
type Limits = ReadonlyMap<string, Limit>;

/**
 * How the rules change between two folders, by their effect: a rule that moves from one place to another changes nothing.
 * Environments are matched by account, whatever they were called. Undefined: nothing changes.
 */
export function rulesChange(
  base: RulesRecord | undefined,
  head: RulesRecord | undefined,
  environments: readonly EnvironmentChange[],
): RulesChange | undefined {
  const moves = sameEnvironments(environments).map(
    ([before, after]) => ({ pair: [tierOf(base, before), tierOf(head, after)], name: after }) as const,
  );
  const pairs = distinct([...tiersWithoutAnybody(base, head), ...moves.map(({ pair }) => pair)]);
  const tiers = pairs.flatMap(([before, after]): TierChange[] => {
    const movedEnvironments = moves
      .filter(({ pair }) => pair[0] === before && pair[1] === after)
      .map(({ name }) => name);
    const changes = compareLimits(limitsOf(base, before), limitsOf(head, after));
    const isNew = after !== undefined && !tiersIn(base).includes(after);
    const isMoved = before !== after && movedEnvironments.length > 0;
    if (changes.length === 0 && !isMoved && !isNew) return [];
    return [{ before, after, isNew, environments: movedEnvironments, changes }];
  });
  if (tiers.length === 0) return undefined;
  const loosenedRules = tiers.flatMap(({ before, after, environments, changes }) => {
    const ruleChanges = changes.filter(({ isLoosened }) => isLoosened);
    // If the tier stays, it doesn't matter which environments are in it.
    return ruleChanges.length > 0 ? [[before, after, before === after ? [] : environments, ruleChanges]] : [];
  });
  return { isLoosened: loosenedRules.length > 0, tiers, approved: loosenedRules };
}

/** Adds its tier to a new environment, and its rules to what an approval covers. */
export function withTiers(changes: readonly EnvironmentChange[], rules: RulesRecord | undefined): EnvironmentChange[] {
  if (rules === undefined) return [...changes];
  return changes.map((change) => {
    if (!change.isNew) return change;
    const tier = tierOf(rules, change.environment);
    return { ...change, tier, approved: [change.approved, tier, [...limitsOf(rules, tier)].sort(byText)] };
  });
}

function tierOf(record: RulesRecord | undefined, environment: string): string | undefined {
  const { tiers } = record ?? {};
  return tiers !== undefined && Object.hasOwn(tiers, environment) ? tiers[environment] : undefined;
}

/** The names of the tiers, in order. Undefined alone: there are none, and the rules for all are like one. */
function tiersIn(record: RulesRecord | undefined): [string | undefined, ...(string | undefined)[]] {
  const [first, ...otherTiers] = Object.keys(record?.rules.tiers ?? {}).sort();
  return [first, ...otherTiers];
}

/**
 * The tiers to compare even without an environment: one could get any tier of those after the change. A new tier is compared
 * with one that allows everything it allows or, if there is none, with the first.
 */
function tiersWithoutAnybody(base: RulesRecord | undefined, head: RulesRecord | undefined): TierPair[] {
  const [before, after] = [tiersIn(base), tiersIn(head)];
  if (after[0] === undefined) return before.map((tier) => [tier, undefined]);
  const wide = (limits: Limits) =>
    before.find((tier) => !compareLimits(limitsOf(base, tier), limits).some(({ isLoosened }) => isLoosened));
  return after.map((tier) => [before.includes(tier) ? tier : (wide(limitsOf(head, tier)) ?? before[0]), tier]);
}

/** The environments after a change that existed before, each with its former name. They match by account or, if that is new, by name. */
function sameEnvironments(environments: readonly EnvironmentChange[]): (readonly [before: string, after: string])[] {
  const byAccount = new Map(
    environments.flatMap((change) => {
      const account = change.isNew ? undefined : accountBefore(change);
      return account === undefined ? [] : [[account, change.environment] as const];
    }),
  );
  return environments.flatMap(({ environment, account, isNew, isRemoved }) => {
    const before = (account && byAccount.get(account)) || (isNew ? undefined : environment);
    return before === undefined || isRemoved ? [] : [[before, environment] as const];
  });
}

function accountBefore({ state, account }: EnvironmentChange): string | undefined {
  const change = state.find(({ kind }) => kind === "account");
  return change?.kind === "account" ? change.before : account;
}

/** The limits of the rules for all environments and of a tier, combined: both apply. */
function limitsOf(record: RulesRecord | undefined, tier: string | undefined): Limits {
  const limits = new Map<string, Limit>();
  for (const { rules } of record ? rulesOfTier(record.rules, tier) : []) {
    for (const [rule, limit] of limitsIn(rules)) {
      const earlierLimit = limits.get(rule);
      limits.set(rule, earlierLimit ? bothOf(earlierLimit, limit) : limit);
    }
  }
  return new Map([...limits].filter(([rule, limit]) => !isNoLimit(rule, limit)));
}

/** The limits of one set of rules. */
function limitsIn({ capabilities, temporarily = [], tags = {}, ...rules }: RuleSet): (readonly [string, Limit])[] {
  const onlyLimit = (values: readonly string[] | undefined) => values && { only: unique(values) };
  const mostLimit = (number: number | undefined) => (number === undefined ? undefined : { most: number });
  const requiredLimit = (...values: readonly (string | boolean | undefined)[]) => {
    const knownValues = values.filter((value) => value !== undefined);
    return knownValues.length > 0 ? { required: unique(knownValues.map(String)) } : undefined;
  };
  const { backend } = rules;
  const limits: Readonly<Record<string, Limit | undefined> & Record<keyof RuleSet, Limit | undefined>> = {
    "access-levels": onlyLimit(rules["access-levels"]),
    // What may be given without an end.
    capabilities: onlyLimit(capabilities ?? CAPABILITIES.filter((capability) => !temporarily.includes(capability))),
    temporarily: onlyLimit(capabilities && [...capabilities, ...temporarily]),
    "max-days-until-end": mostLimit(rules["max-days-until-end"]),
    "slack-workspaces": onlyLimit(rules["slack-workspaces"]),
    policy: onlyLimit(rules.policy && [rules.policy]),
    "permissions-boundary": requiredLimit(rules["permissions-boundary"]),
    path: requiredLimit(rules.path),
    tags: requiredLimit(...Object.keys(tags)),
    ...Object.fromEntries(Object.entries(tags).map(([key, tag]) => [`tags.${key}`, onlyLimit(tag.values)])),
    regions: onlyLimit(rules.regions),
    backend: onlyLimit(backend && Object.keys(backend)),
    // Where a type isn't allowed, none of its buckets, organizations or addresses is.
    "backend.s3.buckets": onlyLimit(backend && (backend.s3 ? backend.s3.buckets : [])),
    "backend.cloud.organizations": onlyLimit(backend && (backend.cloud ? backend.cloud.organizations : [])),
    "backend.http.addresses": onlyLimit(backend && (backend.http ? backend.http.addresses : [])),
    "deploy-role": requiredLimit(rules["deploy-role"] ?? (rules["deploy-role-path"] && true)),
    "deploy-role-path": requiredLimit(rules["deploy-role-path"]),
    "plan-role": requiredLimit(rules["plan-role"] ?? (rules["plan-role-path"] && true)),
    "plan-role-path": requiredLimit(rules["plan-role-path"]),
    "max-session-duration": mostLimit(rules["max-session-duration"]),
    "service-quotas-role": onlyLimit(rules["service-quotas-role"]),
    "source-account-condition": requiredLimit(rules["source-account-condition"]),
    private: requiredLimit(rules.private),
    guests: requiredLimit(rules.guests),
    shared: requiredLimit(rules.shared),
    "max-members": mostLimit(rules["max-members"]),
  };
  return Object.entries(limits).flatMap(([rule, limit]) => (limit ? [[rule, limit] as const] : []));
}

/** What two limits of the same rule allow together. */
function bothOf(a: Limit, b: Limit): Limit {
  if ("most" in a && "most" in b) return { most: Math.min(a.most, b.most) };
  if ("only" in a && "only" in b) return { only: a.only.filter((value) => b.only.includes(value)) };
  if ("required" in a && "required" in b) return { required: unique([...a.required, ...b.required]) };
  return a; // never: a rule has one kind of limit
}

/** Everything that a rule could allow only some of. */
const ALL: ReadonlyMap<string, readonly string[]> = new Map<string, readonly string[]>([
  ["access-levels", LEVELS],
  ["capabilities", CAPABILITIES],
  ["temporarily", CAPABILITIES],
]);

function isNoLimit(rule: string, limit: Limit): boolean {
  return "only" in limit && ALL.get(rule)?.every((value) => limit.only.includes(value)) === true;
}

function compareLimits(base: Limits, head: Limits): RuleChange[] {
  return zipByKey(base, head).flatMap(([rule, before, after]) => {
    if (allows(before, after) && allows(after, before)) return [];
    return [{ rule, before, after, isLoosened: !allows(before, after) }];
  });
}

/** Whether a limit allows everything that another one does. Undefined: everything. */
function allows(limit: Limit | undefined, narrower: Limit | undefined): boolean {
  if (limit === undefined) return true;
  if ("most" in limit) return narrower !== undefined && "most" in narrower && narrower.most <= limit.most;
  if ("only" in limit) {
    return narrower !== undefined && "only" in narrower && narrower.only.every((value) => limit.only.includes(value));
  }
  return (
    narrower !== undefined &&
    "required" in narrower &&
    limit.required.every((value) => narrower.required.includes(value))
  );
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)].sort();
}

function byText(a: unknown, b: unknown): number {
  const [textA, textB] = [canonical(a), canonical(b)];
  return textA < textB ? -1 : 1;
}
