import { NO_ACCESS, readAccess } from "../../../cli/terraform/access";
import { readStack, withoutDigest } from "../../../cli/terraform/stack";
import { change, type Draft, digest, GET_OBJECT, report } from "../../support/edited-stack";
import { synthesize } from "../../support/synthesize";

const ACCOUNT = "111122223333";
const SERVICE = { Principal: { Service: "supportapp.amazonaws.com" }, Action: "sts:AssumeRole" };
const TRUST_TEXT = JSON.stringify({ Statement: [{ Effect: "Allow", ...SERVICE }] });

/** A role with one policy, and the channel of everyone who has it. */
const SMALL: Draft = {
  terraform: { required_providers: { aws: { source: "aws", version: "6.25.0" } } },
  provider: { aws: [{ region: "us-east-1", allowed_account_ids: [ACCOUNT] }] },
  data: { aws_iam_policy_document: { full: { statement: [{ actions: ["support:CreateCase"], resources: ["*"] }] } } },
  resource: {
    aws_iam_role: { full: { name: "Full", assume_role_policy: TRUST_TEXT } },
    aws_iam_policy: { full: { name: "FullPolicy", policy: "${data.aws_iam_policy_document.full.json}" } },
    aws_iam_role_policy_attachment: {
      full: { role: "${aws_iam_role.full.name}", policy_arn: "${aws_iam_policy.full.arn}" },
    },
    aws_iam_role_policy_attachments_exclusive: {
      full: { role_name: "${aws_iam_role.full.name}", policy_arns: ["${aws_iam_policy.full.arn}"] },
    },
    aws_iam_role_policies_exclusive: { full: { role_name: "${aws_iam_role.full.name}", policy_names: [] } },
    aws_cloudcontrolapi_resource: {
      oncall: {
        type_name: "AWS::SupportApp::SlackChannelConfiguration",
        desired_state: JSON.stringify({
          ...{ TeamId: "T01", ChannelId: "C01", ChannelName: "oncall", ChannelRoleArn: "${aws_iam_role.full.arn}" },
          ...{ NotifyOnCaseSeverity: "none", NotifyOnCreateOrReopenCase: false },
          ...{ NotifyOnAddCorrespondenceToCase: false, NotifyOnResolveCase: false },
        }),
      },
    },
  },
};

const EVERYTHING = { not: false, patterns: ["*"] };
const TRUST_STATEMENT = {
  ...{ effect: "Allow", actions: { not: false, patterns: ["sts:assumerole"] }, conditions: [] },
  principals: { not: false, all: [{ type: "Service", id: "supportapp.amazonaws.com" }] },
};
const allowing = (action: string) => ({
  ...{ effect: "Allow", actions: { not: false, patterns: [action] }, resources: EVERYTHING, conditions: [] },
});
const FULL_ROLE = {
  ...{ name: "Full", path: "/", trust: [TRUST_STATEMENT], permissions: [allowing("support:createcase")] },
  ...{ boundary: undefined, maxSessionDuration: undefined, policies: ["/FullPolicy"] },
};

/** The access of an edit of `SMALL`. */
function read(edit: (draft: Draft) => void) {
  const draft = structuredClone(SMALL);
  edit(draft);
  return readAccess(readStack(draft));
}

/** What is unreadable in an edit of `SMALL`. */
function unreadable(edit: (draft: Draft) => void) {
  return read(edit).unreadable.map(({ reason, address, source }) => [reason, address, source]);
}

/** The role of an edit of `SMALL`. */
function role(edit: (draft: Draft) => void) {
  return read(edit).roles.get("full");
}

const iamRole = ({ resource }: Draft) => resource.aws_iam_role.full;
const iamPolicy = ({ resource }: Draft) => resource.aws_iam_policy.full;
const attachment = ({ resource }: Draft) => resource.aws_iam_role_policy_attachment.full;
const onlyAttached = ({ resource }: Draft) => resource.aws_iam_role_policy_attachments_exclusive.full.policy_arns;

test("no access at all", () => {
  expect(NO_ACCESS).toEqual({
    ...{ roles: new Map(), channels: [], serviceQuotasRole: "absent", registrations: new Map(), unreadable: [] },
  });
});

