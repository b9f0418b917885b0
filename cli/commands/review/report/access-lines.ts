import { canonical } from "../../../../common/canonical";
import { actionsOf, CAPABILITY_WORDS, type Capability } from "../../../../modules/support-app/model/capability";
import type { Notify } from "../../../../modules/support-app/model/notify";
import { SERVICE_QUOTAS_ROLE_NAME } from "../../../../modules/support-app/model/service-quotas-role";
import { endChangeWords } from "../../../iam/until-words";
import { code, codeOr, linesOf } from "../../../terminal/markdown";
import {
  type AccessChanges,
  type ChannelChange,
  isKnown,
  isSameName,
  type RegistrationChange,
  type RoleChange,
} from "../../../terraform/access-changes";
import type { CapabilityChanges } from "../../../terraform/capability-changes";
import type { RoleAccess } from "../../../terraform/environment-access";
import { changeWords, roleName } from "./phrases";

/** What people in a channel gain and lose, and what else changes for them. */
export function channelLines(change: ChannelChange): string[] {
  const { before, after, channel, verdict, permissions, isMoved } = change;
  const channelLabel = `${code(`#${(after ?? before)?.name}`)} (${code(channel)})`;
  const isOther = after !== undefined && (before === undefined || isMoved);
  const isWithoutAccess = isOther && after.access.name !== "" && after.access.permissions.length === 0;
  const lines = linesOf(
    !before && after && `- ${channelLabel} is added, with the role ${roleName(after.access)}.`,
    before && !after && `- ${channelLabel} is removed.`,
    isWithoutAccess &&
      `- ${channelLabel}: the role ${roleName(after.access)} gives no access. If it had an end, that has passed.`,
    capabilityLines(`People in ${channelLabel}`, change),
    before && after && keptChannelNotes(change, before, after).map((note) => `- ${channelLabel}${note}`),
  );
  if (lines.length > 0 || verdict === "unchanged") return lines;
  return [
    `- People in ${channelLabel}: ${isKnown(permissions) ? "see the table." : "it is unknown what changes, see below."}`,
  ];
}

type ChannelSide = NonNullable<ChannelChange["before"]>;

/** What changes for a channel that stays, to follow its name. */
function keptChannelNotes({ trust, isMoved }: ChannelChange, before: ChannelSide, after: ChannelSide): string[] {
  const isReaddressed = isMoved && isSameName(before.access, after.access);
  const boundary = boundaryChange(before.access, after.access);
  return linesOf(
    isReaddressed && `: its role ${roleName(after.access)} has a new address in Terraform.`,
    isMoved && !isReaddressed && ` moves from the role ${roleName(before.access)} to ${roleName(after.access)}.`,
    boundary && `${isMoved ? ", with its new role" : ""}: ${boundary}`,
    isKnown(trust) && ": the trust policy of its role changes: see the table.",
    canonical(before.notify) !== canonical(after.notify) &&
      `: its notification settings change: ${notifyWords(before.notify)} → ${notifyWords(after.notify)}.`,
    before.name !== after.name && ` was called ${code(`#${before.name}`)}.`,
  );
}

const SEVERITY_WORDS: Readonly<Record<Notify["severity"], string>> = {
  none: "no notifications",
  high: "high severity",
  all: "all severities",
};

function notifyWords({ severity, events = [] }: Notify): string {
  return events.length > 0 ? `${SEVERITY_WORDS[severity]} (${events.join(", ")})` : SEVERITY_WORDS[severity];
}

/** What changes about a role and, if that isn't reported of a channel, what whoever uses it gains and loses. */
export function roleLines(change: RoleChange): string[] {
  const { before, after, capabilities, permissions, trust } = change;
  const role = `the role ${roleName((after ?? before) as RoleAccess)}`;
  const lines = capabilities
    ? capabilityLines(`People with ${role}, such as in a channel configured by hand,`, capabilities)
    : [];
  const isKept = capabilities && before && after;
  return linesOf(
    roleNotes(change).map((note) => `- ${note}`),
    lines,
    isKept && lines.length === 0 && isKnown(permissions) && `- The permissions of ${role} change: see the table.`,
    isKept && isKnown(trust) && `- The trust policy of ${role} changes: see the table.`,
  );
}

