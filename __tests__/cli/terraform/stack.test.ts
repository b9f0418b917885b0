import { backendOf, readingElsewhere, readStack, withoutDigest } from "../../../cli/terraform/stack";
import type { Terraform } from "../../../cli/terraform/synthesized-folder";
import { digestOutput } from "../../../stacks/output/stack-digest";
import { CHANNEL, type Draft, ONCALL, terraformOf } from "../../support/edited-stack";

const ACCOUNT = "111122223333";
const PROVIDER = { aws: [{ region: "us-east-1", allowed_account_ids: [ACCOUNT] }] };
const SETTINGS = { required_providers: { aws: { source: "aws", version: "6.25.0" } } };

/** Nothing but a provider. */
const BARE = { terraform: SETTINGS, provider: PROVIDER };

const REMARKS = { metadata: { path: "paid/a", uniqueId: "a" } };

describe("a stack, section by section", () => {
  test("with all that this project's constructs write", () => {
    const statement = [{ actions: ["support:DescribeCases"] }];
    const settings = {
      ...{ bucket: "states", key: "paid.tfstate", region: "eu-west-1" },
      ...{ encrypt: true, kms_key_id: "k", use_lockfile: true },
    };
    expect(
      readStack({
        "//": REMARKS,
        terraform: {
          "//": REMARKS,
          ...SETTINGS,
          required_version: ">= 1.7.0",
          backend: { s3: { ...settings, profile: "states" } },
        },
        provider: {
          aws: [
            {
              ...{ "//": REMARKS, ...PROVIDER.aws[0], profile: "ops" },
              ...{
                assume_role: [{ role_arn: "arn:aws:iam::1:role/deploy" }],
                default_tags: [{ tags: { Owner: "a" } }],
              },
            },
          ],
        },
        resource: { aws_iam_role: { full: { "//": REMARKS, name: "Full" } } },
        data: { aws_iam_policy_document: { full: { "//": REMARKS, statement } } },
        output: {
          arn: { "//": REMARKS, value: "${aws_iam_role.full.arn}", description: "a", sensitive: true },
          arns: { value: ["${aws_iam_role.full.arn}", "a"] },
        },
        import: [{ "//": REMARKS, to: "aws_iam_role.full", id: "Full" }],
        moved: [{ from: "${aws_iam_role.a}", to: "aws_iam_role.full" }],
        removed: [{ from: "aws_iam_role._b-1", lifecycle: { "//": REMARKS, destroy: false } }],
        variable: {},
        module: [],
      }),
    ).toStrictEqual({
      backend: { type: "s3", settings, profile: "states" },
      providerVersion: "6.25.0",
      requiredVersion: ">= 1.7.0",
      provider: { account: ACCOUNT, region: "us-east-1", profile: "ops", assumeRole: "arn:aws:iam::1:role/deploy" },
      blocks: new Map([
        [
          "aws_iam_role.full",
          { address: "aws_iam_role.full", isData: false, type: "aws_iam_role", name: "full", body: { name: "Full" } },
        ],
        [
          "data.aws_iam_policy_document.full",
          {
            ...{ address: "data.aws_iam_policy_document.full", isData: true },
            ...{ type: "aws_iam_policy_document", name: "full", body: { statement } },
          },
        ],
      ]),
      imports: [{ to: "aws_iam_role.full", id: "Full" }],
      moves: [{ from: "aws_iam_role.a", to: "aws_iam_role.full" }],
      removals: ["aws_iam_role._b-1"],
      unreadable: [],
    });
  });

  test("without anything", () => {
    expect(readStack({})).toStrictEqual({
      ...{ backend: undefined, providerVersion: undefined, requiredVersion: undefined },
      ...{ provider: {}, blocks: new Map(), imports: [], moves: [], removals: [] },
      unreadable: [
        { reason: "other-form", address: "terraform.required_providers", source: undefined },
        { reason: "other-form", address: "provider", source: undefined },
      ],
    });
  });
});

