import { readLiveAccess } from "../../../../cli/commands/review/drift";
import { type PlannedResource, readPlannedResource } from "../../../../cli/commands/review/planned-resource";
import { readPolicy, type Statement } from "../../../../cli/iam/policy";
import type { Fields } from "../../../../cli/terminal/json";
import { NO_ACCESS } from "../../../../cli/terraform/access";

const ACCOUNT = "111122223333";
const ROLE_ARN = `arn:aws:iam::${ACCOUNT}:role/team/Full`;
const POLICY_ARN = `arn:aws:iam::${ACCOUNT}:policy/FullPolicy`;
const THEIRS = `arn:aws:iam::${ACCOUNT}:policy/theirs`;
const READ_ONLY = "arn:aws:iam::aws:policy/AWSSupportAppReadOnlyAccess";
const document = (...statements: readonly object[]) =>
  JSON.stringify({ Version: "2012-10-17", Statement: statements.map((one) => ({ Effect: "Allow", ...one })) });
const TRUST = document({ Action: "sts:AssumeRole", Principal: { Service: "supportapp.amazonaws.com" } });
const POLICY = document(
  { Action: "support:CreateCase", Resource: "*" },
  { Action: "support:ResolveCase", Resource: "*", Effect: "Deny" },
);
const INLINE = document({ Action: "support:DescribeCases", Resource: "*" });
const BROKEN = document({ Action: "a:b", Resource: "*", Effect: "deny" });
const statementsOf = (text: string): readonly Statement[] => readPolicy(text).statements;
const denied = statementsOf(POLICY).filter(({ effect }) => effect === "Deny");

const resource = (type: string, name: string, before: Fields): PlannedResource =>
  readPlannedResource({ address: `${type}.${name}`, type, change: { actions: ["no-op"], before, after: before } });
const role = (values: Fields = {}, name = "full") =>
  resource("aws_iam_role", name, {
    ...{ arn: ROLE_ARN, name: "Full", path: "/team/", assume_role_policy: TRUST, permissions_boundary: "" },
    ...{ inline_policy: [], managed_policy_arns: [], ...values },
  });
const policy = (text: unknown = POLICY) => resource("aws_iam_policy", "full", { arn: POLICY_ARN, policy: text });
const attachments = (policy_arns: unknown, role_name = "Full") =>
  resource("aws_iam_role_policy_attachments_exclusive", "full", { role_name, policy_arns });
const inlines = (policy_names: unknown, role_name = "Full") =>
  resource("aws_iam_role_policies_exclusive", "full", { role_name, policy_names });

/** What is read, and the role `full` of it. */
function read(...resources: readonly PlannedResource[]) {
  const found = readLiveAccess(resources, "place");
  return { ...found, role: found.access.roles.get("full") };
}

test("an empty account gives nobody anything", () => {
  expect(readLiveAccess([], "place")).toEqual({
    access: { ...NO_ACCESS, roles: new Map(), channels: [], serviceQuotasRole: "absent" },
    unknownPolicies: [],
    unreadable: [],
  });
});

test("a role allows what its policies allow, attached and inline", () => {
  const inline_policy = [{ name: "inline", policy: INLINE }];
  expect(
    read(
      policy(),
      role({ inline_policy, managed_policy_arns: [POLICY_ARN] }),
      attachments([POLICY_ARN]),
      inlines(["inline"]),
    ),
  ).toEqual({
    access: { ...NO_ACCESS, roles: new Map([["full", expect.anything()]]) },
    unknownPolicies: [],
    unreadable: [],
    role: {
      ...{ name: "Full", path: "/team/", trust: statementsOf(TRUST), boundary: undefined },
      permissions: [...statementsOf(POLICY), ...statementsOf(INLINE)],
    },
  });
});

test("a role without values has an empty name, the path of IAM's default and a trust that can't be read", () => {
  expect(read(resource("aws_iam_role", "full", {}))).toMatchObject({
    role: { name: "", path: "/", trust: [], permissions: [] },
    unreadable: [{ reason: "not-json", source: "", role: "full" }],
  });
  expect(read(role({ name: 7, path: "" })).role).toMatchObject({ name: "", path: "/" });
});

describe("an attached policy", () => {
  test.each<[string, readonly PlannedResource[], readonly Statement[]]>([
    ["in the role", [role({ managed_policy_arns: [POLICY_ARN] })], statementsOf(POLICY)],
    ["in the exclusive list", [role({ managed_policy_arns: null }), attachments([POLICY_ARN])], statementsOf(POLICY)],
    ["in both", [role({ managed_policy_arns: [POLICY_ARN] }), attachments([POLICY_ARN])], statementsOf(POLICY)],
    [
      "in the role alone: it may deny something",
      [role({ managed_policy_arns: [POLICY_ARN] }), attachments([])],
      denied,
    ],
    ["in the exclusive list alone: it may deny something", [role(), attachments([POLICY_ARN])], denied],
    [
      "in one of two exclusive lists",
      [role({ managed_policy_arns: [POLICY_ARN] }), attachments([POLICY_ARN]), attachments([])],
      denied,
    ],
    ["of another role", [role(), attachments([POLICY_ARN], "Other")], []],
    ["in lists of another form", [role({ managed_policy_arns: { a: POLICY_ARN } }), attachments(undefined)], []],
  ])("%s", (_, resources, permissions) => {
    const found = read(policy(), ...resources);
    expect(found.role?.permissions).toEqual(permissions);
    expect(found).toMatchObject({ unknownPolicies: [], unreadable: [] });
  });

  test("may be AWS's own", () => {
    const found = read(role({ managed_policy_arns: [READ_ONLY] }));
    expect(found.role?.permissions).toMatchObject([
      { actions: { patterns: ["support:describecases", "support:describecommunications"] } },
    ]);
    expect(found.unknownPolicies).toEqual([]);
  });

  test("is unknown if its content isn't in the plan", () => {
    const found = read(policy(), role({ managed_policy_arns: [THEIRS, POLICY_ARN, 7] }));
    expect(found.unknownPolicies).toEqual([
      { role: "full", policy: THEIRS },
      { role: "full", policy: "" },
    ]);
    expect(found.role?.permissions).toEqual(statementsOf(POLICY));
  });

  test("that can't be read is reported, also where it may only deny something", () => {
    const unreadable = [{ reason: "no-effect", source: JSON.parse(BROKEN).Statement[0], role: "full" }];
    expect(read(policy(BROKEN), role({ managed_policy_arns: [POLICY_ARN] })).unreadable).toEqual(unreadable);
    expect(read(policy(BROKEN), role(), attachments([POLICY_ARN])).unreadable).toEqual(unreadable);
    expect(read(policy(BROKEN), role()).unreadable).toEqual([]);
    expect(read(policy(7), role({ managed_policy_arns: [POLICY_ARN] })).unreadable).toMatchObject([
      { reason: "not-json", source: "" },
    ]);
  });
});

