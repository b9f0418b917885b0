import type { Verdict } from "../../../cli/terraform/verdict";
import {
  AWS_MANAGED,
  attachAwsManaged,
  CHANNEL,
  change,
  changed,
  type Draft,
  FULL,
  GET_OBJECT,
  statements,
  writeInto,
} from "../../support/edited-stack";

describe("each change, beside its twin that looks alike", () => {
  test.each<[string, Verdict, (draft: Draft) => void]>([
    ["AWS's own policy of the same content", "settings", (draft) => attachAwsManaged(draft, "full")],
    ["AWS's own policy for the read-only role", "broadened", (draft) => attachAwsManaged(draft, "read_only")],
    [
      "a policy from elsewhere",
      "unknown",
      (draft) =>
        (draft.resource.aws_iam_role_policy_attachment.more = {
          role: "${aws_iam_role.full.name}",
          policy_arn: "arn:aws:iam::aws:policy/ReadOnlyAccess",
        }),
    ],
    [
      "a policy from elsewhere among the exclusive ones",
      "unknown",
      (draft) =>
        draft.resource.aws_iam_role_policy_attachments_exclusive.full.policy_arns.push(
          "arn:aws:iam::aws:policy/ReadOnlyAccess",
        ),
    ],
    [
      "AWS's policy for administrators among the exclusive ones",
      "unknown",
      (draft) =>
        draft.resource.aws_iam_role_policy_attachments_exclusive.full.policy_arns.push(
          "arn:aws:iam::aws:policy/AdministratorAccess",
        ),
    ],
    ["a policy written into the role", "unknown", (draft) => writeInto(draft, "full", GET_OBJECT)],
    [
      "a policy written into the role that it has already",
      "unknown",
      (draft) => writeInto(draft, "full", "${data.aws_iam_policy_document.read_only.json}"),
    ],
    [
      "a policy written into the role that is taken off again",
      "unknown",
      (draft) => {
        writeInto(draft, "full", GET_OBJECT);
        draft.resource.aws_iam_role_policies_exclusive.full.policy_names = [];
      },
    ],
    [
      "inline_policy of the role",
      "unknown",
      (draft) => (draft.resource.aws_iam_role.full.inline_policy = [{ name: "a", policy: GET_OBJECT }]),
    ],
    [
      "managed_policy_arns of the role",
      "unknown",
      (draft) =>
        (draft.resource.aws_iam_role.full.managed_policy_arns = ["arn:aws:iam::aws:policy/AdministratorAccess"]),
    ],
    [
      "an attachment less",
      "unknown",
      (draft) => {
        delete draft.resource.aws_iam_policy.full;
        delete draft.resource.aws_iam_role_policy_attachment.full;
        draft.resource.aws_iam_role_policy_attachments_exclusive.full = { role_name: "${aws_iam_role.full.name}" };
      },
    ],
    [
      "a policy attached nowhere",
      "unknown",
      (draft) => (draft.resource.aws_iam_policy.more = { name: "a", policy: GET_OBJECT }),
    ],
    [
      "an attachment that is taken off again",
      "unknown",
      (draft) => (draft.resource.aws_iam_role_policy_attachments_exclusive.full.policy_arns = []),
    ],
    [
      "a role by its name instead of a reference",
      "unknown",
      (draft) => (draft.resource.aws_iam_role_policy_attachment.full.role = "AWSSupportAppFullRole"),
    ],
    [
      "an attachment to a role from elsewhere",
      "unknown",
      (draft) => (draft.resource.aws_iam_role_policy_attachment.more = { role: "admin", policy_arn: AWS_MANAGED }),
    ],
    ["a count", "unknown", (draft) => (draft.resource.aws_iam_role.full.count = 2)],
    [
      "exclusive attachments dropped",
      "unknown",
      (draft) => delete draft.resource.aws_iam_role_policy_attachments_exclusive.full,
    ],
  ])("%s: %s", (_, verdict, edit) => {
    expect(changed(edit).verdict).toBe(verdict);
  });
});