describe("a backend", () => {
  const found = (settings: Terraform) => readStack({ ...BARE, terraform: { ...SETTINGS, ...settings } });
  const S3 = { bucket: "a" };
  const workspaces = { name: "paid" };

  test.each<[settings: Terraform, backend: object | undefined]>([
    [{ backend: { local: { path: "a" } } }, { type: "local", settings: { path: "a" }, profile: undefined }],
    [{ backend: { local: {} } }, { type: "local", settings: {}, profile: undefined }],
    [
      { cloud: { organization: "a", hostname: "b", workspaces } },
      { type: "cloud", settings: { organization: "a", hostname: "b", workspace: "paid" } },
    ],
    [{ cloud: { workspaces } }, { type: "cloud", settings: { workspace: "paid" } }],
    [{}, undefined],
  ])("%j", (settings, backend) => {
    expect(found(settings)).toMatchObject({ unreadable: [] });
    expect(found(settings).backend).toStrictEqual(backend);
    expect(backendOf({ terraform: settings })).toStrictEqual(backend);
  });

  test.each<[Terraform]>([
    [{ backend: { http: { path: "a" } } }],
    [{ backend: { s3: S3, local: {} } }],
    [{ backend: { s3: [S3] } }],
    [{ backend: { s3: { ...S3, endpoint: "a" } } }],
    [{ backend: { local: { bucket: "a" } } }],
    [{ backend: { s3: { bucket: "${local.a}" } } }],
    [{ backend: { local: { profile: "ops" } } }],
    [{ backend: { s3: S3 }, cloud: { workspaces } }],
    [{ cloud: { organization: "a" } }],
    [{ cloud: { workspaces: { ...workspaces, tags: ["a"] } } }],
    [{ cloud: { organization: "${local.a}", hostname: "b", workspaces } }],
    [{ cloud: { organization: "a", token: "a", workspaces } }],
  ])("%j isn't read", (settings) => {
    expect(found(settings)).toMatchObject({
      backend: undefined,
      unreadable: [{ reason: "other-form", address: "terraform.backend", source: settings }],
    });
  });
});

describe("what isn't as this project's constructs write it", () => {
  const [role, output] = [{ name: "Full" }, (value: object) => ({ output: { a: { value: "b", ...value } } })];
  const setting = (more: object) => ({ terraform: { ...SETTINGS, ...more } });

  test.each<[edit: Terraform, address: string, source: unknown]>([
    [{ check: { a: {} } }, "check", { a: {} }],
    [{ terraform: "x" }, "terraform", "x"],
    [setting({ experiments: ["a"] }), "terraform.experiments", ["a"]],
    [setting({ required_version: "${local.a}" }), "terraform.required_version", "${local.a}"],
    [{ resource: { aws_iam_role: [role] } }, "aws_iam_role", [role]],
    [{ data: { aws_region: [1] } }, "data.aws_region", [1]],
    [{ resource: { aws_iam_role: { a: [role] } } }, "aws_iam_role.a", [role]],
    [{ output: [1] }, "output", [1]],
    [{ output: { a: "b" } }, "output.a", "b"],
    [output({ ephemeral: true }), "output.a", { value: "b", ephemeral: true }],
    [output({ value: "${local.a}" }), "output.a", { value: "${local.a}" }],
    [output({ value: ["b", "${aws_iam_role.a.arn}"] }), "output.a", { value: ["b", "${aws_iam_role.a.arn}"] }],
    [output({ description: "${a.b}" }), "output.a", { value: "b", description: "${a.b}" }],
    [{ import: [{ to: "a.b" }] }, "import", { to: "a.b" }],
    [{ import: [{ to: "a.b", id: "c", for: "d" }] }, "import", { to: "a.b", id: "c", for: "d" }],
    [{ import: [{ to: "a.b", id: "${local.a}" }] }, "import", { to: "a.b", id: "${local.a}" }],
    [{ moved: [{ from: "module.a.b", to: "b.c" }] }, "moved", { from: "module.a.b", to: "b.c" }],
    [{ moved: [{ from: "a.b", to: ["a.c"] }] }, "moved", { from: "a.b", to: ["a.c"] }],
    [
      { removed: [{ from: "a.b", lifecycle: { destroy: true } }] },
      "removed",
      { from: "a.b", lifecycle: { destroy: true } },
    ],
  ])("%j", (edit, address, source) => {
    const { unreadable, removals } = readStack({ ...BARE, ...edit });
    expect(unreadable).toEqual([{ reason: "other-form", address, source }]);
    expect(removals).toEqual([]);
  });

  const [AWS, OTHER] = [SETTINGS.required_providers.aws, { source: "hashicorp/external" }];
  test.each<[required: unknown]>([
    [undefined],
    [{ aws: { ...AWS, source: "evil/aws" } }],
    [{ aws: { source: "aws" } }],
    [{ aws: { source: "aws", version: "${local.a}" } }],
    [{ aws: { ...AWS, configuration_aliases: ["a"] } }],
    [{ aws: AWS, external: OTHER }],
  ])("required_providers %j", (required_providers) => {
    expect(readStack({ ...BARE, terraform: { required_providers } })).toMatchObject({
      providerVersion: undefined,
      unreadable: [{ reason: "other-form", address: "terraform.required_providers", source: required_providers }],
    });
  });

  test.each(["hashicorp/aws", "aws", "registry.terraform.io/hashicorp/aws"])("but %s is the AWS provider", (source) => {
    const terraform = { required_providers: { aws: { source, version: ">= 6" } } };
    expect(readStack({ ...BARE, terraform })).toMatchObject({ providerVersion: ">= 6", unreadable: [] });
  });
});

