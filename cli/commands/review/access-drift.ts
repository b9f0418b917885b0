import { type Fields, isFields } from "../../../common/fields";
import { listIfAny, textOf } from "../../../common/json";
import { SLACK_CHANNEL_TYPE } from "../../../modules/support-app/model/cloud-control-types";
import { notifyOf } from "../../../modules/support-app/model/notify";
import { settingsIn } from "../../../modules/support-app/model/properties";
import { SERVICE_QUOTAS_ROLE_ADDRESS } from "../../../modules/support-app/model/service-quotas-role";
import { pathAndNameOf } from "../../iam/arn";
import { awsManagedPolicy } from "../../iam/aws-managed-policies";
import { type Policy, readPolicy, type UnreadablePolicy } from "../../iam/policy";
import { type AccessChanges, compareAccess, isSameName } from "../../terraform/access-changes";
import {
  type ChannelAccess,
  type EnvironmentAccess,
  NO_ACCESS,
  type RoleAccess,
} from "../../terraform/environment-access";
import { readDesiredState } from "../../terraform/expression";
import type { PlannedResource } from "../../terraform/planned-resource";
import type { Stack } from "../../terraform/stack";
import { mostSevere, needsApproval, type Verdict } from "../../terraform/verdict";
import { normalizeAccess } from "./approval-digest";
import { channelIdentity, dropUncertainLosses } from "./environment-change";
import type { OutsideChange } from "./outside-changes";
import type { PlannedChange } from "./planned-changes";

/** How the account differs from the code before the change, so that a deploy gives somebody more than the code change does. */
export interface AccessDrift {
  readonly verdict: Verdict;
  /** From what is in the account to what the deploy creates. */
  readonly access: AccessChanges;
  /** Not in `access`: nothing is known of what people in these channels can do now. */
  readonly foreignRoles: readonly ForeignRole[];
  readonly unknownPolicies: PlannedAccess["unknownPolicies"];
  readonly unreadable: PlannedAccess["unreadable"];
  /** What is in the account, and what the deploy makes of it, in normal form: what an approval covers. */
  readonly approved: unknown;
}

/** A channel that has a role in the account that isn't in the code. */
export interface ForeignRole {
  readonly workspace: string;
  readonly channel: string;
  /** In Slack. */
  readonly name: string;
  /** Undefined: the plan doesn't show it. */
  readonly arn?: string;
  /** The role that a deploy gives it. */
  readonly after: Pick<RoleAccess, "name" | "path">;
}

/** What the deploy gives beyond the change of the code, since somebody changed the account by hand, or it was never deployed. */
export function driftOf(
  resources: readonly PlannedResource[],
  changes: readonly PlannedChange[],
  base: Stack | undefined,
  head: Stack,
  changesOutside: readonly OutsideChange[] = [],
): AccessDrift | undefined {
  const [before, after] = [withoutSettings(base?.access ?? NO_ACCESS), withoutSettings(head.access)];
  const live = readLiveAccess(resources, "placeBefore");
  const planned = readLiveAccess(resources, "place");
  const foreign = live.access.channels.filter(({ role }) => !live.access.roles.has(role) && !isCoded(role, before));
  const foreignIds = new Set(foreign.map(channelIdentity));
  const comparableChannels = ({ channels }: Pick<EnvironmentAccess, "channels">) =>
    channels.filter((channel) => !foreignIds.has(channelIdentity(channel)));
  // Registrations and the account of a plan don't matter here.
  const toCode = (source: EnvironmentAccess, code: EnvironmentAccess) => {
    const { workspaces, alias, account } = code;
    return compareAccess(
      { ...source, channels: comparableChannels(source), workspaces, alias, account },
      { ...code, channels: comparableChannels(code) },
    );
  };
  const foreignRoles = foreign.flatMap((channel) => foreignRole(channel, before, after));
  // An unreadable part of the code may be what was changed by hand.
  const isCodeKnown = [base, head].every((stack) => stack === undefined || stack.unreadable.length === 0);
  const open = isCodeKnown ? [] : driftingIn(resources, changes);
  const unsupportedChanges = changesOutside.filter(({ action }) => action === "unsupported");
  const isUnknown = [foreignRoles, live.unknownPolicies, live.unreadable, open, unsupportedChanges].some(
    ({ length }) => length > 0,
  );
  const access = dropUncertainLosses(toCode(planned.access, after), head.unreadable);
  const verdict = mostSevere([verdictOfAccess(access), isUnknown && "unknown"]);
  const fromLive = verdictOfAccess(toCode(live.access, before));
  if (!needsApproval(verdict) || !(needsApproval(fromLive) || isUnknown)) return undefined;
  const { unknownPolicies } = live;
  const unknownParts = {
    unknownPolicies,
    unreadable: live.unreadable.map(({ source }) => source),
    open,
    unsupported: unsupportedChanges,
  };
  const approved = [normalizeAccess(live.access), normalizeAccess(after), unknownParts];
  return { verdict, access, foreignRoles, unknownPolicies, unreadable: live.unreadable, approved };
}

