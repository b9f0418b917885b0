import { actionsOf } from "../../modules/support-app/capability";
import {
  CREATE_SERVICE_LINKED_ROLE,
  LINKED_SERVICE_KEY,
  SERVICE_QUOTAS_SERVICE,
  serviceQuotasRoleArn,
} from "../../modules/support-app/service-quotas-role";
import { authorize } from "../iam/authorize";
import { reachOf } from "../iam/reach";
import { canonical } from "../json";
import { zipByKey } from "../zip-by-key";
import type { EnvironmentAccess, Registration, RoleAccess } from "./access";
import { type CapabilityChanges, capabilityChanges } from "./capability-changes";
import { type ChannelChange, channelChanges } from "./channel-changes";
import { isSameName, movedRoles, NO_ROLE, type RoleChange, roleChanges } from "./role-changes";
import type { Verdict } from "./verdict";

/** What a change of an environment's access gives and takes. */
export interface AccessChanges {
  readonly roles: readonly RoleChange[];
  readonly channels: readonly ChannelChange[];
  readonly registrations: readonly RegistrationChange[];
  /** Undefined: the stack has the Service Quotas role before and after, or neither. */
  readonly serviceQuotasRole?: ServiceQuotasRoleChange;
}

/** A change of a registered workspace or of the account's alias. */
export interface RegistrationChange {
  /** In Terraform. */
  readonly address: string;
  readonly before?: Registration;
  readonly after?: Registration;
}

/** The Service Quotas role, if a stack starts or stops managing it. */
export interface ServiceQuotasRoleChange {
  readonly verdict: Verdict;
  /** What happens to it. `destroyed`: Terraform deletes it from the account. */
  readonly becomes: "managed" | "handed-back" | "destroyed";
  /** Whether somebody may request quota increases but couldn't yet, because the role may have been missing. */
  readonly isAwaited: boolean;
}

/**
 * What a change of an environment's access gives and takes.
 *
 * @param isImported whether the Service Quotas role is imported, and so existed before
 */
export function compareAccess(base: EnvironmentAccess, head: EnvironmentAccess, isImported = false): AccessChanges {
  const moved = movedRoles(base, head);
  const channels = channelChanges(base, head, moved);
  return {
    roles: roleChanges(base, head, moved).map((change) =>
      hasChannel(change, channels) ? change : { ...change, capabilities: capabilitiesOf(change) },
    ),
    channels,
    registrations: zipByKey(base.registrations, head.registrations).flatMap(([address, before, after]) =>
      canonical(before) === canonical(after) ? [] : [{ address, before, after }],
    ),
    serviceQuotasRole: serviceQuotasRoleChange(base, head, isImported),
  };
}

/** Whether a channel has the role, and no other, before and after, and so gains and loses what the role does. */
function hasChannel(
  { role, movedFrom = role, before, after }: RoleChange,
  channels: readonly ChannelChange[],
): boolean {
  const [was, is] = [before && movedFrom, after && role];
  return channels.some((channel) => channel.before?.role === was && channel.after?.role === is);
}

/** What whoever uses a role gains and loses. Whoever uses one of a new name had nothing before. */
function capabilitiesOf({ before, after }: RoleChange): CapabilityChanges {
  const isRenamed = before && after && !isSameName(before, after);
  return capabilityChanges((isRenamed ? undefined : before) ?? NO_ROLE, after ?? NO_ROLE);
}

function serviceQuotasRoleChange(
  base: EnvironmentAccess,
  head: EnvironmentAccess,
  isImported: boolean,
): ServiceQuotasRoleChange | undefined {
  const [wasManaged, isManaged] = [base, head].map(({ serviceQuotasRole }) => serviceQuotasRole === "managed");
  if (wasManaged === isManaged) return undefined;
  if (!isManaged) {
    const isHandedBack = head.serviceQuotasRole === "handed-back";
    return isHandedBack
      ? { verdict: "settings", becomes: "handed-back", isAwaited: false }
      : { verdict: "narrowed", becomes: "destroyed", isAwaited: false };
  }
  const isAwaited =
    !isImported && [...base.roles.values()].some((role) => waitsForServiceQuotasRole(role, base.account));
  return { verdict: isAwaited ? "broadened" : "settings", becomes: "managed", isAwaited };
}

/** Whether a role may request quota increases, and isn't certain to be able to create this very role. */
function waitsForServiceQuotasRole({ permissions, boundary }: RoleAccess, account: string | undefined): boolean {
  const needed = actionsOf(["request-quota-increases"]);
  if (needed.every((action) => reachOf(permissions, action) === "never")) return false;
  if (boundary !== undefined) return true; // it may not allow it
  const policy = { statements: permissions, unreadable: [] };
  const creation = {
    action: CREATE_SERVICE_LINKED_ROLE,
    resource: serviceQuotasRoleArn(account),
    keys: { [LINKED_SERVICE_KEY.toLowerCase()]: SERVICE_QUOTAS_SERVICE },
  };
  return authorize([{ name: "role", policy }], creation).is !== "allowed";
}
