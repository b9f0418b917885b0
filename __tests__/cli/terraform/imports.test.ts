import { isOwnImport } from "../../../cli/terraform/imports";
import { readStack } from "../../../cli/terraform/stack";
import type { Verdict } from "../../../cli/terraform/verdict";
import { change, changed, type Draft, ONCALL, report, terraformOf } from "../../support/edited-stack";

describe("an import is of what the stack creates", () => {
  const ACCOUNT = "111122223333";
  const LINKED = "aws-service-role/servicequotas.amazonaws.com/AWSServiceRoleForServiceQuotas";
  const ROLE = "${aws_iam_role.full.name}";

  const resource = {
    aws_iam_role: { full: { name: "Full" }, nameless: { name_prefix: "a" } },
    aws_iam_policy: { full: { name: "FullPolicy" }, deep: { name: "Deep", path: "/team/" } },
    aws_iam_role_policy_attachment: {
      own: { role: ROLE, policy_arn: "${aws_iam_policy.full.arn}" },
      aws: { role: ROLE, policy_arn: "arn:aws:iam::aws:policy/AWSSupportAppFullAccess" },
      lost: { role: "admin", policy_arn: "${aws_iam_policy.full.arn}" },
      nameless: { role: "${aws_iam_role.nameless.name}", policy_arn: "arn:aws:iam::aws:policy/a" },
    },
    aws_iam_role_policy_attachments_exclusive: { full: { role_name: ROLE }, lost: { role_name: "admin" } },
    aws_iam_role_policies_exclusive: { full: { role_name: ROLE } },
    aws_iam_service_linked_role: { service_quotas: {} },
    aws_sns_topic: { full: { name: "Full" } },
  };

  const roleNamed = (value: unknown) => (/aws_iam_role\.(\w+)\./.exec(String(value)) ?? [])[1];

  const isOwn = (to: string, id: string, account: string | undefined = ACCOUNT) =>
    isOwnImport(
      { to, id },
      readStack({ resource, provider: { aws: [account === "any" ? {} : { allowed_account_ids: [account] }] } }),
      roleNamed,
    );

  test.each([
    ["aws_iam_role.full", "Full"],
    ["aws_iam_policy.full", `arn:aws:iam::${ACCOUNT}:policy/FullPolicy`],
    ["aws_iam_policy.deep", `arn:aws:iam::${ACCOUNT}:policy/team/Deep`],
    ["aws_iam_role_policy_attachment.own", `Full/arn:aws:iam::${ACCOUNT}:policy/FullPolicy`],
    ["aws_iam_role_policy_attachment.aws", "Full/arn:aws:iam::aws:policy/AWSSupportAppFullAccess"],
    ["aws_iam_role_policy_attachments_exclusive.full", "Full"],
    ["aws_iam_role_policies_exclusive.full", "Full"],
    ["aws_iam_service_linked_role.service_quotas", `arn:aws:iam::${ACCOUNT}:role/${LINKED}`],
  ])("%s from %s", (to, id) => {
    expect(isOwn(to, id)).toBe(true);
    expect(isOwn(to, id, "any")).toBe(true);
  });

  test.each([
    ["aws_iam_policy.full", "arn:aws:iam::444455556666:policy/FullPolicy"],
    ["aws_iam_role_policy_attachment.own", "Full/arn:aws:iam::444455556666:policy/FullPolicy"],
    ["aws_iam_service_linked_role.service_quotas", `arn:aws:iam::444455556666:role/${LINKED}`],
  ])("%s from %s, of another account, only if the stack can be deployed there", (to, id) => {
    expect(isOwn(to, id)).toBe(false);
    expect(isOwn(to, id, "any")).toBe(true);
  });

  test.each([
    ["a role that isn't in the stack", "aws_iam_role.none", "Full"],
    ["a role of another name", "aws_iam_role.full", "full"],
    ["a policy of another name", "aws_iam_policy.full", `arn:aws:iam::${ACCOUNT}:policy/Full`],
    ["a policy of another path", "aws_iam_policy.full", `arn:aws:iam::${ACCOUNT}:policy/team/FullPolicy`],
    ["a policy of another service", "aws_iam_policy.full", `arn:aws:organizations::${ACCOUNT}:policy/FullPolicy`],
    ["a policy by its name", "aws_iam_policy.full", "FullPolicy"],
    ["another attachment", "aws_iam_role_policy_attachment.own", `Full/arn:aws:iam::${ACCOUNT}:policy/Other`],
    [
      "an attachment to another role",
      "aws_iam_role_policy_attachment.own",
      `Role/arn:aws:iam::${ACCOUNT}:policy/FullPolicy`,
    ],
    [
      "an attachment without its role",
      "aws_iam_role_policy_attachment.own",
      `arn:aws:iam::${ACCOUNT}:policy/FullPolicy`,
    ],
    [
      "an attachment of AWS's other policy",
      "aws_iam_role_policy_attachment.aws",
      "Full/arn:aws:iam::aws:policy/ReadOnlyAccess",
    ],
    [
      "an attachment to a role of no access level",
      "aws_iam_role_policy_attachment.lost",
      `undefined/arn:aws:iam::${ACCOUNT}:policy/FullPolicy`,
    ],
    [
      "an attachment to a nameless role",
      "aws_iam_role_policy_attachment.nameless",
      "undefined/arn:aws:iam::aws:policy/a",
    ],
    ["the policies of another role", "aws_iam_role_policy_attachments_exclusive.full", "Other"],
    ["the policies of a role that isn't there", "aws_iam_role_policy_attachments_exclusive.lost", "admin"],
    ["the inline policies of another role", "aws_iam_role_policies_exclusive.full", "Other"],
    [
      "another service's role",
      "aws_iam_service_linked_role.service_quotas",
      `arn:aws:iam::${ACCOUNT}:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS`,
    ],
    ["the linked role by its name", "aws_iam_service_linked_role.service_quotas", "AWSServiceRoleForServiceQuotas"],
    ["a type that this project doesn't import", "aws_sns_topic.full", "Full"],
  ])("and not of %s", (_, to, id) => {
    expect(isOwn(to, id)).toBe(false);
    expect(isOwn(to, id, "any")).toBe(false);
  });
});

describe("each change, beside its twin that looks alike", () => {
  test.each<[string, Verdict, (draft: Draft) => void]>([
    ["an import", "settings", (draft) => (draft.import = [{ to: "aws_iam_role.full", id: "AWSSupportAppFullRole" }])],
    ["an import of another role", "unknown", (draft) => (draft.import = [{ to: "${aws_iam_role.full}", id: "a" }])],
    [
      "an import of another policy",
      "unknown",
      (draft) => (draft.import = [{ to: "aws_iam_policy.full", id: "arn:aws:iam::111122223333:policy/a" }]),
    ],
  ])("%s: %s", (_, verdict, edit) => {
    expect(changed(edit).verdict).toBe(verdict);
  });
});

test("a role that is taken over from somebody", () => {
  const own = terraformOf(`full: { ${ONCALL} }`);
  const taken = terraformOf(`full: { adopt: true, role-name: Theirs, policy-name: TheirsPolicy, ${ONCALL} }`);
  expect(change(own, taken)).toMatchObject({ verdict: "unknown", unreadable: [] });
  expect(report(change(own, taken))).toContain(
    "- `Theirs` is imported as `aws_iam_role.full`, which had another name here before, or none. Whoever already uses it gets the access of this code.",
  );
  expect(change(own, terraformOf(`full: { adopt: true, ${ONCALL} }`))).toMatchObject({ verdict: "settings" });
});
