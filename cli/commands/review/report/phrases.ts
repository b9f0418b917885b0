import { textOf } from "../../../../common/json";
import { truncate } from "../../../../common/problem";
import type { Targets } from "../../../iam/policy";
import { targetsWords } from "../../../iam/right-words";
import { awsSpelling } from "../../../iam/spelling";
import { code, linesOf } from "../../../terminal/markdown";
import type { RoleAccess } from "../../../terraform/environment-access";
import { UNREADABLE, type Unreadable } from "../../../terraform/unreadable";
import { VERDICTS, type Verdict } from "../../../terraform/verdict";
import type { ReviewedEnvironment } from "../review";

/** Ends a paragraph about a part of a change that needs an approval. */
export const NEEDS_APPROVAL = "**This needs an approval.**";

/** A verdict, and what it means. */
export const VERDICT_WORDS: Readonly<Record<Verdict, readonly [short: string, sentence: string]>> = {
  unchanged: ["unchanged", "The code is the same."],
  cosmetic: ["changed in form only", "Everybody can do what they could before."],
  settings: ["settings change", "Everybody can do what they could before, with other settings."],
  narrowed: ["access is narrowed", "Somebody can do less than before, and nobody more."],
  broadened: ["access is broadened", `Somebody can do more than before. ${NEEDS_APPROVAL}`],
  unknown: [
    "access is unknown",
    `Something in this change may let somebody do more, or have Terraform act on something else: see below. ${NEEDS_APPROVAL}`,
  ],
  "left-behind": ["left behind", NEEDS_APPROVAL],
};

/** Environments by how much their change needs somebody to look at it: what is forbidden first. */
export function worstFirst(environments: readonly ReviewedEnvironment[]): ReviewedEnvironment[] {
  const rankOf = ({ verdict, violations }: ReviewedEnvironment) =>
    violations.length > 0 ? VERDICTS.length : VERDICTS.indexOf(verdict);
  return [...environments].sort((a, b) => rankOf(b) - rankOf(a));
}

/** Maximum number of environment names in a sentence. */
const MAX_NAMES = 5;

/** Names in a sentence. */
export function namesInWords(names: readonly string[]): string {
  return names.length > MAX_NAMES ? `${names.length} environments, listed below` : names.join(", ");
}

/** With the account if the environment is new or removed: it may not be the expected one. */
export function nameInWords({ environment, account, isNew, isRemoved }: ReviewedEnvironment): string {
  return account !== undefined && (isNew || isRemoved) ? `${code(environment)} (${code(account)})` : code(environment);
}

/** The environments that are too many for a sentence, folded. */
export function namesLines(names: readonly string[], whichWords: string): string[] {
  if (names.length <= MAX_NAMES) return [];
  return foldedLines(`The ${names.length} environments ${whichWords}`, names.join(",\n"));
}

/** Lines that a reader unfolds. */
export function foldedLines(summary: string, ...lines: readonly (string | readonly string[])[]): string[] {
  return linesOf(`<details><summary>${summary}</summary>`, "", ...lines, "", "</details>", "");
}

/** A value before and after, in Markdown. */
export function changeWords(property: string, before: string, after: string): string {
  return `${property} changes: ${before} → ${after}.`;
}

/** An action or a condition key, in AWS's spelling. */
export function spelledCode(name: string): string {
  return code(awsSpelling(name));
}

/** The name of a role in IAM, as inline code, with the path unless that is /. */
export function roleName({ path, name }: Pick<RoleAccess, "path" | "name">): string {
  return code(path === "/" ? name : path + name);
}

/** Maximum length at which an unsupported value is shown: the Terraform has all of it. */
const MAX_SOURCE = 300;

/** An unsupported part of a stack, in words. */
export function unreadableWords({ reason, address, source }: Unreadable): string {
  return `Unsupported: ${UNREADABLE[reason]}, in ${code(address)}${source === undefined ? "" : ` (${code(truncate(textOf(source), MAX_SOURCE))})`}.`;
}

/** Unsupported parts, except for forbidden ones. */
export function unreadableLines({ unreadable, violations }: ReviewedEnvironment): string[] {
  const reportedReasons = new Set(
    violations.flatMap((violation) => ("unreadable" in violation ? [violation.unreadable] : [])),
  );
  return [
    ...new Set(
      unreadable.filter((reason) => !reportedReasons.has(reason)).map((reason) => `- ${unreadableWords(reason)}`),
    ),
  ];
}

/** What could not be compared, in words. */
export function undecidedWords(actions: Targets): string {
  return `Unsupported: too many patterns or combinations of conditions to try, of ${targetsWords(actions, spelledCode)}.`;
}
