import { TerraformStack } from "../../../modules/support-app/framework";
import { newApp } from "../../../stacks/cdktf/app";
import { addChannels, keyedChannels, moduleWith, output, precondition } from "../../../stacks/portable/module-parts";

function terraformOf(build: (stack: TerraformStack) => unknown): Record<string, Record<string, unknown>> {
  const stack = new TerraformStack(newApp(), "module");
  build(stack);
  return stack.toTerraform();
}

test("a variable has a default, and each rule is a validation with what was received and expected", () => {
  const rules = [
    { condition: "length(var.a) > 0", expected: "something" },
    { condition: "var.a != var.b", received: "twice ${var.a}", expected: "others" },
  ];
  const { variable } = moduleWith([{ name: "a", type: "string", description: "A.", default: "x", rules }], () => {});
  expect(variable).toMatchObject({
    a: {
      type: "string",
      description: "A.",
      default: "x",
      nullable: false,
      validation: [
        { condition: "${length(var.a) > 0}", error_message: "Received a = ${jsonencode(var.a)}, expected something." },
        { condition: "${var.a != var.b}", error_message: "Received twice ${var.a}, expected others." },
      ],
    },
  });
});

test("a variable that may be null has the default null, and without rules no validation", () => {
  const { variable } = moduleWith([{ name: "a", type: "any", description: "A.", default: null, rules: [] }], () => {});
  expect(variable?.a).toEqual({ type: "any", description: "A.", default: null, nullable: true });
});

test("an output may have preconditions", () => {
  const { output: outputs } = terraformOf((stack) => {
    output(stack, "plain", "Plain.", "a");
    output(stack, "checked", "Checked.", "b", [precondition({ condition: "true", received: "r", expected: "e" })]);
  });
  expect(outputs).toEqual({
    plain: { description: "Plain.", value: "a" },
    checked: {
      description: "Checked.",
      value: "b",
      precondition: [{ condition: "${true}", error_message: "Received r, expected e." }],
    },
  });
});

test("channels are keyed by their IDs in Slack, so that another key or access level doesn't replace them", () => {
  expect(keyedChannels("values(var.channels)")).toBe(
    '${{ for channel in values(var.channels) : "${channel.workspace}_${channel.channel}" => channel }}',
  );
  expect(keyedChannels("local.all", "...")).toBe(
    '${{ for channel in local.all : "${channel.workspace}_${channel.channel}" => channel... }}',
  );
});

test("a resource for each channel has its role and its notifications, after what it depends on", () => {
  const { resource } = terraformOf((stack) => addChannels(stack, "arn", ["var.registered_workspaces"]));
  const { channel } = (resource?.aws_cloudcontrolapi_resource ?? {}) as Record<string, Record<string, unknown>>;
  expect(channel).toMatchObject({
    for_each: "${local.channels}",
    depends_on: ["var.registered_workspaces"],
    type_name: "AWS::SupportApp::SlackChannelConfiguration",
  });
  for (const part of [
    '"TeamId" = each.value.workspace',
    '"ChannelId" = each.value.channel',
    '"ChannelName" = tostring(each.value.name)',
    '"ChannelRoleArn" = "arn"',
    '"NotifyOnCaseSeverity" = try(each.value.notify.severity, "none")',
    '"NotifyOnCreateOrReopenCase" = try(contains(each.value.notify.on, "case-created"), false)',
    '"NotifyOnResolveCase" = try(contains(each.value.notify.on, "case-resolved"), false)',
  ]) {
    expect(channel?.desired_state).toContain(part);
  }
});
