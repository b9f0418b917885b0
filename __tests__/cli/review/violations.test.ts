import {
  AWS_MANAGED,
  attachAwsManaged,
  changed,
  type Draft,
  FULL,
  GET_OBJECT,
  report,
  statements,
  writeInto,
} from "../../support/edited-stack";

test("a read-only access that can write may never be", () => {
  expect(FULL).toBeDefined();
  const { violations } = changed((draft) => statements(draft, "read_only")[0].actions.push("support:CreateCase"));
  expect(violations).toMatchObject([
    { kind: "read-only-writes", role: "AWSSupportAppReadOnlyRole", actions: { patterns: ["support:createcase"] } },
  ]);
  const wrong = changed((draft) => statements(draft, "read_only")[0].actions.push("support:CreateCase"));
  expect(report(wrong)).toContain(
    "- ⛔ The read-only role `AWSSupportAppReadOnlyRole` allows `support:CreateCase`, expected `support:DescribeCases` and `support:DescribeCommunications` only. Move the channel to full access, or drop the action.",
  );
  const wild = changed((draft) => statements(draft, "read_only")[0].actions.push("support:*"));
  expect(wild.violations).toHaveLength(1);
  expect(changed((draft) => statements(draft)[0].actions.push("s3:GetObject")).violations).toEqual([]);
});

test.each<[string, (draft: Draft) => void]>([
  [
    "under a condition of many values",
    (draft) => {
      const values = Array.from({ length: 13 }, (_, index) => `region-${index}`);
      statements(draft, "read_only").push({
        actions: ["support:CreateCase"],
        resources: ["*"],
        condition: [{ test: "StringEquals", variable: "aws:RequestedRegion", values }],
      });
    },
  ],
  [
    "through another type of resource",
    (draft) => {
      const roles = ["${aws_iam_role.read_only.name}"];
      draft.resource.aws_iam_policy_attachment = { more: { roles, policy_arn: AWS_MANAGED } };
    },
  ],
  [
    "once for each of a list",
    (draft) => {
      const for_each = { a: "${aws_iam_role.read_only.name}" };
      draft.resource.aws_iam_role_policy = { more: { for_each, role: "${each.value}", policy: GET_OBJECT } };
    },
  ],
  [
    "beside a Deny that Terraform takes away",
    (draft) => {
      const policy =
        '{"Statement":[{"Effect":"Allow","Action":"support:CreateCase","Resource":"*","Sid":"A%{ if false }"},{"Effect":"Deny","Action":"support:CreateCase","Resource":"*","Sid":"%{ endif }"}]}';
      writeInto(draft, "read_only", policy);
    },
  ],
  [
    "by its name in another case",
    (draft) => {
      const role = "AWSSUPPORTAPPREADONLYROLE";
      draft.resource.aws_iam_role_policy_attachment.more = { role, policy_arn: AWS_MANAGED };
    },
  ],
  [
    "through another type of resource, in another case",
    (draft) => {
      const roles = ["awssupportappreadonlyrole"];
      draft.resource.aws_iam_policy_attachment = { more: { roles, policy_arn: AWS_MANAGED } };
    },
  ],
  [
    "by a name that is put together",
    (draft) => {
      const role = "${local.a}${local.b}";
      draft.resource.aws_iam_role_policy_attachment.more = { role, policy_arn: AWS_MANAGED };
    },
  ],
  ["through a module", (draft) => (draft.module = { more: { source: "./more" } })],
  [
    "as a list",
    (draft) => {
      attachAwsManaged(draft, "read_only");
      draft.resource.aws_iam_role.read_only = [draft.resource.aws_iam_role.read_only];
    },
  ],
  [
    "through a reference to something else",
    (draft) => {
      const roles = ["${aws_iam_role_policy_attachment.read_only.role}"];
      draft.resource.aws_iam_policy_attachment = { more: { roles, policy_arn: AWS_MANAGED } };
    },
  ],
  [
    "and denied",
    (draft) =>
      statements(draft, "read_only").push(
        { effect: "Deny", actions: ["s3:GetObject"], resources: ["*"] },
        { actions: ["s3:GetObject"], resources: ["*"] },
      ),
  ],
])("what the read-only role may write: %s", (_, edit) => {
  expect(changed(edit).violations).not.toEqual([]);
});

test("a policy that is written for the read-only role by its name", () => {
  const { violations } = changed((draft) => {
    writeInto(draft, "read_only", GET_OBJECT);
    draft.resource.aws_iam_role_policy.more.role = "AWSSupportAppReadOnlyRole";
  });
  expect(violations).toHaveLength(1);
});
