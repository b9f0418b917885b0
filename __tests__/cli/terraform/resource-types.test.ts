import type { Verdict } from "../../../cli/terraform/verdict";
import { changed, type Draft } from "../../support/edited-stack";

describe("each change, beside its twin that looks alike", () => {
  test.each<[string, Verdict, (draft: Draft) => void]>([
    ["an unknown resource type", "unknown", (draft) => (draft.resource.aws_iam_user = { more: { name: "a" } })],
    [
      "another Cloud Control type",
      "unknown",
      (draft) =>
        (draft.resource.aws_cloudcontrolapi_resource.more = { type_name: "AWS::IAM::Role", desired_state: "{}" }),
    ],
  ])("%s: %s", (_, verdict, edit) => {
    expect(changed(edit).verdict).toBe(verdict);
  });
});

describe("what hides a change is not taken for nothing", () => {
  test.each<[string, Verdict, (draft: Draft) => void]>([
    [
      "an argument that isn't understood",
      "unknown",
      (draft) => {
        draft.resource.aws_iam_role.full.dynamic = { inline_policy: {} };
      },
    ],
    [
      "data that may run a program",
      "unknown",
      (draft) => {
        draft.data.external = { more: { program: ["sh"] } };
      },
    ],
    [
      "the service-linked role of another service",
      "unknown",
      (draft) => {
        draft.resource.aws_iam_service_linked_role = { more: { aws_service_name: "ecs.amazonaws.com" } };
      },
    ],
    [
      "a type that is called like something else",
      "unknown",
      (draft) => {
        draft.resource.constructor = { x: { a: 1 } };
      },
    ],
  ])("%s: %s", (_, verdict, edit) => {
    expect(changed(edit).verdict).toBe(verdict);
  });
});
