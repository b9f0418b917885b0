import { SlackChannel, SlackWorkspace, SupportAppAccess } from "../../../modules/support-app";
import { AwsProvider } from "../../../modules/support-app/aws-bindings";
import { Construct, TerraformStack } from "../../../modules/support-app/framework";
import { channelsOf } from "../../support/access";
import { Testing } from "../../support/framework";
import { newApp } from "../../support/new-app";
import { providersOf } from "../../support/providers-of";
import { parseTerraform, type Terraform } from "../../support/synthesize";

function newStack(): { stack: TerraformStack; access: SupportAppAccess } {
  const stack = new TerraformStack(newApp(), "stack");
  return { stack, access: new SupportAppAccess(stack, "full", { access: "full" }) };
}

const ONCALL = { name: "oncall", workspace: "T012ABCDEFG", channel: "C09876Z5YXW" };

async function terraformOf(stack: TerraformStack): Promise<Terraform> {
  return parseTerraform(Testing.synth(stack), "json");
}

describe("a channel", () => {
  test("has its role and IDs and, by default, all three notification flags off", async () => {
    const { stack, access } = newStack();
    new SlackChannel(stack, "oncall", { access, ...ONCALL });
    expect(channelsOf(await terraformOf(stack))).toEqual({
      oncall: {
        TeamId: "T012ABCDEFG",
        ChannelId: "C09876Z5YXW",
        ChannelName: "oncall",
        ChannelRoleArn: "aws_iam_role.full.arn",
        NotifyOnCaseSeverity: "none",
        NotifyOnCreateOrReopenCase: false,
        NotifyOnAddCorrespondenceToCase: false,
        NotifyOnResolveCase: false,
      },
    });
  });

  test("is created after its workspace's registration, and after its role has its policy and no other", async () => {
    const { stack, access } = newStack();
    const registration = new SlackWorkspace(stack, "workspace", { workspace: ONCALL.workspace });
    new SlackChannel(stack, "oncall", { access, ...ONCALL, registration });
    const { resource } = await terraformOf(stack);
    expect(resource?.aws_cloudcontrolapi_resource?.oncall?.depends_on).toEqual([
      "aws_iam_role_policy_attachment.full",
      "aws_iam_role_policy_attachments_exclusive.full",
      "aws_iam_role_policies_exclusive.full",
      "aws_cloudcontrolapi_resource.workspace",
    ]);
  });

  test("can be of another provider's account, which by default is the account of its access", () => {
    const stack = new TerraformStack(newApp(), "stack");
    const [payments, logistics] = ["payments", "logistics"].map((alias) => new AwsProvider(stack, alias, { alias }));
    const access = new SupportAppAccess(stack, "full", { access: "full", provider: payments });
    new SlackChannel(stack, "oncall", { access, ...ONCALL });
    new SlackChannel(stack, "watch", { access, ...ONCALL, provider: logistics });
    expect(providersOf(stack)).toMatchObject({
      "aws_cloudcontrolapi_resource.oncall": "aws.payments",
      "aws_cloudcontrolapi_resource.watch": "aws.logistics",
    });
  });
});

describe("what is refused", () => {
  test("a severity and events that don't fit together", () => {
    const { stack, access } = newStack();
    expect(() => new SlackChannel(stack, "oncall", { access, ...ONCALL, notify: { severity: "high" } })).toThrow(
      new Error(
        'SlackChannel "stack/oncall", notify.severity: received "high" without an event, expected at least one of case-created, reply-added, case-resolved in on. Add one, or set severity to none.',
      ),
    );
  });

  test("an access or a registration of another stack, which Terraform couldn't order before the channel", () => {
    const app = newApp();
    const [one, two] = [new TerraformStack(app, "one"), new TerraformStack(app, "two")];
    const access = new SupportAppAccess(one, "full", { access: "full" });
    const registration = new SlackWorkspace(one, "workspace", { workspace: ONCALL.workspace });
    expect(() => new SlackChannel(two, "oncall", { access, ...ONCALL, registration })).toThrow(
      new Error(
        [
          'SlackChannel "two/oncall", access: received "one/full", expected a SupportAppAccess of the construct\'s own stack, "two".',
          'SlackChannel "two/oncall", registration: received "one/workspace", expected a SlackWorkspace of the construct\'s own stack, "two".',
        ].join("\n"),
      ),
    );
  });
});

describe("between the elements of a stack", () => {
  function problemsOf(stack: TerraformStack): string[] {
    return stack.node.children.flatMap((child) => (child instanceof Construct ? child.node.validate() : []));
  }

  test("a channel waits for its workspace's registration, and for no other; it is configured once", () => {
    const { stack, access } = newStack();
    const t1 = new SlackWorkspace(stack, "w1", { workspace: "T1" });
    new SlackChannel(stack, "forgotten", { access, ...ONCALL, workspace: "T1" });
    new SlackChannel(stack, "other", { access, ...ONCALL, workspace: "T2", registration: t1 });
    new SlackChannel(stack, "twice", { access, ...ONCALL, workspace: "T2" });
    expect(problemsOf(stack)).toEqual([
      'SlackChannel "stack/forgotten", registration: received nothing, expected "stack/w1", which registers the channel\'s workspace.',
      'SlackChannel "stack/other", registration: received "stack/w1", expected none: nothing in the stack registers the channel\'s workspace with the channel\'s provider.',
      'SlackChannel "stack/twice", channel: received "C09876Z5YXW" of T2 a second time, expected each channel once, since it has one role: "stack/other" has it already. Remove one of the two.',
    ]);
  });

  test("a registration with another provider is of another account", () => {
    const { stack, access } = newStack();
    const provider = new AwsProvider(stack, "payments", { alias: "payments" });
    const registration = new SlackWorkspace(stack, "w1", { workspace: "T1", provider });
    const channel = new SlackChannel(stack, "channel", { access, ...ONCALL, workspace: "T1", registration });
    expect(channel.node.validate()).toEqual([
      'SlackChannel "stack/channel", registration: received "stack/w1", expected none: nothing in the stack registers the channel\'s workspace with the channel\'s provider.',
    ]);
    new SlackWorkspace(stack, "own", { workspace: "T1" });
    expect(channel.node.validate()).toEqual([
      'SlackChannel "stack/channel", registration: received "stack/w1", expected "stack/own", which registers the channel\'s workspace.',
    ]);
  });
});
