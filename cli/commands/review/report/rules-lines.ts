import { code, codeOr } from "../../../terminal/markdown";
import type { Review } from "../review";
import type { Limit, RuleChange, TierChange } from "../rules-change";
import { NEEDS_APPROVAL, namesInWords } from "./phrases";

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
    ...rules.tiers.flatMap(tierLines),
    "",
  ];
}

function tierLines(change: TierChange): string[] {
  const { before, after, environments, changes } = change;
  const names = environments.length === 0 ? "no environment" : namesInWords(environments.map(code));
  const base = before === undefined ? "every environment before" : `the tier ${code(before)} before`;
  const same = changes.length === 0;
  const sentence = isOnlyNew(change)
    ? `The tier ${codeOr(after, "none")} is new${same ? `, with the same rules as ${base}.` : `. Compared with ${base}:`}`
    : `${tierWords(change, code)} (${names})${same ? ". The same rules apply." : ":"}`;
  return [
    `- ${sentence}`,
    ...changes.map((rule) => `  - ${rule.isLoosened ? "**loosened**" : "tightened"}: ${ruleWords(rule)}`),
  ];
}

/** What changes for a tier, in words. */
export function tierWords({ before, after, isNew }: TierChange, name: (tier: string) => string = String): string {
  const [from, to] = [before, after].map((one) => (one === undefined ? "none" : name(one)));
  if (before !== after) return `The tier changes: ${from} → ${to}${isNew ? ", which is new" : ""}`;
  return `The rules of ${after === undefined ? "every environment" : `the tier ${to}`} change`;
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