test("a role, its policy and its channel", () => {
  expect(read(() => {})).toStrictEqual({
    account: ACCOUNT,
    roles: new Map([["full", FULL_ROLE]]),
    channels: [
      {
        ...{ workspace: "T01", channel: "C01", name: "oncall", role: "full" },
        notify: { severity: "none", on: [] },
      },
    ],
    serviceQuotasRole: "absent",
    registrations: new Map(),
    unreadable: [],
  });
});

test("what the stack itself can't be read for comes first", () => {
  const found = unreadable((draft) => {
    draft.check = { a: {} };
    draft.resource.aws_iam_user = { a: {} };
  });
  expect(found).toEqual([
    ["unknown-section", "check", { a: {} }],
    ["unknown-type", "aws_iam_user.a", {}],
  ]);
});

test("a registered workspace", () => {
  const found = read(({ resource }) => {
    resource.aws_cloudcontrolapi_resource.workspace = {
      ...{ type_name: "AWS::SupportApp::SlackWorkspaceConfiguration", desired_state: '{"TeamId":"T01"}' },
    };
  });
  expect([...found.registrations]).toEqual([
    ["aws_cloudcontrolapi_resource.workspace", { kind: "workspace", value: "T01" }],
  ]);
});

describe("a role's settings", () => {
  test.each([[7200], ["7200"]])("its maximum session duration, written as %j", (max_session_duration) => {
    expect(role((draft) => Object.assign(iamRole(draft), { max_session_duration }))?.maxSessionDuration).toBe(7200);
  });

  test("its path, and its policy's", () => {
    const found = role((draft) => {
      iamRole(draft).path = "/slack/";
      iamPolicy(draft).path = "/policies/";
    });
    expect(found).toMatchObject({ path: "/slack/", policies: ["/policies/FullPolicy"] });
  });

  test("only its own policies", () => {
    const found = read((draft) => {
      draft.resource.aws_iam_role.other = { name: "Other", assume_role_policy: TRUST_TEXT };
      draft.resource.aws_iam_policy.other = { name: "OtherPolicy", policy: '{"Statement":[]}' };
      draft.resource.aws_iam_role_policy_attachment.other = {
        ...{ role: "Other", policy_arn: "${aws_iam_policy.other.arn}" },
      };
    });
    expect([...found.roles].map(([name, { policies }]) => [name, policies])).toEqual([
      ["full", ["/FullPolicy"]],
      ["other", ["/OtherPolicy"]],
    ]);
  });
});

describe("a role's permissions", () => {
  test("those of the exclusive list, which a deploy attaches", () => {
    const found = read((draft) => delete draft.resource.aws_iam_role_policy_attachment);
    expect(found.roles.get("full")).toEqual(FULL_ROLE);
    expect(found.unreadable).toEqual([]);
  });

  test("AWS's own policy, each once", () => {
    const found = read((draft) => {
      const arn = "arn:aws:iam::aws:policy/AdministratorAccess";
      draft.resource.aws_iam_role_policy_attachment.more = { role: "Full", policy_arn: arn };
      onlyAttached(draft).push(arn);
    });
    expect(found.unreadable).toEqual([]);
    expect(found.roles.get("full")?.permissions).toEqual([allowing("support:createcase"), allowing("*")]);
  });

  test("inline policies after managed ones", () => {
    const found = read((draft) => {
      draft.resource.aws_iam_role_policy = { a: { name: "a", role: "Full", policy: GET_OBJECT } };
      draft.resource.aws_iam_role_policies_exclusive.full.policy_names = ["a"];
    });
    expect(found.unreadable).toEqual([]);
    expect(found.roles.get("full")?.permissions).toEqual([allowing("support:createcase"), allowing("s3:getobject")]);
  });

  test("a policy by its ID is the same as by its ARN", () => {
    const found = read((draft) => {
      attachment(draft).policy_arn = "${aws_iam_policy.full.id}";
      onlyAttached(draft)[0] = "${aws_iam_policy.full.id}";
    });
    expect(found.unreadable).toEqual([]);
    expect(found.roles.get("full")).toEqual(FULL_ROLE);
  });

  test.each([
    ["another attribute of a policy", "${aws_iam_policy.full.name}"],
    ["a role's ARN", "${aws_iam_role.full.arn}"],
    ["an ARN from elsewhere", "arn:aws:iam::444455556666:policy/a"],
  ])("%s is a policy from elsewhere", (_, arn) => {
    const found = read((draft) => onlyAttached(draft).push(arn));
    expect(found.unreadable).toEqual([{ reason: "foreign-policy", address: "aws_iam_role.full", source: arn }]);
    expect(found.roles.get("full")?.permissions).toEqual(FULL_ROLE.permissions);
  });

  test("a policy from data is a policy from elsewhere", () => {
    const arn = "${data.aws_iam_policy.a.arn}";
    expect(
      unreadable((draft) => {
        draft.data.aws_iam_policy = { a: { policy: GET_OBJECT } };
        onlyAttached(draft).push(arn);
      }),
    ).toContainEqual(["foreign-policy", "aws_iam_role.full", arn]);
  });

  test.each([
    ["an expression", "${local.a}", "expression"],
    ["another attribute of a document", "${data.aws_iam_policy_document.full.minified_json}", "expression"],
    ["a document that isn't there", "${data.aws_iam_policy_document.none.json}", "expression"],
    ["a mapping", { Statement: [] }, "not-a-text"],
    ["half of JSON", "{", "not-json"],
  ])("%s is no policy that can be read", (_, policy, reason) => {
    const found = read((draft) => {
      iamPolicy(draft).policy = policy;
      delete draft.data;
    });
    expect(found.unreadable).toContainEqual({ reason, address: "aws_iam_role.full", source: policy });
    expect(found.roles.get("full")?.permissions).toEqual([]);
  });
});

