import { groupByKey } from "../../../../stacks/group-by-key";
import { knownOf } from "../../../aws/lookup";
import {
  type Check,
  type Examined,
  GUIDE_TOPICS,
  liveChannelOf,
  liveChannelsOf,
  merged,
  type Outcome,
  type PlacedChannel,
  removeCommand,
  unhealthy,
  unknownFinding,
} from "../check";
import { otherOutcome } from "./channels";

const topic = GUIDE_TOPICS.invalidRole;

/** A role is the same in every region, so a channel elsewhere can have each of them. */
export const otherRegions: Check = {
  name: "other-regions",
  sentence: "Slack channels are configured only in the environment's region, unless others configure channels, too.",
  examine: (examined) => {
    const { environment } = examined;
    const elsewhere = liveChannelsOf(examined).filter(({ region }) => region !== environment.region);
    return merged([unreadOutcome(examined), ...elsewhere.map((channel) => channelOutcome(examined, channel))]);
  },
};

/**
 * One finding for the regions in which the same failure keeps their channels unknown. Where others configure channels, a
 * region that the organization denies is a note: whatever role a channel there has is judged with all roles.
 */
function unreadOutcome({ environment, account }: Examined): Outcome {
  const unread = account.elsewhere.flatMap(({ region, channels }) =>
    "unknown" in channels ? [{ region, failure: channels.unknown }] : [],
  );
  const isNoted = ({ failure }: (typeof unread)[number]) =>
    environment.otherChannels === "expected" && failure.isDeniedByOrganization === true;
  const denied = unread.filter(isNoted).map(({ region }) => region);
  const failed = unread.filter((one) => !isNoted(one));
  const findings = [...groupByKey(failed, ({ failure }) => failure.message).values()].map((alike) => {
    const regions = alike.map(({ region }) => region);
    const { failure } = alike[0];
    const of = { subject: `Slack channels in ${regions.join(", ")}`, about: ["regions", ...regions] };
    return unknownFinding(of, "to see them", failure, topic);
  });
  const note = `Channels in ${denied.join(", ")} can't be read, since a service control policy of the organization denies it.`;
  return { findings, notes: denied.length > 0 ? [note] : [], unseen: unread.map(({ region }) => [region]) };
}

function channelOutcome(examined: Examined, channel: PlacedChannel): Outcome {
  const { environment } = examined;
  const { region, identifier, workspace, properties } = channel;
  const isWritten = environment.channels.some(
    (written) => written.workspace === workspace && written.channel === channel.channel,
  );
  const places = liveChannelsOf(examined).flatMap((live) =>
    live.identifier === identifier && live.region !== region ? [live.region] : [],
  );
  if (!isWritten && places.length === 0) return otherOutcome(examined, channel);
  const role = knownOf(properties)?.ChannelRoleArn ?? "a role that isn't known";
  const also = places.length === 0 ? "" : `, and also in ${places.join(", ")}`;
  const fix = {
    text: `Remove the channel's configuration in ${region} with this command. AWS advises to use one region, since several can conflict:`,
    commands: [removeCommand(environment, channel)],
  };
  const expected = isWritten ? `configured only in ${environment.region}` : "configured in one region";
  const found = `configured in ${region} with ${role}${also}`;
  return { findings: [unhealthy(liveChannelOf(environment, channel), expected, found, fix, topic)] };
}
