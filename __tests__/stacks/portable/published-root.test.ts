import { levelKeys, publishedRoot, rootVariables } from "../../../stacks/portable/published-root";

const {
  locals,
  module: calls,
  output,
  resource,
} = publishedRoot() as Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;

test("an access level is a module that an account may have, or not", () => {
  expect(Object.keys(calls ?? {})).toEqual(["read_only", "full", "account"]);
  expect(calls?.full).toMatchObject({
    source: "./modules/support-app-full",
    count: "${var.full == null ? 0 : 1}",
    live_chat: '${lookup(var.full, "live_chat", null)}',
    tags: '${merge(var.tags, lookup(var.full, "tags", {}))}',
  });
  expect(calls?.full).not.toHaveProperty("channels");
  expect(calls?.full).not.toHaveProperty("registered_workspaces");
  expect(calls?.account).toEqual({
    source: "./modules/support-app-account",
    slack_workspaces: "${var.slack_workspaces}",
    account_alias: "${var.account_alias}",
  });
});

test("a channel keeps its address if it gets another access level", () => {
  expect(locals?.channels_by_id).toBe(
    '${{ for channel in local.all_channels : "${channel.workspace}_${channel.channel}" => channel... }}',
  );
  expect(resource?.aws_cloudcontrolapi_resource?.channel).toMatchObject({
    desired_state: expect.stringContaining('"ChannelRoleArn" = local.role_arns[each.value.access]'),
    depends_on: ["module.read_only", "module.full", "module.account"],
  });
});

test("rules between the levels are checked before a channel is created", () => {
  const precondition = output?.channels?.precondition as { error_message: string }[];
  expect(precondition.map(({ error_message: text }) => text.replace(/^.*, expected /, ""))).toEqual([
    "each channel once, since it has one role.",
    "at most 20, the AWS limit for an account.",
    "at most 5, including those of the channels, the AWS limit for an account.",
    "names that differ in more than case, which IAM ignores.",
    "names that differ in more than case, which IAM ignores.",
  ]);
});

test("a key that a level doesn't have is refused, and so is null instead of true or false", () => {
  const [readOnly, full] = rootVariables();
  const unknown = (name: string, keys: readonly string[]) =>
    `setsubtract(keys(var.${name}), ${JSON.stringify(keys).replaceAll(",", ", ")})`;
  expect(readOnly?.rules[0]).toEqual({
    condition: `var.read_only == null || try(length(${unknown("read_only", levelKeys("read-only"))}) == 0, false)`,
    received: `\${try(join(", ", [for key in ${unknown("read_only", levelKeys("read-only"))} : "read_only.\${key}"]), format("read_only = %s", jsonencode(var.read_only)))}`,
    expected: `an object of ${levelKeys("read-only").join(", ")} and nothing else`,
  });
  const nulls =
    '[for key in ["create_cases", "reply_to_cases", "attach_files", "resolve_cases", "live_chat", "request_quota_increases"] : key if try(var.full[key] == null, false)]';
  expect(full?.rules[1]).toEqual({
    condition: `length(${nulls}) == 0`,
    received: `\${join(", ", [for key in ${nulls} : "full.\${key} = null"])}`,
    expected: "true or false, or no such key",
  });
  expect((full?.rules.length ?? 0) - (readOnly?.rules.length ?? 0)).toBe(1);
});

test("the role to choose for a channel, and what people can do, by access level", () => {
  expect(output).toMatchObject({
    read_only_role_arn: { value: "${local.role_arns.read_only}" },
    read_only_capabilities: { value: "${one(module.read_only[*].capabilities)}" },
    full_role_arn: { value: "${local.role_arns.full}" },
    full_capabilities: { value: "${one(module.full[*].capabilities)}" },
  });
});
