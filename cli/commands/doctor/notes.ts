import type { Access } from "../../../modules/support-app/model/access";
import { CAPABILITIES, type Capability } from "../../../modules/support-app/model/capability";
import { capabilitiesAt, grantsOf } from "../../../modules/support-app/model/grant";
import { DAY_MS, endOf, inSeconds } from "../../../modules/support-app/model/until";
import type { Environment } from "../../../stacks/environments/environment";
import { capabilitiesInWords, endWords, untilWords } from "../../terminal/until-words";
import { channelOf } from "./check";

/** How long before an end a note announces it. */
const NOTICE_MS = 14 * DAY_MS;

/** What environments.yaml gives each channel of an environment now, and the capabilities that it doesn't give, which are no finding. */
export function givenNotes({ accesses, channels }: Environment, time: Date): string[] {
  return accesses.flatMap((props) => {
    const given = givenInWords(props, time);
    return channels
      .filter(({ access }) => access === props.access)
      .map((channel) => `environments.yaml gives ${channelOf(channel).subject} ${given}.`);
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

/** Notes on access that has ended, or ends within 14 days. Neither is a fault: IAM enforces the ends of environments.yaml. */
export function endingNotes(props: Access, { name }: Environment, time: Date): string[] {
  const now = inSeconds(time);
  const soon = inSeconds(new Date(time.getTime() + NOTICE_MS));
  return grantsOf(props).flatMap(({ capabilities, end }, index) => {
    if (end === undefined || end > soon) return [];
    const access = `${props.access} access of ${name}`;
    const what = index === 0 ? `All ${access}` : `${capabilities.join(", ")} of the ${access}`;
    if (end > now) return [`${what} ends at ${endWords(end)}. To keep it, set a later until.`];
    return [
      `${what} ended at ${endWords(end)}. Remove what has ended from environments.yaml, not only its until, or set a later until.`,
    ];
  });
}