/** Whether the code has the role with an ARN, such as one that somebody deleted by hand. */
function isCoded(arn: string, { roles }: EnvironmentAccess): boolean {
  const live = pathAndNameOf(arn);
  return [...roles.values()].some((role) => isSameName(role, live));
}

/** None if the code change itself adds or removes the channel: then it reports what people in it gain or lose. */
function foreignRole(channel: ChannelAccess, before: EnvironmentAccess, after: EnvironmentAccess): ForeignRole[] {
  const inCode = ({ channels }: EnvironmentAccess) =>
    channels.find((codeChannel) => channelIdentity(codeChannel) === channelIdentity(channel));
  const role = inCode(before) && after.roles.get(inCode(after)?.role ?? "");
  if (!role) return [];
  const { workspace, channel: id, name, role: arn } = channel;
  return [{ workspace, channel: id, name, arn: arn || undefined, after: { name: role.name, path: role.path } }];
}

/** What somebody changed by hand, as a plan found it. */
function driftingIn(resources: readonly PlannedResource[], changes: readonly PlannedChange[]): unknown[] {
  const isDrift = ({ drift, attributes }: PlannedChange) => drift || attributes.some((attribute) => attribute.drift);
  const addresses = new Set(changes.filter(isDrift).map(({ address }) => address));
  return resources.flatMap(({ address, before }) => (addresses.has(address) ? [[address, before]] : []));
}

/** Access without settings that give nobody anything: the report has them among Terraform's changes. */
function withoutSettings(access: EnvironmentAccess): EnvironmentAccess {
  const roles = [...access.roles].map(
    ([name, role]) => [name, { ...role, policy: undefined, ...settingsIn({}) }] as const,
  );
  return { ...access, roles: new Map(roles) };
}

function verdictOfAccess({ roles, channels, serviceQuotasRole }: AccessChanges): Verdict {
  return mostSevere([...[...roles, ...channels].map(({ verdict }) => verdict), serviceQuotasRole?.verdict]);
}

/** What is in the account, as a plan found it. */
interface PlannedAccess {
  readonly access: EnvironmentAccess;
  /** Policies on roles whose content isn't in the plan: they may deny something that a deploy then allows. */
  readonly unknownPolicies: readonly { readonly role: string; readonly policy: string }[];
  /** Parts of policies that can't be read. */
  readonly unreadable: readonly (UnreadablePolicy & { readonly role: string })[];
}

/**
 * Reads what is in the account.
 *
 * @param placeProperty whether a role is known by its address before or after moves in the state
 */
