import type { Condition, Statement } from "../../../cli/iam/policy";
import { readAccess, USUAL_PERMISSION, USUAL_TRUST, unusualParts } from "../../../cli/terraform/access";
import { readStack } from "../../../cli/terraform/stack";
import {
  ACCOUNT,
  channelIn,
  type Draft,
  EMPTY,
  edited,
  registration,
  roleIn,
  serviceQuotasRoleIn,
} from "../commands/review/small-stack";

/** An environment with both roles, a channel and registrations. */
const STACK = edited((code) => {
  roleIn(code, "full", "AWSSupportAppFullRole");
  roleIn(code, "read_only", "AWSSupportAppReadOnlyRole");
  code.resource.aws_iam_role.full.permissions_boundary = `arn:aws:iam::${ACCOUNT}:policy/b`;
  channelIn(code);
  Object.assign(code.resource.aws_cloudcontrolapi_resource, {
    account_alias: registration("AccountAlias", "Payments"),
    workspace_T01: registration("TeamId", "T01"),
  });
  code.removed = [{ from: "aws_iam_service_linked_role.service_quotas", lifecycle: { destroy: false } }];
}, EMPTY);

/** The access of an edit of `STACK`. */
function read(edit: (draft: Draft) => void = () => {}) {
  return readAccess(readStack(edited(edit, STACK)));
}

/** What is unreadable in an edit of `STACK`. */
function unreadable(edit: (draft: Draft) => void) {
  return read(edit).unreadable.map(({ reason, address, source }) => [reason, address, source]);
}

const iamRole = ({ resource }: Draft) => resource.aws_iam_role.full;
const iamPolicy = ({ resource }: Draft) => resource.aws_iam_policy.full;
const document = ({ data }: Draft, name = "full") => data.aws_iam_policy_document[name];
const CHANNEL = "aws_cloudcontrolapi_resource.channel";
const ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess";

test("roles with their policies and boundaries, channels and registrations", () => {
  const found = read((draft) => {
    Object.assign(iamRole(draft), { path: "/slack/", max_session_duration: 7200 });
    iamPolicy(draft).path = "/policies/";
  });
  expect(found).toMatchObject({ account: ACCOUNT, serviceQuotasRole: "handed-back", unreadable: [] });
  expect(found.roles.get("full")).toMatchObject({
    ...{ name: "AWSSupportAppFullRole", path: "/slack/", maxSessionDuration: 7200 },
    boundary: `arn:aws:iam::${ACCOUNT}:policy/b`,
    policies: ["/policies/AWSSupportAppFullRolePolicy"],
    trust: [{ principals: { all: [{ type: "Service", id: "supportapp.amazonaws.com" }] } }],
    permissions: [{ actions: { patterns: ["support:createcase", "support:resolvecase"] } }],
  });
  expect(found.roles.get("read_only")).toMatchObject({ path: "/", boundary: undefined, maxSessionDuration: undefined });
  expect(found.channels).toEqual([
    { workspace: "T01", channel: "C01", name: "oncall", role: "full", notify: { severity: "none", on: [] } },
  ]);
  expect([...found.registrations]).toEqual([
    ["aws_cloudcontrolapi_resource.account_alias", { kind: "account-alias", value: "Payments" }],
    ["aws_cloudcontrolapi_resource.workspace_T01", { kind: "workspace", value: "T01" }],
  ]);
});

test("a boundary and a duration in another form are none", () => {
  const found = read((draft) =>
    Object.assign(iamRole(draft), { permissions_boundary: ["b"], max_session_duration: "1" }),
  );
  expect(found.roles.get("full")).toMatchObject({ boundary: undefined, maxSessionDuration: undefined });
});

