import { MAX_JOBS } from "../github-jobs";
import { code } from "../markdown";
import { isQuiet, type Verdict } from "../terraform/verdict";
import { type Alike, alike } from "./alike";
import { environmentLines } from "./report/environment-lines";
import { nameInWords, namesInWords, namesLines } from "./report/environment-names";
import { lockLines } from "./report/lock-lines";
import { alikeTiers, rulesInWords, rulesLines, tiersInWords } from "./report/rules-lines";
import type { Review, ReviewedEnvironment } from "./review";

/**
 * The report for a pull request, in Markdown.
 *
 * @param approval a sentence that follows the digest, which only a change that needs an approval shows: how to approve, or that it is approved
 * @param unplanned how many environments could be planned, but are too many for one workflow
 */
export function markdown(review: Review, approval?: string, unplanned = 0): string {
  const isShort = ({ verdict, plan, violations }: ReviewedEnvironment) =>
    isQuiet(verdict) && plan === undefined && violations.length === 0;
  const loud = review.environments.filter((change) => !isShort(change));
  const groups = alike(loud);
  const quiet = review.environments.filter(isShort);
  const lines = [
    `## ${headline(review)}`,
    "",
    // First, so that a report that is cut off has them.
    ...(review.approvalNeeded && !review.refused
      ? [`Digest of this change: ${code(review.digest)}`, "", ...(approval === undefined ? [] : [approval, ""])]
      : []),
    ...(unplanned > 0
      ? [
          `Only the first ${MAX_JOBS} environments, by name, are planned: GitHub Actions accepts no more jobs in one matrix. ${unplanned} more could be planned.`,
          "",
        ]
      : []),
    ...(review.lock ? lockLines(review.lock) : []),
    ...(review.rules ? rulesLines(review.rules) : []),
    ...groups.flatMap(groupLines),
    ...(quiet.length > 0 ? [`Changed, but nobody's access changes: ${namesInWords(quiet.map(nameInWords))}.`, ""] : []),
    ...(loud.some(({ access }) => access.channels.some(({ verdict }) => verdict !== "unchanged"))
      ? [
          "Whatever a channel gains or loses also applies to live-chat channels created from it later. AWS doesn't say what happens to earlier ones: archive them if a channel loses something.",
          "",
        ]
      : []),
    // Last, so that a report that is cut off lacks only names.
    ...(review.rules ? alikeTiers(review.rules) : []).flatMap((alike) =>
      namesLines(alike.environments.map(code), `for which ${tiersInWords(alike).replace(/^The/, "the")}`),
    ),
    ...groups.flatMap(({ all }) => namesLines(all.map(nameInWords), `that change like ${all[0].environment}`)),
    ...namesLines(quiet.map(nameInWords), "in which nobody's access changes"),
  ];
  return lines.join("\n").replace(/\n{3,}/g, "\n\n");
}

/** What changes in environments in the same way, as it is in the first. */
function groupLines({ all, isOwn }: Alike): string[] {
  const [shown] = all;
  const [heading = "", ...lines] = environmentLines(shown, all.length);
  if (all.length === 1) return [heading, ...lines];
  const own = isOwn
    ? ` The text below is about ${code(shown.environment)}: each of the others has its own account instead, and its own name in the location of its state.`
    : "";
  return [heading, "", `The same in ${namesInWords(all.map(nameInWords))}.${own}`, ...lines];
}

/** The verdicts in the headline. */
const IN_HEADLINE: readonly (readonly [Verdict, string])[] = [
  ["left-behind", "left behind"],
  ["broadened", "broadened"],
  ["unknown", "unknown"],
  ["narrowed", "narrowed"],
];

function headline({ environments, refused, approvalNeeded, lock, rules }: Review): string {
  if (refused) {
    const isEnded = environments.every(({ violations }) => violations.every(({ kind }) => kind === "ended"));
    return `⛔ ${isEnded ? "A date has passed" : "Forbidden access"}: no approval allows this change`;
  }
  const sign = approvalNeeded ? "⚠️" : "✅";
  return `${sign} ${accessHeadline(environments)}${lock ? ", and the provider lock file changes" : ""}${rules ? `, and ${rulesInWords(rules)}` : ""}`;
}

function accessHeadline(environments: Review["environments"]): string {
  const count = (verdict: Verdict) => environments.filter((change) => change.verdict === verdict).length;
  const access = IN_HEADLINE.filter(([verdict]) => count(verdict) > 0);
  const number = access.reduce((sum, [verdict]) => sum + count(verdict), 0);
  const words = access.map(([verdict, word]) => `${word} in ${count(verdict)}`).join(", ");
  const settings = count("settings");
  if (number > 0) return `Access is ${words} ${environmentsIn(number)}`;
  return settings > 0
    ? `Nobody's access changes, but settings change in ${settings} ${environmentsIn(settings)}`
    : "Nobody's access changes";
}

function environmentsIn(count: number): string {
  return count === 1 ? "environment" : "environments";
}
