import { canonical } from "../../common/canonical";
import { groupByKey } from "../../common/group-by-key";
import { zipByKey } from "../../common/zip-by-key";
import { actionsOf } from "../../modules/support-app/model/capability";
import { settingsIn } from "../../modules/support-app/model/properties";
import {
  CREATE_SERVICE_LINKED_ROLE,
  LINKED_SERVICE_KEY,
  SERVICE_QUOTAS_SERVICE,
  serviceQuotasRoleArn,
} from "../../modules/support-app/model/service-quotas-role";
import { authorize } from "../iam/authorize";
import { compare, type Difference, NO_DIFFERENCE } from "../iam/compare";
import { reachOf } from "../iam/reach";
import { type CapabilityChanges, capabilityChanges } from "./capability-changes";
import type { ChannelAccess, EnvironmentAccess, RoleAccess } from "./environment-access";
import { mostSevere, type Verdict } from "./verdict";

/** What a change of an environment's access gives and takes. */
export interface AccessChanges {
  readonly roles: readonly RoleChange[];
  readonly channels: readonly ChannelChange[];
  readonly registrations: readonly RegistrationChange[];
  /** Undefined: the stack has the Service Quotas role before and after, or neither. */
  readonly serviceQuotasRole?: ServiceQuotasRoleChange;
}

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
  /** Whether its ARN is new in the account, so that a channel configured by hand or left behind may already have it. */
  readonly isNewName: boolean;
  /** The role, by its name in Terraform, that had its name in IAM before. */
  readonly namesake?: string;
  readonly permissions: Difference;
  readonly trust: Difference;
  /** What whoever uses it gains and loses, such as a channel configured by hand. Undefined: a channel in the code gains and loses the same. */
  readonly capabilities?: CapabilityChanges;
}

/** What changes for the people in a channel. */
export interface ChannelChange extends CapabilityChanges {
  readonly workspace: string;
  readonly channel: string;
  readonly verdict: Verdict;
  /** The channel and its role. Undefined: the channel is added. */
  readonly before?: ChannelWithRole;
  /** Undefined: the channel is removed. */
  readonly after?: ChannelWithRole;
  readonly permissions: Difference;
  readonly trust: Difference;
  /** Whether it has another role than before. */
  readonly isMoved: boolean;
}

/** A channel, and the role of everyone in it. */
export interface ChannelWithRole extends ChannelAccess {
  readonly access: RoleAccess;
}

/** A change of a registered workspace, by its ID in Slack, or of the account's alias. */
export interface RegistrationChange {
  readonly kind: "workspace" | "account-alias";
  /** Undefined: there was none. */
  readonly before?: string;
  /** Undefined: there is none. */
  readonly after?: string;
}

/** The Service Quotas role, if a stack starts or stops managing it. */
export interface ServiceQuotasRoleChange {
  readonly verdict: Verdict;
  /** What happens to it. `adopted`: it exists, and is imported. `handed-back`: it stays in the account. */
  readonly becomes: "created" | "adopted" | "handed-back";
  /** Whether somebody may request quota increases but couldn't yet, because the role may have been missing. */
  readonly isAwaited: boolean;
}

/** A role that nobody has. */
export const NO_ROLE: RoleAccess = { name: "", path: "/", trust: [], permissions: [] };

/**
 * What a change of an environment's access gives and takes.
 *
 * @param isImported whether the Service Quotas role is imported, and so existed before
 */
export function compareAccess(base: EnvironmentAccess, head: EnvironmentAccess, isImported = false): AccessChanges {
  const channels = channelChanges(base, head);
  const ofNewName = (after: RoleAccess) =>
    base.account === head.account ? [...base.roles.values()].find((role) => isSameName(role, after)) : undefined;
  const channelRoles = new Set(channels.map(({ before, after }) => rolePair(before?.role, after?.role)));
  return {
    roles: roleChanges(base, head).map((change) =>
      hasChannel(change, channelRoles) && !(change.before && change.isNewName)
        ? change
        : { ...change, capabilities: changedCapabilities(change, ofNewName) },
    ),
    channels,
    registrations: registrationChanges(base, head),
    serviceQuotasRole: serviceQuotasRoleChange(base, head, isImported),
  };
}