test("AWS's own policy instead of one of the stack", () => {
  const awsManaged = (arn: string, isPolicyLeft: boolean) =>
    read(({ resource }) => {
      if (!isPolicyLeft) delete resource.aws_iam_policy.full;
      resource.aws_iam_role_policy_attachment.full.policy_arn = arn;
      resource.aws_iam_role_policy_attachments_exclusive.full.policy_arns = [arn];
    });
  const found = awsManaged(ADMINISTRATOR, false);
  expect(found.unreadable).toEqual([]);
  expect(found.roles.get("full")).toMatchObject({ permissions: [{ actions: { patterns: ["*"] } }], policies: [] });
  expect(awsManaged(ADMINISTRATOR, true).unreadable).toMatchObject([
    { reason: "left-over", address: "aws_iam_policy.full" },
  ]);
  const theirs = `arn:aws:iam::${ACCOUNT}:policy/theirs`;
  expect(awsManaged(theirs, false).unreadable).toEqual([
    { reason: "foreign-policy", address: "aws_iam_role.full", source: theirs },
  ]);
});

describe("an access is whole, and nothing is left over", () => {
  const PARTS = [
    "aws_iam_role_policy_attachment",
    "aws_iam_role_policy_attachments_exclusive",
    "aws_iam_role_policies_exclusive",
  ];

  test.each(PARTS)("a role without its %s", (type) => {
    expect(unreadable(({ resource }) => delete resource[type].full)).toContainEqual([
      ...["incomplete", "aws_iam_role.full", [type]],
    ]);
  });

  test.each([...PARTS, "aws_iam_policy"])("%s of no role", (type) => {
    expect(unreadable(({ resource }) => (resource[type].more = resource[type].full))).toContainEqual([
      ...["left-over", `${type}.more`, expect.anything()],
    ]);
  });

  test("a role whose policy or trust isn't there", () => {
    for (const name of ["full", "full_trust"]) {
      expect(unreadable(({ data }) => delete data.aws_iam_policy_document[name])).toContainEqual([
        ...["foreign-policy", "aws_iam_role.full", expect.stringContaining("${")],
      ]);
    }
  });

  test("an argument in another form is named with its value", () => {
    expect(unreadable((draft) => (iamRole(draft).count = 2))).toEqual([
      ["other-form", "aws_iam_role.full", { count: 2 }],
    ]);
  });
});

describe("a document", () => {
  const ODD = { actions: ["support:CreateCase"], effect: "Maybe" };

  test.each(["full", "full_trust"])("of a role is reported with the role: %s", (name) => {
    const found = unreadable((draft) => document(draft, name).statement.push(ODD));
    expect(found).toContainEqual(["no-effect", "aws_iam_role.full", ODD]);
  });

  test.each(["more", "more_trust", "_trust"])("of no role is left over: %s", (name) => {
    const more = { statement: [ODD] };
    const found = unreadable(({ data }) => (data.aws_iam_policy_document[name] = more));
    expect(found).toEqual([["left-over", `data.aws_iam_policy_document.${name}`, more]]);
  });

  test("an unusual statement of a trust, and of a policy", () => {
    const trusting = (draft: Draft) => {
      document(draft, "full_trust").statement[0].principals = [{ type: "AWS", identifiers: [ACCOUNT] }];
    };
    expect(unreadable(trusting)).toMatchObject([["unusual-statement", "aws_iam_role.full", { principals: {} }]]);
    expect(unreadable((draft) => (document(draft).statement[0].resources = ["s3"]))).toMatchObject([
      ["unusual-statement", "aws_iam_role.full", { resources: { patterns: ["s3"] } }],
    ]);
  });
});

describe("the Service Quotas role", () => {
  const ADDRESS = "aws_iam_service_linked_role.service_quotas";
  test.each<[state: string, isManaged: boolean, removed: string | undefined, isForeign: boolean]>([
    ["managed", true, undefined, false],
    ["managed", true, ADDRESS, true], // it isn't handed back while the stack has it
    ["handed-back", false, ADDRESS, false],
    ["absent", false, "aws_iam_role.a", true], // nothing else may leave the stack
  ])("is %s, where it is managed: %s, and Terraform stops managing %s", (state, isManaged, from, isForeign) => {
    const found = read((draft) => {
      if (isManaged) serviceQuotasRoleIn(draft);
      draft.removed = from && [{ from, lifecycle: { destroy: false } }];
    });
    expect(found.serviceQuotasRole).toBe(state);
    const foreign = { reason: "foreign-removal", address: `removed.${from}`, source: from };
    expect(found.unreadable).toEqual(isForeign ? [foreign] : []);
  });
});

