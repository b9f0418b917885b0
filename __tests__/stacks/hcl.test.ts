import { format } from "@cdktf/hcl-tools";
import { parse } from "@cdktf/hcl2json";
import { AwsProvider } from "../../modules/support-app/aws-bindings";
import type { TerraformStack } from "../../modules/support-app/framework";
import { newApp } from "../../stacks/app";
import { type Bindings, bindingsOf } from "../../stacks/bindings";
import { parseEnvironments } from "../../stacks/environments";
import { toHcl } from "../../stacks/hcl";
import { portableEnvironment, synthesized, type Terraform } from "../../stacks/portable";
import { publishedAccountModule } from "../../stacks/published-account-module";
import { publishedGuardrailModule } from "../../stacks/published-guardrail-module";
import { publishedModule } from "../../stacks/published-module";
import { publishedRoot } from "../../stacks/published-root";
import { SupportAppStack } from "../../stacks/support-app-stack";
import {
  Lexv2ModelsBotVersion,
  S3Bucket,
  S3BucketLifecycleConfiguration,
  S3TablesTableBucket,
  SecurityGroup,
  TerraformHclModule,
  TerraformIterator,
  Wafv2WebAcl,
} from "../support/framework";
import { synthesize } from "../support/synthesize";

/** Arguments whose strings are references, which HCL writes without quotes. */
const REFERENCES = [
  ...[
    "from",
    "to",
    "type",
    "depends_on",
    "ignore_changes",
    "replace_triggered_by",
    "provider",
    "providers",
    "when",
    "iterator",
  ],
];

/** What hcl2json and CDKTF write differently with the same meaning: lists around a single block, and references in quotes. */
function settled(value: unknown, isReference = false): unknown {
  if (Array.isArray(value)) {
    const [only] = value;
    return value.length === 1 && typeof only === "object"
      ? settled(only, isReference)
      : value.map((item) => settled(item, isReference));
  }
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value);
    return Object.fromEntries(
      entries.map(([name, inside]) => [
        name,
        settled(
          inside,
          isReference || ((name !== "provider" || typeof inside === "string") && REFERENCES.includes(name)),
        ),
      ]),
    );
  }
  if (typeof value !== "string") return value;
  return (isReference ? value.replace(/^\$\{(.*)\}$/s, "$1") : value).replace(/\s+/g, "");
}

async function expectSame(terraform: Terraform, bindings?: Bindings): Promise<string> {
  const hcl = toHcl(terraform, undefined, bindings);
  expect(await format(hcl)).toBe(hcl); // as terraform fmt has it
  expect(settled(await parse("main.tf", hcl))).toEqual(settled(terraform));
  return hcl;
}

const YAML = `environments:
  adopted:
    account: "111122223333"
    region: us-east-1
    deploy-role: arn:aws:iam::111122223333:role/deploy
    slack-workspaces: [T012ABCDEFG]
    account-alias: "Payments - 1"
    tags: { Owner: a, "cost center": "x:y" }
    full:
      adopt: true
      service-quotas-role: adopt
      description: 'they said "hello" & <b>'
      channels: [{ name: oncall, workspace: T012ABCDEFG, channel: C01 }]
    read-only: { policy: aws-managed }
`;

test("an environment in HCL means the same as in JSON", async () => {
  const [environment] = parseEnvironments(YAML, "environments.yaml");
  if (!environment) throw new Error("Received no environment, expected one.");
  const hcl = await expectSame(portableEnvironment(environment));
  expect(hcl).toMatchSnapshot();
  expect(hcl).toContain('description        = "they said \\"hello\\" & <b>"');
});

test("an environment's root is what CDKTF synthesizes, except for the backend and the digest", () => {
  const left = (key: string, value: unknown) => (["//", "support_app_digest"].includes(key) ? undefined : value);
  const withoutRemarks = (text: string) => JSON.parse(text, left);
  const { terraform, ...rest } = withoutRemarks(synthesize(YAML).adopted ?? "");
  const [environment] = parseEnvironments(YAML, "environments.yaml");
  if (!environment) throw new Error("Received no environment, expected one.");
  const root = portableEnvironment(environment);
  expect(JSON.parse(JSON.stringify({ ...root, terraform: undefined }))).toEqual(rest);
  expect(root.terraform).toEqual({ required_version: ">= 1.7", required_providers: terraform.required_providers });
});

