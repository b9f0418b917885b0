import { groupByKey } from "../../../../common/group-by-key";
import { channelKey } from "../../../../modules/support-app/model/channel-set";
import { valueIfKnown } from "../../../aws/lookup";
import { configuredTwiceDraft, type PlacedChannel, removeCommand } from "../../../findings/channel-findings";
import {
  channelLocation,
  type DoctorCheck,
  type Examination,
  liveChannelOf,
  liveChannelsOf,
  mergeOutcomes,
  type Outcome,
  unknownFinding,
} from "../check";
import { otherOutcome } from "./channels";

/** A role is the same in every region, so a channel elsewhere can have each of them. */
export const otherRegions: DoctorCheck = {
  examine: (examination) => {
    const { environment } = examination;
    const placesElsewhere = liveChannelsOf(examination).filter(({ region }) => region !== environment.region);
    return mergeOutcomes([
      unreadOutcome(examination),
      ...placesElsewhere.map((channel) => channelOutcome(examination, channel)),
    ]);
  },
};

/**
 * One finding for the regions in which the same failure keeps their channels unknown. Where others configure channels, a
 * region that the organization denies is a note: whatever role a channel there has is judged with all roles.
 */
function unreadOutcome({ environment, account }: Examination): Outcome {
  const unreadRegions = account.elsewhere.flatMap(({ region, channels }) =>
    "unknown" in channels ? [{ region, failure: channels.unknown }] : [],
  );
  const isNoted = ({ failure }: (typeof unreadRegions)[number]) =>
    environment.otherChannels && failure.isDeniedByOrganization === true;
  const deniedRegions = unreadRegions.filter(isNoted).map(({ region }) => region);
  const failures = unreadRegions.filter((regionFailure) => !isNoted(regionFailure));
  const findings = [...groupByKey(failures, ({ failure }) => failure.message).values()].map((failureGroup) => {
    const regions = failureGroup.map(({ region }) => region);
    const { failure } = failureGroup[0];
    const location = { resource: `Slack channels in ${regions.join(", ")}`, about: ["regions", ...regions] };
    return unknownFinding(location, "to see them", failure);
  });
  const note = `Channels in ${deniedRegions.join(", ")} can't be read, since a service control policy of the organization denies it.`;
  return { findings, notes: deniedRegions.length > 0 ? [note] : [] };
}

/** A channel of another region, by all places in which it is configured. */
function channelOutcome(examination: Examination, channel: PlacedChannel): Outcome {
  const { environment } = examination;
  const places = liveChannelsOf(examination).filter((live) => channelKey(live) === channelKey(channel));
  const isWritten = environment.channels.some((fileChannel) => channelKey(fileChannel) === channelKey(channel));
  if (!isWritten && places.length === 1) return otherOutcome(examination, channel);
  const location = liveChannelOf(environment, channel);
  const { resource } = channelLocation({ ...channel, name: valueIfKnown(channel.properties)?.ChannelName });
  const draft = configuredTwiceDraft({ ...location, resource }, places);
  if (isWritten) {
    const fix = {
      text: `Remove the channel's configuration in ${channel.region} with this command. AWS advises to use one region, since several can conflict:`,
      commands: [removeCommand(environment.account, channel)],
    };
    return { findings: [{ ...draft, ...location, expected: `configured only in ${environment.region}`, fix }] };
  }
  // One finding for all places: commands for each would remove it everywhere.
  const first = places.find(({ region }) => region !== environment.region);
  return first?.region === channel.region ? { findings: [draft] } : {};
}