describe("the provider", () => {
  const [AWS] = PROVIDER.aws;
  const READ = { account: ACCOUNT, region: "us-east-1", profile: undefined, assumeRole: undefined };
  const found = (provider: unknown) => {
    const { unreadable, ...stack } = readStack({ ...BARE, provider });
    return [stack.provider, ...unreadable.map(({ address, source }) => [address, source])];
  };

  test.each<[provider: unknown]>([[{ aws: [] }], [{ aws: [AWS, AWS] }], [{ aws: [AWS], external: [{}] }]])(
    "%j isn't read",
    (provider) => {
      expect(found(provider)).toEqual([{}, ["provider", provider]]);
    },
  );

  test("may be a mapping instead of a list of one", () => {
    const mapping = { ...AWS, allowed_account_ids: ACCOUNT, assume_role: { role_arn: "r" } };
    expect(found({ aws: mapping })).toEqual([{ ...READ, assumeRole: "r" }]);
  });

  const NO_ACCOUNT = { account: undefined };
  test.each<[edit: Terraform, expected: object, argument: string | undefined]>([
    [{ allowed_account_ids: undefined }, NO_ACCOUNT, undefined],
    [{ assume_role: null }, {}, undefined],
    [{ region: undefined }, { region: undefined }, undefined],
    [{ endpoints: [1] }, {}, "endpoints"],
    [{ profile: "${local.a}" }, {}, "profile"],
    [{ allowed_account_ids: null }, NO_ACCOUNT, "allowed_account_ids"],
    [{ allowed_account_ids: [`${ACCOUNT}4`] }, NO_ACCOUNT, "allowed_account_ids"],
    [{ allowed_account_ids: [ACCOUNT, "444455556666"] }, {}, "allowed_account_ids"],
    [{ assume_role: [{ role_arn: "r" }, { role_arn: "s" }] }, { assumeRole: "r" }, "assume_role"],
    [{ assume_role: [{ role_arn: "r", session_name: "s" }] }, { assumeRole: "r" }, "assume_role"],
    [{ assume_role: [{ role_arn: "${local.a}" }] }, {}, "assume_role"],
  ])("with %j", (edit, expected, argument) => {
    const unknown = argument ? [[`provider.aws.${argument}`, edit[argument]]] : [];
    expect(found({ aws: [{ ...AWS, ...edit }] })).toEqual([{ ...READ, ...expected }, ...unknown]);
  });

  test.each<[edit: Terraform, expected: object]>([
    [{ region: "${local.a}" }, { region: undefined }],
    [{ default_tags: [{ tags: { Owner: "${local.a}" } }] }, {}],
  ])("with %j, of which the value isn't known", (edit, expected) => {
    const source = { region: AWS?.region, ...edit };
    expect(found({ aws: [{ ...AWS, ...edit }] })).toEqual([{ ...READ, ...expected }, ["provider.aws", source]]);
  });
});