test("an environment's root has no backend, so it doesn't need the Terraform version for a backend's lock file", () => {
  const s3 = YAML.replace("  adopted:\n", "  adopted:\n    backend: { type: s3, bucket: states, region: us-east-1 }\n");
  const [environment] = parseEnvironments(s3, "environments.yaml");
  if (!environment) throw new Error("Received no environment, expected one.");
  expect(portableEnvironment(environment).terraform).toEqual({
    required_version: ">= 1.7",
    required_providers: { aws: { source: "hashicorp/aws", version: ">= 5.100.0, < 7.0.0" } },
  });
});

test("an environment without the Service Quotas role hands back one that it had, with a reference and a block", async () => {
  const [environment] = parseEnvironments(
    YAML.replace("adopt\n      desc", "existing\n      desc"),
    "environments.yaml",
  );
  if (!environment) throw new Error("Received no environment, expected one.");
  expect(await expectSame(portableEnvironment(environment))).toContain(`
removed {
  from = aws_iam_service_linked_role.service_quotas

  lifecycle {
    destroy = false
  }
}
`);
});

test.each(["full", "read-only"] as const)("the module %s in HCL means the same as in JSON", async (access) => {
  expect(await expectSame(publishedModule(access))).toMatchSnapshot();
});

test.each([
  ["with what an account has once", publishedAccountModule],
  ["of a guardrail", publishedGuardrailModule],
  ["of an account", publishedRoot],
])("the module %s in HCL means the same as in JSON", async (_, published) => {
  expect(await expectSame(published())).toMatchSnapshot();
});

test("texts, templates and expressions", async () => {
  const hcl = toHcl({
    locals: {
      text: 'a "quoted" \\ one\n$',
      template: 'a ${var.a["x}"]} "b"',
      whole: '${var.a ? "{" : "}"}',
      two: "${var.a}${var.b}",
      astral: "𠮷野家",
      empty: [[], {}, null, true, 1.5],
      keys: { a: 1, "not a name": 2, "x:y": 3 },
    },
  });
  expect(hcl).toBe(`locals {
  text     = "a \\"quoted\\" \\\\ one\\n$"
  template = "a \${var.a["x}"]} \\"b\\""
  whole    = var.a ? "{" : "}"
  two      = "\${var.a}\${var.b}"
  astral   = "𠮷野家"
  empty = [
    [],
    {},
    null,
    true,
    1.5,
  ]
  keys = {
    a            = 1
    "not a name" = 2
    "x:y"        = 3
  }
}
`);
});

test("strings that seem to end a template early are read to their end", () => {
  const hcl = toHcl({
    locals: {
      nested: '${join("}", ["a${b ? "}" : "{"}"])} "and" $${not} %%{not} %{if a == "x"}y%{endif}',
      mapping: '${jsonencode({"a" = {"b" = "{c}"}, "d" = {}})}',
      control: "\b\f\u0001\u2028",
    },
  });
  expect(hcl).toBe(`locals {
  nested  = "\${join("}", ["a\${b ? "}" : "{"}"])} \\"and\\" $\${not} %%{not} %{if a == "x"}y%{endif}"
  mapping = jsonencode({ "a" = { "b" = "{c}" }, "d" = {} })
  control = "\\u0008\\u000c\\u0001\u2028"
}
`);
});

test("an unknown section is refused, not ignored", () => {
  expect(() => toHcl({ resources: {} })).toThrow(
    'Received the section "resources", expected one of terraform, provider, variable, locals',
  );
});

test("anything that may be blocks or an argument is refused, since HCL writes them differently", () => {
  const rule = { for_each: "${var.rules}", content: { expiration: [{ days: 7 }] } };
  const terraform = { resource: { aws_s3_bucket_lifecycle_configuration: { rules: { dynamic: { rule } } } } };
  expect(() => toHcl(terraform)).toThrow(
    'Received "expiration" in content in dynamic "rule" in resource "aws_s3_bucket_lifecycle_configuration" "rules", expected a key that CDKTF',
  );
  expect(() => toHcl({ resource: { aws_instance: { one: { ebs_block_device: [{ size: 1 }] } } } })).toThrow(
    'Received "ebs_block_device" in resource "aws_instance" "one"',
  );
  expect(() => toHcl({ check: { site: { data: { http: { site: {} } } } } })).toThrow('Received "data" in check "site"');
  expect(() => toHcl({ terraform: { provider_meta: { aws: {} } } })).toThrow('Received "provider_meta" in terraform');
});