describe("documents", () => {
  const ODD = { actions: ["support:CreateCase"], effect: "Maybe" };
  const odd = (draft: Draft) => draft.data.aws_iam_policy_document.full.statement.push(ODD);

  test("a role's own is reported with the role", () => {
    expect(unreadable(odd)).toEqual([["no-effect", "aws_iam_role.full", ODD]]);
  });

  test("one that nothing refers to is reported by itself", () => {
    expect(
      unreadable((draft) => {
        odd(draft);
        iamPolicy(draft).policy = GET_OBJECT;
      }),
    ).toEqual([["no-effect", "data.aws_iam_policy_document.full", ODD]]);
  });

  test("other data is none", () => {
    expect(
      unreadable((draft) => {
        draft.data.aws_region = { here: { name: "eu-west-1" } };
      }),
    ).toEqual([["unknown-argument", "data.aws_region.here", { name: "eu-west-1" }]]);
  });

  test("a trust's, too", () => {
    expect(
      unreadable((draft) => {
        draft.data.aws_iam_policy_document.trust = { statement: [ODD] };
        iamRole(draft).assume_role_policy = "${data.aws_iam_policy_document.trust.json}";
      }),
    ).toEqual([["no-effect", "aws_iam_role.full", ODD]]);
  });

  test("an unusual statement of a trust, and of a policy", () => {
    const [odd, principal] = ["s3", { type: "AWS", id: `arn:aws:iam::${ACCOUNT}:role/Boss` }];
    expect(
      unreadable((draft) => {
        draft.data.aws_iam_policy_document.full.statement[0].resources = [odd];
        iamRole(draft).assume_role_policy = TRUST_TEXT.replace(
          '"Service":"supportapp.amazonaws.com"',
          `"AWS":"${principal.id}"`,
        );
      }),
    ).toEqual([
      ["unusual-principal", "aws_iam_role.full", principal],
      ["unusual-resource", "aws_iam_role.full", odd],
    ]);
  });

  test("a trust of a role in another account is usual", () => {
    expect(
      unreadable((draft) => {
        iamRole(draft).assume_role_policy = TRUST_TEXT.replace(
          '"Service":"supportapp.amazonaws.com"',
          '"AWS":"arn:aws:iam::444455556666:role/Boss"',
        );
      }),
    ).toEqual([]);
  });
});

