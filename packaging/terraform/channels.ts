import { oneOf } from "../../common/problem";
import { cloudControlResource } from "../../modules/support-app/cloud-control";
import { Construct, type TerraformStack } from "../../modules/support-app/framework";
import { SLACK_CHANNEL_TYPE } from "../../modules/support-app/model/cloud-control-types";
import { MAX_CHANNELS, MAX_WORKSPACES } from "../../modules/support-app/model/limits";
import { NOTIFY_EVENTS, NOTIFY_SEVERITIES, notifySettings } from "../../modules/support-app/model/notify";
import { CHANNEL_PROPERTIES, type ChannelArgument, channelState } from "../../modules/support-app/model/properties";
import { expression, output, precondition } from "./module";
import { isWithin, listOf, type ModuleVariable, typeOfProperties, type Validation } from "./variable";

/** What becomes each property of a channel's configuration, as an expression. */
const CHANNEL_VALUES: Readonly<Record<ChannelArgument, string>> = {
  workspace: "each.value.workspace",
  channel: "each.value.channel",
  name: "tostring(each.value.name)",
};
const CHANNEL_ARGUMENTS = Object.keys(CHANNEL_VALUES) as ChannelArgument[];
const CHANNEL_KEYS = [...CHANNEL_ARGUMENTS, "notify"] as const;
const NOTIFY_KEYS = Object.keys(CHANNEL_PROPERTIES.notify.properties);

/** The channels of an access level. */
export const CHANNELS: ModuleVariable = {
  name: "channels",
  type: "any",
  default: {},
  objectType: `map(${typeOfProperties(CHANNEL_PROPERTIES, CHANNEL_KEYS)})`,
  description: `The Slack channels in which everyone gets this access, by keys of your choice. workspace and channel are their IDs in Slack, and name is without the #. notify, if the channel is to be notified, has severity (${NOTIFY_SEVERITIES.join(", ")}) and events (${NOTIFY_EVENTS.join(", ")}).`,
  validations: channelValidations("channels"),
};

/** The variable that makes a module's channels wait for their workspaces. */
export const REGISTERED_WORKSPACES: ModuleVariable = {
  name: "registered_workspaces",
  type: "list(string)",
  default: [],
  description:
    "The workspaces that the module support-app-account of the same root registers: its output slack_workspaces. A channel is created after its workspace.",
};

/**
 * The checks of a map of channels, the same as for environments.yaml.
 *
 * @param name the variable, or a key in one, which may be missing
 */
export function channelValidations(name: string): Validation[] {
  const channels = `var.${name}`;
  const isMap = `can(keys(${channels}))`;
  /** A condition that can't be evaluated is a problem. If the value isn't a map, only the first validation reports one. */
  const ofMap = (condition: string) => `try(${condition}, !${isMap})`;
  const eachChannel = (key: string, isGood: string, expected: string): Validation => {
    const value = key === "" ? "channel" : `try(channel${key}, null)`;
    const badValues = `[for key, channel in ${channels} : format("${name}.%s${key} = %s", key, jsonencode(${value})) if !(${isGood})]`;
    return {
      condition: ofMap(`alltrue([for channel in ${channels} : ${isGood}])`),
      received: `\${try(join(", ", ${badValues}), "")}`,
      expected,
    };
  };
  const received = `${name} = \${jsonencode(try(${channels}, null))}`;
  const [notify, events] = ["try(channel.notify, null)", "try(channel.notify.events, null)"];
  const ids = `[for channel in values(${channels}) : jsonencode([try(channel.workspace, null), try(channel.channel, null)])]`;
  return [
    {
      condition: name.includes(".") ? `try(${channels}, null) == null || ${isMap}` : isMap,
      received,
      expected: `a map of channels, such as { oncall = { workspace = "T012ABCDEFG", channel = "C01234A5BCD", name = "support-oncall" } }`,
    },
    eachChannel("", hasOnly("channel", CHANNEL_KEYS), `an object of ${CHANNEL_KEYS.join(", ")} and nothing else`),
    ...CHANNEL_ARGUMENTS.map((key) => {
      const { limit } = CHANNEL_PROPERTIES[key];
      return eachChannel(`.${key}`, isWithin(limit, `channel.${key}`), limit.expected);
    }),
    eachChannel(
      ".notify",
      `${notify} == null || try(${hasOnly("channel.notify", NOTIFY_KEYS)} && contains(${listOf(NOTIFY_SEVERITIES)}, channel.notify.severity), false)`,
      `an object of severity, ${oneOf(NOTIFY_SEVERITIES)}, and events, and nothing else`,
    ),
    eachChannel(
      ".notify.events",
      `${events} == null || try(length(setsubtract(channel.notify.events, ${listOf(NOTIFY_EVENTS)})) == 0 && length(distinct(channel.notify.events)) == length(channel.notify.events), false)`,
      `a list of events out of ${NOTIFY_EVENTS.join(", ")}, each once`,
    ),
    eachChannel(
      ".notify",
      `(try(channel.notify.severity, "none") == "none") == (try(length(channel.notify.events), 0) == 0)`,
      "at least one event with the severity high or all, and no event with none",
    ),
    {
      condition: ofMap(`length(distinct(${ids})) == length(${channels})`),
      received,
      expected: "each channel once, since it has one role",
    },
    {
      condition: ofMap(`length(${channels}) <= ${MAX_CHANNELS}`),
      received: `\${try(length(${channels}), 0)} channels in ${name}`,
      expected: `at most ${MAX_CHANNELS}, the AWS limit for an account`,
    },
  ];
}

function hasOnly(object: string, keys: readonly string[]): string {
  return `try(length(setsubtract(keys(${object}), ${listOf(keys)})) == 0, false)`;
}

/** The limit of workspaces, both of channels and registered. Both parameters are Terraform expressions. */
export function workspacesValidation(channels: string, registeredWorkspaces: string): Validation {
  const workspaces = `distinct(concat(${registeredWorkspaces}, [for channel in ${channels} : channel.workspace]))`;
  return {
    condition: `length(${workspaces}) <= ${MAX_WORKSPACES}`,
    received: `\${length(${workspaces})} workspaces`,
    expected: `at most ${MAX_WORKSPACES}, including those of the channels, the AWS limit for an account`,
  };
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
  const values = CHANNEL_ARGUMENTS.map((property) => [property, expression(stack, CHANNEL_VALUES[property])] as const);
  const channel = Object.fromEntries(values) as Readonly<Record<ChannelArgument, string>>;
  const severity = expression(stack, 'try(each.value.notify.severity, "none")');
  const notify = notifySettings(severity, (event) =>
    expression(stack, `try(contains(each.value.notify.events, "${event}"), false)`),
  );
  const instances = "values(aws_cloudcontrolapi_resource.channel)";
  const scope = new Construct(stack, "channel");
  const resource = cloudControlResource(
    scope,
    SLACK_CHANNEL_TYPE,
    channelState(channel, roleArn, notify),
    {},
    instances,
  );
  resource.addOverride("for_each", "${local.channels}");
  resource.addOverride("depends_on", dependsOn);
  const description = "The channels, each as WORKSPACE_CHANNEL, the IDs in Slack.";
  const channelsOutput = output(stack, "channels", description, "${keys(aws_cloudcontrolapi_resource.channel)}");
  channelsOutput.addOverride("precondition", validations.map(precondition));
}