/** Roles that only have a new name in Terraform: their old name, by the new one. */
export function movedRoles(base: EnvironmentAccess, head: EnvironmentAccess): ReadonlyMap<string, string> {
  const rolesOnlyIn = (roles: EnvironmentAccess["roles"], otherRoles: EnvironmentAccess["roles"]) =>
    groupByKey(
      [...roles.keys()].filter((name) => !otherRoles.has(name)),
      (name) => canonical(roles.get(name)),
    );
  const [removed, added] = [rolesOnlyIn(base.roles, head.roles), rolesOnlyIn(head.roles, base.roles)];
  return new Map(
    [...added].flatMap(([role, names]) =>
      names.flatMap((name, index) => {
        const formerName = removed.get(role)?.[index];
        return formerName === undefined ? [] : [[name, formerName] as const];
      }),
    ),
  );
}

/** What changes in each role. */
function roleChanges(base: EnvironmentAccess, head: EnvironmentAccess): RoleChange[] {
  const moved = movedRoles(base, head);
  const isSameAccount = base.account === head.account;
  const movedNames = new Set(moved.values());
  const owners = new Map([...base.roles].reverse().map(([name, role]) => [role.name.toLowerCase(), name]));
  const names = [...new Set([...base.roles.keys(), ...head.roles.keys()])]
    .sort()
    .filter((name) => !movedNames.has(name));
  return names.map((role) => {
    const movedFrom = moved.get(role);
    const [before, after] = [base.roles.get(movedFrom ?? role), head.roles.get(role)];
    const { permissions, trust, verdict: ofAccess } = compareRoles(before, after);
    const owner = after && owners.get(after.name.toLowerCase());
    const namesake = owner === (movedFrom ?? role) ? undefined : owner;
    const isNewName = !!after && !(before && isSameAccount && isSameName(before, after));
    const verdict = mostSevere([
      ofAccess,
      (movedFrom !== undefined || (before && after && settingsOf(before) !== settingsOf(after))) && "settings",
      before && isNewName && "unknown", // an added role is broadened in any case
    ]);
    return { role, verdict, before, after, movedFrom, isNewName, namesake, permissions, trust };
  });
}

/** What gives nobody anything: the name and the path of a role, the name of its policy, and its settings. */
function settingsOf(role: RoleAccess): string {
  return canonical([role.name, role.path, role.policy, settingsIn(role)]);
}

/** What changes for the people in each channel. */
function channelChanges(base: EnvironmentAccess, head: EnvironmentAccess): ChannelChange[] {
  const moved = movedRoles(base, head);
  const byId = ({ channels, roles }: EnvironmentAccess) =>
    new Map(
      channels.map((channel): [string, ChannelWithRole] => [
        canonical([channel.workspace, channel.channel]),
        { ...channel, access: roles.get(channel.role) ?? NO_ROLE },
      ]),
    );
  const settings = ({ name, notify }: ChannelAccess) => canonical({ name, notify });
  return zipByKey(byId(base), byId(head)).map(([, before, after]): ChannelChange => {
    const { workspace, channel } = (after ?? before) as ChannelWithRole;
    const { permissions, trust, verdict: ofAccess } = compareRoles(before?.access, after?.access, !!before && !!after);
    const isMoved = !!before && !!after && before.role !== (moved.get(after.role) ?? after.role);
    const verdict = mostSevere([
      ofAccess,
      (isMoved || (before && after && settings(before) !== settings(after))) && "settings",
    ]);
    return {
      ...{ workspace, channel, verdict, before, after, permissions, trust, isMoved },
      ...capabilityChanges(before?.access ?? NO_ROLE, after?.access ?? NO_ROLE),
    };
  });
}

