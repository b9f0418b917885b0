import { actionsOf, CAPABILITIES, type Capability } from "../../modules/support-app/capability";
import { compare, type Difference, NO_DIFFERENCE, type Reach, reachOf } from "../iam/compare";
import { canonical } from "../json";
import { paired } from "../paired";
import type { ChannelAccess, EnvironmentAccess, RoleAccess } from "./access";
import { boundaryVerdict, NO_ROLE, verdictOf } from "./role-changes";
import { loudest, type Verdict } from "./verdict";

/** What changes for the people in a channel. */
export interface ChannelChange {
  readonly workspace: string;
  readonly channel: string;
  readonly verdict: Verdict;
  /** The channel and its role. Undefined: it wasn't there. */
  readonly before?: ChannelWithRole;
  /** Undefined: it isn't there any more. */
  readonly after?: ChannelWithRole;
  /** What people in the channel can do after the change and could not before, and the other way round. */
  readonly gained: readonly Capability[];
  readonly lost: readonly Capability[];
  /** What they can do after the change under some conditions only, and could always or never before. */
  readonly limited: readonly Capability[];
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
  return paired(byId(base), byId(head)).flatMap(([, was, is]): ChannelChange[] => {
    const [before, after] = [withRole(was, base), withRole(is, head)];
    const one = after ?? before;
    if (!one) return [];
    const [from, to] = [before?.access ?? NO_ROLE, after?.access ?? NO_ROLE];
    const permissions = compare(from.permissions, to.permissions);
    const trust = before && after ? compare(from.trust, to.trust) : NO_DIFFERENCE;
    const isMoved =
      before !== undefined && after !== undefined && before.role !== (moved.get(after.role) ?? after.role);
    const said = ({ name, notify }: ChannelAccess) => canonical({ name, notify });
    const isToldElse = before !== undefined && after !== undefined && said(before) !== said(after);
    const verdict = loudest([
      verdictOf(permissions),
      verdictOf(trust),
      boundaryVerdict(before?.access, after?.access),
      before ? "unchanged" : "broadened",
      after ? "unchanged" : "narrowed",
      isMoved || isToldElse ? "settings" : "unchanged",
    ]);
    const [could, can] = [reachesOf(from), reachesOf(to)];
    const which = (now: Reach) =>
      CAPABILITIES.filter((capability) => can.get(capability) === now && could.get(capability) !== now);
    const { workspace, channel } = one;
    return [
      {
        ...{ workspace, channel, verdict, before, after, permissions, trust, isMoved },
        ...{ gained: which("always"), lost: which("never"), limited: which("sometimes") },
      },
    ];
  });
}

/** By the role's permissions, which those of many environments have in common. */
const reaches = new Map<string, ReadonlyMap<Capability, Reach>>();

/** What people in a channel with that role can do. */
function reachesOf(role: RoleAccess): ReadonlyMap<Capability, Reach> {
  const key = JSON.stringify(role.permissions);
  const known = reaches.get(key) ?? workOutReaches(role);
  reaches.set(key, known);
  return known;
}

function workOutReaches({ permissions }: RoleAccess): ReadonlyMap<Capability, Reach> {
  return new Map(
    CAPABILITIES.map((capability) => {
      const all = actionsOf([capability]).map((action) => reachOf(permissions, action));
      if (all.includes("never")) return [capability, "never"];
      return [capability, all.includes("sometimes") ? "sometimes" : "always"];
    }),
  );
}

/** What people in a channel with that role can do, whatever the circumstances. */
export function capabilitiesOfRole(role: RoleAccess): Capability[] {
  const reaches = reachesOf(role);
  return CAPABILITIES.filter((capability) => reaches.get(capability) === "always");
}