describe("what depends on anything but the Terraform itself", () => {
  const body = { name: "a" };

  test.each<[string, Terraform, string, unknown]>([
    ["the time", { locals: { a: ["${timestamp()}"] } }, "locals.a.0", "${timestamp()}"],
    ["a module", { module: { a: {} } }, "module", { a: {} }],
    ["a variable", { variable: { a: {} } }, "variable", { a: {} }],
    ["a resource of another provider", { resource: { null_resource: { a: body } } }, "null_resource.a", body],
    ["another data source", { data: { aws_iam_roles: { a: body } } }, "data.aws_iam_roles.a", body],
    [
      "a program that runs with a resource",
      { resource: { aws_iam_role: { a: { provisioner: [], "//": REMARKS } } } },
      "aws_iam_role.a",
      { provisioner: [] },
    ],
    ["a connection", { resource: { aws_iam_role: { a: { connection: {} } } } }, "aws_iam_role.a", { connection: {} }],
  ])("%s", (_, terraform, address, source) => {
    const expected = { reason: "reads-elsewhere", address, source };
    expect(readingElsewhere(terraform)).toEqual([expected]);
    expect(readStack({ ...BARE, ...terraform }).unreadable).toContainEqual(expected);
  });

  test("nothing of a stack in the usual form, or in no form", () => {
    const known = { aws_iam_policy_document: { a: {} }, aws_caller_identity: { a: {} }, aws_region: { a: {} } };
    expect(
      readingElsewhere({ resource: { aws_iam_role: { a: body } }, data: known, module: {}, variable: [] }),
    ).toEqual([]);
    expect(readingElsewhere({ resource: [1], data: { external: [1] } })).toEqual([]);
  });

  test("not the digest, which requires what is always so", () => {
    const digest = digestOutput(BARE);
    const withOutput = (output: Terraform) => ({ ...BARE, output: { a: { value: "b" }, support_app_digest: output } });
    expect(readingElsewhere(withOutput({ ...digest, value: "0" }))).toEqual([]);
    const condition = "${timestamp() != 7}";
    expect(readingElsewhere(withOutput({ ...digest, precondition: [{ condition }] }))).toEqual([
      { reason: "reads-elsewhere", address: "output.support_app_digest.precondition.0.condition", source: condition },
    ]);
    expect(readingElsewhere(withOutput({ ...digest, value: "${timestamp()}" }))).toEqual([
      { reason: "reads-elsewhere", address: "output.support_app_digest.value", source: "${timestamp()}" },
    ]);
    expect(readingElsewhere({ ...withOutput(digest), output: { support_app_digest: digest, a: "${var.a}" } })).toEqual([
      { reason: "reads-elsewhere", address: "output.a", source: "${var.a}" },
    ]);
  });
});

const output = { a: { value: "b" } };
const digestOf = (terraform: Terraform) => ({ support_app_digest: digestOutput(terraform) });

test("the digest of a stack is left out if it is right", () => {
  expect(withoutDigest({ ...BARE, output: digestOf(BARE) })).toEqual(BARE);
  const more = { ...BARE, output };
  expect(withoutDigest({ ...BARE, output: { ...output, ...digestOf(more) } })).toEqual(more);
  const remarked = { support_app_digest: { ...digestOutput(BARE), "//": REMARKS } };
  expect(withoutDigest({ ...BARE, output: remarked })).toEqual(BARE);
  expect(readStack({ ...BARE, output: digestOf(BARE) }).unreadable).toEqual([]);
});

test("the digest of something else is reported, without its precondition", () => {
  const wrong = digestOutput({});
  expect(readStack({ ...BARE, output: { support_app_digest: wrong } }).unreadable).toEqual([
    { reason: "wrong-digest", address: "output.support_app_digest", source: wrong },
  ]);
});

