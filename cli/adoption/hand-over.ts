import { LEVELS } from "../../stacks/environments/environment";
import { awsCommand, onlyInAccount, removeChannelCommand } from "../aws/commands";
import { yamlLines } from "./edit-environments";
import type { ImportedChannel } from "./imported-environment";
import type { Asked } from "./live-setup";

/** How to bring channels under Terraform, which can't import them. One by one, so that all others keep working. */
export function handOverLines(asked: Asked, channels: readonly ImportedChannel[]): string[] {
  const { name } = asked;
  const levels = LEVELS.flatMap((level) => {
    const entries = channels.filter(({ access }) => access === level).map(({ entry }) => entry);
    return entries.length === 0 ? [] : [[level, { channels: entries }]];
  });
  const yaml = yamlLines({ [name]: Object.fromEntries(levels) });
  return [
    "Slack channels keep working as they are. Terraform can't import them. To manage them here as well:",
    "  1. Deploy the environment as it is. This imports the roles:",
    `     $ npx support-app deploy ${name}`,
    "  2. Add the channels to environments.yaml, and synthesize:",
    ...yaml.map((line) => `       ${line}`),
    "     $ npm run synth",
    "  3. Hand them over, one after the other. Between a channel's removal and its creation, some seconds later, people in it can do nothing:",
    ...channels.map((channel) => `     $ ${handOverCommand(asked, channel)}`),
    `     If one fails after the removal, this creates what is missing: npx support-app deploy ${name}`,
  ];
}

/** The command that plans a channel's creation, removes its configuration, and then creates it at once. */
function handOverCommand(asked: Asked, { entry, identifier }: ImportedChannel): string {
  const folder = `cdktf.out/stacks/${asked.name}`;
  const address = `aws_cloudcontrolapi_resource.channel_${entry.workspace}_${entry.channel}`;
  const steps = [
    "plan=$(mktemp)",
    `terraform -chdir=${folder} plan -target=${address} -out="$plan"`,
    `token=$(${removeChannelCommand(asked, identifier)} --query ProgressEvent.RequestToken --output text)`,
    awsCommand(asked, "cloudcontrol", 'wait resource-request-success --request-token "$token"'),
    `terraform -chdir=${folder} apply "$plan"`,
    'rm "$plan"',
  ];
  return onlyInAccount(asked, steps.join(" && "));
}
