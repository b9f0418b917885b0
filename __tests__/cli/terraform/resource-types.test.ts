import type { AccessReader, ChannelAccess, PutOnRole, Registration } from "../../../cli/terraform/access";
import { resourceTypeOf } from "../../../cli/terraform/resource-types";
import { readStack } from "../../../cli/terraform/stack";
import type { Verdict } from "../../../cli/terraform/verdict";
import { ACCOUNT_ALIAS_SCHEMA } from "../../../modules/support-app/account-alias";
import { SLACK_CHANNEL_SCHEMA } from "../../../modules/support-app/slack-channel";
import { SLACK_WORKSPACE_SCHEMA } from "../../../modules/support-app/slack-workspace";
import { ACCOUNT, ATTACKED, edited } from "../../support/attacked-stack";
import { change, changed, type Draft } from "../../support/edited-stack";

const [LITERAL, REFERENCE, OWN] = ["literal", "reference", "own"];

describe("the arguments that are read, by type", () => {
  test.each([
    [
      "aws_iam_role",
      {
        ...{ name: LITERAL, path: LITERAL, description: LITERAL, max_session_duration: LITERAL, tags: LITERAL },
        ...{ force_detach_policies: LITERAL, assume_role_policy: OWN, permissions_boundary: OWN },
      },
    ],
    ["aws_iam_policy", { name: LITERAL, path: LITERAL, policy: OWN, description: LITERAL, tags: LITERAL }],
    ["aws_iam_role_policy_attachment", { role: REFERENCE, policy_arn: REFERENCE }],
    ["aws_iam_role_policy", { name: LITERAL, role: REFERENCE, policy: OWN }],
    ["aws_iam_role_policy_attachments_exclusive", { role_name: REFERENCE, policy_arns: REFERENCE }],
    ["aws_iam_role_policies_exclusive", { role_name: REFERENCE, policy_names: LITERAL }],
    ["aws_iam_service_linked_role", { aws_service_name: LITERAL, tags: LITERAL }],
    ["aws_cloudcontrolapi_resource", { type_name: LITERAL, desired_state: OWN, schema: LITERAL }],
    [
      "aws_cloudwatch_log_group",
      {
        ...{ name: REFERENCE, kms_key_id: REFERENCE, retention_in_days: LITERAL, skip_destroy: LITERAL },
        ...{ log_group_class: LITERAL, tags: LITERAL },
      },
    ],
    ["aws_sns_topic", { name: REFERENCE, display_name: REFERENCE, tags: LITERAL }],
    ["data.aws_iam_policy_document", { statement: OWN, version: OWN, policy_id: OWN }],
    ["data.aws_caller_identity", {}],
    ["data.aws_partition", {}],
    ["data.aws_region", {}],
  ])("%s", (address, expected) => {
    const type = address.replace("data.", "");
    const block = { address: `${address}.a`, isData: type !== address, type, name: "a", body: {} };
    expect(resourceTypeOf(block)?.arguments).toEqual(expected);
    expect(resourceTypeOf({ ...block, isData: !block.isData })).toBeUndefined();
  });

  test.each(["aws_iam_user", "constructor"])("%s is unsupported", (type) => {
    expect(resourceTypeOf({ address: `${type}.a`, isData: false, type, name: "a", body: {} })).toBeUndefined();
  });
});

