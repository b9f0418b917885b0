import { MAX_JOBS } from "../../github/jobs";
import { code, linesOf } from "../../terminal/markdown";
import { isSilent, type Verdict } from "../../terraform/verdict";
import { groupIdentical, type Identical } from "./group-identical";
import { environmentLines } from "./report/environment-lines";
import { lockLines } from "./report/lock-lines";
import { nameInWords, namesInWords, namesLines } from "./report/phrases";
import { rulesLines, tierWords } from "./report/rules-lines";
import type { Review, ReviewedEnvironment } from "./review";

/**
 * The report for a pull request, in Markdown.
 *
 * @param approval a sentence that follows the digest, which only a change that needs an approval shows: how to approve, or that it is approved
 * @param unplanned how many environments could be planned, but are too many for one workflow
 */
export function markdown(review: Review, approval?: string, unplanned = 0): string {
  const isShort = ({ verdict, plan, violations }: ReviewedEnvironment) =>
    isSilent(verdict) && plan === undefined && violations.length === 0;
  const shown = review.environments.filter((change) => !isShort(change));
  const groups = groupIdentical(shown);
  const silent = review.environments.filter(isShort).map(nameInWords);
  return linesOf(
    `## ${headline(review)}`,
    "",
    // First, so that a report that is cut off has them.
    review.approvalNeeded &&
      !review.refused && [`Digest of this change: ${code(review.digest)}`, "", approval ?? "", ""],
    unplanned > 0 && [
      `Only the first ${MAX_JOBS} environments, by name, are planned: GitHub Actions accepts no more jobs in one matrix. ${unplanned} more could be planned.`,
      "",
    ],
    review.lock && lockLines(review.lock),
    review.rules && rulesLines(review.rules),
    groups.flatMap(groupLines),
    silent.length > 0 && [`Changed, but nobody's access changes: ${namesInWords(silent)}.`, ""],
    shown.some(({ access }) => access.channels.some(({ verdict }) => verdict !== "unchanged")) && [
      "Whatever a channel gains or loses also applies to live-chat channels created from it later. AWS doesn't say what happens to earlier ones: archive them if a channel loses something.",
      "",
    ],
    // Last, so that a report that is cut off lacks only names.
    review.rules?.tiers.flatMap((tier) =>
      namesLines(tier.environments.map(code), `for which ${tierWords(tier).replace(/^The/, "the")}`),
    ),
    groups.flatMap((all) => namesLines(all.map(nameInWords), `that change like ${all[0].environment}`)),
    namesLines(silent, "in which nobody's access changes"),
  )
    .join("\n")
    .replace(/\n{3,}/g, "\n\n");
}

/** What changes in identical environments, as it is in the first. */
function groupLines(all: Identical): string[] {
  const [shown] = all;
  const [heading = "", ...lines] = environmentLines(shown, all.length);
  if (all.length === 1) return [heading, ...lines];
  const own = `The text below is about ${code(shown.environment)}: each of the others has its own account instead, and its own name in the location of its state.`;
  return [heading, "", `The same in ${namesInWords(all.map(nameInWords))}. ${own}`, ...lines];
}

/** The verdicts in the headline. */
const IN_HEADLINE: readonly Verdict[] = ["left-behind", "broadened", "unknown", "narrowed"];

function headline({ environments, refused, approvalNeeded, lock, rules }: Review): string {
  if (refused) {
    const isEnded = environments.every(({ violations }) => violations.every(({ kind }) => kind === "ended"));
    return `⛔ ${isEnded ? "A date has passed" : "Forbidden access"}: no approval allows this change`;
  }
  const sign = approvalNeeded ? "⚠️" : "✅";
  const ofRules = rules?.isLoosened ? "rules are loosened" : "rules change";
  return `${sign} ${accessHeadline(environments)}${lock ? ", and the provider lock file changes" : ""}${rules ? `, and ${ofRules}` : ""}`;
}

function accessHeadline(environments: Review["environments"]): string {
  const count = (...verdicts: readonly Verdict[]) =>
    environments.filter(({ verdict }) => verdicts.includes(verdict)).length;
  const environmentsIn = (number: number) => (number === 1 ? "environment" : "environments");
  const left = environments.filter(({ leftBehind }) => leftBehind !== undefined).length;
  const words = IN_HEADLINE.filter((verdict) => count(verdict) > 0).flatMap((verdict) =>
    verdict === "left-behind"
      ? [
          ...(left > 0 ? [`left behind in ${left}`] : []),
          ...(left < count(verdict) ? [`possibly left behind in ${count(verdict) - left}`] : []),
        ]
      : [`${verdict} in ${count(verdict)}`],
  );
  if (words.length > 0) return `Access is ${words.join(", ")} ${environmentsIn(count(...IN_HEADLINE))}`;
  const settings = count("settings");
  if (settings === 0) return "Nobody's access changes";
  return `Nobody's access changes, but settings change in ${settings} ${environmentsIn(settings)}`;
}
