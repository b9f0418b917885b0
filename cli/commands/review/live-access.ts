import { SLACK_CHANNEL_TYPE } from "../../../modules/support-app/model/cloud-control-types";
import { notifyOf } from "../../../modules/support-app/model/notify";
import { SERVICE_QUOTAS_ROLE_ADDRESS } from "../../../modules/support-app/model/service-quotas-role";
import { awsManagedPolicy } from "../../iam/aws-managed-policies";
import { mergePolicies, type Policy, readPolicy, type UnreadablePolicy } from "../../iam/policy";
import { type Fields, isFields, listIfAny, textOf } from "../../terminal/json";
import { type ChannelAccess, type EnvironmentAccess, NO_ACCESS, type RoleAccess } from "../../terraform/access";
import { readDesiredState } from "../../terraform/desired-state";
import type { PlannedResource } from "./planned-resource";

/** What is in the account, as a plan found it. */
export interface LiveAccess {
  readonly access: EnvironmentAccess;
  /** Policies on roles whose content isn't in the plan: they may deny something that a deploy then allows. */
  readonly unknownPolicies: readonly { readonly role: string; readonly policy: string }[];
  /** Parts of policies that can't be read. */
  readonly unreadable: readonly (UnreadablePolicy & { readonly role: string })[];
}

/**
 * Reads what is in the account.
 *
 * @param by which address a role is known by: the one before or after moves in the state
 */
export function readLiveAccess(resources: readonly PlannedResource[], by: "place" | "placeBefore"): LiveAccess {
  const existing = resources.flatMap(({ before, isDeposed, type, ...one }) =>
    before && !isDeposed ? [{ address: one[by], type, values: before }] : [],
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
    const read = (policy: Policy): Policy => {
      for (const one of policy.unreadable) unreadable.push({ ...one, role });
      return policy;
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
      (one): one is Fields => isFields(one) && text(one.name) + text(one.policy) !== "",
    );
    for (const policy of exclusive("aws_iam_role_policies_exclusive", "policy_names").flat())
      if (!inline.some(({ name }) => text(name) === policy)) unknownPolicies.push({ role, policy });
    const attached = [...new Set(lists.flat())].flatMap((arn): Policy[] => {
      const policy = policies.get(arn) ?? awsManagedPolicy(arn);
      if (!policy) unknownPolicies.push({ role, policy: arn });
      if (!policy) return [];
      // Only a policy in all lists is certainly attached. Any other may at most deny something.
      return [lists.every((arns) => arns.includes(arn)) ? read(policy) : onlyDenying(read(policy))];
    });
    rolesByArn.set(text(values.arn), role);
    roles.set(role, {
      name: text(values.name),
      path: text(values.path) || "/",
      trust: read(readPolicy(text(values.assume_role_policy))).statements,
      permissions: mergePolicies([...attached, ...inline.map(({ policy }) => read(readPolicy(text(policy))))])
        .statements,
      boundary: textOf(values.permissions_boundary ?? "") || undefined,
    });
  }
  const access: EnvironmentAccess = {
    ...NO_ACCESS,
    roles,
    channels: ofType("aws_cloudcontrolapi_resource").flatMap(({ values }) => channelsIn(values, rolesByArn)),
    serviceQuotasRole: existing.some(({ address }) => address === SERVICE_QUOTAS_ROLE_ADDRESS) ? "managed" : "absent",
  };
  return { access, unknownPolicies, unreadable };
}

function onlyDenying({ statements, unreadable }: Policy): Policy {
  return { statements: statements.filter(({ effect }) => effect === "Deny"), unreadable };
}

/** A channel as it was last configured by Terraform, which doesn't see changes by hand. */
function channelsIn({ type_name, desired_state }: Fields, rolesByArn: ReadonlyMap<string, string>): ChannelAccess[] {
  if (type_name !== SLACK_CHANNEL_TYPE) return [];
  const state = readDesiredState(desired_state) ?? {};
  const { ChannelRoleArn, TeamId, ChannelId, ChannelName = ChannelId, ...rest } = state;
  const role = rolesByArn.get(text(ChannelRoleArn)) ?? "";
  const notify = notifyOf(rest);
  if (!notify) return [];
  return [{ workspace: text(TeamId), channel: text(ChannelId), name: text(ChannelName), role, notify }];
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