/** What one role gives in place of another one. Undefined: there is no role. */
function compareRoles(before: RoleAccess | undefined, after: RoleAccess | undefined, isTrustCompared = true) {
  const [from, to] = [before ?? NO_ROLE, after ?? NO_ROLE];
  const permissions = compare(from.permissions, to.permissions);
  const trust = isTrustCompared ? compare(from.trust, to.trust) : NO_DIFFERENCE;
  const bounds = boundaryVerdict(before, after);
  const verdicts = [
    verdictOf(permissions),
    verdictOf(trust),
    bounds,
    !before && "broadened",
    !after && "narrowed",
  ] as const;
  return { permissions, trust, verdict: mostSevere(verdicts) };
}

type RoleName = Pick<RoleAccess, "name" | "path">;

/** Whether two roles have the same name and path in IAM, and so the same ARN. */
export function isSameName(role: RoleName, otherRole: RoleName): boolean {
  return pathAndName(role) === pathAndName(otherRole);
}

/** A role's path and name, by which IAM knows it: names ignore case. */
export function pathAndName({ path, name }: RoleName): string {
  return path + name.toLowerCase();
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
function boundaryVerdict(before: RoleAccess | undefined, after: RoleAccess | undefined): Verdict {
  if (!before || !after || before.boundary === after.boundary) return "unchanged";
  if (!after.boundary) return "broadened";
  return before.boundary ? "unknown" : "narrowed";
}

/** Whether a channel has the role, and no other, before and after, and so gains and loses what the role does. */
function hasChannel({ role, movedFrom = role, before, after }: RoleChange, channelRoles: ReadonlySet<string>): boolean {
  return channelRoles.has(rolePair(before && movedFrom, after && role));
}

function rolePair(before: string | undefined, after: string | undefined): string {
  return canonical([before ?? null, after ?? null]);
}

/** What whoever uses a role gains and loses. Whoever uses one of a new name had what the role of that name gave before. */
function changedCapabilities(
  { before = NO_ROLE, after = NO_ROLE, isNewName }: RoleChange,
  ofNewName: (after: RoleAccess) => RoleAccess | undefined,
): CapabilityChanges {
  return capabilityChanges(isNewName ? (ofNewName(after) ?? NO_ROLE) : before, after);
}

function registrationChanges(base: EnvironmentAccess, head: EnvironmentAccess): RegistrationChange[] {
  const byId = ({ workspaces }: EnvironmentAccess) => new Map(workspaces.map((workspace) => [workspace, workspace]));
  const workspaces = zipByKey(byId(base), byId(head)).flatMap(([, before, after]): RegistrationChange[] =>
    before === after ? [] : [{ kind: "workspace", before, after }],
  );
  if (base.alias === head.alias) return workspaces;
  return [...workspaces, { kind: "account-alias", before: base.alias, after: head.alias }];
}

function serviceQuotasRoleChange(
  base: EnvironmentAccess,
  head: EnvironmentAccess,
  isImported: boolean,
): ServiceQuotasRoleChange | undefined {
  if (base.hasServiceQuotasRole === head.hasServiceQuotasRole) return undefined;
  if (!head.hasServiceQuotasRole) return { verdict: "settings", becomes: "handed-back", isAwaited: false };
  if (isImported) return { verdict: "settings", becomes: "adopted", isAwaited: false };
  const isAwaited = [...base.roles.values()].some((role) => waitsForServiceQuotasRole(role, base.account));
  return { verdict: isAwaited ? "broadened" : "settings", becomes: "created", isAwaited };
}

/** Whether a role may request quota increases, and isn't certain to be able to create this very role. */
export function waitsForServiceQuotasRole({ permissions, boundary }: RoleAccess, account: string | undefined): boolean {
  const actions = actionsOf(["request-quota-increases"]);
  if (actions.every((action) => reachOf(permissions, action) === "never")) return false;
  if (boundary !== undefined) return true; // it may not allow it
  const policy = { statements: permissions, unreadable: [] };
  const creation = {
    action: CREATE_SERVICE_LINKED_ROLE,
    resource: serviceQuotasRoleArn(account),
    keys: { [LINKED_SERVICE_KEY.toLowerCase()]: SERVICE_QUOTAS_SERVICE },
  };
  return authorize([{ name: "role", policy }], creation).is !== "allowed";
}