describe("an import is of what the stack creates", () => {
  const LINKED = "aws-service-role/servicequotas.amazonaws.com/AWSServiceRoleForServiceQuotas";
  const [ROLE, POLICY, ADMIN] = ["AWSSupportAppFullRole", "team/AWSSupportAppFullRolePolicy", ADMINISTRATOR];
  const isOwn = (to: string, id: string, account = ACCOUNT) => {
    const { unreadable } = read((draft) => {
      if (account === "any") delete draft.provider.aws[0].allowed_account_ids;
      iamPolicy(draft).path = "/team/";
      delete draft.removed;
      draft.resource.aws_iam_service_linked_role = { service_quotas: {} };
      draft.resource.aws_sns_topic = { full: { name: "full" } };
      delete draft.resource.aws_iam_policy.read_only;
      draft.resource.aws_iam_role_policy_attachment.read_only.policy_arn = ADMIN;
      draft.import = [{ to, id }];
    });
    return !unreadable.some(({ reason }) => reason === "foreign-import");
  };

  test.each([
    ["aws_iam_role.full", ROLE],
    ["aws_iam_policy.full", `arn:aws:iam::${ACCOUNT}:policy/${POLICY}`],
    ["aws_iam_role_policy_attachment.full", `${ROLE}/arn:aws:iam::${ACCOUNT}:policy/${POLICY}`],
    ["aws_iam_role_policy_attachment.read_only", `AWSSupportAppReadOnlyRole/${ADMIN}`],
    ["aws_iam_role_policy_attachments_exclusive.full", ROLE],
    ["aws_iam_role_policies_exclusive.full", ROLE],
    ["aws_iam_service_linked_role.service_quotas", `arn:aws:iam::${ACCOUNT}:role/${LINKED}`],
  ])("%s from %s, of another account only if the stack can be deployed there", (to, id) => {
    expect(isOwn(to, id)).toBe(true);
    expect(isOwn(to, id, "any")).toBe(true);
    const other = id.replace(ACCOUNT, "444455556666");
    expect(isOwn(to, other)).toBe(other === id);
    expect(isOwn(to, other, "any")).toBe(true);
  });

  test.each([
    ["aws_iam_role.none", ROLE],
    ["aws_iam_policy.full", `arn:aws:iam::${ACCOUNT}:policy/AWSSupportAppFullRolePolicy`],
    ["aws_iam_role_policy_attachment.full", `${ROLE}/${ADMIN}`],
    [
      "aws_iam_service_linked_role.service_quotas",
      `arn:aws:iam::${ACCOUNT}:role/${LINKED.replace("servicequotas", "ecs")}`,
    ],
  ])("and not %s from %s", (to, id) => {
    expect(isOwn(to, id)).toBe(false);
    expect(isOwn(to, id, "any")).toBe(false);
  });
});

test.each(["aws_iam_role", "aws_iam_policy"])("two of %s with a name that IAM takes for the same", (type) => {
  const found = unreadable(({ resource }) => {
    resource[type].read_only.name = resource[type].full.name.toUpperCase();
  });
  expect(found).toEqual([["duplicate-name", `${type}.read_only`, expect.anything()]]);
});

test("a permissions boundary that the stack creates may say something else with any change of it", () => {
  const arn = `arn:aws:iam::${ACCOUNT}:policy/team/AWSSUPPORTAPPFULLROLEPOLICY`;
  expect(unreadable((draft) => Object.assign(iamRole(draft), { permissions_boundary: arn }))).toEqual([
    ["boundary-by-arn", "aws_iam_role.full", arn],
  ]);
});

