import { CAPABILITIES, type Capability } from "../../../modules/support-app/model/capability";
import { channelKey } from "../../../modules/support-app/model/channel-set";
import { endsOf } from "../../../modules/support-app/model/grant";
import { iamNamesOf } from "../../../modules/support-app/model/iam-names";
import { addressOfOwner, labelOfOwner } from "../../../modules/support-app/model/team";
import { type Environment, withoutRetired } from "../../../stacks/environments/environment";
import { isKnownByName } from "./channel-names";
import type { PersonChange } from "./review";

/** What somebody can do, until when. Undefined: for good. */
type Ends = ReadonlyMap<Capability, string | undefined>;

type Person = Pick<PersonChange, "kind" | "name" | "workspace" | "channel" | "isKnownByName" | "owner"> & {
  readonly ends: Ends;
};

const NOTHING: Ends = new Map();

/**
 * What people in channels and other users of roles gain and lose. In another account, everything is gained: what people have in the
 * account before stays until it is removed there.
 *
 * @param now what has ended by then counts as none, in the form of an end
 */
export function peopleChanges(
  base: Environment | undefined,
  head: Environment | undefined,
  now: string,
): PersonChange[] {
  const [before, after] = [
    base?.account === head?.account ? peopleIn(base, base, head) : new Map<string, Person>(),
    peopleIn(head, base, head),
  ];
  return [...new Set([...after.keys(), ...before.keys()])].flatMap((key) => {
    const [personBefore, personAfter] = [before.get(key), after.get(key)];
    const { ends: _, ...person } = (personAfter ?? personBefore) as Person;
    const change = endChanges(personBefore?.ends ?? NOTHING, personAfter?.ends ?? NOTHING, now);
    return change.gains.length + change.loses.length > 0 ? [{ ...person, ...change }] : [];
  });
}

/** Everybody who can do something in an environment, by who that is. */
function peopleIn(
  environment: Environment | undefined,
  base: Environment | undefined,
  head: Environment | undefined,
): ReadonlyMap<string, Person> {
  if (environment === undefined) return new Map();
  const { accesses, channels } = withoutRetired(environment);
  const endsOfOwners = new Map(accesses.map((access) => [addressOfOwner(access), endsOf(access)]));
  return new Map([
    ...channels.map((configured): [string, Person] => {
      const ends = endsOfOwners.get(addressOfOwner(configured)) ?? NOTHING;
      const { name, workspace, channel } = configured;
      const id = { workspace, channel, isKnownByName: isKnownByName(configured, base, head) };
      return [
        `channel ${channelKey(configured)}`,
        { kind: "channel", name, ...id, owner: labelOfOwner(configured), ends },
      ];
    }),
    ...accesses.map((access): [string, Person] => {
      const [name, ends] = [iamNamesOf(access).roleName, endsOf(access)];
      return [`role ${addressOfOwner(access)}`, { kind: "role", name, owner: labelOfOwner(access), ends }];
    }),
  ]);
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
