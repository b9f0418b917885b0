import { toHcl } from "../../stacks/output/hcl";

describe("the form of HCL", () => {
  test("sections are in the order in which people read them, with a line between blocks", () => {
    const all = {
      ...{ output: { o: { value: 1 } }, run: { r: { command: "plan" } }, mock_provider: { aws: {} } },
      ...{ removed: [{ from: "a.b" }], moved: [{ to: "a.c", from: "a.b" }], import: [{ id: "i", to: "a.b" }] },
      ...{
        resource: { aws_iam_role: { n: { a: 1 } } },
        module: { m: { source: "./m" } },
        data: { aws_iam_policy_document: { n: {} } },
      },
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

data "aws_iam_policy_document" "n" {}

module "m" {
  source = "./m"
}

resource "aws_iam_role" "n" {
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
        'Received the section "other", expected one of terraform, provider, variable, locals, data, module, resource, import, moved, removed, output, mock_provider, run: only these are written as HCL. Synthesize JSON, without --hcl.',
      ),
    );
    expect(() => toHcl({ constructor: {} })).toThrow('Received the section "constructor"');
  });

  test("arguments come before blocks, those that people want to read first at the beginning, without remarks", () => {
    const resource = {
      ...{ lifecycle: { prevent_destroy: true }, z: 1, "//": { metadata: {} }, b: 2, description: "d", name: "n" },
      ...{ for_each: "${var.a}", count: 1, depends_on: ["a.b", "a.c"], provider: "aws.x" },
    };
    expect(toHcl({ resource: { aws_iam_role: { n: resource } } })).toBe(`resource "aws_iam_role" "n" {
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
}
`);
  });

  test("the order of what people want to read first", () => {
    const order =
      "command source version count for_each from to id name path type type_name description default nullable condition test variable effect actions";
    const keys = order.split(" ");
    const block = Object.fromEntries(["other", ...keys.toReversed()].map((key) => [key, 1]));
    const written = toHcl({ resource: { aws_iam_role: { n: { ...block, condition: "c" } } } });
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
        aws_iam_role: {
          n: {
            lifecycle: { precondition: [{ condition: "${true}" }], postcondition: [{ condition: "${true}" }] },
            dynamic: { statement: { for_each: "${[]}", iterator: "it", content: { a: 1 } } },
          },
        },
      },
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

resource "aws_iam_role" "n" {
  lifecycle {
    precondition {
      condition = true
    }

    postcondition {
      condition = true
    }
  }

  dynamic "statement" {
    for_each = []
    iterator = it

    content {
      a = 1
    }
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
      for (const line of both) expect(toHcl({ [section]: { aws_iam_role: { n: referring } } })).toContain(line);
    }
    expect(toHcl({ module: { m: { depends_on: ["a.b"] } } })).toContain("depends_on = [a.b]");
    expect(toHcl({ output: { o: { depends_on: ["a.b"] } } })).toContain("depends_on = [a.b]");
    expect(toHcl({ import: [{ provider: "aws.x" }] })).toContain("provider = aws.x");
    const lifecycle = { ignore_changes: ["tags"], replace_triggered_by: ["a.b"] };
    expect(toHcl({ resource: { aws_iam_role: { n: { lifecycle } } } })).toContain(
      "ignore_changes       = [tags]\n    replace_triggered_by = [a.b]\n",
    );
    expect(toHcl({ locals: { provider: "aws.x" } })).toContain('provider = "aws.x"');
  });

  test("an unclear key is named with everything around it", () => {
    expect(() =>
      toHcl({ resource: { aws_iam_role: { n: { lifecycle: { dynamic: { x: { content: { other: [{}] } } } } } } } }),
    ).toThrow(
      new Error(
        'Received "other" in content in dynamic "x" in lifecycle in resource "aws_iam_role" "n", expected a key that this package writes: HCL writes blocks differently from arguments. Leave it out, or synthesize JSON.',
      ),
    );
  });

  test.each([
    [{ resource: { aws_iam_role: { n: { tags: { a: 1 } } } } }, "tags = {"],
    [{ resource: { aws_iam_role: { n: { other: [1, 2] } } } }, "other = ["],
    [{ data: { aws_iam_policy_document: { n: { other: null } } } }, "other = null"],
    [{ resource: { aws_iam_role: { n: { lifecycle: null } } } }, "lifecycle = null"],
    [{ run: { r: { variables: { condition: { a: 1 } } } } }, "condition = {"],
    [{ terraform: { required_providers: { cloud: { source: "s" } } } }, "cloud = {"],
    [{ provider: { aws: { other: [] } } }, "other = []"],
    [{ variable: { v: { default: [{ a: 1 }] } } }, "default = ["],
    [{ terraform: { experiments: ["a"] } }, 'experiments = ["a"]'],
  ])("an argument of %j is clear", (terraform, text) => {
    expect(toHcl(terraform)).toContain(text);
  });

  test.each([
    [{ resource: { aws_iam_role: { n: { other: [1, { a: 1 }] } } } }],
    [{ data: { aws_iam_policy_document: { n: { other: [{}] } } } }],
    [{ provider: { aws: { other: [{}] } } }],
    [{ resource: { aws_iam_role: { n: { other: { a: 1 } } } } }],
    [{ terraform: { other: {} } }],
  ])("%j could be blocks", (terraform) => {
    expect(() => toHcl(terraform)).toThrow('Received "other" in ');
  });
});
