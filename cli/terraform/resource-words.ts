import { fieldsIn, parseJsonIfAny, textOf } from "../../common/json";
import { channelWords } from "../../modules/support-app/model/channel-set";
import { CLOUD_CONTROL_SCHEMAS } from "../../modules/support-app/model/cloud-control-types";
import { iamNamesOf } from "../../modules/support-app/model/iam-names";
import { NOTIFY_OF_NOTHING, type Notify } from "../../modules/support-app/model/notify";
import {
  SERVICE_QUOTAS_ROLE_ADDRESS,
  SERVICE_QUOTAS_ROLE_NAME,
} from "../../modules/support-app/model/service-quotas-role";
import { accessWords, addressOfOwner } from "../../modules/support-app/model/team";
import { ACCOUNT_ALIAS_ID, channelId, cloudControlAddress, workspaceId } from "../../stacks/construct-ids";
import type { Environment } from "../../stacks/environments/environment";
import { PLACE_ADDRESS } from "../../stacks/self-checks";
import type { PlannedResource } from "./plan";

/** What each resource of an environment is for people, by its address. Of Cloud Control's, a plan shows little more than that. */
export function resourceWords(environment: Environment): ReadonlyMap<string, string> {
  const { accesses, channels, slackWorkspaces, accountAlias } = environment;
  return new Map([
    [PLACE_ADDRESS, "what remembers the account and the region"],
    [SERVICE_QUOTAS_ROLE_ADDRESS, `role ${SERVICE_QUOTAS_ROLE_NAME}`],
    ...accesses.flatMap((access): [string, string][] => {
      const { roleName, policyName } = iamNamesOf(access);
      const address = addressOfOwner(access);
      return [
        [`aws_iam_role.${address}`, `role ${roleName}`],
        [`aws_iam_policy.${address}`, `policy ${policyName}`],
        [`aws_iam_role_policy_attachment.${address}`, `the policy of role ${roleName}`],
        [`aws_iam_role_policy_attachments_exclusive.${address}`, `no other policy on role ${roleName}`],
        [`aws_iam_role_policies_exclusive.${address}`, `no inline policy in role ${roleName}`],
      ];
    }),
    ...channels.map((channel): [string, string] => [
      cloudControlAddress(channelId(channel)),
      `channel ${channelWords(channel, channel.name)}: ${accessWords(channel)}, ${notifyWords(channel.notify)}`,
    ]),
    ...slackWorkspaces.map((workspace): [string, string] => [
      cloudControlAddress(workspaceId(workspace)),
      `Slack workspace ${workspace}`,
    ]),
    ...(accountAlias === undefined
      ? []
      : [[cloudControlAddress(ACCOUNT_ALIAS_ID), `account alias ${accountAlias}`] as const]),
  ]);
}

/** What a resource of Cloud Control was that no environment has any more. Undefined: it is another resource. */
export function formerWords({ type, before }: PlannedResource): string | undefined {
  if (type !== "aws_cloudcontrolapi_resource" || !Object.hasOwn(CLOUD_CONTROL_SCHEMAS, textOf(before?.type_name)))
    return undefined;
  const { TeamId, ChannelId, ChannelName, ChannelRoleArn, AccountAlias } = fieldsIn(
    parseJsonIfAny(textOf(before?.desired_state)),
  );
  if (AccountAlias !== undefined) return `account alias ${textOf(AccountAlias)}`;
  if (TeamId === undefined) return undefined;
  if (ChannelId === undefined) return `Slack workspace ${textOf(TeamId)}`;
  const ids = { workspace: textOf(TeamId), channel: textOf(ChannelId) };
  return `channel ${channelWords(ids, textOf(ChannelName))}, with the role ${textOf(ChannelRoleArn)}`;
}

/** Notifications in words, such as `notifications high: case-created`. */
function notifyWords({ severity, events = [] }: Notify = NOTIFY_OF_NOTHING): string {
  return severity === "none" ? "no notifications" : `notifications ${severity}: ${events.join(", ")}`;
}
