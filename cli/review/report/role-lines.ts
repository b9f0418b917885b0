import { code } from "../../markdown";
import type { RoleAccess } from "../../terraform/access";
import { isKnown, isSameName, type RoleChange } from "../../terraform/role-changes";
import { capabilityLines } from "./capability-lines";

/** What changes about a role and, if that isn't reported of a channel, what whoever uses it gains and loses. */
export function roleLines(change: RoleChange): string[] {
  const { before, after, capabilities, permissions, trust } = change;
  const notes = roleNotes(change).map((note) => `- ${note}`);
  if (!capabilities) return notes;
  const role = `the role ${code(pathAndName((after ?? before) as RoleAccess))}`;
  const lines = capabilityLines(`Whoever uses ${role}, such as a channel configured by hand,`, true, capabilities);
  if (before && after) {
    if (lines.length === 0 && isKnown(permissions)) lines.push(`- The permissions of ${role} change: see the table.`);
    if (isKnown(trust)) lines.push(`- The trust policy of ${role} changes: see the table.`);
  }
  return [...notes, ...lines];
}

/** What changes about a role, other than what it may do. */
function roleNotes({ role, before, after, movedFrom, namesake }: RoleChange): string[] {
  const notes: string[] = [];
  if (!before && after) {
    const bounds = after.boundary ? `, within the permissions boundary ${code(after.boundary)}` : "";
    notes.push(`The role ${code(pathAndName(after))} is added${bounds}.`);
  }
  if (before && !after) {
    notes.push(
      `The role ${code(pathAndName(before))} is removed. A channel that was configured by hand and uses it can then do nothing.`,
    );
  }
  if (before && after) {
    if (!isSameName(before, after)) {
      notes.push(
        `The role ${code(pathAndName(before))} is replaced by ${code(pathAndName(after))}. A channel that was configured by hand keeps the old one, which is removed; a channel that was configured by hand with the new name gets this access.`,
      );
    }
    if (movedFrom !== undefined) {
      notes.push(`The role ${code(pathAndName(after))} had the address ${code(`aws_iam_role.${movedFrom}`)} before.`);
    }
    const [had, has] = [before, after].map(({ policies = [] }) => policies.map(code).join(", ") || "none");
    if (had !== has) {
      notes.push(`The policies of the role ${code(pathAndName(after))} have new names: ${had} → ${has}.`);
    }
    if (before.maxSessionDuration !== after.maxSessionDuration) {
      notes.push(
        `The maximum session duration of the role ${code(pathAndName(after))} changes: ${sessionWords(before)} → ${sessionWords(after)}.`,
      );
    }
    notes.push(...boundaryWords(before, after).map((words) => `The role ${code(pathAndName(after))}: ${words}`));
  }
  if (after && namesake !== undefined) {
    notes.push(
      `The name ${code(after.name)} belonged to ${code(`aws_iam_role.${namesake}`)} and now belongs to ${code(`aws_iam_role.${role}`)}. A channel that was configured by hand with it gets the access of this role.`,
    );
  }
  return notes;
}

/** The change of a permissions boundary, in words. */
export function boundaryWords({ boundary: before }: RoleAccess, { boundary: after }: RoleAccess): string[] {
  if (before === after) return [];
  const [was, is] = [before, after].map((boundary) => (boundary === undefined ? "none" : code(boundary)));
  return [`its permissions boundary changes: ${was} → ${is}.`];
}

function sessionWords({ maxSessionDuration }: RoleAccess): string {
  return maxSessionDuration === undefined ? "IAM's default" : `${maxSessionDuration} seconds`;
}

/** The name in IAM, with the path unless that is /. */
export function pathAndName({ path, name }: RoleAccess): string {
  return path === "/" ? name : path + name;
}
