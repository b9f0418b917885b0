import { canonical } from "../../../common/canonical";
import { distinct } from "../../../common/json";
import { ACCESS_LEVELS, addressOfLevel } from "../../../modules/support-app/model/access-level";
import { actionsOf, CAPABILITIES, type Capability } from "../../../modules/support-app/model/capability";
import { CREATE_SERVICE_LINKED_ROLE } from "../../../modules/support-app/model/service-quotas-role";
import { endsIn } from "../../iam/condition";
import { hasTemplate, type Targets } from "../../iam/policy";
import { movedRoles } from "../../terraform/access-changes";
import type { EnvironmentAccess, RoleAccess } from "../../terraform/environment-access";
import type { Stack } from "../../terraform/stack";
import type { Unreadable, UnreadableReason } from "../../terraform/unreadable";

/** What no approval allows. */
export type Violation =
  /** A read-only role, by its name in IAM, may do something other than view cases. */
  | { readonly kind: "read-only-writes"; readonly role: string; readonly actions: Targets }
  /** Something new and unreadable may give a read-only role more. */
  | { readonly kind: "read-only-unreadable"; readonly role: string; readonly unreadable: Unreadable }
  /** A role is given something until an end that has passed: the date was mistyped, or the change came too late. */
  | { readonly kind: "ended"; readonly role: string; readonly actions: Targets; readonly end: string }
  /** The state is where another environment has its own. */
  | { readonly kind: "shared-state"; readonly environment: string }
  /** A value depends on something that isn't in the Terraform: an approval would also cover whatever that becomes later. */
  | { readonly kind: "reads-elsewhere"; readonly unreadable: Unreadable };

/** The role of the read-only access level: addresses are a contract. */
export const READ_ONLY = addressOfLevel("read-only");

/** What a role of read-only access may do. */
const READING = new Set(actionsOf(ACCESS_LEVELS["read-only"].capabilities).map((action) => action.toLowerCase()));

/** What is understood of a stack. */
export type Understood = Pick<Stack, "access" | "unreadable"> & Partial<Pick<Stack, "terraform">>;

/** What is forbidden in an environment after a change. */
export function violationsOf(base: Understood, head: Understood): Violation[] {
  return [
    ...head.unreadable.flatMap((unreadable): Violation[] =>
      unreadable.reason === "reads-elsewhere" ? [{ kind: "reads-elsewhere", unreadable }] : [],
    ),
    ...readOnlyRoles(base.access, head.access).flatMap(([, role]) => writingActions(role)),
    ...unreadableOfReadOnly(base, head),
  ];
}

/** The roles of read-only access by their name in Terraform, including renamed ones. */
export function readOnlyRoles(
  base: EnvironmentAccess,
  head: EnvironmentAccess,
): (readonly [name: string, role: RoleAccess])[] {
  const before = base.roles.get(READ_ONLY);
  const isRenamed = (role: RoleAccess) => role.name.toLowerCase() === before?.name.toLowerCase();
  return [...head.roles].filter(([name, role]) => name === READ_ONLY || isRenamed(role));
}

function writingActions({ name: role, permissions }: RoleAccess): Violation[] {
  const actionsBeyond = permissions.flatMap(({ effect, actions }): Targets[] => {
    if (effect === "Deny") return [];
    if (actions.not) return [actions];
    const writing = actions.patterns.filter((action) => !READING.has(action));
    return writing.map((pattern) => ({ not: false, patterns: [pattern] }));
  });
  return distinct(actionsBeyond).map((actions) => ({ kind: "read-only-writes", role, actions }));
}

/** They have a violation of their own, or are about a whole stack or none of its access. */
const OTHERWISE_JUDGED: readonly UnreadableReason[] = ["reads-elsewhere", "wrong-digest"];