describe("arguments in another form", () => {
  test.each<[string, object, string]>([
    ["another argument", { count: 2 }, "unknown-argument"],
    ["another argument by an expression", { count: "${local.a}" }, "unknown-argument"],
    ["an argument that is called like something else", { constructor: "${local.a}" }, "unknown-argument"],
    ["an expression for a literal", { description: "${local.a}" }, "expression"],
    ["a reference for a literal", { description: "${aws_iam_policy.full.name}" }, "expression"],
    ["an expression among tags", { tags: { Owner: "${local.a}" } }, "expression"],
    ["an expression for dependencies", { depends_on: ["${local.a}"] }, "unknown-argument"],
  ])("%s", (_, edit, reason) => {
    expect(unreadable((draft) => Object.assign(iamRole(draft), edit))).toEqual([[reason, "aws_iam_role.full", edit]]);
  });

  test.each([
    ["the role", { role: "${aws_iam_role.none.name}" }],
    ["the policy", { policy_arn: "${aws_iam_policy.none.arn}" }],
  ])("a reference for %s that leads nowhere", (_, edit) => {
    expect(unreadable((draft) => Object.assign(attachment(draft), edit))).toContainEqual([
      ...["expression", "aws_iam_role_policy_attachment.full", edit],
    ]);
  });

  test("one such reference in a list", () => {
    expect(unreadable((draft) => onlyAttached(draft).push("${aws_iam_policy.none.arn}"))).toContainEqual([
      ...["expression", "aws_iam_role_policy_attachments_exclusive.full"],
      { policy_arns: ["${aws_iam_policy.full.arn}", "${aws_iam_policy.none.arn}"] },
    ]);
  });

  test.each([
    [{ depends_on: ["aws_iam_policy.full"] }],
    [{ lifecycle: { create_before_destroy: true } }],
    [{ lifecycle: [{ "//": "a", prevent_destroy: false, ignore_changes: [] }] }],
    [{ description: "a", tags: { Owner: "b" }, force_detach_policies: true }],
  ])("but not %j", (edit) => {
    expect(unreadable((draft) => Object.assign(iamRole(draft), edit))).toEqual([]);
  });

  test.each([
    ["x"],
    [null],
    [[{ create_before_destroy: true }, "x"]],
    [{ replace_triggered_by: [] }],
    [{ ignore_changes: ["description"] }],
    [{ ignore_changes: "all" }],
    [{ create_before_destroy: "true" }],
    [{ prevent_destroy: null }],
    [{ create_before_destroy: true, prevent_destroy: "${local.a}" }],
  ])("the lifecycle %j", (lifecycle) => {
    expect(unreadable((draft) => Object.assign(iamRole(draft), { lifecycle }))).toEqual([
      ["unknown-argument", "aws_iam_role.full", { lifecycle }],
    ]);
  });
});

describe("the Service Quotas role", () => {
  const ADDRESS = "aws_iam_service_linked_role.service_quotas";
  const managed = (draft: Draft, ignore_changes: unknown = ["description"]) => {
    draft.resource.aws_iam_service_linked_role = {
      service_quotas: {
        aws_service_name: "servicequotas.amazonaws.com",
        lifecycle: [{ prevent_destroy: true, ignore_changes }],
      },
    };
  };
  const removed = (from: string) => [{ from, lifecycle: { destroy: false } }];

  test("is managed: AWS may change its description", () => {
    expect(read((draft) => managed(draft))).toMatchObject({ serviceQuotasRole: "managed", unreadable: [] });
    expect(read((draft) => managed(draft, []))).toMatchObject({ serviceQuotasRole: "managed", unreadable: [] });
    expect(unreadable((draft) => managed(draft, ["description", "tags"]))).toMatchObject([
      ["unknown-argument", ADDRESS, {}],
    ]);
  });

  test("is handed back", () => {
    expect(read((draft) => Object.assign(draft, { removed: removed(ADDRESS) }))).toMatchObject({
      ...{ serviceQuotasRole: "handed-back", unreadable: [] },
    });
  });

  test("isn't handed back while the stack has it", () => {
    const found = read((draft) => {
      managed(draft);
      draft.removed = removed(ADDRESS);
    });
    expect(found.serviceQuotasRole).toBe("managed");
    expect(found.unreadable).toEqual([{ reason: "foreign-removal", address: `removed.${ADDRESS}`, source: ADDRESS }]);
  });

  test("and nothing else may leave the stack", () => {
    const found = read((draft) => Object.assign(draft, { removed: removed("aws_iam_role.a") }));
    expect(found.serviceQuotasRole).toBe("absent");
    expect(found.unreadable).toEqual([
      { reason: "foreign-removal", address: "removed.aws_iam_role.a", source: "aws_iam_role.a" },
    ]);
  });
});

