import { AccountAlias, SlackChannel, SlackWorkspace, SupportAppAccess } from "../../../modules/support-app";
import { AwsProvider } from "../../../modules/support-app/aws-bindings";
import { cloudControlResource } from "../../../modules/support-app/cloud-control";
import { Construct, TerraformStack, TerraformVariable } from "../../../modules/support-app/framework";
import {
  ACCOUNT_ALIAS_TYPE,
  CLOUD_CONTROL_SCHEMAS,
  SLACK_WORKSPACE_TYPE,
} from "../../../modules/support-app/model/cloud-control-types";
import { NOTIFY_FLAGS } from "../../../modules/support-app/model/notify";
import { channelsOf } from "../../support/access";
import { Testing } from "../../support/framework";
import { newApp } from "../../support/new-app";
import { providersOf } from "../../support/providers-of";
import { parseTerraform } from "../../support/synthesize";

let stack: TerraformStack;
beforeEach(() => {
  stack = new TerraformStack(newApp(), "stack");
});

const problemsOf = (constructs: readonly Construct[]) => constructs.flatMap(({ node }) => node.validate());

test("an alias and a registration are all that AWS gets, with their types' schemas, their provider and what they wait for", () => {
  const provider = new AwsProvider(stack, "payments", { alias: "payments" });
  const alias = new AccountAlias(stack, "alias", { alias: "Payments EU", provider });
  new SlackWorkspace(stack, "acme", { workspace: "T012ABCDEFG" });
  cloudControlResource(new Construct(stack, "on-call"), SLACK_WORKSPACE_TYPE, {}, { dependsOn: [alias.resource] });
  const resources = JSON.parse(Testing.synth(stack)).resource.aws_cloudcontrolapi_resource;
  expect(resources).toMatchObject({
    alias: {
      type_name: "AWS::SupportApp::AccountAlias",
      desired_state: '${jsonencode({"AccountAlias" = "Payments EU"})}',
      schema: CLOUD_CONTROL_SCHEMAS[ACCOUNT_ALIAS_TYPE],
      provider: "aws.payments",
    },
    acme: {
      type_name: "AWS::SupportApp::SlackWorkspaceConfiguration",
      desired_state: '${jsonencode({"TeamId" = "T012ABCDEFG"})}',
      schema: CLOUD_CONTROL_SCHEMAS[SLACK_WORKSPACE_TYPE],
    },
    on_call: { depends_on: ["aws_cloudcontrolapi_resource.alias"] },
  });
  expect(resources.acme.provider).toBeUndefined();
});

test("a channel and an alias have a check of what AWS has, of their own name; a workspace, of which nothing can differ, has none", () => {
  const access = new SupportAppAccess(stack, "watch", { access: "read-only" });
  new SlackChannel(stack, "on-call", { access, name: "oncall", workspace: "T1", channel: "C1" });
  new AccountAlias(new Construct(stack, "team"), "alias", { alias: "Payments EU" });
  new SlackWorkspace(stack, "acme", { workspace: "T1" });
  const { check, locals } = JSON.parse(Testing.synth(stack));
  expect(Object.keys(check).sort()).toEqual(["on_call", "team_alias"]);
  expect(Object.keys(locals).sort()).toEqual(["on_call_differences", "team_alias_differences"]);
  expect(locals.on_call_differences).toContain(" in aws_cloudcontrolapi_resource.on_call[*] :");
});

test("a construct that can't have a Terraform name throws", () => {
  expect(() => cloudControlResource(new Construct(stack, "1st"), ACCOUNT_ALIAS_TYPE, {})).toThrow(
    new Error(
      'Construct "stack/1st", id: received "1st", expected a path in the stack that begins with a letter, since it becomes a Terraform name.',
    ),
  );
});

