import type { Verdict } from "../../../cli/terraform/verdict";
import { ACCOUNT, ATTACKED, edited } from "../../support/attacked-stack";
import { change, changed, type Draft } from "../../support/edited-stack";

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

describe("stacks with something of one's own get an answer wherever that can't touch a channel's role", () => {
  const own = (draft: Draft) => {
    draft.resource.aws_cloudwatch_log_group = { a: { name: "a", retention_in_days: 7, tags: { a: "b" } } };
    draft.resource.aws_sns_topic = { a: { name: "a" } };
    draft.data.aws_caller_identity = { me: {} };
    draft.data.aws_region = { here: {} };
    draft.output.account = { value: "${data.aws_caller_identity.me.account_id}" };
  };

  test("a log group, a topic and the caller's identity", () => {
    expect(edited(own)).toMatchObject({ verdict: "cosmetic", unreadable: [] });
    const base = structuredClone(ATTACKED) as Draft;
    own(base);
    const head = structuredClone(base);
    head.data.aws_iam_policy_document.full.statement[0].actions.pop();
    expect(change(base, head)).toMatchObject({ verdict: "narrowed", unreadable: [] });
    expect(
      edited((draft) => {
        own(draft);
        draft.resource.aws_cloudwatch_log_group.a.name = "${var.name}";
      }).verdict,
    ).toBe("unknown");
    expect(edited((draft) => Object.assign(draft.resource, { aws_sqs_queue: { a: { name: "a" } } })).verdict).toBe(
      "unknown",
    );
  });

  test("README's example of the library, which may be deployed to any account", () => {
    const library = structuredClone(ATTACKED) as Draft;
    delete library.provider.aws[0].allowed_account_ids;
    library.terraform = {
      backend: { local: { path: "terraform.support.tfstate" } },
      required_providers: { aws: { source: "aws", version: "6.25.0" } },
    };
    expect(change(undefined, library)).toMatchObject({ verdict: "broadened", unreadable: [] });
    const head = structuredClone(library);
    head.data.aws_iam_policy_document.full.statement[0].actions.pop();
    expect(change(library, head)).toMatchObject({ verdict: "narrowed", unreadable: [] });
    head.provider.aws[0].region = "eu-west-1"; // other credentials may well be another account
    expect(change(library, head)).toMatchObject({ verdict: "unknown" });
    const limited = structuredClone(library);
    limited.provider.aws[0].allowed_account_ids = [ACCOUNT];
    expect(change(library, limited).verdict).toBe("unknown");
  });
});