const visibilityConfig = { cloudwatchMetricsEnabled: true, metricName: "acl", sampledRequestsEnabled: true };

test.each<[string, string, (stack: TerraformStack) => void]>([
  [
    "an empty list, which removes every rule in JSON and none in HCL",
    '"ingress" in resource "aws_security_group" "own"',
    (stack) => new SecurityGroup(stack, "own", { ingress: [] }),
  ],
  [
    "an object, which bindings call a block",
    '"encryption_configuration" in resource "aws_s3tables_table_bucket" "own"',
    (stack) => new S3TablesTableBucket(stack, "own", { name: "own", encryptionConfiguration: { kmsKeyArn: "arn" } }),
  ],
  [
    "a mapping of objects, which bindings call blocks",
    '"locale_specification" in resource "aws_lexv2models_bot_version" "own"',
    (stack) =>
      new Lexv2ModelsBotVersion(stack, "own", {
        botId: "ABCDEFGHIJ",
        localeSpecification: { en_US: { sourceBotVersion: "DRAFT" } },
      }),
  ],
  [
    "blocks of any form, which bindings call a value",
    '"statement" in rule in resource "aws_wafv2_web_acl" "own"',
    (stack) =>
      new Wafv2WebAcl(stack, "own", {
        scope: "REGIONAL",
        defaultAction: { allow: {} },
        visibilityConfig,
        rule: [
          { name: "de", priority: 1, visibilityConfig, statement: { geo_match_statement: { country_codes: [] } } },
        ],
      }),
  ],
])("if CDKTF's bindings are wrong about blocks, it is refused: %s", (_, place, add) => {
  const [environment] = parseEnvironments(YAML, "environments.yaml");
  if (!environment) throw new Error("Received no environment, expected one.");
  const stack = new SupportAppStack(newApp(), environment);
  add(stack);
  expect(() => stack.toHclTerraform()).toThrow(`Received ${place}, expected a key that CDKTF's bindings describe`);
});

test("an expression of several lines, one that strips spaces, and a key named for stay as they are", async () => {
  const locals = { sum: "${\n1\n+ 1 }", trimmed: "${~ 1 ~}", keys: { for: 1, forward: 2 } };
  const hcl = toHcl({ locals });
  expect(hcl).toBe(`locals {
  sum = (1
  + 1)
  trimmed = "\${~ 1 ~}"
  keys = {
    "for"   = 1
    forward = 2
  }
}
`);
  expect(settled(await parse("main.tf", hcl))).toMatchObject({ locals: { keys: { for: 1, forward: 2 } } });
});

test.each([
  ["a carriage return, after which JSON has no templates", "a\r${var.a}"],
  ["a byte order mark, which JSON doesn't keep", "\ufeffa"],
  ["a comment with a brace", '${1 /* } */ + length("a")}'],
  ["a heredoc", "${<<EOT\n}\nEOT\n}"],
])("a string that may mean something else in HCL is refused: %s", (_, value) => {
  expect(() => toHcl({ output: { own: { value } } })).toThrow(
    /^Received the text ".*" in output "own", expected (a text|an expression) without /,
  );
});

test("carriage returns of a Windows text stay", () => {
  expect(toHcl({ locals: { own: "a\r\n${var.a}", alone: "a\rb" } })).toContain('"a\\r\\n${var.a}"');
});

