/** The id of the account alias in the stack of an environment. */
export const ACCOUNT_ALIAS_ID = "account-alias";

/** The id of a workspace in the stack of an environment. */
export function workspaceId(workspace: string): string {
  return `workspace-${workspace}`;
}

/** The id of a channel, by its IDs in Slack: it keeps its address if it is renamed or gets another access level. */
export function channelId({ workspace, channel }: { readonly workspace: string; readonly channel: string }): string {
  return `channel-${workspace}-${channel}`;
}

/** The address of what such a construct creates through Cloud Control. */
export function cloudControlAddress(id: string): string {
  return `aws_cloudcontrolapi_resource.${id.replaceAll("-", "_")}`;
}
