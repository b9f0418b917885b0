import { formatCount } from "../../../../common/format-count";
import { code, codeBlock } from "../../../terminal/markdown";
import type { PlanFailure } from "../plans-folder";
import { namesInWords, namesLines } from "./phrases";
import type { Section } from "./sections";

/** How many plans that are missing are explained. */
const MAX_FAILURES = 20;

/** What is known of the plans: which are missing, and why. */
export function planFailureSections(planCount: number, failures: readonly PlanFailure[]): Section[] {
  if (failures.length === 0) return [];
  const rest = failures.length - MAX_FAILURES;
  const lines = failures.slice(0, MAX_FAILURES).flatMap(({ environment, reason }) => [
    `The plan of ${code(environment)} is missing from this report:`,
    "",
    ...codeBlock(reason), // which may repeat any text
    "",
  ]);
  return [
    {
      title: "the plans that are missing",
      lines: [
        "### ⛔ Plans are missing",
        "",
        `${formatCount(planCount, "plan")} ${planCount === 1 ? "was" : "were"} read, ${failures.length} ${failures.length === 1 ? "wasn't" : "weren't"}. What is below about access in the code holds. What a deploy would do in these environments, and whether somebody changed them by hand, is unknown.`,
        "",
        ...lines,
        ...(rest > 0
          ? [`${formatCount(rest, "more plan")} can't be read or ${rest === 1 ? "is" : "are"} missing.`, ""]
          : []),
      ],
    },
  ];
}

/** What is planned next. */
export function waitingSections(planned: readonly string[]): Section[] {
  if (planned.length === 0) return [];
  const names = planned.map(code);
  const lines = [
    `**Plans are running** for ${namesInWords(names)}. This comment is then written again, with what each deploy would do: drift may need an approval of its own.`,
    "",
    ...namesLines(names, "that are planned"),
  ];
  return [{ title: "which environments are planned", lines }];
}
