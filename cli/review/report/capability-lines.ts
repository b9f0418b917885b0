import { actionsOf, CAPABILITY_WORDS, type Capability } from "../../../modules/support-app/capability";
import { code } from "../../markdown";
import type { CapabilityChanges } from "../../terraform/capability-changes";
import { endChangeWords } from "../../until-words";

/**
 * What people gain and lose.
 *
 * @param who the subject of each sentence
 * @param isOne whether the subject is singular
 */
export function capabilityLines(
  who: string,
  isOne: boolean,
  { gained, lost, limited, shortened = [], ends }: CapabilityChanges,
): string[] {
  const s = isOne ? "s" : "";
  const linesOf = (words: string, capabilities: readonly Capability[], isGiven: boolean) => {
    if (capabilities.length === 0) return [];
    const listed = capabilities.map((capability) => {
      const end = endChangeWords(ends?.before[capability], ends?.after[capability], isGiven);
      return `  - ${capabilityWords(capability)}${end === "" ? "" : `, ${end}`}`;
    });
    return [`- ${who} ${words}:`, ...listed];
  };
  return [
    ...linesOf(`**gain${s}**`, gained, true),
    ...linesOf(`**lose${s}**`, lost, false),
    ...linesOf(`**keep${s} for a shorter time** than before`, shortened, true),
    ...linesOf("can do **only under some conditions**, which the table shows", limited, false),
  ];
}

function capabilityWords(capability: Capability): string {
  return `${capability}: ${CAPABILITY_WORDS[capability]} (${actionsOf([capability]).map(code).join(", ")})`;
}