/** New unreadable parts that may be about a read-only role: they name it, or what they name is unknown. An approval allows an upgrade. */
function unreadableOfReadOnly(base: Understood, head: Understood): Violation[] {
  if (head.unreadable.length === 0 || head.unreadable.some(({ reason }) => reason === "other-version")) return [];
  const [before, after] = [base.access.roles.get(READ_ONLY), head.access.roles.get(READ_ONLY)];
  const isCoded = ({ terraform }: Understood) => canonical(terraform ?? null).includes(`"${READ_ONLY}"`); // in whatever form
  const hasReadOnly = (before ?? after) !== undefined || isCoded(base) || isCoded(head);
  const knownBefore = new Set(base.unreadable.filter(({ reason }) => reason !== "no-environment").map(canonical));
  const names = [READ_ONLY, ...[before, after].flatMap((role) => role?.name ?? [])].map((name) => name.toLowerCase());
  const isAbout = ({ address, source }: Unreadable) => {
    if (address.startsWith("output.")) return false; // it may name the role, and gives nobody anything
    const text = canonical([address, source ?? null]).toLowerCase();
    return names.some((name) => text.includes(name));
  };
  const isOpen = ({ reason, address, source }: Unreadable) =>
    reason === "no-environment" ||
    /^aws_(cloudcontrolapi|cloudformation|servicecatalog|lambda_invocation)/.test(address) ||
    (address.startsWith("aws_iam_") && hasTemplate(source));
  return head.unreadable
    .filter((part) => !OTHERWISE_JUDGED.includes(part.reason) && !knownBefore.has(canonical(part)))
    .filter((part) => isAbout(part) || (hasReadOnly && isOpen(part)))
    .map((unreadable) => ({ kind: "read-only-unreadable", role: (after ?? before)?.name ?? READ_ONLY, unreadable }));
}

/**
 * Access that is new, although its end has passed. Access that had this end before the change is only waiting to be
 * removed, and so is the access of a role that is imported with its policy, which may have the end already.
 *
 * @param now the time of the review, as `2027-01-01T00:00:00Z`
 * @param adopted the roles of the environment after the change that are imported, by their name in Terraform
 */
export function endedViolations(
  base: EnvironmentAccess,
  head: EnvironmentAccess,
  now: string,
  adopted: ReadonlySet<string> = new Set(),
): Violation[] {
  const moved = movedRoles(base, head);
  return [...head.roles].flatMap(([name, role]): Violation[] => {
    if (!base.roles.has(name) && adopted.has(name)) return [];
    const before = base.roles.get(moved.get(name) ?? name);
    const linesBefore = new Set(before ? endingActions(before).map(lineOf) : []);
    const endedActions = endingActions(role).filter(
      (endingAction) => endingAction.end <= now && !linesBefore.has(lineOf(endingAction)),
    );
    const ends = [...new Set(endedActions.map(({ end }) => end))].sort();
    return ends.map((end) => {
      const patterns = endedActions.filter((endingAction) => endingAction.end === end).map(({ action }) => action);
      return { kind: "ended", role: role.name, actions: { not: false, patterns }, end };
    });
  });
}

/** The actions that a role is given, each with its end. */
function endingActions({ permissions }: RoleAccess): { readonly action: string; readonly end: string }[] {
  const allowing = permissions.filter(({ effect, actions }) => effect === "Allow" && !actions.not);
  return allowing.flatMap((statement) =>
    endsIn([statement]).flatMap((end) => statement.actions.patterns.map((action) => ({ action, end }))),
  );
}

/** The line of environments.yaml that gives an action: which actions a capability has depends on other lines, too. */
function lineOf({ action, end }: { readonly action: string; readonly end: string }): string {
  return canonical([capabilityOf(action) ?? action, end]);
}

function capabilityOf(action: string): Capability | undefined {
  if (action === CREATE_SERVICE_LINKED_ROLE.toLowerCase()) return "request-quota-increases";
  return CAPABILITIES.find((capability) =>
    actionsOf([capability]).some((capabilityAction) => capabilityAction.toLowerCase() === action),
  );
}
