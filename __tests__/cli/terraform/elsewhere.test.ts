import { elsewhereInEntry, elsewhereInStack } from "../../../cli/terraform/elsewhere";
import type { TerraformJson } from "../../../cli/terraform/synthesized-folder";
import { digestOutput } from "../../../stacks/output/stack-digest";
import { CHANNEL, edited, ONCALL, stackOf } from "../../support/edited-stack";

/** What a local value has that depends on anything else. */
const inLocal = (value: unknown) => elsewhereInEntry({ address: "locals.a", section: "locals", value });

describe("an expression", () => {
  test.each([
    ["calls a function", "${jsonencode(tomap(local.a))}"],
    ["calls nothing", "${(1 + 2) * local.a}"],
    ["refers to a data source of this stack", "${data.aws_region.here.name}"],
    ["refers to where it runs", "${data.aws_partition.here.id}"],
    ["calls functions, with spaces and line breaks", "${lower  (\n upper(local.a))}"],
    ["refers to something whose name ends like a variable", "${aws_iam_role.myvar.arn}"],
    ["has a remark without a call", "${local.a /* see # 7 */ // b\n}"],
    ["is none, though it looks like one", "timestamp() of var.a"],
  ])("an expression that gives the same every time %s", (_, text) => {
    expect(inLocal(text)).toBeUndefined();
  });

  test.each([
    ["a variable", "${var.a}"],
    ["the workspace", "${terraform.workspace}"],
    ["a folder", "${path.module}"],
    ["a data source that may find something else", "${data.aws_iam_roles.all.names}"],
    ["the time", "${timestamp()}"],
    ["a file", '${file("a")}'],
    ["a call with spaces", "${timestamp \n ()}"],
    ["a variable with a space", "${var .a}"],
    ["a provider's function", "${provider::aws::lower(local.a)}"],
    ["a function whose name ends like a pure one", "${x-lower(local.a)}"],
    ["a call that a remark may hide", "${lower /* a */ (local.a)}"],
    ["a call beside a remark", "${lower(local.a) // a\n}"],
  ])("an expression has a value from outside of the Terraform by %s", (_, source) => {
    expect(inLocal(source)).toEqual({ reason: "reads-elsewhere", address: "locals.a", source });
  });

  test("an expression is reported where the first one is, among mappings, lists and keys", () => {
    expect(inLocal({ a: "${local.a}", b: [null, { c: "${var.b}" }], d: "${var.d}" })).toMatchObject({
      ...{ address: "locals.a.b.1.c", source: "${var.b}" },
    });
    expect(inLocal({ tags: { "${local.a}": "b", "${var.key}": "a" } })).toMatchObject({
      ...{ address: "locals.a.tags.${var.key}", source: "${var.key}" },
    });
    expect(inLocal({ "var.a": "var.b", "${lower(local.a)}": 1, b: [null, undefined, 7] })).toBeUndefined();
  });
});

const ROLE = { name: "a" };

test.each<[what: string, terraform: TerraformJson, address: string, source: unknown]>([
  ["the time", { locals: { a: ["${timestamp()}"] } }, "locals.a.0", "${timestamp()}"],
  ["a module", { module: { a: {} } }, "module.a", {}],
  ["modules in another form", { module: [{ a: {} }] }, "module", [{ a: {} }]],
  ["a variable", { variable: { a: {} } }, "variable.a", {}],
  ["a resource of another provider", { resource: { null_resource: { a: ROLE } } }, "null_resource.a", ROLE],
  ["resources of another provider in another form", { resource: { null_resource: [ROLE] } }, "null_resource", [ROLE]],
  ["resources and data sources in no form", { resource: 1 }, "resource", 1],
  ["another data source", { data: { aws_iam_roles: { a: ROLE } } }, "data.aws_iam_roles.a", ROLE],
  [
    "a program that runs with a resource, whatever CDKTF remarks",
    { resource: { aws_iam_role: { a: { provisioner: [], "//": { metadata: {} } } } } },
    "aws_iam_role.a",
    { provisioner: [] },
  ],
  ["a connection", { resource: { aws_iam_role: { a: { connection: {} } } } }, "aws_iam_role.a", { connection: {} }],
  ["a data source in a check, even of AWS", { check: { a: { data: {} } } }, "check.a", { data: {} }],
  [
    "a data source in one of several blocks of a check",
    { check: { a: [{ assert: [] }, { data: {} }] } },
    "check.a",
    [{ assert: [] }, { data: {} }],
  ],
])("a stack depends on something outside by %s", (_, terraform, address, source) => {
  expect(elsewhereInStack(terraform)).toEqual([{ reason: "reads-elsewhere", address, source }]);
});

test("a stack of AWS's own resources, of data sources that know only the Terraform, depends on nothing else", () => {
  const data = { aws_iam_policy_document: { a: {} }, aws_caller_identity: { a: {} }, aws_region: { a: {} } };
  expect(elsewhereInStack({ resource: { aws_iam_role: { a: ROLE } }, data, module: {}, variable: {} })).toEqual([]);
  expect(elsewhereInStack({ output: 1, locals: "x", check: { a: { assert: [] } } })).toEqual([]);
});

describe("a stack that the constructs write", () => {
  const WHOLE = stackOf(`full: { ${ONCALL} }, account-alias: Payments`);
  const addressesIn = (edit: Parameters<typeof edited>[1]) =>
    elsewhereInStack(edited(WHOLE, edit).terraform).map(({ address }) => address);

  test("a stack that the constructs write depends on nothing else, though it lists differences with the time", () => {
    expect(addressesIn(() => {})).toEqual([]);
    expect(addressesIn(({ output }) => (output.support_app_differences.value = "${plantimestamp()}"))).toEqual([
      "output.support_app_differences.value",
    ]);
  });

  test("a stack that the constructs write depends on something else if its guard runs a program, and if there is a second guard", () => {
    expect(addressesIn(({ resource }) => (resource.terraform_data.support_app_place.provisioner = []))).toEqual([
      "terraform_data.support_app_place",
    ]);
    expect(addressesIn(({ resource }) => (resource.terraform_data.own = { input: "a" }))).toEqual([
      "terraform_data.own",
    ]);
  });

  test("a stack that the constructs write depends on something else if a check reads a file", () => {
    expect(addressesIn(({ check }) => (check[CHANNEL].assert[0].condition = '${length(file("/x")) == 0}'))).toEqual([
      `check.${CHANNEL}.assert.0.condition`,
    ]);
  });
});

test("a stack's digest depends on something outside only if its value or a changed precondition does", () => {
  const bare = { locals: { a: 1 } };
  const digest = digestOutput(bare);
  const addressesIn = (output: object, outputs: TerraformJson = {}) =>
    elsewhereInStack({ ...bare, output: { ...outputs, support_app_digest: output } }).map(({ address }) => address);
  expect([addressesIn(digest), addressesIn({ ...digest, value: "0" })]).toEqual([[], []]);
  const condition = "${timestamp() != 7}";
  expect(addressesIn({ ...digest, precondition: [{ condition }] })).toEqual([
    "output.support_app_digest.precondition.0.condition",
  ]);
  expect(addressesIn({ ...digest, value: "${timestamp()}" })).toEqual(["output.support_app_digest.value"]);
  expect(addressesIn(digest, { a: "${var.a}" })).toEqual(["output.a"]);
});
