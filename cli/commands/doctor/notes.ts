import { CAPABILITIES, type Capability } from "../../../modules/support-app/model/capability";
import { capabilitiesAt } from "../../../modules/support-app/model/grant";
import { accessWords, isSameOwner, type OwnedAccess } from "../../../modules/support-app/model/team";
import { endOf } from "../../../modules/support-app/model/until";
import type { Environment } from "../../../stacks/environments/environment";
import { capabilitiesInWords, untilWords } from "../../iam/until-words";
import { channelLocation } from "./check";

/** What environments.yaml gives each channel of an environment now, and the capabilities that it doesn't give, which are no finding. */
export function givenNotes({ accesses, channels }: Environment, time: Date): string[] {
  return accesses.flatMap((props) => {
    const accessWords = givenInWords(props, time);
    return channels
      .filter((channel) => isSameOwner(channel, props))
      .map((channel) => `environments.yaml gives ${channelLocation(channel).resource} ${accessWords}.`);
  });
}

function givenInWords(props: OwnedAccess, time: Date): string {
  const givenCapabilities = capabilitiesAt(props, time);
  if (givenCapabilities.length === 0) return `nothing any more: all ${accessWords(props)} has ended`;
  const ends: Partial<Record<Capability, string>> = Object.fromEntries(
    (props.temporarily ?? []).map(({ capability, until }) => [capability, endOf(until)]),
  );
  const missingCapabilities = CAPABILITIES.filter((capability) => !givenCapabilities.includes(capability));
  const until = props.until === undefined ? "" : `${untilWords(endOf(props.until))}: `;
  const exceptWords = missingCapabilities.length > 0 ? `, but not ${missingCapabilities.join(", ")}` : "";
  return `${until}${capabilitiesInWords(givenCapabilities, ends)}${exceptWords}`;
}
