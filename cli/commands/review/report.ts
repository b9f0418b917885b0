import { CI, MAX_JOBS } from "../../forge/job";
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
  const shownEnvironments = review.environments.filter((change) => !isShort(change));
  const groups = groupIdentical(shownEnvironments);
  const silent = review.environments.filter(isShort).map(nameInWords);
  return linesOf(
    `## ${headline(review)}`,
    "",
    // First, so that a report that is cut off has them.
    review.approvalNeeded &&
      !review.refused && [`Digest of this change: ${code(review.digest)}`, "", approval ?? "", ""],
    unplanned > 0 && [
      `Only the first ${MAX_JOBS} environments, by name, are planned: ${CI} accepts no more jobs in one matrix. ${unplanned} more could be planned.`,
      "",
    ],
    review.lock && lockLines(review.lock),
    review.rules && rulesLines(review.rules),
    groups.flatMap(groupLines),
    silent.length > 0 && [`Changed, but nobody's access changes: ${namesInWords(silent)}.`, ""],
    shownEnvironments.some(({ access }) => access.channels.some(({ verdict }) => verdict !== "unchanged")) && [
      "Whatever a channel gains or loses also applies to live-chat channels created from it later. AWS doesn't say what happens to earlier ones: archive them if a channel loses something.",
      "",
    ],
    // Last, so that a report that is cut off lacks only names.
    review.rules?.tiers.flatMap((tier) =>
      namesLines(tier.environments.map(code), `for which ${tierWords(tier).replace(/^The/, "the")}`),
    ),
    groups.flatMap((group) => namesLines(group.map(nameInWords), `that change like ${group[0].environment}`)),
    namesLines(silent, "in which nobody's access changes"),
  )
    .join("\n")
    .replace(/\n{3,}/g, "\n\n");
}

/** What changes in identical environments, as it is in the first. */
function groupLines(group: Identical): string[] {
  const [firstEnvironment] = group;
  const [heading = "", ...lines] = environmentLines(firstEnvironment, group.length);
  if (group.length === 1) return [heading, ...lines];
  const introduction = `The text below is about ${code(firstEnvironment.environment)}: each of the others has its own account instead, and its own name in the location of its state.`;
  return [heading, "", `The same in ${namesInWords(group.map(nameInWords))}. ${introduction}`, ...lines];
}

/** The verdicts in the headline. */
const IN_HEADLINE: readonly Verdict[] = ["left-behind", "broadened", "unknown", "narrowed"];

function headline({ environments, refused: isRefused, approvalNeeded, lock, rules }: Review): string {
  if (isRefused) {
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
  const leftCount = environments.filter(({ leftBehind }) => leftBehind !== undefined).length;
  const words = IN_HEADLINE.filter((verdict) => count(verdict) > 0).flatMap((verdict) =>
    verdict === "left-behind"
      ? [
          ...(leftCount > 0 ? [`left behind in ${leftCount}`] : []),
          ...(leftCount < count(verdict) ? [`possibly left behind in ${count(verdict) - leftCount}`] : []),
        ]
      : [`${verdict} in ${count(verdict)}`],
  );
  if (words.length > 0) return `Access is ${words.join(", ")} ${environmentsIn(count(...IN_HEADLINE))}`;
  const settings = count("settings");
  if (settings === 0) return "Nobody's access changes";
  return `Nobody's access changes, but settings change in ${settings} ${environmentsIn(settings)}`;
}
