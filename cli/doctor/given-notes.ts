import type { Access } from "../../modules/support-app/model/access";
import { CAPABILITIES, type Capability } from "../../modules/support-app/model/capability";
import { capabilitiesAt } from "../../modules/support-app/model/grant";
import { endOf, inSeconds } from "../../modules/support-app/model/until";
import type { Environment } from "../../stacks/environment";
import { capabilitiesInWords, endWords, untilWords } from "../until-words";
import { channelSubject } from "./check";

/** What environments.yaml gives each channel of an environment now, and what it doesn't: the latter is no finding. */
export function givenNotes({ accesses, channels }: Environment, time: Date): string[] {
  return accesses.flatMap((props) => {
    const given = givenInWords(props, time);
    return channels
      .filter(({ access }) => access === props.access)
      .map((channel) => {
        const isUnique = channels.filter(({ name }) => name === channel.name).length === 1;
        return `environments.yaml gives ${isUnique ? `#${channel.name}` : channelSubject(channel)} ${given}.`;
      });
  });
}

function givenInWords(props: Access, time: Date): string {
  const end = props.until === undefined ? undefined : endOf(props.until);
  if (end !== undefined && end <= inSeconds(time)) {
    return `nothing any more: all ${props.access} access ended at ${endWords(end)}`;
  }
  const ends: Partial<Record<Capability, string>> = Object.fromEntries(
    (props.temporarily ?? []).map(({ capability, until }) => [capability, endOf(until)]),
  );
  const given = capabilitiesAt(props, time);
  const others = CAPABILITIES.filter((capability) => !given.includes(capability)).map((capability) => {
    const ended = ends[capability];
    return ended === undefined ? capability : `${capability} (ended at ${endWords(ended)})`;
  });
  const until = end === undefined ? "" : `${untilWords(end)}: `;
  const except = others.length > 0 ? `, but not ${others.join(", ")}` : "";
  return `${until}${capabilitiesInWords(given, ends)}${except}`;
}
