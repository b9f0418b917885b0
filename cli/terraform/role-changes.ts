import { compare, type Difference } from "../iam/compare";
import { canonical } from "../json";
import type { EnvironmentAccess, RoleAccess } from "./access";
import type { CapabilityChanges } from "./capability-changes";
import { mostSevere, type Verdict } from "./verdict";

/** What changes in a role. */
export interface RoleChange {
  /** Its name in Terraform. */
  readonly role: string;
  readonly verdict: Verdict;
  /** Undefined: the role is added. */
  readonly before?: RoleAccess;
  /** Undefined: the role is removed. */
  readonly after?: RoleAccess;
  /** Its former name in Terraform, if that was another. */
  readonly movedFrom?: string;
  /** The role, by its name in Terraform, that had its name in IAM before. */
  readonly namesake?: string;
  readonly permissions: Difference;
  readonly trust: Difference;
  /** What whoever uses it gains and loses, such as a channel configured by hand. Undefined: a channel in the code gains and loses the same. */
  readonly capabilities?: CapabilityChanges;
}

/** A role that nobody has. */
export const NO_ROLE: RoleAccess = { name: "", path: "/", trust: [], permissions: [] };

/** Roles that only have a new name in Terraform: their old name, by the new one. */
export function movedRoles(base: EnvironmentAccess, head: EnvironmentAccess): ReadonlyMap<string, string> {
  const gone = [...base.roles].filter(([name]) => !head.roles.has(name));
  const moved = new Map<string, string>();
  for (const [name, role] of head.roles) {
    if (base.roles.has(name)) continue;
    const index = gone.findIndex(([, candidate]) => canonical(candidate) === canonical(role));
    const [from] = index === -1 ? [] : gone.splice(index, 1);
    if (from) moved.set(name, from[0]);
  }
  return moved;
}

/** What changes in each role. */
export function roleChanges(
  base: EnvironmentAccess,
  head: EnvironmentAccess,
  moved: ReadonlyMap<string, string>,
): RoleChange[] {
  const left = new Set(moved.values());
  const names = [...new Set([...base.roles.keys(), ...head.roles.keys()])].sort().filter((name) => !left.has(name));
  return names.map((role) => {
    const movedFrom = moved.get(role);
    const before = base.roles.get(movedFrom ?? role);
    const after = head.roles.get(role);
    const permissions = compare((before ?? NO_ROLE).permissions, (after ?? NO_ROLE).permissions);
    const trust = compare((before ?? NO_ROLE).trust, (after ?? NO_ROLE).trust);
    const hadName = [...base.roles].find(([, { name }]) => name.toLowerCase() === after?.name.toLowerCase())?.[0];
    const namesake = hadName === (movedFrom ?? role) ? undefined : hadName;
    const isRenamed = before && after && !isSameName(before, after);
    const verdict = mostSevere([
      verdictOf(permissions),
      verdictOf(trust),
      boundaryVerdict(before, after),
      !before && "broadened",
      !after && "narrowed",
      (isRenamed || movedFrom !== undefined || (before && after && hasOtherSettings(before, after))) && "settings",
      namesake !== undefined && "unknown",
    ]);
    return { role, verdict, before, after, movedFrom, namesake, permissions, trust };
  });
}

/** Whether two roles have the same name and path in IAM, and so the same ARN. */
export function isSameName(one: RoleAccess, other: RoleAccess): boolean {
  return one.name === other.name && one.path === other.path;
}

/** Whether the names of a role's policies differ, or its maximum session duration. */
function hasOtherSettings(one: RoleAccess, other: RoleAccess): boolean {
  const settings = ({ policies = [], maxSessionDuration }: RoleAccess) => [policies, maxSessionDuration];
  return canonical(settings(one)) !== canonical(settings(other));
}

/** The verdict on a difference of statements. */
export function verdictOf({ gained, lost, undecided }: Difference): Verdict {
  if (undecided.length > 0) return "unknown";
  if (gained.some(({ depends }) => depends.length === 0)) return "broadened";
  if (gained.length > 0) return "unknown";
  return lost.length > 0 ? "narrowed" : "unchanged";
}

/** Whether it is known what is gained or lost, at least in part. */
export function isKnown({ gained, lost }: Difference): boolean {
  return gained.length > 0 || lost.length > 0;
}

/** The verdict on another permissions boundary. It doesn't matter if the role is added or removed. */
export function boundaryVerdict(before: RoleAccess | undefined, after: RoleAccess | undefined): Verdict {
  if (!before || !after || before.boundary === after.boundary) return "unchanged";
  if (!after.boundary) return "broadened";
  return before.boundary ? "unknown" : "narrowed";
}