describe("what a resource gives", () => {
  const ROLE = "${aws_iam_role.full.name}";
  const ONCALL: ChannelAccess = {
    ...{ workspace: "T01", channel: "C01", name: "oncall", role: "full" },
    notify: { severity: "none", on: [] },
  };

  const read = (address: string, body: Readonly<Record<string, unknown>>, before: Partial<PutOnRole> = {}) => {
    const put: PutOnRole = { attached: [], inline: [], ...before };
    const failures: unknown[] = [];
    const [type = "", name = ""] = address.split(".");
    const block = { address, isData: false, type, name, body };
    const reader: AccessReader = {
      stack: readStack({}),
      channels: [ONCALL],
      registrations: new Map<string, Registration>(),
      roleNamed: (value) => (value === ROLE ? "full" : undefined),
      putOn: (value) => (value === ROLE ? put : undefined),
      fail: (reason, { address }, source) => failures.push([reason, address, source]),
    };
    resourceTypeOf(block)?.read?.(block, reader);
    const { channels, registrations } = reader;
    return { failures, put, channels: channels.slice(1), registrations: [...registrations] };
  };

  const NOTHING = { failures: [], put: { attached: [], inline: [] }, channels: [], registrations: [] };
  const failing = (...failures: unknown[][]) => ({ ...NOTHING, failures });

  describe.each(["aws_iam_role.a", "aws_iam_policy.a"])("%s", (address) => {
    test.each([
      ["a name", { name: "a" }],
      ["a name and a path", { name: "a", path: "/team/" }],
    ])("needs %s", (_, body) => {
      expect(read(address, body)).toEqual(NOTHING);
    });

    test.each([
      ["without a name", { name_prefix: "a" }, { name: undefined, path: "/" }],
      ["with a number for its name", { name: 1 }, { name: 1, path: "/" }],
      ["with a number for its path", { name: "a", path: 1 }, { name: "a", path: 1 }],
    ])("%s has none that is known", (_, body, source) => {
      expect(read(address, body)).toEqual(failing(["no-name", address, source]));
    });
  });

  test("an attachment puts a policy on a role of the stack", () => {
    const address = "aws_iam_role_policy_attachment.a";
    expect(read(address, { role: ROLE, policy_arn: "p" })).toEqual({
      ...NOTHING,
      put: { attached: ["p"], inline: [] },
    });
    expect(read(address, { role: "admin", policy_arn: "p" })).toEqual(failing(["foreign-role", address, undefined]));
  });

  test("an inline policy is put on a role of the stack by its name", () => {
    const address = "aws_iam_role_policy.a";
    expect(read(address, { name: "n", role: ROLE, policy: "{}" })).toEqual({
      ...NOTHING,
      put: { attached: [], inline: [{ name: "n", document: "{}" }] },
    });
    expect(read(address, { role: ROLE, policy: "{}" })).toEqual(failing(["no-name", address, undefined]));
    expect(read(address, { name: "n", role: "admin" })).toEqual(failing(["foreign-role", address, undefined]));
    expect(read(address, { role: "admin" })).toEqual(failing(["foreign-role", address, undefined]));
  });

  test.each([
    ["aws_iam_role_policy_attachments_exclusive.a", "policy_arns", "onlyAttached"],
    ["aws_iam_role_policies_exclusive.a", "policy_names", "onlyInline"],
  ])("%s is the whole list of a role's policies, once", (address, argument, list) => {
    const put = { attached: [], inline: [] };
    expect(read(address, { role_name: ROLE, [argument]: ["p"] })).toEqual({
      ...NOTHING,
      put: { ...put, [list]: ["p"] },
    });
    expect(read(address, { role_name: ROLE })).toEqual({ ...NOTHING, put: { ...put, [list]: [] } });
    expect(read(address, { role_name: "admin", [argument]: ["p"] })).toEqual(
      failing(["foreign-role", address, undefined]),
    );
    expect(read(address, { role_name: ROLE, [argument]: ["q"] }, { [list]: ["p"] })).toEqual({
      ...failing(["duplicate-exclusive", address, undefined]),
      put: { ...put, [list]: ["q"] },
    });
  });

  describe("the Service Quotas role", () => {
    const address = "aws_iam_service_linked_role.service_quotas";
    const aws_service_name = "servicequotas.amazonaws.com";
    const PROTECTED = { prevent_destroy: true };

    test.each([[[PROTECTED]], [PROTECTED], [[{}, PROTECTED]]])("is protected by %j", (lifecycle) => {
      expect(read(address, { aws_service_name, lifecycle })).toEqual(NOTHING);
    });

    test.each([[undefined], [null], [[]], [["x"]], [{}], [{ prevent_destroy: "true" }], [{ prevent_destroy: false }]])(
      "isn't protected by %j",
      (lifecycle) => {
        expect(read(address, { aws_service_name, lifecycle })).toEqual(
          failing(["unknown-argument", address, { lifecycle }]),
        );
      },
    );

    test("has one address and one service", () => {
      expect(read("aws_iam_service_linked_role.a", { aws_service_name, lifecycle: PROTECTED })).toEqual(
        failing(["unknown-type", "aws_iam_service_linked_role.a", undefined]),
      );
      expect(read(address, { aws_service_name: "ecs.amazonaws.com", lifecycle: PROTECTED })).toEqual(
        failing(["unknown-argument", address, { aws_service_name: "ecs.amazonaws.com" }]),
      );
    });
  });

  const address = "aws_cloudcontrolapi_resource.a";
  const TYPE = "AWS::SupportApp::SlackChannelConfiguration";
  const WORKSPACE = "AWS::SupportApp::SlackWorkspaceConfiguration";
  const ALIAS = "AWS::SupportApp::AccountAlias";

  test.each([
    [WORKSPACE, { TeamId: "T01" }, { kind: "workspace", value: "T01" }],
    [ALIAS, { AccountAlias: "Payments" }, { kind: "account-alias", value: "Payments" }],
  ])("%s registers %j", (type_name, state, registration) => {
    expect(read(address, { type_name, desired_state: JSON.stringify(state) })).toEqual({
      ...NOTHING,
      registrations: [[address, registration]],
    });
  });

  test.each([
    [WORKSPACE, { AccountAlias: "Payments" }],
    [WORKSPACE, { TeamId: 1 }],
    [WORKSPACE, { TeamId: "${local.a}" }],
    [WORKSPACE, { TeamId: "T01", VersionId: "1" }],
    [ALIAS, { TeamId: "T01" }],
  ])("%s doesn't register %j", (type_name, state) => {
    expect(read(address, { type_name, desired_state: JSON.stringify(state) })).toEqual(
      failing(["unknown-argument", address, { desired_state: state }]),
    );
  });

  test.each([
    [TYPE, SLACK_CHANNEL_SCHEMA],
    [WORKSPACE, SLACK_WORKSPACE_SCHEMA],
    [ALIAS, ACCOUNT_ALIAS_SCHEMA],
  ])("%s has its own schema, or none", (type_name, schema) => {
    expect(read(address, { type_name, schema, desired_state: "x" })).toEqual(
      failing(["expression", address, { desired_state: "x" }]),
    );
    expect(read(address, { type_name, schema: "{}", desired_state: "x" })).toEqual(
      failing(["unknown-argument", address, { schema: "{}" }], ["expression", address, { desired_state: "x" }]),
    );
  });

  test("another type of Cloud Control", () => {
    expect(read(address, { type_name: "AWS::IAM::Role", desired_state: "{}" })).toEqual(
      failing(["unknown-argument", address, { type_name: "AWS::IAM::Role" }]),
    );
  });

  const CHANNEL_STATE = {
    ...{ TeamId: "T01", ChannelId: "C02", ChannelName: "watch", ChannelRoleArn: ROLE },
    ...{ NotifyOnCaseSeverity: "high", NotifyOnCreateOrReopenCase: true },
    ...{ NotifyOnAddCorrespondenceToCase: false, NotifyOnResolveCase: false },
  };
  const channel = (edit: object) => {
    const state = { ...CHANNEL_STATE, ...edit };
    return read(address, { type_name: TYPE, desired_state: JSON.stringify(state) });
  };
  const WATCH = {
    ...{ workspace: "T01", channel: "C02", name: "watch", role: "full" },
    notify: { severity: "high", on: ["case-created"] },
  };

  test.each([
    ["in all", {}, WATCH],
    ["without a name, by its ID", { ChannelName: undefined }, { ...WATCH, name: "C02" }],
    [
      "of the same ID in another workspace",
      { TeamId: "T02", ChannelId: "C01" },
      { ...WATCH, workspace: "T02", channel: "C01" },
    ],
  ])("a channel %s", (_, edit, expected) => {
    expect(channel(edit)).toEqual({ ...NOTHING, channels: [expected] });
  });

  test.each([
    ["without a workspace", { TeamId: undefined }, "unknown-argument"],
    ["whose workspace is an expression", { TeamId: "${local.a}" }, "unknown-argument"],
    ["without an ID", { ChannelId: undefined }, "unknown-argument"],
    ["whose ID is an expression", { ChannelId: "${local.a}" }, "unknown-argument"],
    ["whose name is an expression", { ChannelName: "${local.a}" }, "unknown-argument"],
    ["whose name is a number", { ChannelName: 1 }, "unknown-argument"],
    ["with an unknown property", { VersionId: "1" }, "unknown-argument"],
    ["whose notifications are an expression", { NotifyOnCaseSeverity: "${local.a}" }, "expression"],
  ])("a channel %s isn't read", (_, edit, reason) => {
    const desired_state = JSON.parse(JSON.stringify({ ...CHANNEL_STATE, ...edit }));
    expect(channel(edit)).toEqual(failing([reason, address, { desired_state }]));
  });

  test("a channel with a role from elsewhere", () => {
    expect(channel({ ChannelRoleArn: "admin" })).toEqual(
      failing(["foreign-role", address, { ChannelRoleArn: "admin" }]),
    );
  });

  test("a channel that stands twice", () => {
    expect(channel({ ChannelId: "C01" })).toEqual(failing(["duplicate-channel", address, undefined]));
  });
});

