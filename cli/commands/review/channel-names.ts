import { channelKey, type SlackChannelId } from "../../../modules/support-app/model/channel-set";
import type { Environment } from "../../../stacks/environments/environment";

/** A channel with the name that the file gives it. */
type NamedChannel = SlackChannelId & { readonly name: string };

/**
 * Whether a channel's name says which channel it is: the environment gave this name to this channel before the change, and to no
 * other before or after it. In another account, nobody knows it.
 *
 * @param base undefined: the environment is new
 */
export function isKnownByName(
  channel: NamedChannel,
  base: Environment | undefined,
  head: Environment | undefined,
): boolean {
  if (base === undefined || base.account !== head?.account) return false;
  const isSame = (otherChannel: NamedChannel) => channelKey(otherChannel) === channelKey(channel);
  const isNamesake = ({ name }: NamedChannel) => name === channel.name;
  return (
    /^[ -~]*$/.test(channel.name) && // another name could look like it
    base.channels.some((former) => isSame(former) && isNamesake(former)) &&
    [...base.channels, ...head.channels].filter(isNamesake).every(isSame)
  );
}
