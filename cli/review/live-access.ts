import { notifyOf } from "../../modules/support-app/notify";
import { SERVICE_QUOTAS_ROLE_ADDRESS } from "../../modules/support-app/service-quotas-role";
import { SLACK_CHANNEL_TYPE } from "../../modules/support-app/slack-channel";
import { awsManagedPolicy } from "../iam/aws-managed-policies";
import { mergePolicies, type Policy, readPolicy, type UnreadablePolicy } from "../iam/policy";
import { type Fields, isFields, listIfAny, textOf } from "../json";
import type { ChannelAccess, EnvironmentAccess, RoleAccess } from "../terraform/access";
import { NO_ACCESS } from "../terraform/access";
import { readDesiredState } from "../terraform/desired-state";

/** What is in the account, as a plan found it. */
export interface LiveAccess {
  readonly access: EnvironmentAccess;
  /** Policies on roles whose content isn't in the plan: they may deny something that a deploy then allows. */
  readonly unknownPolicies: readonly { readonly role: string; readonly policy: string }[];
  /** Parts of policies that can't be read. */
  readonly unreadable: readonly (UnreadablePolicy & { readonly role: string })[];
}

/** One resource, as a plan found it. */
export interface LiveResource {
  /** In the code that the account is compared with. */
  readonly address: string;
  readonly type: string;
  readonly name: string;
  /** Its attributes. */
  readonly values: Fields;
}

/** Reads what is in the account. */
export function readLiveAccess(resources: readonly LiveResource[]): LiveAccess {
  const ofType = (type: string) => resources.filter((resource) => resource.type === type);
  const unknownPolicies: { role: string; policy: string }[] = [];
  const unreadable: (UnreadablePolicy & { role: string })[] = [];
  const policies = new Map(
    ofType("aws_iam_policy").map(({ values }) => [text(values.arn), readPolicy(text(values.policy))]),
  );
  const roles = new Map<string, RoleAccess>();
  const rolesByArn = new Map<string, string>();
  for (const { name, values } of ofType("aws_iam_role")) {
    const read = (policy: Policy): Policy => {
      for (const one of policy.unreadable) unreadable.push({ ...one, role: name });
      return policy;
    };
    if (roles.has(name)) unreadable.push({ reason: "not-a-policy", source: values, role: name }); // there are two
    const lists = [
      ...(Array.isArray(values.managed_policy_arns) ? [values.managed_policy_arns] : []),
      ...exclusivesOf(ofType("aws_iam_role_policy_attachments_exclusive"), values).map((one) =>
        listIfAny(one.policy_arns),
      ),
    ];
    const managed = new Set(lists.flat());
    const inline = listIfAny(values.inline_policy).flatMap((one) =>
      isFields(one) && text(one.name) + text(one.policy) !== ""
        ? [{ name: text(one.name), text: text(one.policy) }]
        : [],
    );
    const names = exclusivesOf(ofType("aws_iam_role_policies_exclusive"), values).flatMap((one) =>
      listIfAny(one.policy_names),
    );
    for (const policy of names)
      if (!inline.some((one) => one.name === text(policy))) unknownPolicies.push({ role: name, policy: text(policy) });
    const attached = [...managed].flatMap((one): Policy[] => {
      const arn = text(one);
      const policy = policies.get(arn) ?? awsManagedPolicy(arn);
      if (!policy) unknownPolicies.push({ role: name, policy: arn });
      if (!policy) return [];
      // Only a policy in all lists is certainly attached. Any other may at most deny something.
      return [lists.every((arns) => arns.includes(one)) ? read(policy) : onlyDenying(read(policy))];
    });
    rolesByArn.set(text(values.arn), name);
    roles.set(name, {
      name: text(values.name),
      path: text(values.path) || "/",
      trust: read(readPolicy(text(values.assume_role_policy))).statements,
      permissions: mergePolicies([...attached, ...inline.map((one) => read(readPolicy(one.text)))]).statements,
      boundary: textOf(values.permissions_boundary ?? "") || undefined,
    });
  }
  const access: EnvironmentAccess = {
    ...NO_ACCESS,
    roles,
    channels: ofType("aws_cloudcontrolapi_resource").flatMap(({ values }) => channelsIn(values, rolesByArn)),
    serviceQuotasRole: resources.some(({ address }) => address === SERVICE_QUOTAS_ROLE_ADDRESS) ? "managed" : "absent",
  };
  return { access, unknownPolicies, unreadable };
}

function onlyDenying({ statements, unreadable }: Policy): Policy {
  return { statements: statements.filter(({ effect }) => effect === "Deny"), unreadable };
}

function exclusivesOf(exclusives: readonly LiveResource[], role: Fields): Fields[] {
  return exclusives.map(({ values }) => values).filter(({ role_name }) => role_name === role.name);
}

/** A channel as it was last configured by Terraform, which doesn't see changes by hand. */
function channelsIn(values: Fields, rolesByArn: ReadonlyMap<string, string>): ChannelAccess[] {
  if (values.type_name !== SLACK_CHANNEL_TYPE) return [];
  const {
    ChannelRoleArn,
    TeamId,
    ChannelId,
    ChannelName = ChannelId,
    ...rest
  } = readDesiredState(values.desired_state) ?? {};
  const role = rolesByArn.get(text(ChannelRoleArn)) ?? "";
  const notify = notifyOf(rest);
  if (!notify) return [];
  return [{ workspace: text(TeamId), channel: text(ChannelId), name: text(ChannelName), role, notify }];
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
