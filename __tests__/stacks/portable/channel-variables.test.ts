import { channelRules, workspaceRules, workspacesRule } from "../../../stacks/portable/channel-variables";

test("a map of channels has the rules of environments.yaml, in the order in which they are checked", () => {
  expect(channelRules("channels", "var.channels").map(({ expected }) => expected)).toEqual([
    'a map of channels, such as { oncall = { workspace = "T012ABCDEFG", channel = "C01234A5BCD", name = "support-oncall" } }',
    "an object of workspace, channel, name, notify and nothing else",
    "a Slack workspace's ID, such as T012ABCDEFG",
    "a Slack channel's ID, such as C01234A5BCD",
    "a Slack channel's name of 1 to 80 letters, digits, _ and -, without the #",
    "an object of severity, one of none, high, all, and on, and nothing else",
    "a list of events out of case-created, reply-added, case-resolved, each once",
    "at least one event in on with the severity high or all, and no event with none",
    "each channel once, since it has one role",
    "at most 20, the AWS limit for an account",
  ]);
});

test("only the first rule reports a value that isn't a map, unless it may be missing", () => {
  const [isMap, ...others] = channelRules("channels", "var.channels");
  expect(isMap?.condition).toBe("can(keys(var.channels))");
  for (const { condition } of others) expect(condition).toMatch(/^try\(.*, !can\(keys\(var\.channels\)\)\)$/);
  const [mayBeMissing, ...same] = channelRules("channels", "var.channels", true);
  expect(mayBeMissing?.condition).toBe("try(var.channels, null) == null || can(keys(var.channels))");
  expect(same).toEqual(others);
});

test("a message names the channel by its key, and the wrong value", () => {
  const [, , workspace] = channelRules("full.channels", "var.full.channels");
  const bad =
    '[for key, channel in var.full.channels : format("full.channels.%s.workspace = %s", key, jsonencode(try(channel.workspace, null))) if !can(regex("^T[A-Z0-9]{1,255}$", channel.workspace))]';
  expect(workspace).toEqual({
    condition: `try(length(${bad}) == 0, !can(keys(var.full.channels)))`,
    received: `\${try(join(", ", ${bad}), "")}`,
    expected: "a Slack workspace's ID, such as T012ABCDEFG",
  });
});

test("the workspaces of channels and the registered ones together are limited", () => {
  const all = "distinct(concat(var.registered, [for channel in local.all : channel.workspace]))";
  expect(workspacesRule("local.all", "var.registered")).toEqual({
    condition: `length(${all}) <= 5`,
    received: `\${length(${all})} workspaces`,
    expected: "at most 5, including those of the channels, the AWS limit for an account",
  });
});

test("workspaces to register are IDs, each once, and not too many", () => {
  expect(workspaceRules("slack_workspaces")).toEqual([
    {
      condition: 'alltrue([for workspace in var.slack_workspaces : can(regex("^T[A-Z0-9]{1,255}$", workspace))])',
      expected: "a Slack workspace's ID, such as T012ABCDEFG",
    },
    {
      condition: "length(distinct(var.slack_workspaces)) == length(var.slack_workspaces)",
      expected: "each workspace once",
    },
    { condition: "length(var.slack_workspaces) <= 5", expected: "at most 5 workspaces, the AWS limit for an account" },
  ]);
});
