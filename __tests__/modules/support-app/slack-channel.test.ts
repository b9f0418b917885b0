import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  AccountAlias,
  type Notify,
  type NotifyEvent,
  SlackChannel,
  type SlackChannelProps,
  SlackWorkspace,
  SupportAppAccess,
} from "../../../modules/support-app";
import { AwsProvider } from "../../../modules/support-app/aws-bindings";
import { Construct, TerraformStack, TerraformVariable } from "../../../modules/support-app/framework";
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

  test.each([
    ["case-created", "NotifyOnCreateOrReopenCase"],
    ["reply-added", "NotifyOnAddCorrespondenceToCase"],
    ["case-resolved", "NotifyOnResolveCase"],
  ] as const)("that is notified only of %s sets only %s", async (event, flag) => {
    const { stack, access } = newStack();
    new SlackChannel(stack, "oncall", { access, ...ONCALL, notify: { severity: "all", on: [event] } });
    const { oncall } = channelsOf(await terraformOf(stack));
    expect(Object.keys(oncall ?? {}).filter((key) => oncall?.[key] === true)).toEqual([flag]);
    expect(oncall?.NotifyOnCaseSeverity).toBe("all");
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

  test("of a workspace that is registered elsewhere is created after its role's policies alone", () => {
    const { stack, access } = newStack();
    const { resource } = new SlackChannel(stack, "oncall", { access, ...ONCALL });
    expect(resource.dependsOn).toHaveLength(access.attachments.length);
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

  test("may take its IDs from Terraform", async () => {
    const { stack, access } = newStack();
    const channel = new TerraformVariable(stack, "channel_id", { type: "string" }).stringValue;
    new SlackChannel(stack, "oncall", { access, ...ONCALL, channel });
    expect(channelsOf(await terraformOf(stack)).oncall?.ChannelId).toBe("var.channel_id");
  });
});

describe("a value that AWS would reject throws", () => {
  const WORKSPACE = "a Slack workspace's ID, such as T012ABCDEFG";
  const CHANNEL = "a Slack channel's ID, such as C01234A5BCD";
  const NAME = "a Slack channel's name of 1 to 80 letters, digits, _ and -, without the #";
  test.each<[Partial<SlackChannelProps>, string]>([
    [{ name: "#oncall" }, `name: received "#oncall", expected ${NAME}.`],
    [{ name: 'on"call' }, `name: received "on\\"call", expected ${NAME}.`],
    [{ name: "" }, `name: received "", expected ${NAME}.`],
    [{ workspace: "C09876Z5YXW" }, `workspace: received "C09876Z5YXW", expected ${WORKSPACE}.`],
    [{ channel: "T012ABCDEFG" }, `channel: received "T012ABCDEFG", expected ${CHANNEL}.`],
    [{ channel: "c09876z5yxw" }, `channel: received "c09876z5yxw", expected ${CHANNEL}.`],
    [{ access: undefined }, "access: received nothing, expected a SupportAppAccess."],
    [{ access: {} as SupportAppAccess }, "access: received an empty mapping, expected a SupportAppAccess."],
    [
      { notify: { severity: "all", on: "case-created" } as unknown as Notify },
      'notify.on: received "case-created", expected a list of events.',
    ],
    [
      { notify: { severity: "low" } as unknown as Notify },
      'notify.severity: received "low", expected one of none, high, all.',
    ],
    [
      { notify: { severity: "all", on: ["case-closed"] } as unknown as Notify },
      'notify.on[0]: received "case-closed", expected one of case-created, reply-added, case-resolved.',
    ],
    [
      { notify: { severity: "all", on: null } as unknown as Notify },
      "notify.on: received nothing, expected a list of events.",
    ],
    [{ notify: "high" as unknown as Notify }, 'notify: received "high", expected a mapping with severity and on.'],
    [{ notify: null as unknown as Notify }, "notify: received nothing, expected a mapping with severity and on."],
    [
      { notify: { severity: "none", events: ["reply-added"] } as unknown as Notify },
      'notify.events: received "events", expected one of the properties severity, on.',
    ],
    [
      { notfy: { severity: "high" } } as Partial<SlackChannelProps>,
      'notfy: received "notfy", expected one of the properties access, name, workspace, channel, notify, registration, provider.',
    ],
    [
      { registration: "T012ABCDEFG" as unknown as SlackWorkspace },
      'registration: received "T012ABCDEFG", expected a SlackWorkspace.',
    ],
    [
      { notify: { severity: "high", on: ["reply-added", "reply-added"] } },
      'notify.on[1]: received "reply-added" a second time, expected each event once.',
    ],
    [
      { notify: { severity: "high", on: undefined } },
      'notify.severity: received "high" without an event, expected at least one of case-created, reply-added, case-resolved in on. Add one, or set severity to none.',
    ],
    [
      { notify: { severity: "high" } },
      'notify.severity: received "high" without an event, expected at least one of case-created, reply-added, case-resolved in on. Add one, or set severity to none.',
    ],
    [
      { notify: { severity: "none", on: ["reply-added"] } },
      "notify.on: received reply-added, expected no event with the severity none. Remove it, or set severity to high or all.",
    ],
  ])("%j", (props, message) => {
    const { stack, access } = newStack();
    expect(() => new SlackChannel(stack, "oncall", { access, ...ONCALL, ...props })).toThrow(
      new Error(`SlackChannel "stack/oncall", ${message}`),
    );
  });

  test("no properties at all", () => {
    const { stack } = newStack();
    const nothing = undefined as unknown as SlackChannelProps;
    expect(() => new SlackChannel(stack, "oncall", nothing)).toThrow(
      new Error(
        [
          "access: received nothing, expected a SupportAppAccess.",
          `name: received nothing, expected ${NAME}.`,
          `workspace: received nothing, expected ${WORKSPACE}.`,
          `channel: received nothing, expected ${CHANNEL}.`,
        ]
          .map((message) => `SlackChannel "stack/oncall", ${message}`)
          .join("\n"),
      ),
    );
  });

  test("events that are tokens", () => {
    const { stack, access } = newStack();
    const on = new TerraformVariable(stack, "events", { type: "list(string)" }).listValue as NotifyEvent[];
    expect(() => new SlackChannel(stack, "oncall", { access, ...ONCALL, notify: { severity: "all", on } })).toThrow(
      "notify.on: received a token, which Terraform knows only later, expected a list of events.",
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

  test("no properties at all, for a workspace and an alias; or unknown ones", () => {
    const { stack } = newStack();
    const nothing = undefined as never;
    expect(() => new SlackWorkspace(stack, "w1", nothing)).toThrow("workspace: received nothing");
    expect(() => new AccountAlias(stack, "a1", nothing)).toThrow("alias: received nothing");
    expect(() => new SlackWorkspace(stack, "w2", { workspace: "T1", channel: "C1" } as never)).toThrow(
      'channel: received "channel", expected one of the properties workspace, provider.',
    );
    expect(() => new AccountAlias(stack, "a2", { alias: "a", name: "a" } as never)).toThrow(
      'name: received "name", expected one of the properties alias, provider.',
    );
  });

  test("an invalid ID for a workspace; an alias that is too long for an account", () => {
    const { stack } = newStack();
    expect(() => new SlackWorkspace(stack, "workspace", { workspace: "acme" })).toThrow(
      new Error(`SlackWorkspace "stack/workspace", workspace: received "acme", expected ${WORKSPACE}.`),
    );
    expect(() => new AccountAlias(stack, "alias", { alias: "a".repeat(31) })).toThrow(
      new Error(
        'AccountAlias "stack/alias", alias: received "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", expected an account alias of 1 to 30 letters, digits, spaces, _ and -.',
      ),
    );
    expect(() => new AccountAlias(stack, "1st", { alias: "a" })).toThrow(
      /expected a path in the stack that begins with a letter/,
    );
  });
});

describe("between the elements of a stack", () => {
  function problemsOf(stack: TerraformStack): string[] {
    return stack.node.children.flatMap((child) => (child instanceof Construct ? child.node.validate() : []));
  }

  test("a channel is configured once, since it has one role", () => {
    const { stack, access } = newStack();
    const other = new SupportAppAccess(stack, "read-only", { access: "read-only" });
    new SlackChannel(stack, "a", { access, ...ONCALL });
    new SlackChannel(stack, "b", { access: other, ...ONCALL, name: "renamed" });
    new SlackChannel(stack, "c", { access, ...ONCALL, workspace: "T2" }); // another channel, elsewhere
    expect(problemsOf(stack)).toEqual([
      'SlackChannel "stack/b", channel: received "C09876Z5YXW" of T012ABCDEFG a second time, expected each channel once, since it has one role: "stack/a" has it already. Remove one of the two.',
    ]);
  });

  test.each([21, 22])("at most 20 channels are allowed: %d are one error", (length) => {
    const { stack, access } = newStack();
    for (let index = 0; index < length; index++) {
      new SlackChannel(stack, `c${index}`, { access, ...ONCALL, channel: `C${index}` });
    }
    expect(problemsOf(stack)).toEqual([
      `SlackChannel "stack/c20", channel: received ${length} channels, expected at most 20, the AWS limit for an account.`,
    ]);
  });

  test("at most 5 workspaces are allowed, each once", () => {
    const { stack } = newStack();
    for (let index = 1; index <= 6; index++) new SlackWorkspace(stack, `w${index}`, { workspace: `T${index}` });
    new SlackWorkspace(stack, "again", { workspace: "T1" });
    expect(problemsOf(stack)).toEqual([
      'SlackWorkspace "stack/w6", workspace: received 7 workspaces, expected at most 5, the AWS limit for an account.',
      'SlackWorkspace "stack/again", workspace: received "T1" a second time, expected each workspace once: "stack/w1" has it already.',
    ]);
  });

  test("workspaces of channels count, registered here or not", () => {
    const { stack, access } = newStack();
    const registration = new SlackWorkspace(stack, "w1", { workspace: "T1" });
    new SlackChannel(stack, "c1", { access, ...ONCALL, workspace: "T1", registration });
    for (let index = 2; index <= 7; index++) {
      new SlackChannel(stack, `c${index}`, { access, ...ONCALL, workspace: `T${index}` });
    }
    expect(problemsOf(stack)).toEqual([
      'SlackChannel "stack/c6", workspace: received 7 workspaces, expected at most 5, the AWS limit for an account.',
    ]);
  });

  test("registrations without a channel count as well", () => {
    const { stack, access } = newStack();
    new SlackWorkspace(stack, "w1", { workspace: "T1" });
    for (let index = 2; index <= 6; index++) {
      new SlackChannel(stack, `c${index}`, { access, ...ONCALL, workspace: `T${index}` });
    }
    expect(problemsOf(stack)).toEqual([
      'SlackChannel "stack/c6", workspace: received 6 workspaces, expected at most 5, the AWS limit for an account.',
    ]);
  });

  test("a channel waits for its workspace's registration, and for no other", () => {
    const { stack, access } = newStack();
    const t1 = new SlackWorkspace(stack, "w1", { workspace: "T1" });
    new SlackChannel(stack, "forgotten", { access, ...ONCALL, workspace: "T1" });
    new SlackChannel(stack, "other", { access, ...ONCALL, workspace: "T2", registration: t1 });
    expect(problemsOf(stack)).toEqual([
      'SlackChannel "stack/forgotten", registration: received nothing, expected "stack/w1", which registers the channel\'s workspace T1.',
      'SlackChannel "stack/other", registration: received the registration of T1, expected none, or the registration of the channel\'s workspace T2.',
    ]);
  });

  test("a registration with another provider is of another account", () => {
    const { stack, access } = newStack();
    const provider = new AwsProvider(stack, "payments", { alias: "payments" });
    const registration = new SlackWorkspace(stack, "w1", { workspace: "T1", provider });
    const channel = new SlackChannel(stack, "channel", { access, ...ONCALL, workspace: "T1", registration });
    expect(channel.node.validate()).toEqual([
      'SlackChannel "stack/channel", registration: received the registration of T1 with another provider, expected none, or the registration of the channel\'s workspace T1.',
    ]);
    new SlackWorkspace(stack, "own", { workspace: "T1" });
    expect(channel.node.validate()).toEqual([
      'SlackChannel "stack/channel", registration: received the registration of T1 with another provider, expected "stack/own", which registers the channel\'s workspace T1.',
    ]);
  });

  test("an account has one alias", () => {
    const { stack } = newStack();
    new AccountAlias(stack, "first", { alias: "one" });
    new AccountAlias(stack, "second", { alias: "two" });
    expect(problemsOf(stack)).toEqual([
      'AccountAlias "stack/second", alias: received "two", expected one alias per account: "stack/first" already sets it.',
    ]);
  });

  test("other stacks and other providers are other accounts: a channel may be shared, names may repeat", () => {
    const app = newApp();
    const outer = new TerraformStack(app, "outer");
    const inner = new TerraformStack(outer, "inner");
    const elsewhere = new AwsProvider(outer, "elsewhere", { alias: "elsewhere" });
    for (const stack of [inner, outer]) {
      new AwsProvider(stack, "aws");
      const access = new SupportAppAccess(stack, "full", { access: "full" });
      new SlackChannel(stack, "oncall", { access, ...ONCALL });
      new AccountAlias(stack, "alias", { alias: "one" });
    }
    const access = new SupportAppAccess(outer, "full2", { access: "full" });
    const shared = new SlackChannel(outer, "oncall2", { access, ...ONCALL });
    const alias = new AccountAlias(outer, "alias2", { alias: "one" });
    for (const resource of [access.role, shared.resource, alias.resource]) resource.provider = elsewhere;
    expect([...problemsOf(outer), ...problemsOf(inner)]).toEqual([]);
  });

  test("two elements with one address are an error", () => {
    const { stack, access } = newStack();
    new SlackChannel(stack, "on-call", { access, ...ONCALL });
    const second = new SlackChannel(stack, "on_call", { access, ...ONCALL, channel: "C1" });
    expect(second.node.validate()).toEqual([
      'SlackChannel "stack/on_call", id: received "on_call", expected an id whose Terraform addresses are unused: "stack/on-call/resource" already has aws_cloudcontrolapi_resource.on_call. Choose another id.',
    ]);
  });
});

describe("the schemas with which Terraform plans", () => {
  test("are AWS's, without what a plan doesn't need", async () => {
    const { stack, access } = newStack();
    new SlackChannel(stack, "channel", { access, ...ONCALL });
    new SlackWorkspace(stack, "workspace", { workspace: ONCALL.workspace });
    new AccountAlias(stack, "alias", { alias: "Production EU" });
    const resources = Object.values((await terraformOf(stack)).resource?.aws_cloudcontrolapi_resource ?? {});
    expect(resources).toHaveLength(3);
    for (const { schema, type_name } of resources) {
      const { description: _, ...ours } = JSON.parse(String(schema));
      const file = `AWS_SupportApp_${String(type_name).split("::")[2]}.json`;
      const theirs = JSON.parse(readFileSync(join(__dirname, "../../cloudformation-types", file), "utf8"));
      expect(theirs).toMatchObject(ours);
      expect(Object.keys(ours.properties).sort()).toEqual(Object.keys(theirs.properties).sort());
      for (const list of Object.keys(theirs).filter((key) => key.endsWith("Properties") || key === "required")) {
        expect(ours[list] ?? []).toEqual(theirs[list]);
      }
    }
  });
});
