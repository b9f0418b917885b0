import { CAPABILITIES } from "../../modules/support-app/capability";
import { capabilitiesAt } from "../../modules/support-app/grant";
import type { Environment } from "../../stacks/environment";

/** What environments.yaml gives each channel of an environment now, and what it doesn't: the latter is no finding. */
export function givenNotes({ accesses, channels }: Environment, time: Date): string[] {
  return channels.map(({ access, name }) => {
    const props = accesses.find((one) => one.access === access);
    const given = props ? capabilitiesAt(props, time) : [];
    if (given.length === 0) return `environments.yaml gives #${name} nothing.`;
    const others = CAPABILITIES.filter((capability) => !given.includes(capability));
    const except = others.length > 0 ? `, but not ${others.join(", ")}` : "";
    return `environments.yaml gives #${name} ${given.join(", ")}${except}.`;
  });
}
