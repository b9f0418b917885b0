import type { Verdict } from "../../../cli/terraform/verdict";
import { CHANNEL, change, changed, type Draft, digest, FULL, GET_OBJECT } from "../../support/edited-stack";

describe("what hides a change is not taken for nothing", () => {
  test.each<[string, Verdict, (draft: Draft) => void]>([
    [
      "an expression within a document",
      "unknown",
      (draft) => {
        draft.resource.aws_iam_policy.full.policy = GET_OBJECT.replace("s3:GetObject", "%{ if true }s3:*%{ endif }");
      },
    ],
  ])("%s: %s", (_, verdict, edit) => {
    expect(changed(edit).verdict).toBe(verdict);
  });

  test("a value behind an expression", () => {
    const base = structuredClone(FULL) as Draft;
    base.resource.aws_iam_policy.full.policy = "${local.policy}";
    base.locals = { policy: '{"Statement":[]}' };
    const head = structuredClone(base);
    head.locals.policy = '{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}';
    expect(change(base, head).verdict).toBe("unknown");
  });

  test.each([
    [
      "a boundary",
      (draft: Draft) => Object.assign(draft.resource.aws_iam_role.full, { permissions_boundary: "${var.b}" }),
    ],
    ["the account", (draft: Draft) => Object.assign(draft.provider.aws[0], { allowed_account_ids: ["${var.b}"] })],
    [
      "a directive",
      (draft: Draft) => Object.assign(draft.resource.aws_iam_role.full, { name: "a%{ if var.b == 1 }b%{ endif }" }),
    ],
  ])("%s behind a variable", (_, edit) => {
    const base = structuredClone(FULL) as Draft;
    edit(base);
    base.variable = { b: { default: "1" } };
    const head = structuredClone(base);
    head.variable.b.default = "2";
    expect(change(base, head).verdict).toBe("unknown");
  });

  const POLICY = '{"Version" = "2012-10-17", "Statement" = local.s}';

  test.each<[string, (draft: Draft) => void]>([
    ["a policy", (draft) => Object.assign(draft.resource.aws_iam_policy.full, { policy: `\${jsonencode(${POLICY})}` })],
    [
      "a trust",
      (draft) => Object.assign(draft.resource.aws_iam_role.full, { assume_role_policy: `\${jsonencode(${POLICY})}` }),
    ],
    [
      "a channel",
      (draft) => {
        const channel = draft.resource.aws_cloudcontrolapi_resource[CHANNEL];
        channel.desired_state = channel.desired_state.replace("aws_iam_role.full.arn", "local.s");
      },
    ],
  ])("%s within jsonencode, of which a local changes", (_, edit) => {
    const base = structuredClone(FULL) as Draft;
    edit(base);
    base.locals = { s: [{ Effect: "Allow", Action: "support:DescribeCases", Resource: "*" }] };
    const head = structuredClone(base);
    head.locals.s[0].Action = "*";
    expect(change(base, head).verdict).toBe("unknown");
    expect(digest(change(FULL, base))).not.toBe(digest(change(FULL, head)));
  });
});