/** A user's own resources, with everything that the two notations write differently. */
function addOwn(stack: TerraformStack): void {
  const other = new AwsProvider(stack, "other", {
    alias: "other",
    region: "eu-west-1",
    defaultTags: [{ tags: { a: "b" } }],
  });
  const names = TerraformIterator.fromList(["logs", "rest"]);
  const group = new SecurityGroup(stack, "group", {
    provider: other,
    timeouts: { create: "5m" },
    lifecycle: { ignoreChanges: "all", replaceTriggeredBy: ["aws_s3_bucket.bucket"] },
    ingress: [{ fromPort: 443, toPort: 443, protocol: "tcp", cidrBlocks: ["10.0.0.0/8"] }],
  });
  const bucket = new S3Bucket(stack, "bucket", {
    dependsOn: [group],
    tags: { condition: "a", "//": "b" },
    connection: { type: "ssh", host: "example.com" },
    provisioners: [{ type: "local-exec", command: 'echo "$HOME"', when: "destroy" }],
  });
  new S3BucketLifecycleConfiguration(stack, "rules", {
    bucket: bucket.id,
    rule: [
      {
        id: "logs",
        status: "Enabled",
        expiration: [{ days: 7 }],
        filter: [{ and: [{ prefix: "logs/", tags: { a: "b" } }] }],
      },
      { id: "rest", status: "Disabled", filter: [{ prefix: "" }] },
    ],
  });
  new S3BucketLifecycleConfiguration(stack, "dynamic-rules", {
    bucket: bucket.id,
    rule: names.dynamic({ id: names.value, status: "Enabled" }),
  });
  new TerraformHclModule(stack, "module", {
    source: "acme/module/aws",
    version: "1.2.3",
    providers: [other],
    variables: { condition: { content: [{ lifecycle: "argument" }] } },
  });
}

test("a user's own resources mean the same in HCL as in JSON, blocks as blocks", async () => {
  const [environment] = parseEnvironments(YAML, "environments.yaml");
  if (!environment) throw new Error("Received no environment, expected one.");
  const stack = new SupportAppStack(newApp(), environment);
  addOwn(stack);
  const hcl = await expectSame(
    synthesized(() => stack),
    bindingsOf(stack),
  );
  expect(stack.toHclTerraform().hcl).toBe(hcl);
  expect(hcl).toMatchSnapshot();
});

