import { readDesiredState } from "../../../cli/terraform/expression";
import type { Verdict } from "../../../cli/terraform/verdict";
import { CHANNEL, changed, type Draft } from "../../support/edited-stack";

test.each<[string, string, object]>([
  ["JSON", '{"TeamId":"T01","NotifyOnResolveCase":false}', { TeamId: "T01", NotifyOnResolveCase: false }],
  ["an empty call", "${jsonencode({})}", {}],
  [
    "texts, flags and a role's ARN",
    '${jsonencode({"TeamId" = "T01", "A" = true, "B" = false, "ChannelRoleArn" = aws_iam_role.read-only_2.arn})}',
    { TeamId: "T01", A: true, B: false, ChannelRoleArn: "${aws_iam_role.read-only_2.arn}" },
  ],
  ["a call over several lines", '${jsonencode({\n"A" = true,\n"B" = ""\n})}', { A: true, B: "" }],
  [
    "a name that looks like an argument",
    String.raw`${"$"}{jsonencode({"ChannelName" = "\"a\" = b, \\", "A" = "true"})}`,
    { ChannelName: '"a" = b, \\', A: "true" },
  ],
  ["a text that looks like a role", '${jsonencode({"A" = "aws_iam_role.a.arn"})}', { A: "aws_iam_role.a.arn" }],
])("reads %s", (_, text, expected) => {
  expect(readDesiredState(text)).toEqual(expected);
});

test.each([
  ["a number", 7],
  ["a list of one call", ['${jsonencode({"A" = true})}']],
  ["JSON that is no mapping", "[]"],
  ["half of JSON", "{"],
  ["a key that stands twice", '{"A":true,"A":false}'],
  ["a variable", "${jsonencode(var.channel)}"],
  ["text before the call", 'a${jsonencode({"A" = true})}'],
  ["text after the call", '${jsonencode({"A" = true})}a'],
  ["a local within the call", '${jsonencode({"A" = local.a})}'],
  ["another attribute of a role", '${jsonencode({"A" = aws_iam_role.full.name})}'],
  ["a role without a name", '${jsonencode({"A" = aws_iam_role..arn})}'],
  ["a key without quotes", "${jsonencode({A = true})}"],
  ["an empty key", '${jsonencode({"" = true})}'],
  ["a nested call", '${jsonencode({"A" = jsonencode({"B" = true})})}'],
])("doesn't read %s", (_, value) => {
  expect(readDesiredState(value)).toBeUndefined();
});

describe("each change, beside its twin that looks alike", () => {
  test.each<[string, Verdict, (draft: Draft) => void]>([
    [
      "a channel by an expression",
      "unknown",
      (draft) => (draft.resource.aws_cloudcontrolapi_resource[CHANNEL].desired_state = "${jsonencode(var.channel)}"),
    ],
  ])("%s: %s", (_, verdict, edit) => {
    expect(changed(edit).verdict).toBe(verdict);
  });
});

describe("what hides a change is not taken for nothing", () => {
  test.each<[string, Verdict, (draft: Draft) => void]>([
    [
      "a channel of another by a bare name",
      "unknown",
      (draft) => {
        draft.resource.aws_cloudcontrolapi_resource[CHANNEL].desired_state =
          draft.resource.aws_cloudcontrolapi_resource[CHANNEL].desired_state.replace('"C01"', "local.c");
      },
    ],
    [
      "an expression in the notifications of a channel",
      "unknown",
      (draft) => {
        const one = draft.resource.aws_cloudcontrolapi_resource[CHANNEL];
        one.desired_state = one.desired_state.replace('"none"', '"${var.severity}"');
      },
    ],
  ])("%s: %s", (_, verdict, edit) => {
    expect(changed(edit).verdict).toBe(verdict);
  });
});

describe("references that lead nowhere are not taken for nothing", () => {
  const channel = (draft: Draft) => draft.resource.aws_cloudcontrolapi_resource[CHANNEL];

  test.each<[string, Verdict, (draft: Draft) => void]>([
    [
      "a channel in plain JSON",
      "unknown",
      (draft) => {
        const [TeamId, ChannelId] = ["T01", "C01"];
        channel(draft).desired_state = JSON.stringify({
          TeamId,
          ChannelId,
          ChannelRoleArn: "${aws_iam_role.full.arn}",
          ChannelName: "oncall",
          NotifyOnCaseSeverity: "none",
          NotifyOnCreateOrReopenCase: false,
          NotifyOnAddCorrespondenceToCase: false,
          NotifyOnResolveCase: false,
        });
      },
    ],
    [
      "a channel that is no JSON",
      "unknown",
      (draft) => {
        channel(draft).desired_state = "{";
      },
    ],
    [
      "a channel whose ID is an expression",
      "unknown",
      (draft) => {
        channel(draft).desired_state = '{"TeamId":"${var.team}","ChannelId":"C01","ChannelRoleArn":"a"}';
      },
    ],
  ])("%s: %s", (_, verdict, edit) => {
    expect(changed(edit).verdict).toBe(verdict);
  });
});
