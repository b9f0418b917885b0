import { markdown } from "../../../cli/commands/review/report";
import { reviewOf } from "../../../cli/commands/review/review";
import { isLiteral, isReferenceIn, readingElsewhere, readStack, withoutDigest } from "../../../cli/terraform/stack";
import type { Terraform } from "../../../cli/terraform/synthesized-folder";
import type { Verdict } from "../../../cli/terraform/verdict";
import { digestOutput } from "../../../stacks/output/digest";
import { ACCOUNT, fullRole, LEVELS, passes, S3 } from "../../support/attacked-stack";
import { change, changed, type Draft } from "../../support/edited-stack";
import { synthesize } from "../../support/synthesize";

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

  test("with nothing but a provider", () => {
    expect(readStack(BARE)).toStrictEqual({
      ...{ backend: undefined, providerVersion: "6.25.0", requiredVersion: undefined },
      provider: { account: ACCOUNT, region: "us-east-1", profile: undefined, assumeRole: undefined },
      ...{ blocks: new Map(), imports: [], moves: [], removals: [], unreadable: [] },
    });
  });

  test("without anything", () => {
    expect(readStack({})).toStrictEqual({
      ...{ backend: undefined, providerVersion: undefined, requiredVersion: undefined },
      ...{ provider: {}, blocks: new Map(), imports: [], moves: [], removals: [] },
      unreadable: [
        { reason: "unknown-provider", address: "terraform.required_providers", source: undefined },
        { reason: "unknown-provider", address: "provider", source: undefined },
      ],
    });
  });
});

describe("a backend", () => {
  const backendOf = (settings: Terraform) => readStack({ ...BARE, terraform: { ...SETTINGS, ...settings } });

  test.each([
    ["local", { backend: { local: { path: "a" } } }, { type: "local", settings: { path: "a" }, profile: undefined }],
    ["local without a path", { backend: { local: {} } }, { type: "local", settings: {}, profile: undefined }],
    [
      "HCP Terraform",
      { cloud: { organization: "a", workspaces: { name: "paid" } } },
      { type: "cloud", settings: { organization: "a", workspace: "paid" } },
    ],
    [
      "Terraform Enterprise",
      { cloud: { organization: "a", hostname: "b", workspaces: { name: "paid" } } },
      { type: "cloud", settings: { organization: "a", hostname: "b", workspace: "paid" } },
    ],
  ])("is %s", (_, settings, backend) => {
    const { unreadable, ...stack } = backendOf(settings);
    expect(unreadable).toEqual([]);
    expect(stack.backend).toStrictEqual(backend);
  });

  const S3_BACKEND = { bucket: "a" };
  const WORKSPACES = { name: "paid" };

  test.each<[string, Terraform]>([
    ["of no type", { backend: {} }],
    ["of no form that is known", { backend: "s3" }],
    ["of another type", { backend: { http: { path: "a" } } }],
    ["of two types", { backend: { s3: S3_BACKEND, local: {} } }],
    ["as a list", { backend: { s3: [S3_BACKEND] } }],
    ["with another argument", { backend: { s3: { ...S3_BACKEND, endpoint: "a" } } }],
    ["with an argument of another type", { backend: { local: { bucket: "a" } } }],
    ["with an expression", { backend: { s3: { bucket: "${local.a}" } } }],
    ["with an expression for its profile", { backend: { s3: { ...S3_BACKEND, profile: "${local.a}" } } }],
    ["on a disk, with a profile", { backend: { local: { profile: "ops" } } }],
    ["beside HCP Terraform", { backend: { s3: S3_BACKEND }, cloud: { workspaces: WORKSPACES } }],
    ["of no form, beside HCP Terraform", { backend: "s3", cloud: { workspaces: WORKSPACES } }],
    ["beside HCP Terraform of no form", { backend: { s3: S3_BACKEND }, cloud: "a" }],
    ["in HCP Terraform of no form", { cloud: "a" }],
    ["in HCP Terraform without a workspace", { cloud: { organization: "a" } }],
    ["in HCP Terraform with workspaces of no form", { cloud: { organization: "a", workspaces: "paid" } }],
    ["in HCP Terraform with tags", { cloud: { workspaces: { ...WORKSPACES, tags: ["a"] } } }],
    ["in HCP Terraform by an expression", { cloud: { workspaces: { name: "${local.a}" } } }],
    [
      "in HCP Terraform of an organization by an expression",
      { cloud: { organization: "${local.a}", hostname: "b", workspaces: WORKSPACES } },
    ],
    ["in HCP Terraform with a token", { cloud: { organization: "a", token: "a", workspaces: WORKSPACES } }],
  ])("%s isn't read", (_, settings) => {
    expect(backendOf(settings)).toMatchObject({
      backend: undefined,
      unreadable: [{ reason: "unknown-backend", address: "terraform.backend", source: settings }],
    });
  });
});

