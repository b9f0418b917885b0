import { compare, type Difference, NO_DIFFERENCE } from "../iam/compare";
import { canonical } from "../json";
import { zipByKey } from "../zip-by-key";
import type { ChannelAccess, EnvironmentAccess, RoleAccess } from "./access";
import { type CapabilityChanges, capabilityChanges } from "./capability-changes";
import { boundaryVerdict, NO_ROLE, verdictOf } from "./role-changes";
import { mostSevere, type Verdict } from "./verdict";

/** What changes for the people in a channel. */
export interface ChannelChange extends CapabilityChanges {
  readonly workspace: string;
  readonly channel: string;
  readonly verdict: Verdict;
  /** The channel and its role. Undefined: the channel is added. */
  readonly before?: ChannelWithRole;
  /** Undefined: the channel is removed. */
  readonly after?: ChannelWithRole;
  readonly permissions: Difference;
  readonly trust: Difference;
  /** Whether it has another role than before. */
  readonly isMoved: boolean;
}

/** A channel, and the role of everyone in it. */
export interface ChannelWithRole extends ChannelAccess {
  readonly access: RoleAccess;
}

/** What changes for the people in each channel. */
export function channelChanges(
  base: EnvironmentAccess,
  head: EnvironmentAccess,
  moved: ReadonlyMap<string, string>,
): ChannelChange[] {
  const byId = ({ channels }: EnvironmentAccess) =>
    new Map(channels.map((one) => [canonical([one.workspace, one.channel]), one]));
  const withRole = (channel: ChannelAccess | undefined, { roles }: EnvironmentAccess): ChannelWithRole | undefined =>
    channel && { ...channel, access: roles.get(channel.role) ?? NO_ROLE };
  return zipByKey(byId(base), byId(head)).flatMap(([, was, is]): ChannelChange[] => {
    const [before, after] = [withRole(was, base), withRole(is, head)];
    const one = after ?? before;
    if (!one) return [];
    const [from, to] = [before?.access ?? NO_ROLE, after?.access ?? NO_ROLE];
    const permissions = compare(from.permissions, to.permissions);
    const trust = before && after ? compare(from.trust, to.trust) : NO_DIFFERENCE;
    const isMoved =
      before !== undefined && after !== undefined && before.role !== (moved.get(after.role) ?? after.role);
    const settings = ({ name, notify }: ChannelAccess) => canonical({ name, notify });
    const hasNewSettings = before !== undefined && after !== undefined && settings(before) !== settings(after);
    const verdict = mostSevere([
      verdictOf(permissions),
      verdictOf(trust),
      boundaryVerdict(before?.access, after?.access),
      !before && "broadened",
      !after && "narrowed",
      (isMoved || hasNewSettings) && "settings",
    ]);
    const { workspace, channel } = one;
    return [
      {
        ...{ workspace, channel, verdict, before, after, permissions, trust, isMoved },
        ...capabilityChanges(from, to),
      },
    ];
  });
}
