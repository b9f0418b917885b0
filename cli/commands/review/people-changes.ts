import { groupByKey } from "../../../common/group-by-key";
import { CAPABILITIES, type Capability } from "../../../modules/support-app/model/capability";
import { channelKey } from "../../../modules/support-app/model/channel-set";
import { endsOf } from "../../../modules/support-app/model/grant";
import { iamNamesOf } from "../../../modules/support-app/model/iam-names";
import { isSameOwner, labelOfOwner, type OwnedAccess } from "../../../modules/support-app/model/team";
import { type Channel, type Environment, withoutRetired } from "../../../stacks/environments/environment";
import { accessPairs, roleOf } from "./access-pairs";
import { isKnownByName } from "./channel-names";
import type { PersonChange } from "./review";

/** What somebody can do, until when. Undefined: for good. */
type Ends = ReadonlyMap<Capability, string | undefined>;

type Person = Pick<PersonChange, "kind" | "name" | "workspace" | "channel" | "isKnownByName" | "owner">;

const NOTHING: Ends = new Map();

/** What everyone in a channel can do with one configuration of it. */
interface ChannelAccess {
  readonly channel: Channel;
  /** The access level or the team. */
  readonly owner: string;
  readonly ends: Ends;
}

/**
 * What people in channels and other users of roles gain and lose. A deploy replaces what the environment of this name had in the
 * account and region. Whatever else was in the account stays, and uses a role of the environment that has the same name.
 *
 * @param former the environments that were in the account
 * @param now what has ended by then counts as none, in the form of an end
 */
export function peopleChanges(former: readonly Environment[], head: Environment, now: string): PersonChange[] {
  const isInPlace = ({ name, region }: Environment) => name === head.name && region === head.region;
  const [before, after] = [former.map(withoutRetired), withoutRetired(head)];
  const remaining = before.filter((environment) => !isInPlace(environment));
  const base = former.find(({ name }) => name === head.name);
  const channelsBefore = groupByKey(before.flatMap(channelsIn), ({ channel }) => channelKey(channel));
  const channelsAfter = groupByKey([...channelsIn(after), ...channelsLeft(remaining, after)], ({ channel }) =>
    channelKey(channel),
  );
  const changeOf = (person: Person, endsBefore: Ends, endsAfter: Ends) => {
    const change = endChanges(endsBefore, endsAfter, now);
    return change.gains.length + change.loses.length > 0 ? [{ ...person, ...change }] : [];
  };
  return [
    ...[...new Map([...channelsBefore, ...channelsAfter])].flatMap(([key, [{ channel, owner }]]) => {
      const { name, workspace, channel: id } = channel;
      const subject = { name, workspace, channel: id, isKnownByName: isKnownByName(channel, base, head) };
      const [endsBefore, endsAfter] = [channelsBefore, channelsAfter].map((channels) => latestEnds(channels.get(key)));
      return changeOf({ kind: "channel", ...subject, owner }, endsBefore ?? NOTHING, endsAfter ?? NOTHING);
    }),
    ...accessPairs(
      before.find(isInPlace)?.accesses ?? [],
      after.accesses,
      remaining.flatMap(({ accesses }) => accesses),
    ).flatMap(([accessBefore, accessAfter]) => {
      const access = (accessAfter ?? accessBefore) as OwnedAccess;
      const person: Person = { kind: "role", name: iamNamesOf(access).roleName, owner: labelOfOwner(access) };
      return changeOf(person, endsOfAccess(accessBefore), endsOfAccess(accessAfter));
    }),
  ];
}

function endsOfAccess(access: OwnedAccess | undefined): Ends {
  return access ? endsOf(access) : NOTHING;
}

function channelsIn({ accesses, channels }: Environment): ChannelAccess[] {
  return channels.map((channel) => {
    const access = accesses.find((owner) => isSameOwner(owner, channel));
    return { channel, owner: labelOfOwner(channel), ends: endsOfAccess(access) };
  });
}

/** The channels that stay in the account beside an environment, with its roles where they use one, unless it configures them itself. */
function channelsLeft(remaining: readonly Environment[], head: Environment): ChannelAccess[] {
  const keys = new Set(head.channels.map(channelKey));
  return remaining.flatMap(({ region, accesses, channels }) =>
    channels
      .filter((channel) => region !== head.region || !keys.has(channelKey(channel)))
      .map((channel) => {
        const role = accesses.find((owner) => isSameOwner(owner, channel));
        const access = head.accesses.find((headAccess) => role && roleOf(headAccess) === roleOf(role)) ?? role;
        return { channel, owner: labelOfOwner(access ?? channel), ends: endsOfAccess(access) };
      }),
  );
}

/** What somebody can do with several configurations: everything, until the last end. */
function latestEnds(accesses: readonly ChannelAccess[] = []): Ends {
  const latest = new Map<Capability, string | undefined>();
  for (const [capability, end] of accesses.flatMap(({ ends }) => [...ends])) {
    const isLonger = (end ?? NEVER) > (latest.get(capability) ?? NEVER);
    if (!latest.has(capability) || isLonger) latest.set(capability, end);
  }
  return latest;
}

/** What somebody gains and loses. */
function endChanges(before: Ends, after: Ends, now: string): Pick<PersonChange, "gains" | "loses" | "endsWholly"> {
  const isActive = (ends: Ends, capability: Capability) =>
    ends.has(capability) && (ends.get(capability) ?? NEVER) > now;
  const gains: PersonChange["gains"] = [];
  const loses: PersonChange["loses"] = [];
  for (const capability of CAPABILITIES) {
    const [had, has] = [isActive(before, capability), isActive(after, capability)];
    const [endBefore, until] = [before.get(capability), after.get(capability)];
    const isLonger = (until ?? NEVER) > (endBefore ?? NEVER);
    if (has && !had) gains.push({ capability, until });
    else if (has && isLonger) gains.push({ capability, until, before: endBefore });
    else if (had && !has) loses.push({ capability, until, hasEnded: until !== undefined });
    else if (had && until !== endBefore) loses.push({ capability, until, hasEnded: false });
  }
  const keptCapabilities = CAPABILITIES.filter((capability) => isActive(after, capability));
  const shortened = loses.filter(({ until, hasEnded }) => until !== undefined && !hasEnded);
  const endsWholly =
    keptCapabilities.length > 1 &&
    shortened.length === keptCapabilities.length &&
    new Set(shortened.map(({ until }) => until)).size === 1;
  return { gains, loses, endsWholly };
}

/** Later than every end. */
const NEVER = "9999";

/** The capabilities of an access that differ, also if they have ended. */
export function differingCapabilities(before: Ends, after: Ends): Capability[] {
  return CAPABILITIES.filter(
    (capability) =>
      before.has(capability) !== after.has(capability) || before.get(capability) !== after.get(capability),
  );
}