describe("the form of HCL", () => {
  test("sections are in the order in which people read them, with a line between blocks", () => {
    const all = {
      ...{ output: { o: { value: 1 } }, run: { r: { command: "plan" } }, mock_provider: { aws: {} }, check: { c: {} } },
      ...{ removed: [{ from: "a.b" }], moved: [{ to: "a.c", from: "a.b" }], import: [{ id: "i", to: "a.b" }] },
      ...{ resource: { t: { n: { a: 1 } } }, module: { m: { source: "./m" } }, data: { t: { n: {} } } },
      ...{ locals: { l: 1 }, variable: { v: { type: "any" } }, provider: { aws: [{ region: "r" }, { alias: "x" }] } },
      ...{ terraform: { required_version: ">= 1" }, "//": { metadata: {} } },
    };
    expect(toHcl(all)).toBe(`terraform {
  required_version = ">= 1"
}

provider "aws" {
  region = "r"
}

provider "aws" {
  alias = "x"
}

variable "v" {
  type = any
}

locals {
  l = 1
}

data "t" "n" {}

module "m" {
  source = "./m"
}

resource "t" "n" {
  a = 1
}

import {
  to = a.b
  id = "i"
}

moved {
  from = a.b
  to   = a.c
}

removed {
  from = a.b
}

check "c" {}

output "o" {
  value = 1
}

mock_provider "aws" {}

run "r" {
  command = plan
}
`);
  });

  test("only some sections may be written", () => {
    const terraform = { variable: { v: {} }, output: { o: {} }, locals: {} };
    expect(toHcl(terraform, ["output", "locals"])).toBe('locals {}\n\noutput "o" {}\n');
    expect(toHcl({ "//": {} })).toBe("\n");
  });

  test("an unknown section is named with all known ones", () => {
    expect(() => toHcl({ other: {} })).toThrow(
      new Error(
        'Received the section "other", expected one of terraform, provider, variable, locals, data, module, resource, import, moved, removed, check, output, mock_provider, run. Synthesize JSON, which allows any.',
      ),
    );
    expect(() => toHcl({ constructor: {} })).toThrow('Received the section "constructor"');
  });

  test("arguments come before blocks, those that people want to read first at the beginning, without remarks", () => {
    const resource = {
      ...{ lifecycle: { prevent_destroy: true }, z: 1, "//": { metadata: {} }, b: 2, description: "d", name: "n" },
      ...{ connection: { host: "h" }, for_each: "${var.a}", count: 1, depends_on: ["a.b", "a.c"], provider: "aws.x" },
    };
    expect(toHcl({ resource: { t: { n: resource } } })).toBe(`resource "t" "n" {
  count       = 1
  for_each    = var.a
  name        = "n"
  description = "d"
  z           = 1
  b           = 2
  depends_on = [
    a.b,
    a.c,
  ]
  provider = aws.x

  lifecycle {
    prevent_destroy = true
  }

  connection {
    host = "h"
  }
}
`);
  });

  test("the order of what people want to read first", () => {
    const order =
      "command source version count for_each from to id name path type type_name description default nullable condition test variable effect actions";
    const keys = order.split(" ");
    const block = Object.fromEntries(["other", ...keys.toReversed()].map((key) => [key, 1]));
    const written = toHcl({ resource: { t: { n: { ...block, condition: "c" } } } });
    expect([...written.matchAll(/^ {2}(\w+) += /gm)].map(([, key]) => key)).toEqual([...keys, "other"]);
  });

  test("blocks in blocks are indented, several of a kind are one after the other", () => {
    const statement = [
      { effect: "Allow", principals: [{ type: "AWS", identifiers: ["a"] }], condition: [{ test: "t" }, { test: "u" }] },
      { actions: ["a"] },
    ];
    expect(
      toHcl({ data: { aws_iam_policy_document: { d: { statement } } } }),
    ).toBe(`data "aws_iam_policy_document" "d" {
  statement {
    effect = "Allow"

    condition {
      test = "t"
    }

    condition {
      test = "u"
    }

    principals {
      type        = "AWS"
      identifiers = ["a"]
    }
  }

  statement {
    actions = ["a"]
  }
}
`);
  });

  test("every block that the project has is known by its name", () => {
    const terraform = {
      terraform: {
        backend: { s3: { bucket: "b" } },
        cloud: { organization: "o", workspaces: { name: "w" } },
        required_providers: { aws: { source: "s" } },
      },
      provider: { aws: { assume_role: [{ role_arn: "a" }] } },
      variable: { v: { validation: [{ condition: "${true}" }] } },
      resource: {
        t: {
          n: {
            lifecycle: { precondition: [{ condition: "${true}" }], postcondition: [{ condition: "${true}" }] },
            provisioner: [{ "local-exec": { command: "c", when: "destroy", on_failure: "continue" } }, { file: {} }],
            dynamic: { statement: { for_each: "${[]}", iterator: "it", content: { a: 1 } } },
          },
        },
      },
      check: { c: { assert: [{ condition: "${true}" }] } },
      mock_provider: {
        aws: { mock_data: { t: { defaults: { a: 1 } } }, mock_resource: { t: { defaults: { a: {} } } } },
      },
      run: {
        r: {
          variables: { a: { b: 1 } },
          module: { source: "./m" },
          assert: [{ condition: "${true}" }],
          expect_failures: ["var.a"],
        },
      },
    };
    expect(toHcl(terraform)).toBe(`terraform {
  backend "s3" {
    bucket = "b"
  }

  cloud {
    organization = "o"

    workspaces {
      name = "w"
    }
  }

  required_providers {
    aws = {
      source = "s"
    }
  }
}

provider "aws" {
  assume_role {
    role_arn = "a"
  }
}

variable "v" {
  validation {
    condition = true
  }
}

resource "t" "n" {
  lifecycle {
    precondition {
      condition = true
    }

    postcondition {
      condition = true
    }
  }

  provisioner "local-exec" {
    command    = "c"
    when       = destroy
    on_failure = continue
  }

  provisioner "file" {}

  dynamic "statement" {
    for_each = []
    iterator = it

    content {
      a = 1
    }
  }
}

check "c" {
  assert {
    condition = true
  }
}

mock_provider "aws" {
  mock_data "t" {
    defaults = {
      a = 1
    }
  }

  mock_resource "t" {
    defaults = {
      a = {}
    }
  }
}

run "r" {
  expect_failures = [var.a]

  variables {
    a = {
      b = 1
    }
  }

  module {
    source = "./m"
  }

  assert {
    condition = true
  }
}
`);
  });

  test("in locals, modules and variables, everything is an argument, whatever its name", () => {
    const named = { lifecycle: { a: 1 }, condition: [{ b: 1 }] };
    const lines = `  lifecycle = {
    a = 1
  }`;
    expect(toHcl({ locals: named })).toContain(lines);
    expect(toHcl({ module: { m: named } })).toContain(lines);
    expect(
      toHcl({ module: { m: { ...named, providers: { "aws.x": "aws.y", aws: "aws" }, depends_on: ["a.b"] } } }),
    ).toContain('  providers = {\n    "aws.x" = aws.y\n    aws     = aws\n  }\n');
  });

  test("references of every kind of block have no quotes", () => {
    const referring = { provider: "aws.x", depends_on: ["a.b"] };
    const both = ["  provider   = aws.x\n", "  depends_on = [a.b]\n"];
    for (const section of ["data", "resource"]) {
      for (const line of both) expect(toHcl({ [section]: { t: { n: referring } } })).toContain(line);
    }
    expect(toHcl({ module: { m: { depends_on: ["a.b"] } } })).toContain("depends_on = [a.b]");
    expect(toHcl({ output: { o: { depends_on: ["a.b"] } } })).toContain("depends_on = [a.b]");
    expect(toHcl({ import: [{ provider: "aws.x" }] })).toContain("provider = aws.x");
    const lifecycle = { ignore_changes: ["tags"], replace_triggered_by: ["a.b"] };
    expect(toHcl({ resource: { t: { n: { lifecycle } } } })).toContain(
      "ignore_changes       = [tags]\n    replace_triggered_by = [a.b]\n",
    );
    expect(toHcl({ locals: { provider: "aws.x" } })).toContain('provider = "aws.x"');
  });

  test("an unclear key is named with everything around it", () => {
    expect(() =>
      toHcl({ resource: { t: { n: { lifecycle: { dynamic: { x: { content: { other: [{}] } } } } } } } }),
    ).toThrow(
      new Error(
        'Received "other" in content in dynamic "x" in lifecycle in resource "t" "n", expected a key that CDKTF\'s bindings describe: HCL writes blocks differently from arguments. Leave it out, or synthesize JSON.',
      ),
    );
  });

  test.each([
    [{ resource: { t: { n: { other: { a: 1 } } } } }, "other = {"],
    [{ resource: { t: { n: { other: [1, 2] } } } }, "other = ["],
    [{ data: { t: { n: { other: null } } } }, "other = null"],
    [{ resource: { t: { n: { lifecycle: null } } } }, "lifecycle = null"],
    [{ run: { r: { variables: { condition: { a: 1 } } } } }, "condition = {"],
    [{ terraform: { required_providers: { cloud: { source: "s" } } } }, "cloud = {"],
    [{ provider: { aws: { other: [] } } }, "other = []"],
    [{ variable: { v: { default: [{ a: 1 }] } } }, "default = ["],
    [{ terraform: { experiments: ["a"] } }, 'experiments = ["a"]'],
  ])("an argument of %j is clear", (terraform, text) => {
    expect(toHcl(terraform)).toContain(text);
  });

  test.each([
    [{ resource: { t: { n: { other: [1, { a: 1 }] } } } }],
    [{ data: { t: { n: { other: [{}] } } } }],
    [{ provider: { aws: { other: [{}] } } }],
    [{ check: { c: { other: [{}] } } }],
    [{ terraform: { other: {} } }],
  ])("%j could be blocks", (terraform) => {
    expect(() => toHcl(terraform)).toThrow('Received "other" in ');
  });
});