describe("what hides a change is not taken for nothing", () => {
  test.each<[string, Verdict, (draft: Draft) => void]>([
    [
      "changes that are ignored",
      "unknown",
      (draft) => {
        draft.resource.aws_iam_role_policy_attachments_exclusive.full.lifecycle.ignore_changes = ["policy_arns"];
      },
    ],
    [
      "an inline policy of a name that may stay",
      "unknown",
      (draft) => {
        draft.resource.aws_iam_role_policies_exclusive.full.policy_names = ["by-hand"];
      },
    ],
    [
      "changes that are ignored, as a list",
      "unknown",
      (draft) => {
        draft.resource.aws_iam_role.full.lifecycle = [{ ignore_changes: ["assume_role_policy"] }];
      },
    ],
    [
      "more let go of than the Service Quotas role",
      "unknown",
      (draft) => {
        const destroy = { lifecycle: { destroy: false } };
        draft.removed = [
          { from: "aws_iam_service_linked_role.service_quotas", ...destroy },
          { from: "aws_iam_role.full", ...destroy },
        ];
      },
    ],
    [
      "something let go of",
      "unknown",
      (draft) => {
        draft.removed = [{ from: "aws_iam_role.full" }];
      },
    ],
    [
      "a policy that is no text",
      "unknown",
      (draft) => {
        draft.resource.aws_iam_policy.full.policy = { toString: 1 };
      },
    ],
    [
      "a policy that refers to itself",
      "unknown",
      (draft) => {
        draft.resource.aws_iam_policy.full.policy = "${aws_iam_policy.full.arn}";
      },
    ],
    [
      "exclusive attachments that stand twice",
      "unknown",
      (draft) => {
        const all = draft.resource.aws_iam_role_policy_attachments_exclusive;
        all.again = all.full;
      },
    ],
    [
      "exclusive inline policies that stand twice",
      "unknown",
      (draft) => {
        const all = draft.resource.aws_iam_role_policies_exclusive;
        all.again = all.full;
      },
    ],
    [
      "two inline policies of one name",
      "unknown",
      (draft) => {
        writeInto(draft, "full", GET_OBJECT);
        const { more } = draft.resource.aws_iam_role_policy;
        draft.resource.aws_iam_role_policy.again = {
          ...more,
          policy: GET_OBJECT.replace("Allow", "Deny"),
          name: "More",
        };
        draft.resource.aws_iam_role_policies_exclusive.full.policy_names.push("More");
      },
    ],
    [
      "two policies of one name",
      "unknown",
      (draft) => {
        draft.resource.aws_iam_policy.read_only.name = draft.resource.aws_iam_policy.full.name;
      },
    ],
    [
      "an ARN for a document",
      "unknown",
      (draft) => {
        draft.resource.aws_iam_policy.full.policy = "${aws_iam_policy.read_only.arn}";
      },
    ],
    [
      "a document for an ARN",
      "unknown",
      (draft) => {
        draft.resource.aws_iam_role_policy_attachment.full.policy_arn = GET_OBJECT;
        draft.resource.aws_iam_role_policy_attachments_exclusive.full.policy_arns = [GET_OBJECT];
      },
    ],
  ])("%s: %s", (_, verdict, edit) => {
    expect(changed(edit).verdict).toBe(verdict);
  });

  test("what somebody may attach to a role by hand", () => {
    const head = structuredClone(FULL) as Draft;
    delete head.resource.aws_iam_role_policies_exclusive.full;
    const unreadable = [{ reason: "incomplete", address: "aws_iam_role.full" }];
    expect(change(undefined, head)).toMatchObject({ verdict: "unknown", unreadable });
    expect(change(head, FULL)).toMatchObject({ verdict: "unknown", unreadable });
  });
});

describe("references that lead nowhere are not taken for nothing", () => {
  const attachment = (draft: Draft) => draft.resource.aws_iam_role_policy_attachment.full;
  const channel = (draft: Draft) => draft.resource.aws_cloudcontrolapi_resource[CHANNEL];

  test.each<[string, Verdict, (draft: Draft) => void]>([
    [
      "a policy that isn't there",
      "unknown",
      (draft) => {
        attachment(draft).policy_arn = "${aws_iam_policy.none.arn}";
      },
    ],
    [
      "a document that isn't there",
      "unknown",
      (draft) => {
        draft.resource.aws_iam_policy.full.policy = "${data.aws_iam_policy_document.none.json}";
      },
    ],
    [
      "a role that isn't there",
      "unknown",
      (draft) => {
        attachment(draft).role = "${aws_iam_role.none.name}";
      },
    ],
    [
      "inline_policy in no form that is known",
      "unknown",
      (draft) => {
        draft.resource.aws_iam_role.full.inline_policy = "x";
      },
    ],
    [
      "exclusive attachments of a role that isn't there",
      "unknown",
      (draft) => {
        draft.resource.aws_iam_role_policy_attachments_exclusive.full.role_name = "${aws_iam_role.none.name}";
      },
    ],
    [
      "exclusive inline policies of a role that isn't there",
      "unknown",
      (draft) => {
        draft.resource.aws_iam_role_policies_exclusive.full.role_name = "${aws_iam_role.none.name}";
      },
    ],
    [
      "a name that Terraform makes",
      "unknown",
      (draft) => {
        delete draft.resource.aws_iam_role.full.name;
        draft.resource.aws_iam_role.full.name_prefix = "a";
      },
    ],
  ])("%s: %s", (_, verdict, edit) => {
    expect(changed(edit).verdict).toBe(verdict);
  });

  test.each<[string, (draft: Draft, odd: Draft) => void]>([
    ["desired_state", (draft, odd) => Object.assign(channel(draft), { desired_state: odd })],
    ["type_name", (draft, odd) => Object.assign(channel(draft), { type_name: odd })],
    [
      "permissions_boundary",
      (draft, odd) => Object.assign(draft.resource.aws_iam_role.full, { permissions_boundary: odd }),
    ],
    ["name", (draft, odd) => Object.assign(draft.resource.aws_iam_role.full, { name: odd })],
    ["path", (draft, odd) => Object.assign(draft.resource.aws_iam_role.full, { path: odd })],
    ["role", (draft, odd) => Object.assign(attachment(draft), { role: odd })],
    ["policy_arn", (draft, odd) => Object.assign(attachment(draft), { policy_arn: odd })],
    ["allowed_account_ids", (draft, odd) => Object.assign(draft.provider.aws[0], { allowed_account_ids: [odd] })],
    [
      "identifiers",
      (draft, odd) => Object.assign(statements(draft, "full_trust")[0].principals[0], { identifiers: [odd] }),
    ],
    ["actions", (draft, odd) => Object.assign(statements(draft)[0], { actions: [odd] })],
    [
      "the whole of it",
      (draft, odd) => Object.assign(draft, { resource: odd, data: odd, provider: odd, terraform: odd }),
    ],
  ])("%s of another type", (_, edit) => {
    for (const odd of [{ toString: 1 }, null, 7, [[]]]) {
      const { verdict } = changed((draft) => edit(draft, odd));
      if (odd !== null) expect(verdict).toMatch(/^(unknown|broadened|narrowed)$/); // null is as if it weren't there
    }
  });

  test("a folder without anything in it has no access", () => {
    expect(change({}, { resource: "x", data: [], provider: { aws: "x" } })).toMatchObject({
      verdict: "unknown",
      access: { roles: [], channels: [] },
    });
  });
});