/** What changes about a role, other than what it may do. */
function roleNotes({ role, before, after, movedFrom, isNewName, namesake }: RoleChange): string[] {
  if (!after) {
    const removed = `The role ${roleName(before as RoleAccess)} is removed.`;
    return [`${removed} A channel that was configured by hand and uses it can then do nothing.`];
  }
  const words = `role ${roleName(after)}`;
  const bounds = after.boundary ? `, within the permissions boundary ${code(after.boundary)}` : "";
  const boundary = before && boundaryChange(before, after);
  const [name, newName] = [before, after].map((role) => codeOr(role?.policy, "none"));
  return linesOf(
    !before && `The ${words} is added${bounds}.`,
    before &&
      !isSameName(before, after) &&
      `The role ${roleName(before)} is replaced by ${roleName(after)}. A channel that was configured by hand keeps the old role, which is removed.`,
    before &&
      before.name !== after.name &&
      isSameName(before, after) &&
      `The name of the ${words} was written ${roleName(before)}: IAM ignores the case of names.`,
    isNewName &&
      `Whoever already has a channel with the ${words} in AWS gets this access, whether the channel was configured by hand or left behind by an access level, region or environment that is no longer in the code.`,
    movedFrom !== undefined && `The ${words} had the address ${code(`aws_iam_role.${movedFrom}`)} before.`,
    before &&
      name !== newName &&
      changeWords(`The name of the policy of the ${words}`, name as string, newName as string),
    before &&
      before.maxSessionDuration !== after.maxSessionDuration &&
      changeWords(`The maximum session duration of the ${words}`, sessionWords(before), sessionWords(after)),
    boundary && `The ${words}: ${boundary}`,
    namesake !== undefined &&
      `The name ${code(after.name)} belonged to ${code(`aws_iam_role.${namesake}`)} and now belongs to ${code(`aws_iam_role.${role}`)}.`,
  );
}

/** The change of a permissions boundary, in words. Undefined: it stays. */
function boundaryChange({ boundary: before }: RoleAccess, { boundary: after }: RoleAccess): string | undefined {
  if (before === after) return undefined;
  return changeWords("its permissions boundary", codeOr(before, "none"), codeOr(after, "none"));
}

function sessionWords({ maxSessionDuration }: RoleAccess): string {
  return maxSessionDuration === undefined ? "IAM's default" : `${maxSessionDuration} seconds`;
}

/** What people gain and lose, who are the subject of each sentence. */
export function capabilityLines(
  people: string,
  { gained, lost, limited, shortened = [], ends }: CapabilityChanges,
): string[] {
  const listOf = (words: string, capabilities: readonly Capability[], isGiven: boolean) => {
    if (capabilities.length === 0) return [];
    const items = capabilities.map((capability) => {
      const end = endChangeWords(ends?.before[capability], ends?.after[capability], isGiven);
      const actions = actionsOf([capability]).map(code).join(", ");
      return `  - ${capability}: ${CAPABILITY_WORDS[capability]} (${actions})${end === "" ? "" : `, ${end}`}`;
    });
    return [`- ${people} ${words}:`, ...items];
  };
  return [
    ...listOf("**gain**", gained, true),
    ...listOf("**lose**", lost, false),
    ...listOf("**keep for a shorter time** than before", shortened, true),
    ...listOf("can do **only under some conditions**, which the table shows", limited, false),
  ];
}

/** The change of a registration, in words. */
export function registrationWords({ kind, before, after }: RegistrationChange): string {
  if (kind === "account-alias")
    return changeWords("The account's alias", codeOr(before, "none"), codeOr(after, "none"));
  return `The Slack workspace ${code((after ?? before) as string)} is ${after === undefined ? "no longer registered" : "registered"}.`;
}

/** What becomes of the Service Quotas role, in words. */
export function serviceQuotasWords({
  becomes: change,
  isAwaited,
}: NonNullable<AccessChanges["serviceQuotasRole"]>): string {
  const role = `The Service Quotas role ${code(SERVICE_QUOTAS_ROLE_NAME)}`;
  switch (change) {
    case "handed-back":
      return `${role} leaves the stack. It stays in the account.`;
    case "adopted":
      return `${role} is managed by the stack.`;
    case "created":
      return isAwaited
        ? `${role} is created. Whoever may request quota increases, but couldn't create the role, may have been waiting for it.`
        : `${role} is created.`;
  }
}