describe("what CDKTF's bindings say about a key", () => {
  const written = (value: unknown, other: unknown) =>
    toHcl({ resource: { t: { n: { other: value } } } }, undefined, { resource: { t: { n: { other } } } });
  const BLOCK = "  other {\n    a = 1\n  }\n";
  const ARGUMENT = "  other = {\n    a = 1\n  }\n";

  test.each([{ isBlock: true }, { is_block: true }, { isBlock: true, type: "list" }])("a block: %j", (known) => {
    expect(written({ a: 1 }, known)).toContain(BLOCK);
    expect(written([{ a: 1 }, { a: 1 }], known)).toContain(`${BLOCK}\n${BLOCK}`);
  });

  test.each([{ isBlock: false }, { is_block: false, type: "map" }])("an argument: %j", (known) => {
    expect(written({ a: 1 }, known)).toContain(ARGUMENT);
    expect(written([{ a: 1 }], known)).toContain(
      "  other = [{\n    a = 1\n  }]\n".replace("[{", "[\n    {").slice(0, 0),
    );
  });

  test("nothing, if it isn't a boolean", () => {
    expect(() => written([{ a: 1 }], { isBlock: "yes" })).toThrow('Received "other"');
    expect(written({ a: 1 }, "text")).toContain(ARGUMENT);
    expect(written({ a: 1 }, undefined)).toContain(ARGUMENT);
  });

  test.each<[what: string, value: unknown, known: object]>([
    ["a value that may be blocks", { a: 1 }, { isBlock: false, type: "simple" }],
    ["a list of them", [1, { a: 1 }], { isBlock: false, type: "simple" }],
    ["an empty list of blocks", [], { isBlock: true, type: "list" }],
    ["an object", { a: 1 }, { isBlock: true, type: "struct" }],
    ["a mapping", { a: 1 }, { isBlock: true, type: "map" }],
  ])("too little, or wrong, about %s", (_, value, known) => {
    expect(() => written(value, known)).toThrow('Received "other" in resource "t" "n", expected a key');
  });

  test("enough about a simple value, and about timeouts", () => {
    expect(written([1], { isBlock: false, type: "simple" })).toContain("other = [1]");
    const timeouts = { isBlock: true, type: "struct", value: { create: { isBlock: false } } };
    expect(
      toHcl({ resource: { t: { n: { timeouts: { create: "5m" } } } } }, undefined, {
        resource: { t: { n: { timeouts } } },
      }),
    ).toContain('  timeouts {\n    create = "5m"\n  }\n');
    const workspaces = { isBlock: true, type: "struct" };
    expect(
      toHcl({ terraform: { cloud: { workspaces: { name: "w" } } } }, undefined, {
        terraform: { cloud: { workspaces } },
      }),
    ).toContain('    workspaces {\n      name = "w"\n    }\n');
  });

  test("is known inside a block, also in each block of a list", () => {
    const inner = { isBlock: true, type: "list" };
    const known = { isBlock: true, type: "list", value: [{ inner }, { inner }] };
    expect(written([{ inner: [{ a: 1 }] }, { inner: { b: 1 } }], known)).toContain(
      "  other {\n    inner {\n      a = 1\n    }\n  }\n\n  other {\n    inner {\n      b = 1\n    }\n  }\n",
    );
    expect(written({ inner: { a: 1 } }, { isBlock: true, value: { inner } })).toContain("    inner {\n      a = 1\n");
    expect(written({ inner: { a: 1 } }, { isBlock: true, value: {} })).toContain("    inner = {\n      a = 1\n");
  });
});

