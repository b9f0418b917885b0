import { canonical } from "../../../terminal/json";
import { code } from "../../../terminal/markdown";
import type { Review } from "../review";
import type { Limit, RuleChange, TierChange } from "../rules-change";
import { namesInWords } from "./phrases";
import { NEEDS_APPROVAL } from "./verdict-words";

/** What changes in the rules, for the headline. */
export function rulesInWords({ isLoosened, tiers }: NonNullable<Review["rules"]>): string {
  if (isLoosened) return "rules are loosened";
  return tiers.some((one) => one.changes.length > 0 && !isOnlyNew(one)) ? "rules are tightened" : "tiers change";
}

/** Whether a change is only a new tier: no environment moves to it from the tier that it is compared with. */
function isOnlyNew({ isNew, environments }: TierChange): boolean {
  return isNew && environments.length === 0;
}

/** The change of the rules. */
export function rulesLines(rules: NonNullable<Review["rules"]>): string[] {
  return [
    `### Rules: ${rulesInWords(rules).replace(/^rules are /, "")}`,
    "",
    rules.isLoosened
      ? `The rules limit what environments.yaml may say. More may be given than before. ${NEEDS_APPROVAL}`
      : "The rules limit what environments.yaml may say. Nothing may be given that could not be given before.",
    "",
    ...identicalTiers(rules).flatMap(tierLines),
    "",
  ];
}

/** Tiers that stay and whose rules change identically are reported together, and so are new ones with the same rules. */
interface IdenticalTiers {
  readonly tiers: readonly [TierChange, ...TierChange[]];
  readonly environments: readonly string[];
}

/** Groups tiers that change identically. */
export function identicalTiers({ tiers }: NonNullable<Review["rules"]>): IdenticalTiers[] {
  const groups = new Map<string, [TierChange, ...TierChange[]]>();
  for (const change of tiers) {
    const { before, after, changes } = change;
    const moves = isOnlyNew(change) ? ["new", before ?? null] : [before ?? null, after ?? null];
    const key = canonical([changes, before === after ? "stays" : moves]);
    const group = groups.get(key);
    if (group) group.push(change);
    else groups.set(key, [change]);
  }
  return [...groups.values()].map((group) => ({
    tiers: group,
    environments: group.flatMap(({ environments }) => environments).sort(),
  }));
}

function tierLines(group: IdenticalTiers): string[] {
  const { tiers, environments } = group;
  const [first] = tiers;
  const { changes } = first;
  const names = environments.length === 0 ? "no environment" : namesInWords(environments.map(code));
  const sentence = isOnlyNew(first)
    ? newTierWords(group)
    : `${tiersInWords(group, code)} (${names})${changes.length === 0 ? ". The same rules apply." : ":"}`;
  return [
    `- ${sentence}`,
    ...changes.map((rule) => `  - ${rule.isLoosened ? "**loosened**" : "tightened"}: ${ruleWords(rule)}`),
  ];
}

function newTierWords({ tiers }: IdenticalTiers): string {
  const [{ before, changes }] = tiers;
  const names = tiers.flatMap(({ after }) => (after === undefined ? [] : [code(after)])).join(", ");
  const are = tiers.length === 1 ? `The tier ${names} is new` : `The tiers ${names} are new`;
  const base = before === undefined ? "every environment before" : `the tier ${code(before)} before`;
  if (changes.length === 0) return `${are}, with the same rules as ${base}.`;
  return `${are}. Compared with ${base}:`;
}

/** What changes for tiers, in words. */
export function tiersInWords({ tiers }: IdenticalTiers, name: (tier: string) => string = String): string {
  const [{ before, after, isNew }] = tiers;
  if (before !== after) {
    const [from, to] = [before, after].map((one) => (one === undefined ? "none" : name(one)));
    return `The tier changes: ${from} → ${to}${isNew ? ", which is new" : ""}`;
  }
  const names = tiers.flatMap((one) => (one.after === undefined ? [] : [name(one.after)]));
  if (names.length === 0) return "The rules of every environment change";
  return `The rules of the ${names.length === 1 ? "tier" : "tiers"} ${names.join(", ")} change`;
}

/** What rules are about, in words, where their keys don't say it. */
const RULE_WORDS: ReadonlyMap<string, string> = new Map([
  ["access-levels", "access levels"],
  ["capabilities", "capabilities that may be given without an end"],
  ["temporarily", "capabilities that may be given with an end"],
  ["longest", "maximum days until an end"],
  ["slack-workspaces", "Slack workspaces"],
  ["policy", "policies"],
  ["permissions-boundary", "required permissions boundary"],
  ["path", "required path"],
  ["tags", "required tags"],
  ["members", "maximum people in a channel"],
]);

function ruleWords({ rule, before, after }: RuleChange): string {
  const words =
    RULE_WORDS.get(rule) ??
    (rule.startsWith("tags.") ? `values of the tag ${code(rule.slice("tags.".length))}` : code(rule));
  const isRequired = [before, after].some((limit) => limit !== undefined && "required" in limit);
  const limitWords = (limit: Limit | undefined) => {
    if (limit === undefined) return isRequired ? "none" : "any";
    if ("most" in limit) return String(limit.most);
    return ("only" in limit ? limit.only : limit.required).map(code).join(", ") || "none";
  };
  return `${words}: ${limitWords(before)} → ${limitWords(after)}`;
}
