import { shellQuote } from "../../common/shell-quote";
import { SLACK_CHANNEL_TYPE } from "../../modules/support-app/model/cloud-control-types";
import type { Environment } from "../../stacks/environments/environment";

type CommandTarget = Pick<Environment, "account" | "region">;

/** An AWS CLI command that runs only with credentials of the environment's account, and otherwise prints why not. */
export function inAccount(environment: CommandTarget, service: string, operation: string): string {
  return onlyInAccount(environment, awsCommand(environment, service, operation));
}

/** An AWS CLI command in the environment's region. */
export function awsCommand({ region }: CommandTarget, service: string, operation: string): string {
  return `aws ${service} --region ${region} ${operation}`;
}

/** A command that runs only with credentials of the environment's account, and otherwise prints why not. */
export function onlyInAccount(environment: CommandTarget, command: string): string {
  const { account } = environment;
  const identity = awsCommand(environment, "sts", "get-caller-identity --query Account --output text");
  return `if [ "$(${identity})" = ${account} ]; then ${command}; else echo "Not run: it takes credentials of ${account}." >&2; false; fi`;
}

/** The command that removes a Slack channel's configuration, by Cloud Control's identifier. */
export function removeChannelCommand(environment: CommandTarget, identifier: string): string {
  const operation = `delete-resource --type-name ${SLACK_CHANNEL_TYPE} --identifier ${shellQuote(identifier)}`;
  return awsCommand(environment, "cloudcontrol", operation);
}
