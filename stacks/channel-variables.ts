import { SLACK_CHANNEL, SLACK_CHANNEL_NAME, SLACK_WORKSPACE, type TextLimit } from "../modules/support-app/limits";
import { NOTIFY_EVENTS, NOTIFY_SEVERITIES } from "../modules/support-app/notify";
import { oneOf } from "../modules/support-app/problem";
import { MAX_CHANNELS } from "../modules/support-app/slack-channel";
import { MAX_WORKSPACES } from "../modules/support-app/slack-workspace";
import { listOf, type ModuleVariable, patternOf, type Rule } from "./module-variable";

/** What `channels` of a module are. */
export const CHANNELS_DESCRIPTION =
  "The Slack channels in which everyone gets this access, by keys of your choice. Each has workspace and channel (their IDs in Slack), name (without the #) and, if the channel is to be notified, notify with severity (none, high or all) and on (a list of case-created, reply-added and case-resolved).";

/** What comes before a module's channels. */
export const REGISTERED_WORKSPACES: ModuleVariable = {
  name: "registered_workspaces",
  type: "list(string)",
  description:
    "The workspaces that the module support-app-account of the same root registers, its output slack_workspaces: a channel comes after its workspace.",
  default: [],
  rules: [],
};

const CHANNEL_KEYS = ["workspace", "channel", "name", "notify"];
const NOTIFY_KEYS = ["severity", "on"];

/**
 * The checks of a map of channels, the same as for environments.yaml.
 *
 * @param name how the reader knows the map
 * @param channels the map as a Terraform expression
 * @param isOptional whether it may be null or missing
 */
export function channelRules(name: string, channels: string, isOptional = false): Rule[] {
  const isMap = `can(keys(${channels}))`;
  /** What can't be worked out is refused. Only of what is no map, the first rule says so alone. */
  const ofMap = (condition: string) => `try(${condition}, !${isMap})`;
  const each = (inside: string, isGood: string, received: string, expected: string): Rule => {
    const bad = `[for key, channel in ${channels} : format("${name}.%s${inside} = %s", key, jsonencode(${received})) if !${isGood}]`;
    return { condition: ofMap(`length(${bad}) == 0`), received: `\${try(join(", ", ${bad}), "")}`, expected };
  };
  const text = (property: string, limit: TextLimit) =>
    each(
      `.${property}`,
      `can(regex(${patternOf(limit)}, channel.${property}))`,
      `try(channel.${property}, null)`,
      limit.expected,
    );
  const received = `${name} = \${jsonencode(try(${channels}, null))}`;
  const notify = "try(channel.notify, null)";
  const on = "try(channel.notify.on, null)";
  return [
    {
      condition: isOptional ? `try(${channels}, null) == null || ${isMap}` : isMap,
      received,
      expected: `a map of channels, such as { oncall = { workspace = "T012ABCDEFG", channel = "C01234A5BCD", name = "support-oncall" } }`,
    },
    each("", hasOnly("channel", CHANNEL_KEYS), "channel", `an object of ${CHANNEL_KEYS.join(", ")} and nothing else`),
    text("workspace", SLACK_WORKSPACE),
    text("channel", SLACK_CHANNEL),
    text("name", SLACK_CHANNEL_NAME),
    each(
      ".notify",
      `(${notify} == null || try(${hasOnly("channel.notify", NOTIFY_KEYS)} && contains(${listOf(NOTIFY_SEVERITIES)}, channel.notify.severity), false))`,
      notify,
      `an object of severity, ${oneOf(NOTIFY_SEVERITIES)}, and on, and nothing else`,
    ),
    each(
      ".notify.on",
      `(${on} == null || try(length(setsubtract(channel.notify.on, ${listOf(NOTIFY_EVENTS)})) == 0 && length(distinct(channel.notify.on)) == length(channel.notify.on), false))`,
      on,
      `a list of events out of ${NOTIFY_EVENTS.join(", ")}, each once`,
    ),
    each(
      ".notify",
      `((try(channel.notify.severity, "none") == "none") == (try(length(channel.notify.on), 0) == 0))`,
      notify,
      "at least one event in on with the severity high or all, and no event with none",
    ),
    {
      condition: ofMap(`length(${distinctOf(channels, ["workspace", "channel"])}) == length(${channels})`),
      received,
      expected: "each channel once, since it has one role",
    },
    {
      condition: ofMap(`length(${channels}) <= ${MAX_CHANNELS}`),
      received: `\${try(length(${channels}), 0)} channels in ${name}`,
      expected: `at most ${MAX_CHANNELS}, which is all that AWS takes for an account`,
    },
  ];
}

/** What must hold of the workspaces of all channels and those that are registered, both lists of IDs as expressions. */
export function workspacesRule(channels: string, registered: string): Rule {
  const all = `distinct(concat(${registered}, [for channel in ${channels} : channel.workspace]))`;
  return {
    condition: `length(${all}) <= ${MAX_WORKSPACES}`,
    received: `\${length(${all})} workspaces`,
    expected: `at most ${MAX_WORKSPACES}, those of the channels included, which is all that AWS takes for an account`,
  };
}

/** The checks of a list of workspaces to register. */
export function workspaceRules(name: string): Rule[] {
  return [
    {
      condition: `alltrue([for workspace in var.${name} : can(regex(${patternOf(SLACK_WORKSPACE)}, workspace))])`,
      expected: SLACK_WORKSPACE.expected,
    },
    { condition: `length(distinct(var.${name})) == length(var.${name})`, expected: "each workspace once" },
    {
      condition: `length(var.${name}) <= ${MAX_WORKSPACES}`,
      expected: `at most ${MAX_WORKSPACES} workspaces, which is all that AWS takes for an account`,
    },
  ];
}

/** The different values of the channels of a map in some of their properties. */
function distinctOf(channels: string, properties: readonly string[]): string {
  const values = properties.map((property) => `try(channel.${property}, null)`).join(", ");
  return `distinct([for channel in values(${channels}) : jsonencode([${values}])])`;
}

function hasOnly(object: string, keys: readonly string[]): string {
  return `try(length(setsubtract(keys(${object}), ${listOf(keys)})) == 0, false)`;
}
