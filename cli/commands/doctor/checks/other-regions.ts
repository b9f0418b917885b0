import { groupByKey } from "../../../../stacks/group-by-key";
import type { SearchedRegion } from "../../../aws/live-account";
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
    const { environment, account } = examined;
    const elsewhere = liveChannelsOf(examined).filter(({ region }) => region !== environment.region);
    return merged([unreadOutcome(account.elsewhere), ...elsewhere.map((channel) => channelOutcome(examined, channel))]);
  },
};

/** One finding for the regions in which the same failure keeps their channels unknown. */
function unreadOutcome(searched: readonly SearchedRegion[]): Outcome {
  const failed = searched.flatMap(({ region, channels }) =>
    "unknown" in channels ? [{ region, failure: channels.unknown }] : [],
  );
  const findings = [...groupByKey(failed, ({ failure }) => failure.message).values()].map((alike) => {
    const regions = alike.map(({ region }) => region);
    const { failure } = alike[0];
    const of = { subject: `Slack channels in ${regions.join(", ")}`, about: ["regions", ...regions] };
    return unknownFinding(of, "to see them", failure, topic);
  });
  return { findings, unseen: failed.map(({ region }) => [region]) };
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
