import { iamNamesOf } from "../../../modules/support-app/model/iam-names";
import { ACCESS_PROPERTIES } from "../../../modules/support-app/model/properties";
import { isSameOwner, type OwnedAccess } from "../../../modules/support-app/model/team";

export type AccessPair = readonly [before: OwnedAccess | undefined, after: OwnedAccess | undefined];

/** A role in its account: who people are, whatever the level or team is called. */
export function roleOf(access: OwnedAccess): string {
  return (access.path ?? ACCESS_PROPERTIES.path.byDefault) + iamNamesOf(access).roleName;
}

/**
 * The accesses before and after a change as pairs: of one role or, if that has another name or path, of one level or team.
 *
 * @param otherAccesses accesses of other environments before the change, whose roles may be taken over
 */
export function accessPairs(
  before: readonly OwnedAccess[],
  after: readonly OwnedAccess[],
  otherAccesses: readonly OwnedAccess[] = [],
): AccessPair[] {
  const roles = new Set(after.map(roleOf));
  const formerOf = (access: OwnedAccess) =>
    [...before, ...otherAccesses].find((former) => roleOf(former) === roleOf(access)) ??
    before.find((former) => isSameOwner(former, access) && !roles.has(roleOf(former)));
  const pairs = after.map((access): AccessPair => [formerOf(access), access]);
  const formerAccesses = new Set(pairs.map(([former]) => former));
  const lostAccesses = before.filter((access) => !formerAccesses.has(access));
  return [...pairs, ...lostAccesses.map((access): AccessPair => [access, undefined])];
}
