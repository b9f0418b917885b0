import { isLiteral, isText, readDesiredState, referenceOf } from "../../../cli/terraform/expression";

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
])("a desired state is read: %s", (_, text, expected) => {
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
])("%s is no desired state", (_, value) => {
  expect(readDesiredState(value)).toBeUndefined();
});

test("Terraform uses a value without a template as it is written, and a text is such a value", () => {
  expect([isLiteral({ a: ["b", 1, null] }), isLiteral({ a: ["${local.b}"] })]).toEqual([true, false]);
  expect([isText("a"), isText("a ${local.b}"), isText(1), isText(["a"])]).toEqual([true, false, false, false]);
});