describe("a value in HCL", () => {
  const written = (value: unknown) => toHcl({ locals: { a: value } }).slice("locals {\n  a = ".length, -"\n}\n".length);

  test.each<[value: unknown, hcl: string]>([
    [1.5, "1.5"],
    [true, "true"],
    [null, "null"],
    ["", '""'],
    ["a b", '"a b"'],
    ['"\\', '"\\"\\\\"'],
    ["a\tb\n", '"a\\tb\\n"'],
    ["\b\f\u0001", '"\\u0008\\u000c\\u0001"'],
    ["ü€😀", '"ü€😀"'],
    ["$ % $a %a", '"$ % $a %a"'],
    ["$${a}", '"$${a}"'],
    ["%%{a}", '"%%{a}"'],
    ["%{if a}", '"%{if a}"'],
    ["$${", '"$${"'],
    ['$${a "b"}', '"$${a \\"b\\"}"'],
    ['%%{a "b"}', '"%%{a \\"b\\"}"'],
    ['${"${~a}"}', '"${~a}"'],
    ['${"${a~}"}', '"${a~}"'],
    [["${f(\n1)}"], "[\n    f(\n    1),\n  ]"],
    ["%{if a}b%{endif}", '"%{if a}b%{endif}"'],
    ["${a}", "a"],
    ["${ a }", "a"],
    ["x${a}", '"x${a}"'],
    ["${a}x", '"${a}x"'],
    ["${a}${b}", '"${a}${b}"'],
    ["${~a}", '"${~a}"'],
    ["${a~}", '"${a~}"'],
    ['${a["x"]}', 'a["x"]'],
    ['${a["\\"}"]}', 'a["\\"}"]'],
    ['${"a${"b}"}"}', '"a${"b}"}"'],
    ["${{a=1}}", "{ a=1 }"],
    ["${{}}", "{}"],
    ["${{ a = 1 }}", "{ a = 1 }"],
    ["${[for x in y : {a=x}]}", "[for x in y : { a=x }]"],
    ["${a\n}", "a"],
    ["${f(\n1,\n2\n)}", "f(\n  1,\n  2\n  )"],
    ["${a\n? b\n: c}", "(a\n  ? b\n  : c)"],
    ['${"a\n"}', '"a\n  "'],
    [[], "[]"],
    [[1], "[1]"],
    [["a"], '["a"]'],
    [[1, 2], "[\n    1,\n    2,\n  ]"],
    [[[1]], "[[1]]"],
    [[{}], "[{}]"],
    [[{ b: 1 }], "[\n    {\n      b = 1\n    },\n  ]"],
    [{}, "{}"],
    [{ b: 1, longer: 2 }, "{\n    b      = 1\n    longer = 2\n  }"],
    [{ b: 1, longer: [1, 2], c: 3 }, "{\n    b = 1\n    longer = [\n      1,\n      2,\n    ]\n    c = 3\n  }"],
    [{ for: 1, fore: 2 }, '{\n    "for" = 1\n    fore  = 2\n  }'],
    [{ "a-b": 1, "1a": 2, _a1: 3, A: 4 }, '{\n    "a-b" = 1\n    "1a"  = 2\n    _a1   = 3\n    A     = 4\n  }'],
    [{ "a b": 1, "": 2 }, '{\n    "a b" = 1\n    ""    = 2\n  }'],
    [{ 日本: 1, e: 2 }, '{\n    "日本" = 1\n    e    = 2\n  }'],
    [{ "e\u0301": 1, ef: 2 }, '{\n    "e\u0301" = 1\n    ef  = 2\n  }'],
  ])("%j is %s", (value, hcl) => {
    expect(written(value)).toBe(hcl);
  });

  test.each([
    ["a template beside a lone carriage return", "\r${a}", "a text"],
    ["another kind of template beside one", "\r%{a}", "a text"],
    ["a byte order mark", "\ufeff", "a text"],
    ["a comment", "${a # b\n}", "an expression"],
    ["a comment of another kind", "${a // b\n}", "an expression"],
    ["a comment within a line", "${a /* b */}", "an expression"],
    ["a heredoc", "${<<A\nA\n}", "an expression"],
  ])("%s is refused", (_, value, expected) => {
    expect(() => toHcl({ locals: { a: value } })).toThrow(
      new Error(
        `Received the text ${JSON.stringify(value)} in locals, expected ${
          expected === "a text"
            ? "a text without a byte order mark at its beginning, and without a template beside a lone carriage return: Terraform reads them differently in JSON. Leave them out, or synthesize JSON."
            : "an expression without a comment or a heredoc, which aren't supported. Leave it out, or synthesize JSON."
        }`.replace("\ufeff", "\\u{feff}"),
      ),
    );
  });

  test.each(["${a", "a ${b", "%{if a", '${"a}', '${f("${a}"', "${ { a = 1 }"])(
    "the expression of %p doesn't end: it isn't cut off",
    (value) => {
      expect(() => toHcl({ locals: { a: value } })).toThrow(
        new Error(
          `Received the text ${JSON.stringify(value)} in locals, expected an expression that ends with }: Terraform can't read it either. Add the }, or write $\${ or %%{ for the text itself.`,
        ),
      );
    },
  );

  test("what looks like a comment in a text, or is a division, is none", () => {
    expect(written('${"# // /*"}')).toBe('"# // /*"');
    expect(written("${a / b}")).toBe("a / b");
    expect(written("${a < b}")).toBe("a < b");
    expect(written("# // <<")).toBe('"# // <<"');
    expect(written("a\ufeff")).toBe('"a\ufeff"');
    expect(written("\r$")).toBe('"\\r$"');
  });

  test("references have no quotes, in lists and mappings neither", () => {
    const run = (value: unknown) => toHcl({ run: { r: { expect_failures: value } } });
    expect(run(["var.a"])).toContain("expect_failures = [var.a]");
    expect(run("${var.a}")).toContain("expect_failures = var.a");
    expect(run({ a: "b" })).toContain("expect_failures = {\n    a = b\n  }");
    expect(run(1)).toContain("expect_failures = 1");
    expect(run("a\n+ b")).toContain("expect_failures = a\n  + b");
  });
});
