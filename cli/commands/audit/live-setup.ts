import type { Region } from "../../../modules/support-app/model/limits";
import { expectKnown } from "../../aws/advice";
import type { LiveRegion, LiveRoles, RoleWithRights } from "../../aws/live-account";
import type { ChannelProperties, LiveChannel } from "../../aws/live-channel";
import type { LiveDocument } from "../../aws/live-document";
import type { LivePolicy, LiveRole } from "../../aws/live-role";
import type { Lookup } from "../../aws/lookup";

/** What an account has for the Support App. */
export interface LiveSetup {
  /** The roles that the Support App can assume, or may be able to. */
  readonly roles: readonly KnownRole[];
  readonly channels: readonly KnownChannel[];
}

/** A channel, with properties that could be read. */
export interface KnownChannel extends Omit<LiveChannel, "properties"> {
  readonly region: Region;
  readonly properties: Partial<ChannelProperties>;
}

/** A role with all of its policies, attached and inline. */
export interface KnownRole extends LiveRole {
  readonly policies: readonly KnownPolicy[];
}

export interface KnownPolicy extends Omit<LivePolicy, "document"> {
  readonly document: LiveDocument;
}

const expectValue = <T>(lookup: Lookup<T>) => expectKnown(lookup);

/**
 * The setup in an account.
 *
 * @throws CommandError when a part of it couldn't be read
 */
export function setupOf(
  roles: LiveRoles["roles"],
  regions: readonly (Pick<LiveRegion, "channels"> & { readonly region: Region })[],
): LiveSetup {
  return {
    roles: expectValue(roles).map(knownRole),
    channels: regions.flatMap(({ region, channels }) =>
      expectValue(channels).map((channel) => ({ ...channel, region, properties: expectValue(channel.properties) })),
    ),
  };
}

function knownRole({ rights }: RoleWithRights): KnownRole {
  return {
    ...expectValue(rights.role),
    policies: expectValue(rights.policies).map((policy) => ({ ...policy, document: expectValue(policy.document) })),
  };
}