describe("an inline policy", () => {
  test("is left out if it is empty, as AWS stores that there is none", () => {
    const empty = [{ name: "", policy: "" }, {}, "x"];
    expect(read(role({ inline_policy: empty }))).toMatchObject({ role: { permissions: [] }, unreadable: [] });
    for (const one of [{ name: "a" }, { policy: "x" }]) {
      expect(read(role({ inline_policy: [one] })).unreadable).toMatchObject([{ reason: "not-json" }]);
    }
  });

  test("whose content isn't in the plan is unknown", () => {
    const inline_policy = ["inline", "more"].map((name) => ({ name, policy: INLINE }));
    expect(read(role({ inline_policy }), inlines(["inline", "theirs"])).unknownPolicies).toEqual([
      { role: "full", policy: "theirs" },
    ]);
    expect(read(role(), inlines(["theirs"], "Other")).unknownPolicies).toEqual([]);
  });

  test("that can't be read is reported", () => {
    expect(read(role({ inline_policy: [{ name: "a", policy: BROKEN }] })).unreadable).toMatchObject([
      { reason: "no-effect", role: "full" },
    ]);
  });
});

test("a trust that can't be read is reported", () => {
  expect(read(role({ assume_role_policy: BROKEN })).unreadable).toMatchObject([{ reason: "no-effect", role: "full" }]);
});

test("two roles at one address, such as those of a count, can't be told apart", () => {
  const found = read(role(), role({ name: "Second" }));
  expect(found.unreadable).toMatchObject([{ reason: "not-a-policy", source: { name: "Second" }, role: "full" }]);
  expect(read(role(), role({}, "other")).unreadable).toEqual([]);
});

test.each<[unknown, unknown]>([
  ["", undefined],
  [null, undefined],
  [undefined, undefined],
  [THEIRS, THEIRS],
  [7, "7"],
])("the permissions boundary %j", (permissions_boundary, boundary) => {
  expect(read(policy(), role({ permissions_boundary })).role?.boundary).toEqual(boundary);
});

describe("a channel", () => {
  const STATE = {
    ...{ TeamId: "T01", ChannelId: "C01", ChannelName: "oncall", ChannelRoleArn: ROLE_ARN },
    ...{ NotifyOnCaseSeverity: "high", NotifyOnCreateOrReopenCase: true },
    ...{ NotifyOnAddCorrespondenceToCase: false, NotifyOnResolveCase: false },
  };
  const TYPE = "AWS::SupportApp::SlackChannelConfiguration";
  const channels = (desired_state: unknown, type_name = TYPE, type = "aws_cloudcontrolapi_resource") =>
    readLiveAccess([role(), resource(type, "channel", { type_name, desired_state })], "place").access.channels;
  const ONCALL = {
    ...{ workspace: "T01", channel: "C01", name: "oncall", role: "full" },
    notify: { severity: "high", on: ["case-created"] },
  };

  test("is as it was last configured by Terraform", () => {
    expect(channels(JSON.stringify(STATE))).toEqual([ONCALL]);
  });

  test("without a name is called by its ID", () => {
    const { ChannelName: _, ...unnamed } = STATE;
    expect(channels(JSON.stringify(unnamed))).toEqual([{ ...ONCALL, name: "C01" }]);
  });

  test("may have a role from elsewhere", () => {
    expect(channels(JSON.stringify({ ...STATE, ChannelRoleArn: "arn:x" }))).toEqual([{ ...ONCALL, role: "" }]);
  });

  test("has no ID that isn't a text", () => {
    expect(channels(JSON.stringify({ ...STATE, TeamId: 1, ChannelId: 2, ChannelName: 3 }))).toEqual([
      { ...ONCALL, workspace: "", channel: "", name: "" },
    ]);
  });

  test.each<[string, Parameters<typeof channels>]>([
    ["something else of Cloud Control", [JSON.stringify(STATE), "AWS::SupportApp::SlackWorkspaceConfiguration"]],
    ["something else", [JSON.stringify(STATE), TYPE, "aws_other"]],
    ["nothing", [undefined]],
    ["settings that it doesn't know", [JSON.stringify({ ...STATE, NotifyOnCaseSeverity: "some" })]],
  ])("isn't %s", (_, given) => {
    expect(channels(...given)).toEqual([]);
  });
});

test("the Service Quotas role is known by its address", () => {
  const at = (name: string) => readLiveAccess([resource("aws_iam_service_linked_role", name, {})], "place").access;
  expect(at("service_quotas").serviceQuotasRole).toBe("managed");
  expect(at("other").serviceQuotasRole).toBe("absent");
});
