import { parse } from "@cdktf/hcl2json";
import { parseEnvironments } from "../../../stacks/environments/environments";
import { toHcl } from "../../../stacks/output/hcl";
import { portableEnvironment } from "../../../stacks/portable/portable";
import type { Terraform } from "../../../stacks/written-stack";
import { thoroughTest } from "../../support/thorough";

/** Arguments whose strings are references, which HCL writes without quotes. */
const REFERENCES = "from to type depends_on ignore_changes replace_triggered_by provider providers iterator".split(" ");

/** What hcl2json and CDKTF write differently with the same meaning: lists around a single block, references and keys in quotes, JSON, and lines. */
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
      entries.map(([name, child]) => [
        name,
        settled(
          name === "schema"
            ? String(child)
                .replace(/^\$\{jsonencode\((.*)\)\}$/s, "$1")
                .replaceAll("=", ":")
            : child,
          isReference || ((name !== "provider" || typeof child === "string") && REFERENCES.includes(name)),
        ),
      ]),
    );
  }
  if (typeof value !== "string") return value;
  return (isReference ? value.replace(/^\$\{(.*)\}$/s, "$1") : value).replace(/[\s,"]+/g, "");
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
  without-service-quotas-role: { account: "444455556666", region: us-east-1, read-only: {} }
`;
const ROOTS = parseEnvironments(YAML, "environments.yaml").map((environment) => portableEnvironment(environment));
const [adopted, handedBack] = ROOTS as [Terraform, Terraform];

/** Everything that the project writes. */
const WRITTEN: readonly (readonly [what: string, terraform: Terraform])[] = [
  ["an environment's root", adopted],
  ["a root that hands back the Service Quotas role", handedBack],
];

test.each(WRITTEN)("%s in HCL means the same as in JSON", async (_, terraform) => {
  expect(settled(await parse("main.tf", toHcl(terraform)))).toEqual(settled(terraform));
});

test.each(WRITTEN)("%s has no line longer than 120 characters but a sentence", (_, terraform) => {
  const long = toHcl(terraform)
    .split("\n")
    .filter((line) => line.length > 120);
  expect(long.filter((line) => !/^ +(description|error_message) += "/.test(line))).toEqual([]);
});

const schemaOf = (schema: string) => toHcl({ resource: { aws_cloudcontrolapi_resource: { n: { schema } } } });

test("a schema is the same JSON for Terraform, as a mapping; what jsonencode writes in another way stays a text", () => {
  for (const text of ['{"b":1,"a":2}', '{"a":"<"}', '"a"', "${var.schema}"])
    expect(schemaOf(text)).not.toContain("jsonencode");
  expect(schemaOf('{"a":["b"],"c":{"d":false}}')).toContain(
    '  schema = jsonencode({\n    a = ["b"]\n    c = {\n      d = false\n    }\n  })\n',
  );
});

thoroughTest("HCL has the form of terraform fmt", async () => {
  const { format } = await import("@cdktf/hcl-tools");
  const hcl = WRITTEN.map(([, terraform]) => toHcl(terraform)).join("\n");
  expect(await format(hcl)).toBe(hcl);
});

describe("a value in HCL", () => {
  const hclOf = (value: unknown) => toHcl({ locals: { a: value } }).slice("locals {\n  a = ".length, -"\n}\n".length);

  test.each<[value: unknown, hcl: string]>([
    [1.5, "1.5"],
    [true, "true"],
    [null, "null"],
    ["", '""'],
    ["a b", '"a b"'],
    ['"\\', '"\\"\\\\"'],
    ["a\tb\n", '"a\\tb\\n"'],
    ["ü€😀\u0001", '"ü€😀\\u0001"'],
    ["$ % $a %a", '"$ % $a %a"'],
    ["$${a}", '"$${a}"'],
    ["%%{a}", '"%%{a}"'],
    ['%{if a == "x"}"%{endif}', '"%{if a == "x"}\\"%{endif}"'],
    ["$%{a}$", '"$%{a}$"'],
    ["$${", '"$${"'],
    ['$${a "b"}', '"$${a \\"b\\"}"'],
    ['%%{a "b"}', '"%%{a \\"b\\"}"'],
    ['${"${~a}"}', '"${~a}"'],
    ['${"${a~}"}', '"${a~}"'],
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
    ["${{a=1}}", "{ a=1 }"],
    ["${{}}", "{}"],
    ["${{ a = 1 }}", "{ a = 1 }"],
    ["${[for x in y : {a=x}]}", "[for x in y : { a=x }]"],
    ["${f(\n1,\n2\n)}", "f(\n  1,\n  2\n  )"],
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
  ])("the value %j is %s in HCL", (value, hcl) => {
    expect(hclOf(value)).toBe(hcl);
  });

  const [long, longer] = ["long", "longer"].map((name) => name.repeat(12)) as [string, string];
  test.each<[value: string, hcl: string[]]>([
    [`\${f(${long}, ${longer})}`, ["f(", `  ${long},`, `  ${longer},`, ")"]],
    [`\${f([${long}, ${longer}])}`, ["f([", `  ${long},`, `  ${longer},`, "])"]],
    [`\${${long}.a(1) + [${longer}]}`, [`${long}.a(1) + [`, `  ${longer},`, "]"]],
    [
      `\${f({"b" = ${long}, "c d" = "${longer}, (", "e" = "["})}`,
      ["f({", `  b     = ${long}`, `  "c d" = "${longer}, ("`, '  e     = "["', "})"],
    ],
    [
      `\${[for x in ${long} : x if f(x) == "${longer}"]}`,
      ["[", `  for x in ${long} :`, "  x", `  if f(x) == "${longer}"`, "]"],
    ],
    [`\${${long}.${longer}}`, [`${long}.${longer}`]],
  ])("of a long expression %j, what stands in its last brackets is on lines of its own", (value, lines) => {
    expect(hclOf(value)).toBe(lines.join("\n  "));
  });

  test.each([
    ["a lone carriage return, after which JSON has no templates", "a\r${a}", "a text without"],
    ["a byte order mark, which JSON doesn't keep", "\ufeff", "a text without"],
    ["a backspace", "\b", "a text without"],
    ["a form feed", "\f", "a text without"],
    ["a comment", "${f(a # b\n)}", "an expression that"],
    ["a comment of another kind", "${a // b }", "an expression that"],
    ["a comment within a line", "${a /* } */ + b}", "an expression that"],
    ["a heredoc", "${f(<<A\n}\nA\n)}", "an expression that"],
    ["a line break outside brackets", "${a\n+ b}", "an expression that"],
    ["a quote in a template in a string", '${f("${g("a")}")}', "an expression that"],
    ["a brace in a template in a string", '${f("${ {} }")}', "an expression that"],
    ["an expression that doesn't end", "a ${b", "an expression that"],
    ["a directive that doesn't end", "%{if a", "an expression that"],
    ["a string in it that doesn't", '${"a}', "an expression that"],
    ["a mapping in it that doesn't", "${ { a = 1 }", "an expression that"],
    ["more that closes than opens", "${a)}", "an expression that"],
  ])("%s is refused", (_, value, expected) => {
    expect(() => toHcl({ output: { own: { value } } })).toThrow(
      new RegExp(`^output "own": Received the text ".*", expected ${expected}.*synthesize JSON\\.$`),
    );
  });

  test.each([
    ['${"# // /*"}', '"# // /*"'],
    ["${a / b}", "a / b"],
    ["${a < b}", "a < b"],
    ["# // <<", '"# // <<"'],
    ["a\ufeff", '"a\ufeff"'],
    ["a\r\n${a}", '"a\\r\\n${a}"'],
  ])("the text %j isn't refused, but written as %s", (value, hcl) => {
    expect(hclOf(value)).toBe(hcl);
  });

  test("references have no quotes, not even in lists and mappings", () => {
    const module = (value: unknown) => toHcl({ module: { m: { depends_on: value } } });
    expect(module(["var.a"])).toContain("depends_on = [var.a]");
    expect(module("${var.a}")).toContain("depends_on = var.a");
    expect(toHcl({ module: { m: { providers: { a: "b" } } } })).toContain("providers = {\n    a = b\n  }");
    expect(module(1)).toContain("depends_on = 1");
    expect(module("a\n+ b")).toContain("depends_on = a\n  + b");
  });
});

describe("the form of HCL", () => {
  test("sections are in the order in which people read them, with a line between blocks", () => {
    const terraform = {
      output: { o: { value: 1 } },
      removed: [{ from: "a.b" }],
      moved: [{ to: "a.c", from: "a.b" }],
      import: [{ id: "i", to: "a.b" }],
      resource: { aws_iam_role: { n: { a: 1 } } },
      module: { m: { source: "./m" } },
      data: { aws_iam_policy_document: { n: {} } },
      locals: { l: 1 },
      variable: { v: { type: "any" } },
      provider: { aws: [{ region: "r" }, { alias: "x" }] },
      terraform: { required_version: ">= 1" },
      "//": { metadata: {} },
      check: { c: { assert: [{ a: 1 }] } },
    };
    const order = "terraform provider provider variable locals data module resource import moved removed check output";
    expect([...toHcl(terraform).matchAll(/^[a-z_]+/gm)].join(" ")).toBe(order);
    expect(toHcl(terraform)).toContain(
      'variable "v" {\n  type = any\n}\n\nlocals {\n  l = 1\n}\n\ndata "aws_iam_policy_document" "n" {}\n\nmodule "m" {\n',
    );
    expect(toHcl(terraform)).toContain(
      '\nimport {\n  to = a.b\n  id = "i"\n}\n\nmoved {\n  from = a.b\n  to   = a.c\n}\n\nremoved {\n  from = a.b\n}\n',
    );
  });

  test("only some sections may be written", () => {
    const terraform = { variable: { v: {} }, output: { o: {} }, locals: {} };
    expect(toHcl(terraform, ["output", "locals"])).toBe('locals {}\n\noutput "o" {}\n');
    expect(toHcl({ "//": {} })).toBe("\n");
  });

  test("an unknown section is named with all known ones", () => {
    expect(() => toHcl({ other: {} })).toThrow(
      new Error(
        'Received the section "other", expected one of terraform, provider, variable, locals, data, module, resource, import, moved, removed, check, output: only these are written as HCL. Synthesize JSON, without --hcl.',
      ),
    );
    expect(() => toHcl({ constructor: {} })).toThrow('Received the section "constructor"');
  });

  test("arguments come before blocks, those that people want to read first at the beginning, without remarks", () => {
    const resource = {
      lifecycle: { prevent_destroy: true },
      z: 1,
      "//": { metadata: {} },
      b: 2,
      description: "d",
      name: "n",
      for_each: "${var.a}",
      count: 1,
      depends_on: ["a.b", "a.c"],
      provider: "aws.x",
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

  test("what people want to read first has a fixed order", () => {
    const order =
      "source version count for_each from to id name path type type_name description default nullable condition test variable effect actions";
    const keys = order.split(" ");
    const block = Object.fromEntries(["other", ...keys.toReversed()].map((key) => [key, 1]));
    const hcl = toHcl({ resource: { aws_iam_role: { n: { ...block, condition: "c" } } } });
    expect([...hcl.matchAll(/^ {2}(\w+) += /gm)].map(([, key]) => key)).toEqual([...keys, "other"]);
  });

  test("every block that the project has is known by its name", () => {
    const condition = [{ condition: "${true}" }];
    const dynamic = { statement: { for_each: "${[]}", iterator: "it", content: { a: 1 } } };
    const lifecycle = { precondition: condition, postcondition: condition };
    const backend = { s3: { bucket: "b" } };
    const hcl = toHcl({
      terraform: { backend, cloud: { workspaces: { name: "w" } }, required_providers: { aws: { source: "s" } } },
      provider: { aws: { assume_role: [{ role_arn: "a" }] } },
      variable: { v: { validation: condition } },
      resource: { aws_iam_role: { n: { lifecycle, dynamic } } },
      check: { c: { assert: condition } },
    });
    expect([...hcl.matchAll(/^ +(\w+(?: "\w+")?) \{/gm)].map(([, header]) => header).join(", ")).toBe(
      'backend "s3", cloud, workspaces, required_providers, assume_role, validation, lifecycle, precondition, postcondition, dynamic "statement", content, assert',
    );
  });

  test("what Terraform's own resource remembers is an argument", () => {
    expect(toHcl({ resource: { terraform_data: { n: { input: { a: 1 } } } } })).toContain(
      "  input = {\n    a = 1\n  }\n",
    );
  });

  test("in locals and modules, everything is an argument, whatever its name", () => {
    const fields = { lifecycle: { a: 1 }, condition: [{ b: 1 }] };
    const lines = "  lifecycle = {\n    a = 1\n  }";
    for (const terraform of [{ locals: fields }, { module: { m: fields } }]) expect(toHcl(terraform)).toContain(lines);
    expect(
      toHcl({ module: { m: { ...fields, providers: { "aws.x": "aws.y", aws: "aws" }, depends_on: ["a.b"] } } }),
    ).toContain('  providers = {\n    "aws.x" = aws.y\n    aws     = aws\n  }\n');
  });

  test("references of every kind of block have no quotes", () => {
    const referring = { provider: "aws.x", depends_on: ["a.b"] };
    const lines = ["  provider   = aws.x\n", "  depends_on = [a.b]\n"];
    for (const section of ["data", "resource"]) {
      for (const line of lines) expect(toHcl({ [section]: { aws_iam_role: { n: referring } } })).toContain(line);
    }
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
        'resource "aws_iam_role" "n": lifecycle: dynamic "x": content: Received "other", expected a key that this package writes: HCL writes blocks differently from arguments. Leave it out, or synthesize JSON.',
      ),
    );
  });

  test.each([
    [{ resource: { aws_iam_role: { n: { tags: { a: 1 } } } } }, "tags = {"],
    [{ resource: { aws_iam_role: { n: { other: [1, 2] } } } }, "other = ["],
    [{ data: { aws_iam_policy_document: { n: { other: null } } } }, "other = null"],
    [{ resource: { aws_iam_role: { n: { lifecycle: null } } } }, "lifecycle = null"],
    [{ terraform: { required_providers: { cloud: { source: "s" } } } }, "cloud = {"],
    [{ provider: { aws: { other: [] } } }, "other = []"],
    [{ variable: { v: { default: [{ a: 1 }] } } }, "default = ["],
    [{ terraform: { experiments: ["a"] } }, 'experiments = ["a"]'],
    [{ output: { o: { value: { a: 1 } } } }, "value = {"],
    [{ resource: { aws_iam_role: { n: { dynamic: { statement: { iterator: "it" } } } } } }, "iterator = it"],
  ])("an argument of %j is clear", (terraform, text) => {
    expect(toHcl(terraform)).toContain(text);
  });

  test.each([
    [{ resource: { aws_iam_role: { n: { other: [1, { a: 1 }] } } } }],
    [{ data: { aws_iam_policy_document: { n: { other: [{}] } } } }],
    [{ provider: { aws: { other: [{}] } } }],
    [{ resource: { aws_iam_role: { n: { other: { a: 1 } } } } }],
    [{ terraform: { other: {} } }],
  ])("%j is refused, since it could be blocks", (terraform) => {
    expect(() => toHcl(terraform)).toThrow('Received "other", expected');
  });
});