test("an import of what the stack creates, and of something else", () => {
  const [own, foreign] = [
    { to: "aws_iam_role_policies_exclusive.full", id: "Full" },
    { to: "aws_iam_role.full", id: "Other" },
  ];
  expect(unreadable((draft) => Object.assign(draft, { import: [own, foreign] }))).toEqual([
    ["foreign-import", "import.aws_iam_role.full", foreign],
  ]);
});

describe("names that IAM takes for the same", () => {
  test("of roles", () => {
    expect(
      unreadable(({ resource }) => {
        resource.aws_iam_role.again = { name: "FULL", assume_role_policy: TRUST_TEXT };
      }),
    ).toContainEqual([...["duplicate-name", "aws_iam_role.again", { name: "FULL", assume_role_policy: TRUST_TEXT }]]);
  });

  test("of policies, each after the first", () => {
    const found = unreadable((draft) => {
      for (const name of ["again", "more"]) {
        draft.resource.aws_iam_policy[name] = { name: "fullpolicy", policy: GET_OBJECT };
        onlyAttached(draft).push(`\${aws_iam_policy.${name}.arn}`);
      }
    });
    expect(found.map(([reason, address]) => [reason, address])).toEqual([
      ["duplicate-name", "aws_iam_policy.again"],
      ["duplicate-name", "aws_iam_policy.more"],
    ]);
  });

  test("not those of a role and a policy", () => {
    expect(unreadable((draft) => Object.assign(iamPolicy(draft), { name: "Full" }))).toEqual([]);
  });
});

test("a policy that no role has may be attached elsewhere", () => {
  const more = { name: "More", policy: GET_OBJECT };
  expect(unreadable(({ resource }) => Object.assign(resource.aws_iam_policy, { more }))).toEqual([
    ["unattached-policy", "aws_iam_policy.more", more],
  ]);
});

describe("a permissions boundary", () => {
  const withBoundary = (permissions_boundary: unknown) =>
    read((draft) => {
      draft.resource.aws_iam_policy.b = { name: "Boundary", policy: GET_OBJECT };
      draft.resource.aws_iam_policy.odd = { name: "Odd", policy: "{" };
      onlyAttached(draft).push("${aws_iam_policy.b.arn}");
      iamRole(draft).permissions_boundary = permissions_boundary;
    });
  const found = (boundary: unknown) => {
    const { roles, unreadable } = withBoundary(boundary);
    const others = unreadable.filter(({ reason }) => reason !== "unattached-policy");
    return [roles.get("full")?.boundary, others.map(({ reason, source }) => [reason, source])];
  };
  const ODD_TEXT = { reason: "unattached-policy", address: "aws_iam_policy.odd", source: { name: "Odd", policy: "{" } };

  test.each([[undefined], [null]])("that is %j is none", (boundary) => {
    expect(found(boundary)).toEqual([undefined, []]);
  });

  test("is an ARN from elsewhere", () => {
    expect(found(`arn:aws:iam::${ACCOUNT}:policy/team/b`)).toEqual([
      { policy: `arn:aws:iam::${ACCOUNT}:policy/team/b` },
      [],
    ]);
  });

  test("is a policy of this stack, with its statements", () => {
    expect(found("${aws_iam_policy.b.arn}")).toEqual([
      { policy: "aws_iam_policy.b", statements: [allowing("s3:getobject")] },
      [],
    ]);
  });

  test("is not a policy of this stack by its ARN", () => {
    const arn = `arn:aws:iam::${ACCOUNT}:policy/team/BOUNDARY`;
    expect(found(arn)).toEqual([{ policy: arn }, [["boundary-by-arn", arn]]]);
  });

  test("is not a policy that can't be read", () => {
    expect(found("${aws_iam_policy.odd.arn}")).toEqual([
      { policy: "aws_iam_policy.odd", statements: [] },
      [["not-json", "{"]],
    ]);
  });

  test.each([
    "policy/${aws_sns_topic.t.name}",
    "policy/b-${data.aws_region.here.name}",
    "policy/%{ if true }b%{ endif }",
  ])("is not an ARN with a template, whose value may change when the code doesn't: %s", (end) => {
    const arn = `arn:aws:iam::${ACCOUNT}:${end}`;
    expect(found(arn)[1]).toEqual([["foreign-policy", arn]]);
  });

  test("is not something else", () => {
    expect(found(7)).toEqual([{ policy: "7", statements: [] }, [["foreign-policy", 7]]]);
    expect(found("b")).toEqual([{ policy: '"b"', statements: [] }, [["foreign-policy", "b"]]]);
    expect(found("${aws_iam_role.full.arn}")).toEqual([
      { policy: "aws_iam_role.full", statements: [] },
      [["foreign-policy", "${aws_iam_role.full.arn}"]],
    ]);
  });

  test("uses the policy, which then needs no attachment", () => {
    expect(withBoundary(null).unreadable).toEqual([ODD_TEXT]);
    expect(withBoundary("${aws_iam_policy.odd.arn}").unreadable).not.toContainEqual(ODD_TEXT);
  });
});

