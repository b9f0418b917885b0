import { awsManagedPolicy } from "../../cli/iam/aws-managed-policies";
import { readTerraformPolicy, type Statement } from "../../cli/iam/policy";

import type { Fields } from "../../common/fields";
import { fieldsIn, textOf } from "../../common/json";
import { SLACK_CHANNEL_TYPE } from "../../modules/support-app/model/cloud-control-types";
import type { ChannelAccess, RoleAccess } from "./environment-access";
import { readDesiredState, referenceOf } from "./expression";
import { notifyOf } from "./notify-of";

/** What Terraform that the constructs wrote gives, read from nothing but the Terraform. */
export function accessIn(terraform: Fields): {
  readonly roles: ReadonlyMap<string, RoleAccess>;
  readonly channels: readonly ChannelAccess[];
} {
  const section = (name: string, type: string) => Object.entries(fieldsIn(fieldsIn(terraform[name])[type]));
  const bodies = (name: string, type: string) =>
    section(name, type).map(([key, body]) => [key, fieldsIn(body)] as const);
  const documents = new Map(bodies("data", "aws_iam_policy_document"));
  const policies = new Map(bodies("resource", "aws_iam_policy"));
  const attached = new Map(bodies("resource", "aws_iam_role_policy_attachment"));
  const statementsIn = (reference: unknown): readonly Statement[] => {
    const { address = "" } = referenceOf(reference) ?? {};
    const { statements, unreadable } = readTerraformPolicy(documents.get(address.split(".").at(-1) ?? "") ?? {});
    if (statements.length === 0 || unreadable.length > 0) throw new Error(`There is no policy at ${address}.`);
    return statements;
  };
  const roles = bodies("resource", "aws_iam_role").map(([role, body]) => {
    const policy = policies.get(role);
    const permissions = policy
      ? statementsIn(policy.policy)
      : awsManagedPolicy(textOf(attached.get(role)?.policy_arn))?.statements;
    if (!permissions) throw new Error(`The role ${role} has no policy.`);
    const access: RoleAccess = {
      name: textOf(body.name),
      path: textOf(body.path ?? "/"),
      permissions,
      trust: statementsIn(body.assume_role_policy),
      boundary: body.permissions_boundary as string | undefined,
      maxSessionDuration: body.max_session_duration as number | undefined,
      policy: policy && textOf(policy.path ?? "/") + textOf(policy.name),
    };
    return [role, access] as const;
  });
  const channels = bodies("resource", "aws_cloudcontrolapi_resource").flatMap(([, body]): ChannelAccess[] => {
    if (body.type_name !== SLACK_CHANNEL_TYPE) return [];
    const { TeamId, ChannelId, ChannelName, ChannelRoleArn, ...rest } = readDesiredState(body.desired_state) ?? {};
    const notify = notifyOf(rest);
    if (!notify) throw new Error(`The channel ${ChannelId} has other notifications.`);
    const role = referenceOf(ChannelRoleArn)?.address.split(".").at(-1) ?? "";
    return [{ workspace: textOf(TeamId), channel: textOf(ChannelId), name: textOf(ChannelName), role, notify }];
  });
  return { roles: new Map(roles), channels };
}
