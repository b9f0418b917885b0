import type { Access } from "./access";
import { type AccessLevel, addressOfLevel } from "./access-level";

/** Whose role it is: an access level's own or, with a team, the team's. */
export interface RoleOwner {
  readonly access: AccessLevel;
  readonly team?: string | undefined;
}

/** What people of an access level or of a team may do, and the settings of the role and policy behind it. */
export type OwnedAccess = Access & Pick<RoleOwner, "team">;

/** The id of an owner's construct in a stack. No level begins like a team. */
export function constructIdOf({ access, team }: RoleOwner): string {
  return team === undefined ? access : `team-${team}`;
}

/** The Terraform name of an owner's resources in environment stacks. */
export function addressOfOwner(owner: RoleOwner): string {
  return owner.team === undefined ? addressOfLevel(owner.access) : constructIdOf(owner).replaceAll("-", "_");
}

/** An owner in words, such as `full` or `team payments`. */
export function labelOfOwner({ access, team }: RoleOwner): string {
  return team === undefined ? access : `team ${team}`;
}

/** An owner's access in words. */
export function accessWords({ access, team }: RoleOwner): string {
  return team === undefined ? `${access} access` : `${access} access of team ${team}`;
}

/** Whether a channel has an access's role, or two have the same. */
export function isSameOwner(owner: RoleOwner, otherOwner: RoleOwner): boolean {
  return addressOfOwner(owner) === addressOfOwner(otherOwner);
}

/** A team's name in letters and digits, such as `OnCall`. Several teams may have the same. */
export function pascalCaseOf(team: string): string {
  return team.replace(/(?:^|-+)([a-z0-9]?)/g, (_, letter: string) => letter.toUpperCase());
}

/** The names of a team's role and policy, unless it has others: as an access level's. */
export function defaultNamesOf(team: string): { readonly roleName: string; readonly policyName: string } {
  const roleName = `AWSSupportApp${pascalCaseOf(team)}Role`;
  return { roleName, policyName: `${roleName}Policy` };
}
