import { groupByKey } from "../../../../stacks/group-by-key";
import { knownOf } from "../../../aws/lookup";
import { configuredTwiceDraft, type PlacedChannel, removeCommand } from "../../../findings/channel-findings";
import {
  type Check,
  channelOf,
  type Examined,
  isSameChannel,
  liveChannelOf,
  liveChannelsOf,
  merged,
  type Outcome,
  unknownFinding,
} from "../check";
import { otherOutcome } from "./channels";

/** A role is the same in every region, so a channel elsewhere can have each of them. */
export const otherRegions: Check = {
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
    const of = { resource: `Slack channels in ${regions.join(", ")}`, about: ["regions", ...regions] };
    return unknownFinding(of, "to see them", failure);
  });
  const note = `Channels in ${denied.join(", ")} can't be read, since a service control policy of the organization denies it.`;
  return { findings, notes: denied.length > 0 ? [note] : [], unseen: unread.map(({ region }) => [region]) };
}

/** A channel of another region, by all places in which it is configured. */
function channelOutcome(examined: Examined, channel: PlacedChannel): Outcome {
  const { environment } = examined;
  const places = liveChannelsOf(examined).filter((live) => isSameChannel(live, channel));
  const isWritten = environment.channels.some((written) => isSameChannel(written, channel));
  if (!isWritten && places.length === 1) return otherOutcome(examined, channel);
  const of = liveChannelOf(environment, channel);
  const { resource } = channelOf({ ...channel, name: knownOf(channel.properties)?.ChannelName });
  const draft = configuredTwiceDraft({ ...of, resource }, places);
  if (isWritten) {
    const fix = {
      text: `Remove the channel's configuration in ${channel.region} with this command. AWS advises to use one region, since several can conflict:`,
      commands: [removeCommand(environment.account, channel)],
    };
    return { findings: [{ ...draft, ...of, expected: `configured only in ${environment.region}`, fix }] };
  }
  // One finding for all places: commands for each would remove it everywhere.
  const first = places.find(({ region }) => region !== environment.region);
  return first?.region === channel.region ? { findings: [draft] } : {};
}