describe("a channel or a registration", () => {
  const withState = (address: string, state: string) =>
    unreadable(({ resource }) => {
      const [type = "", name = ""] = address.split(".");
      resource[type][name].desired_state = `\${jsonencode({${state}})}`;
    });
  const NOTIFY = [
    '"NotifyOnCaseSeverity" = "none"',
    '"NotifyOnCreateOrReopenCase" = false',
    '"NotifyOnAddCorrespondenceToCase" = false',
    '"NotifyOnResolveCase" = false',
  ].join(", ");
  const channel = (edit: object) => {
    const state = { TeamId: '"T01"', ChannelId: '"C01"', ChannelName: '"a"', ChannelRoleArn: "aws_iam_role.full.arn" };
    const pairs = Object.entries({ ...state, ...edit }).flatMap(([key, value]) =>
      value === undefined ? [] : [`"${key}" = ${value}`],
    );
    return withState(CHANNEL, `${pairs.join(", ")}, ${NOTIFY}`).map(([reason, , source]) => [
      ...[reason, Object.keys(source ?? {})],
    ]);
  };

  test.each([[{ TeamId: undefined }], [{ ChannelName: undefined }], [{ VersionId: '"1"' }]])(
    "in another form: %j",
    (edit) => {
      expect(channel(edit)).toEqual([["other-form", ["desired_state"]]]);
    },
  );

  test.each([
    '"admin"',
    '"arn:aws:iam::111122223333:role/AWSSupportAppFullRole"',
    "aws_iam_role.none.arn",
    '"${aws_iam_role.full.id}"',
  ])("with a role that isn't the stack's, or is named in another form: %s", (ChannelRoleArn) => {
    expect(channel({ ChannelRoleArn })).toEqual([["foreign-role", ["ChannelRoleArn"]]]);
  });

  test.each(["channel", "workspace_T01", "account_alias"])("%s twice", (name) => {
    const twice = ({ resource: { aws_cloudcontrolapi_resource: all } }: Draft) => (all.again = all[name]);
    expect(unreadable(twice)).toMatchObject([["duplicate", "aws_cloudcontrolapi_resource.again", {}]]);
  });

  test("two workspaces, of which one is called like the alias, but one alias", () => {
    const more = (kind: "AccountAlias" | "TeamId", value: string) => (draft: Draft) => {
      draft.resource.aws_cloudcontrolapi_resource.more = registration(kind, value);
    };
    expect([...read(more("TeamId", "Payments")).registrations.values()]).toHaveLength(3);
    expect(unreadable(more("TeamId", "Payments"))).toEqual([]);
    expect(unreadable(more("AccountAlias", "Other"))).toMatchObject([
      ["duplicate", "aws_cloudcontrolapi_resource.more", {}],
    ]);
  });

  test("a workspace with an unknown setting", () => {
    const address = "aws_cloudcontrolapi_resource.workspace_T01";
    expect(withState(address, '"TeamId" = "T01", "VersionId" = "1"')).toMatchObject([["other-form", address, {}]]);
  });
});

test.each<[reason: string, address: string, edit: (draft: Draft) => void, source?: object]>([
  ["unknown-type", "aws_iam_role_policy.more", ({ resource }) => (resource.aws_iam_role_policy = { more: {} })],
  [
    "other-form",
    CHANNEL,
    ({ resource }) => resource.aws_cloudcontrolapi_resource.channel.depends_on.splice(0, 1),
    { depends_on: expect.arrayContaining(["aws_iam_role_policies_exclusive.full"]) },
  ],
  ["other-form", "aws_iam_role.full", (draft) => (iamRole(draft).depends_on = [])],
  ["other-form", "aws_iam_role.full", (draft) => (iamRole(draft).name = "")],
  ["other-form", "aws_iam_role.full", (draft) => (iamRole(draft).tags = { a: "a", b: 1 })],
])("an edit by hand can't be read: %s of %s", (reason, address, edit, source = expect.anything()) => {
  expect(unreadable(edit)).toContainEqual([reason, address, source]);
});

