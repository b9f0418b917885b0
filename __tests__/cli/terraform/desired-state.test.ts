import type { Verdict } from "../../../cli/terraform/verdict";
import { CHANNEL, changed, type Draft } from "../../support/edited-stack";

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
      "an expression in what a channel hears of",
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
      "cosmetic",
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