describe("the role that a channel has", () => {
  const ARN = `arn:aws:iam::${ACCOUNT}:role/Full`;
  const roleBy = (value: unknown, edit: (draft: Draft) => void = () => {}) =>
    read((draft) => {
      edit(draft);
      const { oncall } = draft.resource.aws_cloudcontrolapi_resource;
      oncall.desired_state = JSON.stringify({ ...JSON.parse(oncall.desired_state), ChannelRoleArn: value });
    }).channels.map((channel) => channel.role);

  test.each([
    ["Full"],
    ["FULL"],
    [ARN],
    [ARN.toUpperCase()],
    ["${aws_iam_role.full.name}"],
    ["${aws_iam_role.full.id}"],
    ["${aws_iam_role.full.arn}"],
    ["${aws_iam_role_policy_attachment.full.role}"],
  ])("by %s", (value) => {
    expect(roleBy(value)).toEqual(["full"]);
  });

  test.each([
    [undefined],
    [7],
    [["Full"]],
    ["Other"],
    ["arn:aws:iam::444455556666:role/Full"],
    [`arn:aws:iam::${ACCOUNT}:role/team/Full`],
    ["${aws_iam_role.full.unique_id}"],
    ["${aws_iam_role.none.arn}"],
    ["${aws_iam_policy.full.arn}"],
    ["${aws_iam_role_policy_attachment.full.policy_arn}"],
    ["${aws_iam_role_policy_attachment.none.role}"],
    ["${aws_iam_policy.full.role}"],
  ])("not by %j", (value) => {
    expect(roleBy(value)).toEqual([]);
  });

  test("by an ARN with a path", () => {
    const withPath = (draft: Draft) => Object.assign(iamRole(draft), { path: "/team/" });
    expect(roleBy(`arn:aws:iam::${ACCOUNT}:role/team/Full`, withPath)).toEqual(["full"]);
    expect(roleBy(ARN, withPath)).toEqual([]);
  });

  test("not by an ARN, if the account isn't known", () => {
    const anywhere = (draft: Draft) => delete draft.provider.aws[0].allowed_account_ids;
    expect(roleBy(ARN, anywhere)).toEqual([]);
    expect(roleBy("arn:aws:iam::undefined:role/Full", anywhere)).toEqual([]);
    expect(roleBy("Full", anywhere)).toEqual(["full"]);
  });

  test("not by the role of an attachment whose role is that of another", () => {
    const onOther = (draft: Draft) => {
      draft.resource.aws_iam_role_policy_attachment.w1 = {
        role: "${aws_iam_role_policy_attachment.full.role}",
        policy_arn: "${aws_iam_policy.full.arn}",
      };
    };
    expect(roleBy("${aws_iam_role_policy_attachment.w1.role}", onOther)).toEqual([]);
  });

  test("by the role of an attachment, by its name", () => {
    const attachmentRole = "${aws_iam_role_policy_attachment.full.role}";
    expect(roleBy(attachmentRole, (draft) => Object.assign(attachment(draft), { role: "FULL" }))).toEqual(["full"]);
    expect(roleBy(attachmentRole, (draft) => Object.assign(attachment(draft), { role: "Other" }))).toEqual([]);
    expect(
      roleBy(attachmentRole, (draft) => Object.assign(attachment(draft), { role: "${aws_iam_role.none.name}" })),
    ).toEqual([]);
  });
});

