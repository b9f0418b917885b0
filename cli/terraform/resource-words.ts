import { fieldsIn, parseJsonIfAny, textOf } from "../../common/json";
import { channelWords } from "../../modules/support-app/model/channel-set";
import { NOTIFY_OF_NOTHING, type Notify } from "../../modules/support-app/model/notify";
import { accessWords } from "../../modules/support-app/model/team";
import { ACCOUNT_ALIAS_ID, channelId, cloudControlAddress, workspaceId } from "../../stacks/construct-ids";
import type { Environment } from "../../stacks/environments/environment";
import type { PlannedResource } from "./planned-resource";

/**
 * What a resource of the Support App is for people, since a plan of Cloud Control shows little: all of it is known only after the
 * apply, or sensitive. Undefined: it is another resource.
 */
export function resourceWords(
  { channels, slackWorkspaces, accountAlias }: Environment,
  { address, type, before }: PlannedResource,
): string | undefined {
  const channel = channels.find((candidate) => cloudControlAddress(channelId(candidate)) === address);
  if (channel !== undefined)
    return `${channelWords(channel, channel.name)}: ${accessWords(channel)}, ${notifyWords(channel.notify)}`;
  const workspace = slackWorkspaces.find((id) => cloudControlAddress(workspaceId(id)) === address);
  if (workspace !== undefined) return `the Slack workspace ${workspace}`;
  if (accountAlias !== undefined && cloudControlAddress(ACCOUNT_ALIAS_ID) === address)
    return `the account alias ${accountAlias}`;
  if (type !== "aws_cloudcontrolapi_resource") return undefined;
  const { TeamId, ChannelId, ChannelName, ChannelRoleArn, AccountAlias } = fieldsIn(
    parseJsonIfAny(textOf(before?.desired_state)),
  );
  if (AccountAlias !== undefined) return `the account alias ${textOf(AccountAlias)}`;
  if (TeamId === undefined) return undefined;
  if (ChannelId === undefined) return `the Slack workspace ${textOf(TeamId)}`;
  const ids = { workspace: textOf(TeamId), channel: textOf(ChannelId) };
  return `${channelWords(ids, textOf(ChannelName))}, with the role ${textOf(ChannelRoleArn)}`;
}

/** Notifications in words, such as `notifications high: case-created`. */
export function notifyWords({ severity, events = [] }: Notify = NOTIFY_OF_NOTHING): string {
  return severity === "none" ? "no notifications" : `notifications ${severity}: ${events.join(", ")}`;
}
