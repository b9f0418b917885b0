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
      .map((channel) => {
        const isUnique = channels.filter(({ name }) => name === channel.name).length === 1;
        return `environments.yaml gives ${isUnique ? `#${channel.name}` : channelOf(channel).subject} ${given}.`;
      });
  });
}

function givenInWords(props: Access, time: Date): string {
  const end = endOfAll(props);
  if (end !== undefined && end <= inSeconds(time)) {
    return `nothing any more: all ${props.access} access ended at ${endWords(end)}`;
  }
  const ends: Partial<Record<Capability, string>> = Object.fromEntries(
    (props.temporarily ?? []).map(({ capability, until }) => [capability, endOf(until)]),
  );
  const given = capabilitiesAt(props, time);
  const withheld = CAPABILITIES.filter((capability) => !given.includes(capability)).map((capability) => {
    const ended = ends[capability];
    return ended === undefined ? capability : `${capability} (ended at ${endWords(ended)})`;
  });
  const until = end === undefined ? "" : `${untilWords(end)}: `;
  const except = withheld.length > 0 ? `, but not ${withheld.join(", ")}` : "";
  return `${until}${capabilitiesInWords(given, ends)}${except}`;
}

/**
 * Notes on access that has ended, or ends within 14 days. Neither is a fault: IAM enforces the ends of environments.yaml.
 *
 * @param whole the environment as environments.yaml has it, with the access levels that aren't looked at
 */
export function endingNotes(props: Access, whole: Environment, time: Date): string[] {
  const [now, soon] = [time, new Date(time.getTime() + NOTICE_MS)].map(inSeconds) as [string, string];
  const stateOf = (end: string) => (end <= now ? "ended" : end <= soon ? "ends" : undefined);
  const access = `${props.access} access of ${whole.name}`;
  const end = endOfAll(props);
  const stateOfAll = end === undefined ? undefined : stateOf(end);
  if (end !== undefined && stateOfAll === "ended") {
    const isOver = whole.accesses.every((one) => (endOfAll(one) ?? soon) <= now); // an environment is retired as a whole
    const remove = isOver ? "Retire the environment" : `Remove ${props.access} from environments.yaml`;
    return [
      `All ${access} ended at ${endWords(end)}. ${remove}, or set a later until. Don't just remove until: everything would be given again, without an end.`,
    ];
  }
  return [
    ...(end !== undefined && stateOfAll === "ends"
      ? [`All ${access} ends at ${endWords(end)}. To keep it, set a later until.`]
      : []),
    ...grantsOf(props)
      .slice(1)
      .flatMap(({ capabilities, end = "" }) => {
        const state = stateOf(end);
        if (state === undefined) return [];
        const what = `${capabilities.join(", ")} of the ${access} ${state} at ${endWords(end)}.`;
        return state === "ended"
          ? [`${what} Remove it from temporarily: nobody loses anything.`]
          : [`${what} To keep it, set a later until in temporarily.`];
      }),
  ];
}

function endOfAll({ until }: Access): string | undefined {
  return until === undefined ? undefined : endOf(until);
}
