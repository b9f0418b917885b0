import { groupByKey } from "../../../../stacks/group-by-key";
import { ONE_REGION_ADVICE } from "../../../aws/advice";
import { knownOf } from "../../../aws/lookup";
import {
  type Check,
  channelOf,
  type Examined,
  GUIDE_TOPICS,
  isSameChannel,
  liveChannelOf,
  liveChannelsOf,
  manualFix,
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
  sentence: "Slack channels are configured only in the environment's region, or other-channels is expected.",
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

/** A channel of another region, by all places in which it is configured. */
function channelOutcome(examined: Examined, channel: PlacedChannel): Outcome {
  const { environment } = examined;
  const places = liveChannelsOf(examined).filter((live) => isSameChannel(live, channel));
  const isWritten = environment.channels.some((written) => isSameChannel(written, channel));
  if (!isWritten && places.length === 1) return otherOutcome(examined, channel);
  const where = places.map(
    ({ region, properties }) => `${region} with ${knownOf(properties)?.ChannelRoleArn ?? "a role that isn't known"}`,
  );
  const found = `configured in ${where.join(", and in ")}`;
  const of = liveChannelOf(environment, channel);
  if (isWritten) {
    const fix = {
      text: `Remove the channel's configuration in ${channel.region} with this command. AWS advises to use one region, since several can conflict:`,
      commands: [removeCommand(environment, channel)],
    };
    return { findings: [unhealthy(of, `configured only in ${environment.region}`, found, fix, topic)] };
  }
  // One finding for all places: commands for each would remove it everywhere.
  const first = places.find(({ region }) => region !== environment.region);
  if (first?.region !== channel.region) return {};
  const { subject } = channelOf({ ...channel, name: knownOf(channel.properties)?.ChannelName });
  const fix = manualFix(ONE_REGION_ADVICE);
  return { findings: [unhealthy({ ...of, subject }, "configured in one region", found, fix, topic)] };
}