describe("the checks that a stack has of itself", () => {
  const WHOLE = terraformOf(`full: { ${ONCALL} }, account-alias: Payments`);
  /** The address and the reason of what can't be read in an edited stack. */
  const unreadableOf = (edit: (draft: Draft) => void): string[] => {
    const draft = structuredClone(WHOLE) as Draft;
    edit(draft);
    return readStack(draft).unreadable.map(({ reason, address }) => `${reason} ${address}`);
  };
  const checkIn = ({ check }: Draft) => check[CHANNEL];
  const guardIn = ({ resource }: Draft) => resource.terraform_data.support_app_place;
  const live = { type_name: "AWS::SupportApp::SlackChannelConfiguration", identifier: "T01|C01" };
  const local = `${CHANNEL}_differences`;

  test("are known as they are written, with or without one another", () => {
    expect(unreadableOf(() => {})).toEqual([]);
    expect(readingElsewhere(WHOLE)).toEqual([]);
    expect(unreadableOf((draft) => delete draft.check)).toEqual([]);
    expect(unreadableOf((draft) => delete draft.locals)).not.toEqual([]); // the output refers to them
    expect(unreadableOf(({ output }) => delete output.support_app_differences)).toEqual([]);
    expect(unreadableOf(({ resource }) => delete resource.terraform_data)).toEqual([]);
  });

  test.each<[string, (draft: Draft) => void, string[]]>([
    [
      "a call in a condition",
      (draft) => (checkIn(draft).assert[0].condition = '${length(file("/x")) == 0}'),
      [`reads-elsewhere check.${CHANNEL}.assert.0.condition`, "other-form check"],
    ],
    [
      "a call in a message",
      (draft) => (checkIn(draft).assert[0].error_message += '${file("/x")}'),
      [`reads-elsewhere check.${CHANNEL}.assert.0.error_message`, "other-form check"],
    ],
    [
      "a data source, even of AWS",
      (draft) => (checkIn(draft).data = { aws_cloudcontrolapi_resource: { live } }),
      [`reads-elsewhere check.${CHANNEL}`, "other-form check"],
    ],
    [
      "a program in a check of another name",
      ({ check }) => (check.own = { data: { external: { a: { program: ["sh"] } } } }),
      ["reads-elsewhere check.own", "other-form check"],
    ],
    [
      "a program in one of several blocks",
      ({ check }) => (check.own = [{ assert: [] }, { data: { external: { a: { program: ["sh"] } } } }]),
      ["reads-elsewhere check.own", "other-form check"],
    ],
    [
      "a list of checks, in which a program may be",
      (draft) => (draft.check = [{ own: { data: { external: {} } } }]),
      ["reads-elsewhere check", "other-form check"],
    ],
    ["a second assertion", (draft) => checkIn(draft).assert.push({ condition: true }), ["other-form check"]],
    ["a check of what the stack doesn't have", ({ check }) => (check.other = check[CHANNEL]), ["other-form check"]],
    ["a list without differences", ({ locals }) => (locals[local] = "${[]}"), ["other-form locals"]],
    ["another local value", ({ locals }) => (locals.own = "a"), ["other-form locals"]],
    [
      "a list of another resource's differences",
      ({ locals }) => (locals[local] = locals[local].replace(CHANNEL, "account_alias")),
      [`reads-elsewhere locals.${local}`, "other-form locals"], // a # may begin a comment, which could hide a call
    ],
    [
      "an output that always says none",
      ({ output }) => (output.support_app_differences.value = "${local.account_alias_differences}"),
      ["other-form output.support_app_differences"],
    ],
    [
      "an output that says when, always",
      ({ output }) => (output.support_app_differences.value = "${plantimestamp()}"),
      ["reads-elsewhere output.support_app_differences.value", "other-form output.support_app_differences"],
    ],
    [
      "the checks of a channel that the stack doesn't have",
      ({ resource }) => delete resource.aws_cloudcontrolapi_resource[CHANNEL],
      [
        `reads-elsewhere locals.${local}`,
        "other-form check",
        "other-form locals",
        "other-form output.support_app_differences",
      ],
    ],
  ])("%s is unreadable", (_, edit, expected) => {
    expect(unreadableOf(edit).sort()).toEqual([...expected].sort());
  });

  const GUARD = "terraform_data.support_app_place";
  test.each<[string, (draft: Draft) => void, string[]]>([
    ["of another account", (draft) => (guardIn(draft).input.account = "444455556666"), [`other-form ${GUARD}`]],
    [
      "of another account than the provider's",
      ({ provider }) => (provider.aws[0].allowed_account_ids = ["444455556666"]),
      [`other-form ${GUARD}`],
    ],
    [
      "of another region than the provider's",
      ({ provider }) => (provider.aws[0].region = "eu-west-1"),
      [`other-form ${GUARD}`],
    ],
    ["of no account", ({ provider }) => delete provider.aws[0].allowed_account_ids, [`other-form ${GUARD}`]],
    [
      "that lets all pass",
      (draft) => (guardIn(draft).lifecycle.postcondition[0].condition = "${true}"),
      [`other-form ${GUARD}`],
    ],
    [
      "whose condition reads a file",
      (draft) => (guardIn(draft).lifecycle.postcondition[0].condition = '${fileexists("/x")}'),
      [`other-form ${GUARD}`, `reads-elsewhere resource.${GUARD}.lifecycle.postcondition.0.condition`],
    ],
    ["that follows its account", (draft) => delete guardIn(draft).lifecycle.ignore_changes, [`other-form ${GUARD}`]],
    ["that is replaced", (draft) => (guardIn(draft).triggers_replace = "a"), [`other-form ${GUARD}`]],
    [
      "that runs a program",
      (draft) => (guardIn(draft).provisioner = [{ "local-exec": { command: "true" } }]),
      [`other-form ${GUARD}`, `reads-elsewhere ${GUARD}`],
    ],
    [
      "of another name",
      ({ resource }) => (resource.terraform_data.own = { input: "a" }),
      ["reads-elsewhere terraform_data.own"],
    ],
  ])("a guard %s is unreadable", (_, edit, expected) => {
    expect(unreadableOf(edit).sort()).toEqual([...expected].sort());
  });
});
