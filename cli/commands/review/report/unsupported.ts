import { shortened } from "../../../../modules/support-app/model/problem";
import type { Undecided } from "../../../iam/compare";
import { spelled } from "../../../iam/spelling";
import { textOf } from "../../../terminal/json";
import { code } from "../../../terminal/markdown";
import { UNREADABLE, type Unreadable } from "../../../terraform/unreadable";
import type { ReviewedEnvironment } from "../review";
import { targetsWords } from "./rights-table";

/** Maximum length at which an unsupported value is shown: the Terraform has all of it. */
const MAX_SOURCE = 300;

/** An unsupported part of a stack, in words. */
export function unreadableWords({ reason, address, source }: Unreadable): string {
  return `Unsupported: ${UNREADABLE[reason]}, in ${code(address)}${source === undefined ? "" : ` (${code(shortened(textOf(source), MAX_SOURCE))})`}.`;
}

/** Unsupported parts, without those that are reported as forbidden. */
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