describe("each change, beside its twin that looks alike", () => {
  test.each<[string, Verdict, (draft: Draft) => void]>([
    ["an unknown resource type", "unknown", (draft) => (draft.resource.aws_iam_user = { more: { name: "a" } })],
    [
      "another Cloud Control type",
      "unknown",
      (draft) =>
        (draft.resource.aws_cloudcontrolapi_resource.more = { type_name: "AWS::IAM::Role", desired_state: "{}" }),
    ],
  ])("%s: %s", (_, verdict, edit) => {
    expect(changed(edit).verdict).toBe(verdict);
  });
});

describe("what hides a change is not taken for nothing", () => {
  test.each<[string, Verdict, (draft: Draft) => void]>([
    [
      "an argument that isn't understood",
      "unknown",
      (draft) => {
        draft.resource.aws_iam_role.full.dynamic = { inline_policy: {} };
      },
    ],
    [
      "data that may run a program",
      "unknown",
      (draft) => {
        draft.data.external = { more: { program: ["sh"] } };
      },
    ],
    [
      "the service-linked role of another service",
      "unknown",
      (draft) => {
        draft.resource.aws_iam_service_linked_role = { more: { aws_service_name: "ecs.amazonaws.com" } };
      },
    ],
    [
      "a type that is called like something else",
      "unknown",
      (draft) => {
        draft.resource.constructor = { x: { a: 1 } };
      },
    ],
  ])("%s: %s", (_, verdict, edit) => {
    expect(changed(edit).verdict).toBe(verdict);
  });
});

