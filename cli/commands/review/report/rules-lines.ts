import { code, codeOr } from "../../../terminal/markdown";
import type { Review } from "../review";
import type { Limit, RuleChange, TierChange } from "../rules-change";
import { NEEDS_APPROVAL, namesInWords } from "./phrases";

/** The change of the rules. */
export function rulesLines({ isLoosened, tiers }: NonNullable<Review["rules"]>): string[] {
  return [
    `### Rules${isLoosened ? ": loosened" : ""}`,
    "",
    `The rules limit what environments.yaml may say. ${isLoosened ? `More may be given than before. ${NEEDS_APPROVAL}` : "Nothing may be given that could not be given before."}`,
    "",
    ...tiers.flatMap(tierLines),
    "",
  ];
}

function tierLines(change: TierChange): string[] {
  const { before, after, isNew, environments, changes } = change;
  const names = environments.length === 0 ? "no environment" : namesInWords(environments.map(code));
  const base = before === undefined ? "every environment before" : `the tier ${code(before)} before`;
  const sentence =
    isNew && environments.length === 0
      ? `The tier ${codeOr(after, "none")} is new, compared with ${base}`
      : `${tierWords(change, code)} (${names})`;
  return [
    `- ${sentence}${changes.length === 0 ? ". The same rules apply." : ":"}`,
    ...changes.map((rule) => `  - ${rule.isLoosened ? "**loosened**" : "tightened"}: ${ruleWords(rule)}`),
  ];
}

/** What changes for a tier, in words. */
export function tierWords({ before, after, isNew }: TierChange, name: (tier: string) => string = String): string {
  const [from, to] = [before, after].map((value) => (value === undefined ? "none" : name(value)));
  if (before !== after) return `The tier changes: ${from} → ${to}${isNew ? ", which is new" : ""}`;
  return `The rules of ${after === undefined ? "every environment" : `the tier ${to}`} change`;
}

/** What rules are about, in words, where their keys don't say it. */
const RULE_WORDS: ReadonlyMap<string, string> = new Map([
  ["access-levels", "access levels"],
  ["capabilities", "capabilities that may be given without an end"],
  ["temporarily", "capabilities that may be given with an end"],
  ["max-days-until-end", "maximum days until an end"],
  ["slack-workspaces", "Slack workspaces"],
  ["policy", "policies"],
  ["permissions-boundary", "required permissions boundary"],
  ["path", "required path"],
  ["tags", "required tags"],
  ["max-members", "maximum people in a channel"],
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