test("an account, which is a stack's provider, named or not, has one alias: every further one names the first", () => {
  new SlackWorkspace(stack, "workspace", { workspace: "T1" });
  const aliasIn = (scope: Construct, id: string, provider?: AwsProvider) =>
    new AccountAlias(scope, id, { alias: `${id} alias`, provider });
  const otherAliases = [
    aliasIn(stack, "payments", new AwsProvider(stack, "aws-payments", { alias: "payments" })),
    aliasIn(new TerraformStack(stack, "nested"), "own"),
  ];
  const first = aliasIn(stack, "first");
  const duplicates = [
    aliasIn(new Construct(stack, "team"), "again"),
    aliasIn(stack, "named", new AwsProvider(stack, "aws")),
  ];
  expect(problemsOf([first, ...otherAliases])).toEqual([]);
  expect(problemsOf(duplicates)).toEqual([
    'AccountAlias "stack/team/again", alias: received "again alias", expected one alias per account: "stack/first" already sets it.',
    'AccountAlias "stack/named", alias: received "named alias", expected one alias per account: "stack/first" already sets it.',
  ]);
});

test("at most 5 workspaces are allowed, each once", () => {
  const ids = [1, 2, 3, 4, 5, 6, 1].map((number, index) => [`w${index + 1}`, `T${number}`] as const);
  expect(problemsOf(ids.map(([id, workspace]) => new SlackWorkspace(stack, id, { workspace })))).toEqual([
    'SlackWorkspace "stack/w6", workspace: received 7 workspaces, expected at most 5, the AWS limit for an account.',
    'SlackWorkspace "stack/w7", workspace: received "T1" a second time, expected each workspace once: "stack/w1" has it already.',
  ]);
});

