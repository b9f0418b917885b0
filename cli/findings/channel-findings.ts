import { ONE_REGION_ADVICE } from "../aws/advice";
import { onlyInAccount, removeChannelCommand } from "../aws/aws-cli";
import type { LiveChannel } from "../aws/live-channel";
import { valueIfKnown } from "../aws/lookup";
import { type Draft, manualFix, unhealthy, type WholeDraft } from "./finding";

/** A channel of an account, with the region in which it is configured. */
export interface PlacedChannel extends LiveChannel {
  readonly region: string;
}

type FindingLocation = Pick<Draft, "resource" | "about">;

export function roleOfChannel({ properties }: LiveChannel): string | undefined {
  return valueIfKnown(properties)?.ChannelRoleArn;
}

export function removeCommand(account: string, { region, identifier }: PlacedChannel): string {
  return onlyInAccount({ account, region }, removeChannelCommand({ account, region }, identifier));
}

/** That a channel's role doesn't exist, or doesn't let the Support App in. */
export function missingRoleDraft(location: FindingLocation, account: string, channel: PlacedChannel): WholeDraft {
  const impact = "People in it can do nothing. Whoever creates a role of that name decides what they can do.";
  const actual = `the role ${roleOfChannel(channel)}, which doesn't exist or doesn't let the Support App in`;
  const fix = manualFix(
    "Give the channel another role in the AWS Support Center Console or, if nobody needs it, remove its configuration:",
    removeCommand(account, channel),
  );
  return unhealthy({ ...location, impact }, "a role of the account that trusts the Support App", actual, fix);
}

/** That a channel is configured in several regions. @param places all of its configurations */
export function configuredTwiceDraft(location: FindingLocation, places: readonly PlacedChannel[]): WholeDraft {
  const impact = "Several configurations of a channel can conflict, so that AWS advises to use one region.";
  const placeWords = places.map((place) => `${place.region} with ${roleOfChannel(place) ?? "a role that isn't known"}`);
  const actual = `configured in ${placeWords.join(", and in ")}`;
  return unhealthy({ ...location, impact }, "configured in one region", actual, manualFix(ONE_REGION_ADVICE));
}
