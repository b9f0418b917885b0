import { CAPABILITIES } from "../../../modules/support-app/model/capability";
import { LEVELS } from "../../../stacks/environments/environment";
import { rulesOfTier } from "../../../stacks/rules/rules";
import type { RulesRecord } from "../../../stacks/rules/rules-record";
import type { RuleSet } from "../../../stacks/rules/rules-schema";
import { canonical } from "../../terminal/json";
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
 * What changes for the environments with one tier before and one after, which may be the same. A new tier is compared with the
 * nearest tier before, whether or not an environment moves from that one.
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
  const byTiers = new Map<string, { before?: string; after?: string; environments: string[] }>();
  const pair = (before: string | undefined, after: string | undefined) => {
    const key = canonical([before ?? null, after ?? null]);
    const known = byTiers.get(key) ?? { before, after, environments: [] };
    byTiers.set(key, known);
    return known.environments;
  };
  for (const [before, after] of tiersWithoutAnybody(base, head)) pair(before, after);
  for (const [before, after] of sameEnvironments(environments)) {
    pair(tierOf(base, before), tierOf(head, after)).push(after);
  }
  const tiers = [...byTiers.values()].flatMap((one): TierChange[] => {
    const changes = compareLimits(limitsOf(base, one.before), limitsOf(head, one.after));
    const isMoved = one.before !== one.after && one.environments.length > 0;
    const isNew = one.after !== undefined && !Object.hasOwn(base?.rules.tiers ?? {}, one.after);
    return changes.length > 0 || isMoved || isNew
      ? [{ ...one, isNew, environments: one.environments.sort(), changes }]
      : [];
  });
  if (tiers.length === 0) return undefined;
  const loosened = tiers.flatMap(({ before, after, environments, changes }) => {
    const all = changes.filter(({ isLoosened }) => isLoosened);
    // If the tier stays, it doesn't matter which environments are in it.
    return all.length > 0 ? [[before ?? null, after ?? null, before === after ? [] : environments, all]] : [];
  });
  return { isLoosened: loosened.length > 0, tiers, approved: loosened.sort(byText) };
}

/** Adds its tier to a new environment, and its rules to what an approval covers. */
export function withTiers(changes: readonly EnvironmentChange[], rules: RulesRecord | undefined): EnvironmentChange[] {
  if (rules === undefined) return [...changes];
  return changes.map((change) => {
    if (!change.isNew) return change;
    const tier = tierOf(rules, change.environment);
    return {
      ...change,
      tier,
      approved: [change.approved, tier ?? null, [...limitsOf(rules, tier)].sort(byText)],
    };
  });
}

function tierOf(record: RulesRecord | undefined, environment: string): string | undefined {
  const { tiers } = record ?? {};
  return tiers !== undefined && Object.hasOwn(tiers, environment) ? tiers[environment] : undefined;
}

/** The tiers to compare even without an environment: one could get any tier of those after the change. */
function tiersWithoutAnybody(
  base: RulesRecord | undefined,
  head: RulesRecord | undefined,
): (readonly [before: string | undefined, after: string | undefined])[] {
  const before = Object.keys(base?.rules.tiers ?? {});
  const after = Object.keys(head?.rules.tiers ?? {});
  if (after.length > 0) {
    const known = [...before].sort().map((tier) => [tier, limitsOf(base, tier)] as const);
    return after.map((tier) => [before.includes(tier) ? tier : nearestTier(known, limitsOf(head, tier)), tier]);
  }
  if (base === undefined) return [];
  return before.length === 0 ? [[undefined, undefined]] : before.map((tier) => [tier, undefined]);
}

/**
 * The tier nearest to some limits: one that allows everything they allow, if there is one, so that anything loosened compared
 * with it is more than any tier allowed. Undefined: there are no tiers.
 */