describe("what isn't as this project's constructs write it", () => {
  const role = { name: "Full" };

  test.each<[string, Terraform, [reason: string, address: string, source: unknown][]]>([
    ["another section", { check: { a: {} } }, [["unknown-section", "check", { a: {} }]]],
    ["settings as a text", { terraform: "x" }, [["not-a-block", "terraform", "x"]]],
    [
      "another setting",
      { terraform: { ...SETTINGS, experiments: ["a"] } },
      [["unknown-argument", "terraform.experiments", ["a"]]],
    ],
    [
      "a version of Terraform by an expression",
      { terraform: { ...SETTINGS, required_version: "${local.a}" } },
      [["unknown-argument", "terraform.required_version", "${local.a}"]],
    ],
    [
      "a number for a version",
      { terraform: { ...SETTINGS, required_version: 1 } },
      [["unknown-argument", "terraform.required_version", 1]],
    ],
    ["resources as a list", { resource: [1] }, [["not-a-block", "resource", [1]]]],
    ["data as a list", { data: [1] }, [["not-a-block", "data", [1]]]],
    ["a type as a list", { resource: { aws_iam_role: [role] } }, [["not-a-block", "aws_iam_role", [role]]]],
    ["a type of data as a list", { data: { aws_region: [1] } }, [["not-a-block", "data.aws_region", [1]]]],
    ["a block as a list", { resource: { aws_iam_role: { a: [role] } } }, [["not-a-block", "aws_iam_role.a", [role]]]],
    ["outputs as a list", { output: [1] }, [["not-a-block", "output", [1]]]],
    ["an output as a text", { output: { a: "b" } }, [["unknown-argument", "output.a", "b"]]],
    [
      "an output with another argument",
      { output: { a: { value: "b", ephemeral: true } } },
      [["unknown-argument", "output.a", { value: "b", ephemeral: true }]],
    ],
    [
      "an output of an expression",
      { output: { a: { value: "${local.a}" } } },
      [["expression", "output.a", { value: "${local.a}" }]],
    ],
    [
      "an output of a role that isn't there",
      { output: { a: { value: ["b", "${aws_iam_role.full.arn}"] } } },
      [["expression", "output.a", { value: ["b", "${aws_iam_role.full.arn}"] }]],
    ],
    [
      "an expression in an output's description",
      { output: { a: { value: "b", description: "${local.a}" } } },
      [["expression", "output.a", { value: "b", description: "${local.a}" }]],
    ],
    [
      "an expression in whether an output is sensitive",
      { output: { a: { value: "b", sensitive: "${local.a}" } } },
      [["expression", "output.a", { value: "b", sensitive: "${local.a}" }]],
    ],
    ["an import of no form", { import: "a" }, [["not-a-block", "import", "a"]]],
    ["an import of nothing", { import: null }, [["not-a-block", "import", null]]],
    ["an import without an ID", { import: [{ to: "a.b" }] }, [["not-a-block", "import", { to: "a.b" }]]],
    [
      "an import with another argument",
      { import: [{ to: "a.b", id: "c", provider: "d" }] },
      [["not-a-block", "import", { to: "a.b", id: "c", provider: "d" }]],
    ],
    [
      "an import to no address, beside another",
      {
        import: [
          { to: "a.b[0]", id: "c" },
          { to: "a.b", id: "c" },
        ],
      },
      [["not-a-block", "import", { to: "a.b[0]", id: "c" }]],
    ],
    [
      "an import by an expression",
      { import: [{ to: "a.b", id: "${local.a}" }] },
      [["not-a-block", "import", { to: "a.b", id: "${local.a}" }]],
    ],
    [
      "a move from another module",
      { moved: [{ from: "module.a.b.c", to: "b.c" }] },
      [["not-a-block", "moved", { from: "module.a.b.c", to: "b.c" }]],
    ],
    [
      "a move to a list",
      { moved: [{ from: "a.b", to: ["a.c"] }] },
      [["not-a-block", "moved", { from: "a.b", to: ["a.c"] }]],
    ],
    [
      "a removal that destroys",
      { removed: [{ from: "a.b", lifecycle: { destroy: true } }] },
      [["foreign-removal", "removed.a.b", { from: "a.b", lifecycle: { destroy: true } }]],
    ],
    ["a removal without more", { removed: [{ from: "a.b" }] }, [["not-a-block", "removed", { from: "a.b" }]]],
  ])("%s", (_, edit, expected) => {
    expect(readStack({ ...BARE, ...edit }).unreadable).toEqual(
      expected.map(([reason, address, source]) => ({ reason, address, source })),
    );
  });

  test("nor is a removal that destroys taken for one that doesn't", () => {
    const removed = [
      { from: "a.b", lifecycle: { destroy: true } },
      { from: "a.c", lifecycle: { destroy: false } },
    ];
    expect(readStack({ ...BARE, removed }).removals).toEqual(["a.c"]);
  });

  const providers = (aws: unknown, more?: object) => ({ aws, ...more });

  test.each<[string, unknown]>([
    ["no provider", undefined],
    ["a list of providers", [SETTINGS.required_providers]],
    ["a provider as a text", providers("aws")],
    ["a provider from elsewhere", providers({ source: "evil/aws", version: "6.25.0" })],
    ["a provider without a source", providers({ version: "6.25.0" })],
    ["a provider without a version", providers({ source: "aws" })],
    ["a version by an expression", providers({ source: "aws", version: "${local.a}" })],
    ["another argument", providers({ source: "aws", version: "6.25.0", configuration_aliases: ["a"] })],
    ["another provider", providers(SETTINGS.required_providers.aws, { external: { source: "hashicorp/external" } })],
  ])("%s in required_providers", (_, required_providers) => {
    expect(readStack({ ...BARE, terraform: { required_providers } })).toMatchObject({
      providerVersion: undefined,
      unreadable: [{ reason: "unknown-provider", address: "terraform.required_providers", source: required_providers }],
    });
  });

  test.each(["hashicorp/aws", "aws", "registry.terraform.io/hashicorp/aws"])("but %s is the AWS provider", (source) => {
    expect(
      readStack({ ...BARE, terraform: { required_providers: { aws: { source, version: ">= 6" } } } }),
    ).toMatchObject({ providerVersion: ">= 6", unreadable: [] });
  });
});