describe("policies that a role may have besides, and policies that don't stay", () => {
  const inline = (draft: Draft, ...names: string[]) => {
    draft.resource.aws_iam_role_policy = Object.fromEntries(
      names.map((name, index) => [`n${index}`, { name, role: "Full", policy: GET_OBJECT }]),
    );
  };
  const onlyInline = (draft: Draft) => draft.resource.aws_iam_role_policies_exclusive.full.policy_names;

  test.each<[string, (draft: Draft) => void, [string, unknown][]]>([
    [
      "no list of managed policies",
      (draft) => delete draft.resource.aws_iam_role_policy_attachments_exclusive,
      [["not-exclusive", iamRole(SMALL)]],
    ],
    [
      "no list of inline policies",
      (draft) => delete draft.resource.aws_iam_role_policies_exclusive,
      [["not-exclusive", iamRole(SMALL)]],
    ],
    [
      "a list with an inline policy from elsewhere",
      (draft) => onlyInline(draft).push("by-hand"),
      [["not-kept", "by-hand"]],
    ],
    [
      "a managed policy that isn't listed",
      (draft) => Object.assign(draft.resource.aws_iam_role_policy_attachments_exclusive.full, { policy_arns: [] }),
      [["not-kept", "${aws_iam_policy.full.arn}"]],
    ],
    ["an inline policy that isn't listed", (draft) => inline(draft, "a"), [["not-kept", "a"]]],
    [
      "two inline policies of one name",
      (draft) => {
        inline(draft, "a", "b", "A");
        onlyInline(draft).push("a", "b", "A");
      },
      [["overwritten", "A"]],
    ],
  ])("%s", (_, edit, expected) => {
    expect(unreadable(edit)).toEqual(expected.map(([reason, source]) => [reason, "aws_iam_role.full", source]));
  });
});

test("all that this project's constructs write is read", () => {
  const text = `environments:
    paid:
      account: "111122223333"
      region: us-east-1
      deploy-role: arn:aws:iam::111122223333:role/deploy
      backend: { type: s3, bucket: states, region: us-east-1 }
      slack-workspaces: [T01, T02]
      account-alias: "Payments - 1"
      tags: { Owner: a }
      full:
        adopt: true
        service-quotas-role: adopt
        source-account-condition: true
        path: /slack/
        description: a
        policy-description: b
        max-session-duration: 7200
        permissions-boundary: arn:aws:iam::111122223333:policy/b
        channels: [{ name: oncall, workspace: T01, channel: C01, notify: { severity: all, on: [case-created] } }]
      read-only:
        policy: aws-managed
        channels: [{ name: watch, workspace: T02, channel: C02 }]`;
  const terraform = withoutDigest(JSON.parse(synthesize(text).paid ?? ""));
  expect(readAccess(readStack(terraform)).unreadable).toEqual([]);
  const other = structuredClone(terraform) as Draft;
  other.resource.aws_iam_role.full.tags = { Owner: "b" };
  expect(change(terraform, other).verdict).toBe("cosmetic");
  delete other.resource.aws_cloudcontrolapi_resource.workspace_T01;
  other.resource.aws_cloudcontrolapi_resource.account_alias.desired_state = '${jsonencode({"AccountAlias" = "Other"})}';
  expect(change(terraform, other)).toMatchObject({ verdict: "settings" });
  const told = report(change(terraform, other));
  expect(told).toContain("- The account's alias changes: `Payments - 1` → `Other`.");
  expect(told).toContain(
    "- The registered Slack workspace `T01` is removed (`aws_cloudcontrolapi_resource.workspace_T01`).",
  );
  expect(digest(change(other, terraform))).not.toBe(digest(change(terraform, other)));
});