describe("stacks with other resources get an answer if those can't affect a channel's role", () => {
  const own = (draft: Draft) => {
    draft.resource.aws_cloudwatch_log_group = { a: { name: "a", retention_in_days: 7, tags: { a: "b" } } };
    draft.resource.aws_sns_topic = { a: { name: "a" } };
    draft.data.aws_caller_identity = { me: {} };
    draft.data.aws_region = { here: {} };
    draft.output.account = { value: "${data.aws_caller_identity.me.account_id}" };
  };

  test("a log group, a topic and the caller's identity", () => {
    expect(edited(own)).toMatchObject({ verdict: "cosmetic", unreadable: [] });
    const base = structuredClone(ATTACKED) as Draft;
    own(base);
    const head = structuredClone(base);
    head.data.aws_iam_policy_document.full.statement[0].actions.pop();
    expect(change(base, head)).toMatchObject({ verdict: "narrowed", unreadable: [] });
    expect(
      edited((draft) => {
        own(draft);
        draft.resource.aws_cloudwatch_log_group.a.name = "${var.name}";
      }).verdict,
    ).toBe("unknown");
    expect(edited((draft) => Object.assign(draft.resource, { aws_sqs_queue: { a: { name: "a" } } })).verdict).toBe(
      "unknown",
    );
  });

  test("README's example of the library, which may be deployed to any account", () => {
    const library = structuredClone(ATTACKED) as Draft;
    delete library.provider.aws[0].allowed_account_ids;
    library.terraform = {
      backend: { local: { path: "terraform.support.tfstate" } },
      required_providers: { aws: { source: "aws", version: "6.25.0" } },
    };
    expect(change(undefined, library)).toMatchObject({ verdict: "broadened", unreadable: [] });
    const head = structuredClone(library);
    head.data.aws_iam_policy_document.full.statement[0].actions.pop();
    expect(change(library, head)).toMatchObject({ verdict: "narrowed", unreadable: [] });
    head.provider.aws[0].region = "eu-west-1"; // other credentials may well be another account
    expect(change(library, head)).toMatchObject({ verdict: "unknown" });
    const limited = structuredClone(library);
    limited.provider.aws[0].allowed_account_ids = [ACCOUNT];
    expect(change(library, limited).verdict).toBe("unknown");
  });
});