export function readLiveAccess(
  resources: readonly PlannedResource[],
  placeProperty: "place" | "placeBefore",
): PlannedAccess {
  const existing = resources.flatMap(({ before, isDeposed, type, ...resource }) =>
    before && !isDeposed ? [{ address: resource[placeProperty], type, values: before }] : [],
  );
  const ofType = (type: string) => existing.filter((resource) => resource.type === type);
  const unknownPolicies: { role: string; policy: string }[] = [];
  const unreadable: (UnreadablePolicy & { role: string })[] = [];
  const policies = new Map(
    ofType("aws_iam_policy").map(({ values }) => [text(values.arn), readPolicy(text(values.policy))]),
  );
  const roles = new Map<string, RoleAccess>();
  const rolesByArn = new Map<string, string>();
  for (const { address, type, values } of ofType("aws_iam_role")) {
    const role = address.slice(type.length + 1);
    const statementsIn = (policy: Policy) => {
      for (const part of policy.unreadable) unreadable.push({ ...part, role });
      return policy.statements;
    };
    if (roles.has(role)) unreadable.push({ reason: "not-a-policy", source: values, role }); // there are two
    const exclusive = (type: string, argument: string) =>
      ofType(type).flatMap(({ values: list }) =>
        list.role_name === values.name ? [listIfAny(list[argument]).map(text)] : [],
      );
    const lists = [
      ...(Array.isArray(values.managed_policy_arns) ? [values.managed_policy_arns.map(text)] : []),
      ...exclusive("aws_iam_role_policy_attachments_exclusive", "policy_arns"),
    ];
    const inline = listIfAny(values.inline_policy).filter(
      (policy): policy is Fields => isFields(policy) && text(policy.name) + text(policy.policy) !== "",
    );
    for (const policy of exclusive("aws_iam_role_policies_exclusive", "policy_names").flat())
      if (!inline.some(({ name }) => text(name) === policy)) unknownPolicies.push({ role, policy });
    const attachedStatements = [...new Set(lists.flat())].flatMap((arn) => {
      const policy = policies.get(arn) ?? awsManagedPolicy(arn);
      if (!policy) unknownPolicies.push({ role, policy: arn });
      // Only a policy in all lists is certainly attached. Any other may at most deny something.
      const isAttached = lists.every((arns) => arns.includes(arn));
      return policy ? statementsIn(policy).filter(({ effect }) => isAttached || effect === "Deny") : [];
    });
    rolesByArn.set(text(values.arn), role);
    roles.set(role, {
      name: text(values.name),
      path: text(values.path) || "/",
      trust: statementsIn(readPolicy(text(values.assume_role_policy))),
      permissions: [...attachedStatements, ...inline.flatMap(({ policy }) => statementsIn(readPolicy(text(policy))))],
      boundary: textOf(values.permissions_boundary ?? "") || undefined,
    });
  }
  const access: EnvironmentAccess = {
    ...NO_ACCESS,
    roles,
    channels: ofType("aws_cloudcontrolapi_resource").flatMap(({ values }) => channelsIn(values, rolesByArn)),
    hasServiceQuotasRole: existing.some(({ address }) => address === SERVICE_QUOTAS_ROLE_ADDRESS),
  };
  return { access, unknownPolicies, unreadable };
}

/** A channel as it was last configured by Terraform, with the role that it has in AWS: of one that isn't in the stack, the ARN. */
function channelsIn(
  { type_name, desired_state, properties }: Fields,
  rolesByArn: ReadonlyMap<string, string>,
): ChannelAccess[] {
  if (type_name !== SLACK_CHANNEL_TYPE) return [];
  const state = readDesiredState(desired_state) ?? {};
  const live = properties === undefined ? state : readDesiredState(properties); // unreadable: nothing is known of its role
  const { ChannelRoleArn: _, TeamId, ChannelId, ChannelName = ChannelId, ...rest } = state;
  const arn = text(live?.ChannelRoleArn);
  const role = rolesByArn.get(arn) ?? arn;
  const notify = notifyOf(rest);
  if (!notify) return [];
  return [{ workspace: text(TeamId), channel: text(ChannelId), name: text(ChannelName), role, notify }];
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
