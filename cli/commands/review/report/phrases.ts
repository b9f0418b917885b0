import { shortened } from "../../../../modules/support-app/model/problem";
import type { Undecided } from "../../../iam/compare";
import { spelled } from "../../../iam/spelling";
import { textOf } from "../../../terminal/json";
import { code, linesOf } from "../../../terminal/markdown";
import type { RoleAccess } from "../../../terraform/access";
import { UNREADABLE, type Unreadable } from "../../../terraform/unreadable";
import type { ReviewedEnvironment } from "../review";
import { targetsWords } from "./rights-table";

/** Maximum number of environment names in a sentence. */
const MAX_NAMES = 5;

/** Number of names in each line of a full list. */
const NAMES_IN_LINE = 10;

/** Names in a sentence. */
export function namesInWords(names: readonly string[]): string {
  return names.length > MAX_NAMES ? `${names.length} environments, listed below` : names.join(", ");
}

/** With the account if the environment is new or removed: it may not be the expected one. */
export function nameInWords({ environment, account, isNew, isRemoved }: ReviewedEnvironment): string {
  return account !== undefined && (isNew || isRemoved) ? `${code(environment)} (${code(account)})` : code(environment);
}

/** The environments that are too many for a sentence, folded. */
export function namesLines(names: readonly string[], which: string): string[] {
  if (names.length <= MAX_NAMES) return [];
  const lines = Array.from({ length: Math.ceil(names.length / NAMES_IN_LINE) }, (_, index) =>
    names.slice(index * NAMES_IN_LINE, (index + 1) * NAMES_IN_LINE).join(", "),
  );
  return folded(`The ${names.length} environments ${which}`, lines.join(",\n"));
}

/** Lines that a reader unfolds. */
export function folded(summary: string, ...lines: readonly (string | readonly string[])[]): string[] {
  return linesOf(`<details><summary>${summary}</summary>`, "", ...lines, "", "</details>", "");
}

/** The name of a role in IAM, as inline code, with the path unless that is /. */
export function roleName({ path, name }: RoleAccess): string {
  return code(path === "/" ? name : path + name);
}

/** Maximum length at which an unsupported value is shown: the Terraform has all of it. */
const MAX_SOURCE = 300;

/** An unsupported part of a stack, in words. */
export function unreadableWords({ reason, address, source }: Unreadable): string {
  return `Unsupported: ${UNREADABLE[reason]}, in ${code(address)}${source === undefined ? "" : ` (${code(shortened(textOf(source), MAX_SOURCE))})`}.`;
}

/** Unsupported parts, except for forbidden ones. */
export function unreadableLines({ unreadable, violations }: ReviewedEnvironment): string[] {
  const reported = new Set(
    violations.flatMap((violation) => ("unreadable" in violation ? [violation.unreadable] : [])),
  );
  return [...new Set(unreadable.filter((one) => !reported.has(one)).map((one) => `- ${unreadableWords(one)}`))];
}

/** What could not be compared, in words. */
export function undecidedWords({ reason, action }: Undecided): string {
  const what = action ? ` of ${targetsWords(action, spelled)}` : "";
  return reason === "too-many-patterns"
    ? "Unsupported: too many patterns in a policy to try everything that they can match."
    : `Unsupported: too many combinations of conditions${what} to try.`;
}
