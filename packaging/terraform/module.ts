import { withName } from "../../modules/support-app/address";
import { cloudControlResource } from "../../modules/support-app/cloud-control";
import {
  type App,
  Construct,
  ref,
  TerraformOutput,
  TerraformStack,
  TerraformVariable,
  Token,
} from "../../modules/support-app/framework";
import { SLACK_CHANNEL_TYPE } from "../../modules/support-app/model/cloud-control-types";
import { notifySettings } from "../../modules/support-app/model/notify";
import { channelState } from "../../modules/support-app/model/properties";
import { AWS_SOURCE, OLDEST_AWS_PROVIDER } from "../../stacks/required-versions";
import { synthesizedTerraform, type Terraform } from "../../stacks/written-stack";
import { onOneLine } from "./object-type";
import type { ModuleVariable, Validation } from "./variable";

/** The versions that a module works with. A caller's root may ask for newer ones. */
export const REQUIRED = {
  required_version: ">= 1.5", // the first with import blocks, which a caller's root adopts with
  required_providers: { aws: { source: AWS_SOURCE, version: OLDEST_AWS_PROVIDER } },
};

/** A module with variables, and what `build` adds to it. */
export function moduleWith(variables: readonly ModuleVariable[], build: (stack: TerraformStack) => void): Terraform {
  const make = (app: App) => {
    const stack = new TerraformStack(app, "module");
    for (const variable of variables) declare(stack, variable);
    build(stack);
    return stack.toTerraform();
  };
  return { ...synthesizedTerraform(make), terraform: REQUIRED };
}

/** The value of a variable, or another expression, as a string. */
export function expression(stack: TerraformStack, text: string): string {
  return Token.asString(ref(text, stack));
}

/** Declares a variable with its checks. */
function declare(
  stack: TerraformStack,
  { name, type, objectType, description, default: byDefault, validations }: ModuleVariable,
): void {
  const variable = new TerraformVariable(stack, name, {
    type,
    description: objectType === undefined ? description : `${description} Type: ${onOneLine(objectType)}`,
    nullable: byDefault === null,
    validation:
      validations.length === 0
        ? undefined
        : validations.map((validation) => ({
            condition: `\${${validation.condition}}`,
            errorMessage: messageOf({ received: `${name} = \${jsonencode(var.${name})}`, ...validation }),
          })),
  });
  variable.addOverride("default", byDefault); // CDKTF leaves out null, which makes a variable required
}

/** Declares an output. */
export function output(stack: TerraformStack, name: string, description: string, value: unknown): TerraformOutput {
  return withName(name, new TerraformOutput(stack, `output-${name}`, { description, value }));
}

/** A validation as a precondition. */
export function precondition(validation: Validation): object {
  return { condition: `\${${validation.condition}}`, error_message: messageOf(validation) };
}

function messageOf({ received, expected }: Validation): string {
  return `Received ${received}, expected ${expected}.`;
}

/**
 * Channels by their IDs in Slack: a channel keeps its address, whatever its caller's key and its access are.
 *
 * @param groupExpression `...` to group channels with the same ID in a list
 */
export function keyedChannels(channels: string, groupExpression = ""): string {
  return `\${{ for channel in ${channels} : "\${channel.workspace}_\${channel.channel}" => channel${groupExpression} }}`;
}

/**
 * Adds a resource for each of `local.channels`, and the output of all.
 *
 * @param roleArn ARN of the role of `each.value`
 * @param dependsOn references to what comes before the channels
 * @param validations between the channels
 */
export function addChannels(
  stack: TerraformStack,
  roleArn: string,
  dependsOn: readonly string[],
  validations: readonly Validation[],
): void {
  const channel = {
    workspace: expression(stack, "each.value.workspace"),
    channel: expression(stack, "each.value.channel"),
    name: expression(stack, "tostring(each.value.name)"),
  };
  const severity = expression(stack, 'try(each.value.notify.severity, "none")');
  const notify = notifySettings(severity, (event) =>
    expression(stack, `try(contains(each.value.notify.events, "${event}"), false)`),
  );
  const desiredState = channelState(channel, roleArn, notify);
  const instances = "values(aws_cloudcontrolapi_resource.channel)";
  const scope = new Construct(stack, "channel");
  const resource = cloudControlResource(scope, SLACK_CHANNEL_TYPE, desiredState, {}, instances);
  resource.addOverride("for_each", "${local.channels}");
  resource.addOverride("depends_on", dependsOn);
  const description = "The channels, each as WORKSPACE_CHANNEL, the IDs in Slack.";
  const channelsOutput = output(stack, "channels", description, "${keys(aws_cloudcontrolapi_resource.channel)}");
  channelsOutput.addOverride("precondition", validations.map(precondition));
}