describe("a channel", () => {
  const ONCALL = { name: "oncall", workspace: "T1", channel: "C1" };
  let access: SupportAppAccess;
  beforeEach(() => {
    access = new SupportAppAccess(stack, "full", { access: "full" });
  });

  test("a channel has its role and IDs and, by default, every notification flag off; it waits for its registration, and for its role's policies", () => {
    const registration = new SlackWorkspace(stack, "workspace", { workspace: "T1" });
    new SlackChannel(stack, "oncall", { access, ...ONCALL, registration });
    const terraform = parseTerraform(Testing.synth(stack));
    const flags = Object.values(NOTIFY_FLAGS).map((flag) => [flag, false]);
    expect(channelsOf(terraform).oncall).toEqual({
      TeamId: "T1",
      ChannelId: "C1",
      ChannelName: "oncall",
      ChannelRoleArn: "aws_iam_role.full.arn",
      NotifyOnCaseSeverity: "none",
      ...Object.fromEntries(flags),
    });
    expect(terraform.resource?.aws_cloudcontrolapi_resource?.oncall?.depends_on).toEqual([
      "aws_iam_role_policy_attachment.full",
      "aws_iam_role_policy_attachments_exclusive.full",
      "aws_iam_role_policies_exclusive.full",
      "aws_cloudcontrolapi_resource.workspace",
    ]);
  });

  test("a channel can be of another provider's account, which by default is the account of its access", () => {
    const [payments, logistics] = ["payments", "logistics"].map((alias) => new AwsProvider(stack, alias, { alias }));
    const paid = new SupportAppAccess(stack, "paid", { access: "full", provider: payments });
    new SlackChannel(stack, "oncall", { access: paid, ...ONCALL });
    new SlackChannel(stack, "watch", { access: paid, ...ONCALL, provider: logistics });
    expect(providersOf(stack)).toMatchObject({
      "aws_cloudcontrolapi_resource.oncall": "aws.payments",
      "aws_cloudcontrolapi_resource.watch": "aws.logistics",
    });
  });

  test("a channel can have a role that is managed elsewhere, by its ARN or as a token, and waits for nothing of it", () => {
    const roleArn = "arn:aws:iam::111122223333:role/shared/oncall";
    new SlackChannel(stack, "oncall", { access: roleArn, ...ONCALL });
    new SlackChannel(stack, "watch", {
      access: new TerraformVariable(stack, "role", {}).stringValue,
      ...ONCALL,
      channel: "C2",
    });
    const terraform = parseTerraform(Testing.synth(stack));
    const states = channelsOf(terraform);
    expect([states.oncall, states.watch].map((state) => state?.ChannelRoleArn)).toEqual([roleArn, "var.role"]);
    expect(terraform.resource?.aws_cloudcontrolapi_resource?.oncall?.depends_on).toBeUndefined();
  });

  test("a channel's role is a SupportAppAccess or the ARN of one role, not a name, a pattern or a user", () => {
    const refused = ["oncall", "arn:aws:iam::111122223333:role/*", "arn:aws:iam::111122223333:user/oncall", {}, 1];
    for (const [index, value] of refused.entries()) {
      const makeChannel = () => new SlackChannel(stack, `c${index}`, { access: value as string, ...ONCALL });
      expect(makeChannel).toThrow("expected a SupportAppAccess, or the ARN of an IAM role, without * or ?, such as");
    }
  });

  test("a channel can't have an access or a registration of another stack, which Terraform couldn't order before the channel", () => {
    const registration = new SlackWorkspace(stack, "workspace", { workspace: "T1" });
    const otherStack = new TerraformStack(stack, "other");
    expect(() => new SlackChannel(otherStack, "oncall", { access, ...ONCALL, registration })).toThrow(
      new Error(
        [
          'SlackChannel "stack/other/oncall", access: received "stack/full", expected a SupportAppAccess of the construct\'s own stack, "stack/other".',
          'SlackChannel "stack/other/oncall", registration: received "stack/workspace", expected a SlackWorkspace of the construct\'s own stack, "stack/other".',
        ].join("\n"),
      ),
    );
  });

  test("a channel waits for its workspace's registration, and for no other; it is configured once", () => {
    const registration = new SlackWorkspace(stack, "w1", { workspace: "T1" });
    expect(
      problemsOf([
        new SlackChannel(stack, "forgotten", { access, ...ONCALL }),
        new SlackChannel(stack, "other", { access, ...ONCALL, workspace: "T2", registration }),
        new SlackChannel(stack, "twice", { access, ...ONCALL, workspace: "T2" }),
      ]),
    ).toEqual([
      'SlackChannel "stack/forgotten", registration: received nothing, expected "stack/w1", which registers the channel\'s workspace.',
      'SlackChannel "stack/other", registration: received "stack/w1", expected none: nothing in the stack registers the channel\'s workspace with the channel\'s provider.',
      'SlackChannel "stack/twice", channel: received "C1" of T2 a second time, expected each channel once, since it has one role: "stack/other" has it already. Remove one of the two.',
    ]);
  });

  test("a channel takes an access of its stack, and not its ARN, which wouldn't wait for the policy", () => {
    expect(problemsOf([new SlackChannel(stack, "channel", { ...ONCALL, access: access.roleArn })])).toEqual([
      `SlackChannel "stack/channel", access: received the role ARN of "${access.node.path}", expected the SupportAppAccess itself, so that the channel gets the role only once its policy is attached.`,
    ]);
  });

  test("a channel has no registration with another provider, which is of another account", () => {
    const provider = new AwsProvider(stack, "payments", { alias: "payments" });
    const registration = new SlackWorkspace(stack, "w1", { workspace: "T1", provider });
    const channel = new SlackChannel(stack, "channel", { access, ...ONCALL, registration });
    const received = 'SlackChannel "stack/channel", registration: received "stack/w1", expected ';
    expect(problemsOf([channel])).toEqual([
      `${received}none: nothing in the stack registers the channel's workspace with the channel's provider.`,
    ]);
    new SlackWorkspace(stack, "own", { workspace: "T1" });
    expect(problemsOf([channel])).toEqual([`${received}"stack/own", which registers the channel's workspace.`]);
  });
});
