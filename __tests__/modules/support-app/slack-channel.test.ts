import { readFileSync } from "node:fs";
import { join } from "node:path";
import { TerraformStack, TerraformVariable, Testing } from "cdktf";
import {
  AccountAlias,
  type Notify,
  SlackChannel,
  type SlackChannelProps,
  SlackWorkspace,
  SupportAppAccess,
} from "../../../modules/support-app";
import { channelsOf } from "../../support/access";
import { parseTerraform, type Terraform } from "../../support/synthesize";

function newStack(): { stack: TerraformStack; access: SupportAppAccess } {
  const stack = new TerraformStack(Testing.app(), "stack");
  return { stack, access: new SupportAppAccess(stack, "full", { access: "full" }) };
}

const ONCALL = { name: "oncall", workspace: "T012ABCDEFG", channel: "C09876Z5YXW" };

async function terraformOf(stack: TerraformStack): Promise<Terraform> {
  return parseTerraform(Testing.synth(stack), "json");
}

describe("a channel", () => {
  test("says who may do what where, and that nobody is notified unless asked for, with all three flags", async () => {
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
  ] as const)("that hears of %s alone sets %s alone", async (event, flag) => {
    const { stack, access } = newStack();
    new SlackChannel(stack, "oncall", { access, ...ONCALL, notify: { severity: "all", on: [event] } });
    const { oncall } = channelsOf(await terraformOf(stack));
    expect(Object.keys(oncall ?? {}).filter((key) => oncall?.[key] === true)).toEqual([flag]);
    expect(oncall?.NotifyOnCaseSeverity).toBe("all");
  });

  test("comes after its workspace's registration and after its role has its policy", async () => {
    const { stack, access } = newStack();
    const registration = new SlackWorkspace(stack, "workspace", { workspace: ONCALL.workspace });
    new SlackChannel(stack, "oncall", { access, ...ONCALL, registration });
    const { resource } = await terraformOf(stack);
    expect(resource?.aws_cloudcontrolapi_resource?.oncall?.depends_on).toEqual([
      "aws_iam_role_policy_attachment.full",
      "aws_cloudcontrolapi_resource.workspace",
    ]);
  });

  test("may take its IDs from Terraform", async () => {
    const { stack, access } = newStack();
    const channel = new TerraformVariable(stack, "channel_id", { type: "string" }).stringValue;
    new SlackChannel(stack, "oncall", { access, ...ONCALL, channel });
    expect(channelsOf(await terraformOf(stack)).oncall?.ChannelId).toBe("var.channel_id");
  });
});

describe("what AWS would refuse throws", () => {
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
    [{ access: {} as SupportAppAccess }, "access: received a mapping, expected a SupportAppAccess."],
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
      { notify: { severity: "high" } },
      'notify.severity: received "high" without an event, expected at least one of case-created, reply-added, case-resolved in on. Add it, or set severity to none.',
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

  test("an ID that is none, for a workspace; an alias too long, for an account", () => {
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

describe("between the channels of a stack", () => {
  test("a channel stands once, since it has one role", () => {
    const { stack, access } = newStack();
    const other = new SupportAppAccess(stack, "read-only", { access: "read-only" });
    const first = new SlackChannel(stack, "a", { access, ...ONCALL });
    const second = new SlackChannel(stack, "b", { access: other, ...ONCALL, name: "renamed" });
    expect(first.node.validate()).toEqual([]);
    expect(second.node.validate()).toEqual([
      'SlackChannel "stack/b", channel: received "C09876Z5YXW" of T012ABCDEFG a second time, expected each channel once, since it has one role. Remove it from one access level.',
    ]);
  });

  test("there are at most 20", () => {
    const { stack, access } = newStack();
    const channels = Array.from(
      { length: 21 },
      (_, index) => new SlackChannel(stack, `c${index}`, { access, ...ONCALL, channel: `C${index}` }),
    );
    expect(channels.flatMap((channel) => channel.node.validate())).toEqual([
      'SlackChannel "stack/c20", channel: received 21 channels, expected at most 20, which is all that AWS takes for an account.',
    ]);
  });

  test("two elements of one address are an error", () => {
    const { stack, access } = newStack();
    new SlackChannel(stack, "on-call", { access, ...ONCALL });
    const second = new SlackChannel(stack, "on_call", { access, ...ONCALL, channel: "C1" });
    expect(second.node.validate()).toEqual([
      'SlackChannel "stack/on_call", id: received "on_call", expected an id whose Terraform addresses are free: "stack/on-call/resource" is aws_cloudcontrolapi_resource.on_call, too. Choose another id.',
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