function nearestTier(tiers: readonly (readonly [name: string, limits: Limits])[], limits: Limits): string | undefined {
  const compared = tiers.map(([name, before]) => {
    const changes = compareLimits(before, limits);
    return { name, all: changes.length, loosened: changes.filter(({ isLoosened }) => isLoosened).length };
  });
  return compared.sort((a, b) => a.loosened - b.loosened || a.all - b.all)[0]?.name;
}

/** The environments after a change that existed before, each with its former name. They match by account or, if that is new, by name. */
function sameEnvironments(environments: readonly EnvironmentChange[]): (readonly [before: string, after: string])[] {
  const byAccount = new Map(
    environments.flatMap((one) => {
      const account = one.isNew ? undefined : accountBefore(one);
      return account === undefined ? [] : [[account, one.environment] as const];
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
      const known = limits.get(rule);
      limits.set(rule, known ? bothOf(known, limit) : limit);
    }
  }
  return new Map([...limits].filter(([rule, limit]) => !isNoLimit(rule, limit)));
}

/** The limits of one set of rules. */
function limitsIn({ capabilities, temporarily = [], tags = {}, ...rules }: RuleSet): (readonly [string, Limit])[] {
  const only = (rule: string, values: readonly string[] | undefined) =>
    values ? [[rule, { only: unique(values) }] as const] : [];
  const most = (rule: string, number: number | undefined) =>
    number === undefined ? [] : [[rule, { most: number }] as const];
  const required = (rule: string, ...values: readonly (string | undefined)[]) => {
    const known = values.filter((value) => value !== undefined);
    return known.length > 0 ? [[rule, { required: unique(known) }] as const] : [];
  };
  return [
    ...only("access-levels", rules["access-levels"]),
    // What may be given without an end.
    ...only("capabilities", capabilities ?? CAPABILITIES.filter((one) => !temporarily.includes(one))),
    ...only("temporarily", capabilities && [...capabilities, ...temporarily]),
    ...most("longest", rules.longest?.days),
    ...only("slack-workspaces", rules["slack-workspaces"]),
    ...only("policy", rules.policy && [rules.policy]),
    ...required("permissions-boundary", rules["permissions-boundary"]),
    ...required("path", rules.path),
    ...required("tags", ...Object.keys(tags)),
    ...Object.entries(tags).flatMap(([key, tag]) => only(`tags.${key}`, tag.values)),
    ...required("private", rules.private),
    ...required("guests", rules.guests),
    ...required("shared", rules.shared),
    ...most("members", rules.members?.["at-most"]),
  ];
}

/** What two limits of the same rule allow together. */
function bothOf(one: Limit, other: Limit): Limit {
  if ("most" in one && "most" in other) return { most: Math.min(one.most, other.most) };
  if ("only" in one && "only" in other) return { only: one.only.filter((value) => other.only.includes(value)) };
  if ("required" in one && "required" in other) return { required: unique([...one.required, ...other.required]) };
  return one; // never: a rule has one kind of limit
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
  const rules = unique([...base.keys(), ...head.keys()]);
  return rules.flatMap((rule) => {
    const [before, after] = [base.get(rule), head.get(rule)];
    if (allows(before, after) && allows(after, before)) return [];
    return [{ rule, before, after, isLoosened: !allows(before, after) }];
  });
}

/** Whether a limit allows everything that another one does. Undefined: everything. */
function allows(limit: Limit | undefined, other: Limit | undefined): boolean {
  if (limit === undefined) return true;
  if ("most" in limit) return other !== undefined && "most" in other && other.most <= limit.most;
  if ("only" in limit) {
    return other !== undefined && "only" in other && other.only.every((value) => limit.only.includes(value));
  }
  return other !== undefined && "required" in other && limit.required.every((one) => other.required.includes(one));
}

function unique(all: readonly string[]): string[] {
  return [...new Set(all)].sort();
}

function byText(a: unknown, b: unknown): number {
  const [one, other] = [canonical(a), canonical(b)];
  return one < other ? -1 : 1;
}