describe("the provider", () => {
  const [AWS] = PROVIDER.aws;
  const found = (provider: unknown) => {
    const { unreadable, ...stack } = readStack({ ...BARE, provider });
    return [stack.provider, unreadable.map(({ reason, address, source }) => [reason, address, source])];
  };
  const READ = { account: ACCOUNT, region: "us-east-1", profile: undefined, assumeRole: undefined };

  test.each<[string, unknown]>([
    ["of no form", "x"],
    ["of nothing", { aws: [] }],
    ["twice", { aws: [AWS, AWS] }],
    ["beside another", { aws: [AWS], external: [{}] }],
    ["as a text", { aws: "x" }],
  ])("%s isn't read", (_, provider) => {
    expect(found(provider)).toEqual([{}, [["unknown-provider", "provider", provider]]]);
  });

  test("as a mapping instead of a list of one", () => {
    expect(found({ aws: { ...AWS, allowed_account_ids: ACCOUNT, assume_role: { role_arn: "r" } } })).toEqual([
      { ...READ, assumeRole: "r" },
      [],
    ]);
  });

  test.each([
    ["any account", { allowed_account_ids: undefined }, { account: undefined }],
    ["no role, in another way", { assume_role: null }, {}],
    ["no region", { region: undefined }, { region: undefined }],
  ])("of %s", (_, edit, expected) => {
    expect(found({ aws: [{ ...AWS, ...edit }] })).toEqual([{ ...READ, ...expected }, []]);
  });

  test.each<[string, Terraform, object, string]>([
    ["another argument", { endpoints: [1] }, {}, "endpoints"],
    ["a profile by an expression", { profile: "${local.a}" }, {}, "profile"],
    ["a profile as a list", { profile: ["ops"] }, {}, "profile"],
    ["no account", { allowed_account_ids: [] }, { account: undefined }, "allowed_account_ids"],
    ["null for an account", { allowed_account_ids: null }, { account: undefined }, "allowed_account_ids"],
    [
      "an account by an expression",
      { allowed_account_ids: ["${local.a}"] },
      { account: undefined },
      "allowed_account_ids",
    ],
    ["an account as a number", { allowed_account_ids: [111122223333] }, { account: undefined }, "allowed_account_ids"],
    ["a digit too many", { allowed_account_ids: [`${ACCOUNT}4`] }, { account: undefined }, "allowed_account_ids"],
    ["a letter too many", { allowed_account_ids: [`a${ACCOUNT}`] }, { account: undefined }, "allowed_account_ids"],
    ["two accounts", { allowed_account_ids: [ACCOUNT, "444455556666"] }, {}, "allowed_account_ids"],
    ["two roles", { assume_role: [{ role_arn: "r" }, { role_arn: "s" }] }, { assumeRole: "r" }, "assume_role"],
    [
      "a role with a session",
      { assume_role: [{ role_arn: "r", session_name: "s" }] },
      { assumeRole: "r" },
      "assume_role",
    ],
    ["a role as a text", { assume_role: ["r"] }, {}, "assume_role"],
    ["a role without an ARN", { assume_role: [{}] }, {}, "assume_role"],
    ["a role by an expression", { assume_role: [{ role_arn: "${local.a}" }] }, {}, "assume_role"],
  ])("with %s", (_, edit, expected, argument) => {
    expect(found({ aws: [{ ...AWS, ...edit }] })).toEqual([
      { ...READ, ...expected },
      [["unknown-argument", `provider.aws.${argument}`, edit[argument]]],
    ]);
  });

  test.each<[string, Terraform, object]>([
    ["its region", { region: "${local.a}" }, { region: undefined }],
    ["its tags", { default_tags: [{ tags: { Owner: "${local.a}" } }] }, {}],
  ])("with an expression for %s", (_, edit, expected) => {
    expect(found({ aws: [{ ...AWS, ...edit }] })).toEqual([
      { ...READ, ...expected },
      [["expression", "provider.aws", { region: AWS?.region, ...edit }]],
    ]);
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
    [
      "a machine that a resource is made on",
      { resource: { aws_iam_role: { a: { connection: {} } } } },
      "aws_iam_role.a",
      { connection: {} },
    ],
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

describe("the digest of a stack is left out", () => {
  const output = { a: { value: "b" } };
  const digestOf = (terraform: Terraform) => ({ support_app_digest: digestOutput(terraform) });

  test("if it is right", () => {
    expect(withoutDigest({ ...BARE, output: digestOf(BARE) })).toEqual(BARE);
    const more = { ...BARE, output };
    expect(withoutDigest({ ...BARE, output: { ...output, ...digestOf(more) } })).toEqual(more);
    const remarked = { support_app_digest: { ...digestOutput(BARE), "//": REMARKS } };
    expect(withoutDigest({ ...BARE, output: remarked })).toEqual(BARE);
    expect(readStack({ ...BARE, output: digestOf(BARE) }).unreadable).toEqual([]);
  });

  test.each<[string, Terraform]>([
    ["there is none", { ...BARE, output }],
    ["it is of something else", { ...BARE, output: digestOf({}) }],
    ["there is no output", BARE],
    ["the outputs have no form that is known", { ...BARE, output: [1] }],
  ])("and not if %s", (_, terraform) => {
    expect(withoutDigest(terraform)).toBe(terraform);
  });

  test("and what is of something else is reported, without its precondition", () => {
    const wrong = digestOutput({});
    expect(readStack({ ...BARE, output: { support_app_digest: wrong } }).unreadable).toEqual([
      { reason: "wrong-digest", address: "output.support_app_digest", source: wrong },
    ]);
  });
});

test("a literal is used as it is written; a reference leads to something of the stack", () => {
  expect(isLiteral(["a", 1, { b: null }])).toBe(true);
  expect(isLiteral("a%{ if true }b%{ endif }")).toBe(false);
  const { blocks } = readStack({ ...BARE, resource: { aws_iam_role: { full: {} } } });
  expect(isReferenceIn("${aws_iam_role.full.arn}", blocks)).toBe(true);
  expect(isReferenceIn("${aws_iam_role.none.arn}", blocks)).toBe(false);
  expect(isReferenceIn("aws_iam_role.full", blocks)).toBe(false);
});

describe("each change, beside its twin that looks alike", () => {
  test.each<[string, Verdict, (draft: Draft) => void]>([
    ["a module", "unknown", (draft) => (draft.module = { more: { source: "./more" } })],
  ])("%s: %s", (_, verdict, edit) => {
    expect(changed(edit).verdict).toBe(verdict);
  });
});

describe("what hides a change is not taken for nothing", () => {
  test.each<[string, Verdict, (draft: Draft) => void]>([
    [
      "resources as a list",
      "unknown",
      (draft) => {
        draft.resource = [draft.resource];
      },
    ],
    [
      "a type as a list",
      "unknown",
      (draft) => {
        draft.resource.aws_iam_role_policy = [{ more: {} }];
      },
    ],
    [
      "a block as a list",
      "unknown",
      (draft) => {
        draft.data.aws_iam_policy_document.more = [{}];
      },
    ],
    [
      "a section that isn't understood",
      "unknown",
      (draft) => {
        draft.check = { more: {} };
      },
    ],
    [
      "a profile that an expression names",
      "unknown",
      (draft) => {
        draft.provider.aws[0].profile = "${aws_iam_role.full.name}";
      },
    ],
    [
      "a profile that is no text",
      "unknown",
      (draft) => {
        draft.provider.aws[0].profile = ["ops"];
      },
    ],
    [
      "a profile of a backend that has none",
      "unknown",
      (draft) => {
        draft.terraform.backend.local.profile = "ops";
      },
    ],
    [
      "a provider from elsewhere",
      "unknown",
      (draft) => {
        draft.terraform.required_providers.aws.source = "evil/aws";
      },
    ],
    [
      "another endpoint",
      "unknown",
      (draft) => {
        draft.provider.aws[0].endpoints = [{ iam: "https://example.com" }];
      },
    ],
    [
      "another provider, which hides that any account goes",
      "unknown",
      (draft) => {
        draft.provider.aws = [{ region: "us-east-1" }, { alias: "a", allowed_account_ids: ["111122223333"] }];
      },
    ],
    [
      "no account, in another way",
      "unknown",
      (draft) => {
        draft.provider.aws[0].allowed_account_ids = null;
      },
    ],
    [
      "an expression in the backend",
      "unknown",
      (draft) => {
        draft.terraform.backend = { s3: { bucket: "${var.bucket}" } };
      },
    ],
    [
      "another provider",
      "unknown",
      (draft) => {
        draft.provider.external = [{}];
      },
    ],
    [
      "one more AWS provider",
      "unknown",
      (draft) => {
        draft.provider.aws.push({ alias: "a", allowed_account_ids: ["111122223333"] });
      },
    ],
    [
      "providers as a list",
      "unknown",
      (draft) => {
        draft.terraform.required_providers = [draft.terraform.required_providers];
      },
    ],
    [
      "terraform as a list",
      "unknown",
      (draft) => {
        draft.terraform = [draft.terraform];
      },
    ],
  ])("%s: %s", (_, verdict, edit) => {
    expect(changed(edit).verdict).toBe(verdict);
  });
});

describe("references that lead nowhere are not taken for nothing", () => {
  test.each<[string, Verdict, (draft: Draft) => void]>([
    [
      "no provider",
      "unknown",
      (draft) => {
        delete draft.provider;
      },
    ],
  ])("%s: %s", (_, verdict, edit) => {
    expect(changed(edit).verdict).toBe(verdict);
  });

  test.each<[string, Draft]>([
    ["provider", { provider: "x" }],
    ["provider.aws", { provider: { aws: [] } }],
    ["terraform", { terraform: "x" }],
    ["lifecycle", { resource: { aws_iam_policy: { a: { policy: "{}", lifecycle: ["x"] } } } }],
    ["type", { resource: { aws_iam_policy: "x" } }],
    ["required_providers", { terraform: { required_providers: { aws: "~> 5.0" } } }],
  ])("%s in no form that is known", (_, terraform) => {
    expect(change({}, terraform).verdict).toMatch(/^(unknown|moved|cosmetic)$/);
    expect(change(terraform, {}).violations).toEqual([]);
  });
});

describe("the digest by which a deploy knows what was applied", () => {
  const BEFORE: Draft = JSON.parse(
    synthesize(`environments: { paid: { account: "${ACCOUNT}", region: us-east-1, backend: ${S3}, ${LEVELS} } }`)
      .paid ?? "",
  );
  const with2nd = (edit: (draft: Draft) => void) => {
    const head = structuredClone(BEFORE);
    edit(head);
    return change(BEFORE, head);
  };

  test("isn't a change if it matches the rest: an upgrade to the first version with digests is silent", () => {
    expect(change(withoutDigest(BEFORE), BEFORE).verdict).toBe("unchanged");
    expect(change(BEFORE, withoutDigest(BEFORE)).verdict).toBe("unchanged");
  });

  test.each<[string, (draft: Draft) => void]>([
    [
      "that stays the same while a description changes",
      (draft) => Object.assign(fullRole(draft), { description: "another" }),
    ],
    ["of nothing", (draft) => Object.assign(draft.output.support_app_digest, { value: "0".repeat(64) })],
    [
      "that is written though the deploy fails",
      (draft) => Object.assign(draft.output.support_app_digest, { depends_on: undefined }),
    ],
    ["that is an expression", (draft) => Object.assign(draft.output.support_app_digest, { value: "${timestamp()}" })],
  ])("one %s needs an approval: a deploy would skip the environment", (_, edit) => {
    const found = with2nd(edit);
    expect(passes(found)).toBe(false);
    expect(found.unreadable).toContainEqual(
      expect.objectContaining({ reason: "wrong-digest", address: "output.support_app_digest" }),
    );
    expect(markdown(reviewOf([found]))).toContain("a digest of other Terraform");
  });

  test("changes with the rest, and the approval of a change is the same with and without it", () => {
    const head: Draft = JSON.parse(
      synthesize(
        `environments: { paid: { account: "${ACCOUNT}", region: us-east-1, backend: ${S3}, ${LEVELS.replace("tags", "description: new, tags")} } }`,
      ).paid ?? "",
    );
    expect(head.output.support_app_digest.value).not.toBe(BEFORE.output.support_app_digest.value);
    const found = change(BEFORE, head);
    expect(passes(found)).toBe(true);
    expect(found.approved).toEqual(change(withoutDigest(BEFORE), withoutDigest(head)).approved);
  });
});
