import { elsewhereIn, readDesiredState, referenceOf } from "../../../cli/terraform/expression";

test.each([
  ["${aws_iam_role.full.arn}", "aws_iam_role.full", "arn"],
  ["${aws_iam_role.read-Only_2.name}", "aws_iam_role.read-Only_2", "name"],
])("%s refers to %s", (text, address, attribute) => {
  expect(referenceOf(text)).toEqual({ address, attribute });
});

test.each([
  ["nothing", undefined],
  ["a list of one reference", ["${aws_iam_role.full.arn}"]],
  ["a role without an attribute", "${aws_iam_role.full}"],
  ["one of several", "${aws_iam_role.full[0].arn}"],
  ["a call", "${lower(aws_iam_role.full.arn)}"],
  ["one after a text", "a ${aws_iam_role.full.arn}"],
  ["one before a text", "${aws_iam_role.full.arn} b"],
])("%s is no reference", (_, value) => {
  expect(referenceOf(value)).toBeUndefined();
});

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
  expect(elsewhereIn(text)).toBeUndefined();
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
])("%s decides a value from outside of the Terraform", (_, text) => {
  expect(elsewhereIn(text)).toEqual({ path: [], source: text });
});

test("where the first such value is, among mappings, lists and keys", () => {
  expect(elsewhereIn({ a: "${local.a}", b: [null, { c: "${var.b}" }], d: "${var.d}" })).toEqual({
    path: ["b", "1", "c"],
    source: "${var.b}",
  });
  expect(elsewhereIn({ tags: { "${local.a}": "b", "${var.key}": "a" } })).toEqual({
    path: ["tags", "${var.key}"],
    source: "${var.key}",
  });
  expect(elsewhereIn({ "var.a": "var.b", "${lower(local.a)}": 1, b: [null, undefined, 7] })).toBeUndefined();
});

test.each<[string, string, object]>([
  ["JSON", '{"TeamId":"T01","NotifyOnResolveCase":false}', { TeamId: "T01", NotifyOnResolveCase: false }],
  [
    "texts, flags and a role's ARN",
    '${jsonencode({"TeamId" = "T01", "A" = true, "B" = false, "ChannelRoleArn" = aws_iam_role.read-only_2.arn})}',
    { TeamId: "T01", A: true, B: false, ChannelRoleArn: "${aws_iam_role.read-only_2.arn}" },
  ],
  [
    "a name that looks like an argument",
    String.raw`${"$"}{jsonencode({"ChannelName" = "\"a\" = b, \\", "A" = "true"})}`,
    { ChannelName: '"a" = b, \\', A: "true" },
  ],
  ["a text that looks like a role", '${jsonencode({"A" = "aws_iam_role.a.arn"})}', { A: "aws_iam_role.a.arn" }],
])("a desired state: %s", (_, text, expected) => {
  expect(readDesiredState(text)).toEqual(expected);
});

test.each([
  ["a list of one call", ['${jsonencode({"A" = true})}']],
  ["JSON that is no mapping", "[]"],
  ["a key that stands twice", '{"A":true,"A":false}'],
  ["a variable", "${jsonencode(var.channel)}"],
  ["a local within the call", '${jsonencode({"A" = local.a})}'],
  ["another attribute of a role", '${jsonencode({"A" = aws_iam_role.full.name})}'],
  ["a call after a text", 'a ${jsonencode({"A" = true})}'],
  ["a call before a text", '${jsonencode({"A" = true})} b'],
  ["no JSON", "{"],
  ["a nested call", '${jsonencode({"A" = jsonencode({"B" = true})})}'],
])("no desired state: %s", (_, value) => {
  expect(readDesiredState(value)).toBeUndefined();
});
