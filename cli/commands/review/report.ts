import { code, codeOr, linesOf, tableRow } from "../../terminal/markdown";
import { isSilent, type Verdict } from "../../terraform/verdict";
import { groupIdentical, type Identical } from "./group-identical";
import { environmentLines } from "./report/environment-lines";
import { lockLines } from "./report/lock-lines";
import { overviewSections, tableSections } from "./report/overview-lines";
import { foldedLines, nameInWords, namesInWords, namesLines, VERDICT_WORDS, worstFirst } from "./report/phrases";
import { rulesLines, tierWords } from "./report/rules-lines";
import { markdownOf, type Report, type Section } from "./report/sections";
import type { Review, ReviewedEnvironment } from "./review";

/** What a report says beside the review. */
export interface Remarks {
  /** Lines that follow the digest, which only a change that needs an approval shows: how to approve, or that it is approved. */
  readonly approval?: readonly string[];
  /** How many environments could be planned, but are too many for one matrix of jobs, and how many are planned. */
  readonly unplanned?: { readonly count: number; readonly planned: number };
  /** What is known of the plans, and what isn't. */
  readonly plans?: readonly Section[];
}

/** The report on a change. */
export function reportOf(review: Review, { approval = [], unplanned, plans = [] }: Remarks = {}): Report {
  const { environments, lock, rules } = review;
  const isShort = ({ verdict, plan, violations }: ReviewedEnvironment) =>
    isSilent(verdict) && plan === undefined && violations.length === 0;
  const shownEnvironments = worstFirst(environments).filter((change) => !isShort(change));
  const groups = groupIdentical(shownEnvironments);
  const silent = environments.filter(isShort).map(nameInWords);
  const overview = overviewSections(environments);
  const isFolded = groups.length > 1;
  return {
    head: linesOf(
      `## ${headline(review)}`,
      "",
      review.approvalNeeded &&
        !review.refused && [`Digest of this change: ${code(review.digest)}`, "", ...approval, ""],
      unplanned !== undefined &&
        unplanned.count > 0 && [
          `Only the first ${unplanned.planned} environments, by name, are planned: CI accepts no more jobs in one matrix. ${unplanned.count} more could be planned.`,
          "",
        ],
    ),
    sections: [
      ...overview,
      ...plans,
      ...(lock ? [{ title: "the provider lock file", lines: lockLines(lock) }] : []),
      ...(rules ? [{ title: "the rules", lines: rulesLines(rules) }] : []),
      ...groups.flatMap((group) => groupSections(group, isFolded)),
      ...sectionOf(
        "environments in which nobody's access changes",
        silent.length > 0 &&
          overview.length === 0 && [`Changed, but nobody's access changes: ${namesInWords(silent)}.`, ""],
      ),
      ...sectionOf(
        "what happens to live chats",
        shownEnvironments.some(({ access }) => access.channels.some(({ verdict }) => verdict !== "unchanged")) && [
          "Whatever a channel gains or loses also applies to live-chat channels created from it later. AWS doesn't say what happens to earlier ones: archive them if a channel loses something.",
          "",
        ],
      ),
      ...(rules?.tiers ?? []).flatMap((tier) =>
        namesSections(tier.environments.map(code), `for which ${tierWords(tier).replace(/^The/, "the")}`),
      ),
      ...namesSections(silent, "in which nobody's access changes"),
    ],
  };
}

/** The whole report, in Markdown. */
export function markdown(review: Review, remarks?: Remarks): string {
  return markdownOf(reportOf(review, remarks));
}

function sectionOf(title: string, lines: readonly string[] | false): Section[] {
  return lines === false ? [] : [{ title, lines }];
}

/** What changes in identical environments, as it is in the first, and where else. */
function groupSections(group: Identical, isFolded: boolean): Section[] {
  const [firstEnvironment] = group;
  const { environment: name } = firstEnvironment;
  const [heading = "", ...lines] = environmentLines(firstEnvironment, group.length);
  const labels = group.map(channelLabels);
  const isOfOtherChannels = new Set(labels).size > 1;
  const introduction = `The text below is about ${code(name)}: each of the others has its own account instead, ${isOfOtherChannels ? "its own channels, which a table lists, " : ""}and its own name in the location of its state.`;
  const details =
    group.length === 1 ? lines : ["", `The same in ${namesInWords(group.map(nameInWords))}. ${introduction}`, ...lines];
  const title =
    group.length === 1
      ? `the details of ${code(name)}`
      : `the details of ${code(name)} and ${group.length - 1} like it`;
  const summary = `${group.length === 1 ? name : `${group.length} environments like ${name}`}: ${VERDICT_WORDS[firstEnvironment.verdict][0]}`;
  return [
    { title, lines: isFolded ? foldedLines(summary, details) : [heading, ...details] },
    ...(isOfOtherChannels
      ? channelTables(group, labels)
      : namesSections(group.map(nameInWords), `that change like ${name}`)),
  ];
}

/** The channels of an environment that change, as cells show them. */
function channelLabels({ access }: ReviewedEnvironment): string {
  return access.channels
    .filter(({ verdict }) => verdict !== "unchanged")
    .map(({ before, after, channel }) => `${code(`#${(after ?? before)?.name}`)} (${code(channel)})`)
    .join(", ");
}

/** Which channels change in each environment of a group, folded. */
function channelTables(group: Identical, labels: readonly string[]): Section[] {
  const rows = group.map(({ environment, account }, index) =>
    tableRow([code(environment), codeOr(account, "any"), labels[index] ?? ""]),
  );
  const tables = tableSections(
    ["| environment | account | channels |", "|---|---|---|"],
    rows,
    (from, to) => `${from} to ${to} of the ${group.length} that change like ${group[0].environment}`,
  );
  return tables.map(({ title, lines }) => ({
    title: `environments ${title}`,
    lines: foldedLines(`Environments ${title}, and their channels`, lines),
  }));
}

/** The environments that are too many for a sentence, folded. */
function namesSections(names: readonly string[], whichWords: string): Section[] {
  const lines = namesLines(names, whichWords);
  return lines.length === 0 ? [] : [{ title: `the names of the ${names.length} environments ${whichWords}`, lines }];
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
