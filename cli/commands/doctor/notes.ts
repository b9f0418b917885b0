import type { Access } from "../../../modules/support-app/model/access";
import { CAPABILITIES, type Capability } from "../../../modules/support-app/model/capability";
import { capabilitiesAt } from "../../../modules/support-app/model/grant";
import { endOf } from "../../../modules/support-app/model/until";
import type { Environment } from "../../../stacks/environments/environment";
import { capabilitiesInWords, untilWords } from "../../terminal/until-words";
import { channelOf } from "./check";

/** What environments.yaml gives each channel of an environment now, and the capabilities that it doesn't give, which are no finding. */
export function givenNotes({ accesses, channels }: Environment, time: Date): string[] {
  return accesses.flatMap((props) => {
    const given = givenInWords(props, time);
    return channels
      .filter(({ access }) => access === props.access)
      .map((channel) => `environments.yaml gives ${channelOf(channel).resource} ${given}.`);
  });
}

function givenInWords(props: Access, time: Date): string {
  const given = capabilitiesAt(props, time);
  if (given.length === 0) return `nothing any more: all ${props.access} access has ended`;
  const ends: Partial<Record<Capability, string>> = Object.fromEntries(
    (props.temporarily ?? []).map(({ capability, until }) => [capability, endOf(until)]),
  );
  const withheld = CAPABILITIES.filter((capability) => !given.includes(capability));
  const until = props.until === undefined ? "" : `${untilWords(endOf(props.until))}: `;
  const except = withheld.length > 0 ? `, but not ${withheld.join(", ")}` : "";
  return `${until}${capabilitiesInWords(given, ends)}${except}`;
}
