import { oneOf } from "../../common/problem";
import {
  MAX_CHANNELS,
  MAX_WORKSPACES,
  SLACK_CHANNEL,
  SLACK_CHANNEL_NAME,
  SLACK_WORKSPACE,
  type TextLimit,
} from "../../modules/support-app/model/limits";
import { NOTIFY_EVENTS, NOTIFY_SEVERITIES } from "../../modules/support-app/model/notify";
import { CHANNEL_PROPERTIES } from "../../modules/support-app/model/properties";
import { typeOfProperties } from "./object-type";
import { isWithin, listOf, type ModuleVariable, moduleVariable, objectVariable, type Validation } from "./variable";

/** The description of a module's `channels`. */
const CHANNELS_DESCRIPTION = `The Slack channels in which everyone gets this access, by keys of your choice. Each has workspace and channel (their IDs in Slack), name (without the #) and, if the channel is to be notified, notify with severity (${formatConjunction("or", NOTIFY_SEVERITIES)}) and events (a list of ${formatConjunction("and", NOTIFY_EVENTS)}).`;

const CHANNEL_KEYS = ["workspace", "channel", "name", "notify"];
const NOTIFY_KEYS = ["severity", "events"];

/** The channels of an access level. */
export function channelsVariable(): ModuleVariable {
  const type = `map(${typeOfProperties(CHANNEL_PROPERTIES, CHANNEL_KEYS)})`;
  return objectVariable("channels", type, {}, CHANNELS_DESCRIPTION, channelValidations("channels", "var.channels"));
}

/** The variable that makes a module's channels wait for their workspaces. */
export const REGISTERED_WORKSPACES = moduleVariable(
  "registered_workspaces",
  "list(string)",
  [],
  "The workspaces that the module support-app-account of the same root registers: its output slack_workspaces. A channel is created after its workspace.",
);

/**
 * The checks of a map of channels, the same as for environments.yaml.
 *
 * @param name the map's name in messages
 * @param channels the map as a Terraform expression
 * @param isOptional whether it may be null or missing
 */
export function channelValidations(name: string, channels: string, isOptional = false): Validation[] {
  const isMap = `can(keys(${channels}))`;
  /** A condition that can't be evaluated is a problem. If the value isn't a map, only the first validation reports one. */
  const ofMap = (condition: string) => `try(${condition}, !${isMap})`;
  const eachChannel = (subpath: string, isGood: string, received: string, expected: string): Validation => {
    const badValues = `[for key, channel in ${channels} : format("${name}.%s${subpath} = %s", key, jsonencode(${received})) if !${isGood}]`;
    return {
      condition: ofMap(`length(${badValues}) == 0`),
      received: `\${try(join(", ", ${badValues}), "")}`,
      expected,
    };
  };
  const text = (property: string, limit: TextLimit) =>
    eachChannel(
      `.${property}`,
      isWithin(limit, `channel.${property}`),
      `try(channel.${property}, null)`,
      limit.expected,
    );
  const received = `${name} = \${jsonencode(try(${channels}, null))}`;
  const notify = "try(channel.notify, null)";
  const events = "try(channel.notify.events, null)";
  const ids = `[for channel in values(${channels}) : jsonencode([try(channel.workspace, null), try(channel.channel, null)])]`;
  return [
    {
      condition: isOptional ? `try(${channels}, null) == null || ${isMap}` : isMap,
      received,
      expected: `a map of channels, such as { oncall = { workspace = "T012ABCDEFG", channel = "C01234A5BCD", name = "support-oncall" } }`,
    },
    eachChannel(
      "",
      hasOnly("channel", CHANNEL_KEYS),
      "channel",
      `an object of ${CHANNEL_KEYS.join(", ")} and nothing else`,
    ),
    text("workspace", SLACK_WORKSPACE),
    text("channel", SLACK_CHANNEL),
    text("name", SLACK_CHANNEL_NAME),
    eachChannel(
      ".notify",
      `(${notify} == null || try(${hasOnly("channel.notify", NOTIFY_KEYS)} && contains(${listOf(NOTIFY_SEVERITIES)}, channel.notify.severity), false))`,
      notify,
      `an object of severity, ${oneOf(NOTIFY_SEVERITIES)}, and events, and nothing else`,
    ),
    eachChannel(
      ".notify.events",
      `(${events} == null || try(length(setsubtract(channel.notify.events, ${listOf(NOTIFY_EVENTS)})) == 0 && length(distinct(channel.notify.events)) == length(channel.notify.events), false))`,
      events,
      `a list of events out of ${NOTIFY_EVENTS.join(", ")}, each once`,
    ),
    eachChannel(
      ".notify",
      `((try(channel.notify.severity, "none") == "none") == (try(length(channel.notify.events), 0) == 0))`,
      notify,
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

/** The limit of workspaces, both of channels and registered. Both parameters are Terraform expressions. */
export function workspacesValidation(channels: string, registeredWorkspaces: string): Validation {
  const workspaces = `distinct(concat(${registeredWorkspaces}, [for channel in ${channels} : channel.workspace]))`;
  return {
    condition: `length(${workspaces}) <= ${MAX_WORKSPACES}`,
    received: `\${length(${workspaces})} workspaces`,
    expected: `at most ${MAX_WORKSPACES}, including those of the channels, the AWS limit for an account`,
  };
}

/** The checks of a list of workspaces to register. */
export function workspaceValidations(name: string): Validation[] {
  return [
    {
      condition: `alltrue([for workspace in var.${name} : ${isWithin(SLACK_WORKSPACE, "workspace")}])`,
      expected: SLACK_WORKSPACE.expected,
    },
    { condition: `length(distinct(var.${name})) == length(var.${name})`, expected: "each workspace once" },
    {
      condition: `length(var.${name}) <= ${MAX_WORKSPACES}`,
      expected: `at most ${MAX_WORKSPACES} workspaces, the AWS limit for an account`,
    },
  ];
}

/** Names in a sentence, such as "a, b and c". */
function formatConjunction(conjunction: "and" | "or", names: readonly string[]): string {
  return `${names.slice(0, -1).join(", ")} ${conjunction} ${names.at(-1)}`;
}

function hasOnly(object: string, keys: readonly string[]): string {
  return `try(length(setsubtract(keys(${object}), ${listOf(keys)})) == 0, false)`;
}
