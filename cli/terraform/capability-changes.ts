import { memoize } from "../../common/json";
import { actionsOf, CAPABILITIES, type Capability } from "../../modules/support-app/model/capability";
import { hasEnd, isGiven, type Reach, reachOfAll, reachRank } from "../iam/reach";
import type { RoleAccess } from "./environment-access";

/** The first second without each capability, such as `2027-01-01T00:00:00Z`. A capability without an end is missing. */
export type Ends = Readonly<Partial<Record<Capability, string>>>;

/** What a change of a role gives to people and takes from them. */
export interface CapabilityChanges {
  /** What they can do only after the change, or for longer; and what they can no longer do. */
  readonly gained: readonly Capability[];
  readonly lost: readonly Capability[];
  /** What they can do only under some conditions after the change, and could always or never do before. */
  readonly limited: readonly Capability[];
  /** What they can do after the change for a shorter time than before. Undefined: nothing. */
  readonly shortened?: readonly Capability[];
  /** When what they can do ends, before and after the change. Undefined: nothing has an end. */
  readonly ends?: { readonly before: Ends; readonly after: Ends };
}

/** What people gain and lose when one role takes the place of another. */
export function capabilityChanges(before: RoleAccess, after: RoleAccess): CapabilityChanges {
  const [reachesBefore, reachesAfter] = [reachesOf(before.permissions), reachesOf(after.permissions)];
  const capabilitiesWhere = (applies: (before: Reach, after: Reach) => boolean) =>
    CAPABILITIES.filter((capability) => applies(reachesBefore[capability], reachesAfter[capability]));
  const shortened = capabilitiesWhere((before, after) => hasEnd(after) && reachRank(before) > reachRank(after));
  const ends = { before: endsOf(reachesBefore), after: endsOf(reachesAfter) };
  return {
    gained: capabilitiesWhere((before, after) => isGiven(after) && reachRank(before) < reachRank(after)),
    lost: capabilitiesWhere((before, after) => after === "never" && before !== "never"),
    limited: capabilitiesWhere((before, after) => after === "sometimes" && before !== "sometimes"),
    ...(shortened.length > 0 && { shortened }),
    ...(Object.keys({ ...ends.before, ...ends.after }).length > 0 && { ends }),
  };
}

/** What people with that role can do unconditionally: always, or until an end that may have passed. */
export function capabilitiesOfRole({ permissions }: RoleAccess): Capability[] {
  const reaches = reachesOf(permissions);
  return CAPABILITIES.filter((capability) => isGiven(reaches[capability]));
}

/** When each capability of a role ends. */
export function endsOfRole({ permissions }: RoleAccess): Ends {
  return endsOf(reachesOf(permissions));
}

type ReachByCapability = Readonly<Record<Capability, Reach>>;

/** The roles of many environments have the same permissions. */
const reachesOf = memoize(
  (permissions: RoleAccess["permissions"]) =>
    Object.fromEntries(
      CAPABILITIES.map((capability) => [capability, reachOfAll(permissions, actionsOf([capability]))]),
    ) as ReachByCapability,
);

function endsOf(reaches: ReachByCapability): Ends {
  return Object.fromEntries(
    CAPABILITIES.flatMap((capability) => {
      const reach = reaches[capability];
      return hasEnd(reach) ? [[capability, reach.until]] : [];
    }),
  );
}
