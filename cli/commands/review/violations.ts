import { canonical } from "../../../common/canonical";
import { isFields } from "../../../common/fields";
import { distinct } from "../../../common/json";
import { ACCESS_LEVELS, addressOfLevel } from "../../../modules/support-app/model/access-level";
import { actionsOf, CAPABILITIES, type Capability } from "../../../modules/support-app/model/capability";
import { CLOUD_CONTROL_SCHEMAS } from "../../../modules/support-app/model/cloud-control-types";
import { CREATE_SERVICE_LINKED_ROLE } from "../../../modules/support-app/model/service-quotas-role";
import { endsIn } from "../../iam/condition";
import { hasTemplate, type Targets } from "../../iam/policy";
import { movedRoles } from "../../terraform/access-changes";
import { type EnvironmentAccess, NO_ACCESS, type RoleAccess } from "../../terraform/environment-access";
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

/** Whether a role, by its name in Terraform, is one of read-only access: the level's own, or a read-only team's. */
function isReadOnlyIn({ readOnlyTeams = [] }: EnvironmentAccess, name: string): boolean {
  return name === READ_ONLY || readOnlyTeams.includes(name);
}

/** The roles of read-only access, by their name in Terraform. */
function readOnlyIn(access: EnvironmentAccess): [name: string, role: RoleAccess][] {
  return [...access.roles].filter(([name]) => isReadOnlyIn(access, name));
}

/**
 * The roles of read-only access by their name in Terraform, including roles that have the name in IAM of another one before: a
 * channel that was configured by hand keeps it. A team that stays may get another level, with an approval.
 */
export function readOnlyRoles(
  base: EnvironmentAccess,
  head: EnvironmentAccess,
): (readonly [name: string, role: RoleAccess])[] {
  const owners = new Map(readOnlyIn(base).map(([name, role]) => [role.name.toLowerCase(), name]));
  const isRenamed = (name: string, role: RoleAccess) => {
    const owner = owners.get(role.name.toLowerCase());
    return owner !== undefined && owner !== name;
  };
  return [...head.roles].filter(([name, role]) => isReadOnlyIn(head, name) || isRenamed(name, role));
}

/** The roles, by their names in IAM, whose team was read-only and has another level. */
export function formerReadOnlyTeams(base: EnvironmentAccess, head: EnvironmentAccess): string[] {
  return (base.readOnlyTeams ?? []).flatMap((name) => {
    const role = isReadOnlyIn(head, name) ? undefined : head.roles.get(name);
    return role === undefined ? [] : [role.name];
  });
}

/** The roles, by their names in IAM, that were read-only access's and now have an address at which writing isn't forbidden. */
export function readdressedReadOnly(base: EnvironmentAccess, head: EnvironmentAccess): string[] {
  const leavingNames = readOnlyIn(base).flatMap(([name, role]) =>
    head.roles.has(name) ? [] : [role.name.toLowerCase()],
  );
  return [...head.roles].flatMap(([name, role]) =>
    leavingNames.includes(role.name.toLowerCase()) && !isReadOnlyIn(head, name) ? [role.name] : [],
  );
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
  const roles = [...readOnlyIn(head.access), ...readOnlyIn(base.access)];
  const hasReadOnly = roles.length > 0 || isCoded(base) || isCoded(head);
  const knownBefore = new Set(base.unreadable.filter(({ reason }) => reason !== "no-environment").map(canonical));
  const current = new Map([...roles].reverse().map(([address, { name }]) => [address, name])); // the name after the change
  const mentions = [
    ...roles.flatMap(([address, { name }]) => {
      const role = current.get(address) ?? name;
      return [
        [patternOf(address), role] as const,
        [(text: string) => text.includes(name.toLowerCase()), role] as const,
      ];
    }),
    [patternOf(READ_ONLY), READ_ONLY] as const,
  ];
  /** The role that it names. */
  const roleIn = ({ address, source }: Unreadable): string | undefined => {
    if (address.startsWith("output.")) return undefined; // it may name the role, and gives nobody anything
    const text = canonical([address, source ?? null]).toLowerCase();
    return mentions.find(([isIn]) => isIn(text))?.[1];
  };
  const isOpen = ({ reason, address, source }: Unreadable) =>
    reason === "no-environment" ||
    (/^aws_(cloudcontrolapi|cloudformation|servicecatalog|lambda_invocation)/.test(address) &&
      !isOfSupportApp(source)) ||
    (address.startsWith("aws_iam_") && hasTemplate(source));
  return head.unreadable
    .filter((part) => !OTHERWISE_JUDGED.includes(part.reason) && !knownBefore.has(canonical(part)))
    .flatMap((unreadable): Violation[] => {
      const role =
        roleIn(unreadable) ?? (hasReadOnly && isOpen(unreadable) ? (roles[0]?.[1].name ?? READ_ONLY) : undefined);
      return role === undefined ? [] : [{ kind: "read-only-unreadable", role, unreadable }];
    });
}

/** Whether a resource of Cloud Control is one of the Support App's: a channel, a workspace or the alias, which give no role anything. */
function isOfSupportApp(source: unknown): boolean {
  if (!isFields(source) || typeof source.type_name !== "string") return false;
  return Object.hasOwn(CLOUD_CONTROL_SCHEMAS, source.type_name);
}

/** Whether a text has an address of a role or, of a team, no longer one: the name of another team may begin with this one's. */
function patternOf(address: string): (text: string) => boolean {
  if (address === READ_ONLY) return (text) => text.includes(address);
  const pattern = new RegExp(`${address}(?:_trust)?(?![a-z0-9_])`);
  return (text) => pattern.test(text);
}

/** Whether the Terraform, in whatever form, has a role of read-only access or, where nothing is known of a stack, one of a team. */
function isCoded({ terraform, access }: Understood): boolean {
  const text = canonical(terraform ?? null);
  return text.includes(`"${READ_ONLY}"`) || (access === NO_ACCESS && /"team_[a-z0-9_]+"/.test(text));
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