describe("a statement that the constructs don't write", () => {
  const SERVICE = { type: "Service", id: "supportapp.amazonaws.com" };
  const targets = (...patterns: string[]) => ({ not: false, patterns });
  const trusting = (...all: { type: string; id: string }[]) => ({ principals: { not: false, all } });
  const ALLOWED: Statement = { effect: "Allow", actions: targets("support:describecases"), conditions: [] };
  const VIEW: Statement = { ...ALLOWED, resources: targets("*") };
  const TRUST: Statement = { ...ALLOWED, ...trusting(SERVICE) };

  const [BUCKET, NOTHING] = [targets("arn:aws:s3:::a"), { not: true, patterns: ["*"] }];
  test.each<[what: string, Partial<Statement>]>([
    ["a principal", trusting(SERVICE)],
    ["no resource", { resources: undefined }],
    ["another resource", { resources: BUCKET }],
    ["all resources but all", { resources: NOTHING }],
  ])("in a role's policy, unusual is %s", (_, more) => {
    const statement = { ...VIEW, ...more };
    const { principals, resources } = statement;
    const part = resources ? { principals, resources } : statement; // none of it alone tells it from another one
    expect(unusualParts(statement, USUAL_PERMISSION)).toEqual([part]);
  });

  test.each<[what: string, Partial<Statement>]>([
    ["a resource", { resources: targets("*") }],
    ["nobody", { principals: undefined }],
    ["one more principal", trusting(SERVICE, { type: "AWS", id: ACCOUNT })],
    ["all but the Support App", { principals: { not: true, all: [SERVICE] } }],
  ])("in a trust policy, unusual is %s", (_, more) => {
    const statement = { ...TRUST, ...more };
    const { principals, resources } = statement;
    expect(unusualParts(statement, USUAL_TRUST)).toEqual([principals ? { principals, resources } : statement]);
  });

  const condition = (operator: string, key: string, ...values: string[]) => ({ operator, key, values });
  const inBoth = (more: Partial<Statement>) => [
    unusualParts({ ...VIEW, ...more }, USUAL_PERMISSION),
    unusualParts({ ...TRUST, ...more }, USUAL_TRUST),
  ];

  test.each(["*", "execute-api:get2", "support:*", "support:describe?ases"])("none: the action %s", (action) => {
    expect(inBoth({ actions: targets(action) })).toEqual([[], []]);
  });

  test.each<[Partial<Statement>]>([
    [{ actions: targets() }],
    [{ actions: { ...targets("iam:*"), not: true } }],
    ...["describecases", "*:a", ":a", "support:", "support:describe-cases", "**", "a support:a", "support:a a"].map(
      (one): [object] => [{ actions: targets(one) }],
    ),
  ])("its part %j", (more) => {
    expect(inBoth(more)).toEqual([[more], [more]]);
  });

  test("a Deny, all of it: another Deny is another part", () => {
    const deny = { effect: "Deny" as const };
    expect(inBoth(deny)).toEqual([[{ ...VIEW, ...deny }], [{ ...TRUST, ...deny }]]);
  });

  const ACCOUNTS = ["StringEquals", "aws:sourceaccount"] as const;
  test.each<[inPolicy: boolean, inTrust: boolean, Condition]>([
    [false, true, condition(...ACCOUNTS, "a ~")],
    [true, false, condition("StringEquals", "iam:awsservicename", "a")],
    [true, false, condition("DateLessThan", "aws:currenttime", "a")],
    [false, false, condition("DateLessThan", "aws:sourceaccount", "a")],
    [false, false, condition("StringEquals", "aws:principalarn", "a")],
    [false, false, condition(...ACCOUNTS)],
    [false, false, condition(...ACCOUNTS, "a", "\uff2b")],
    [false, false, condition(...ACCOUNTS, "a${aws:PrincipalTag/a}")],
  ])("a condition: known in a role's policy %s, in a trust policy %s, %j", (inPolicy, inTrust, one) => {
    expect(inBoth({ conditions: [one] })).toEqual([inPolicy ? [] : [one], inTrust ? [] : [one]]);
  });
});
