import type { Verdict } from "../../../cli/terraform/verdict";
import { CHANNEL, change, changed, type Draft, FULL, report, terraformOf } from "../../support/edited-stack";

describe("each change, beside its twin that looks alike", () => {
  test.each<[string, Verdict, (draft: Draft) => void]>([
    ["the boundary removed", "broadened", (draft) => delete draft.resource.aws_iam_role.full.permissions_boundary],
    [
      "a boundary added",
      "narrowed",
      (draft) => (draft.resource.aws_iam_role.read_only.permissions_boundary = "arn:aws:iam::111122223333:policy/b"),
    ],
    [
      "another boundary",
      "unknown",
      (draft) =>
        (draft.resource.aws_iam_role.full.permissions_boundary = "arn:aws:iam::aws:policy/AdministratorAccess"),
    ],
    ["another role name", "settings", (draft) => (draft.resource.aws_iam_role.full.name = "a")],
    ["another path", "settings", (draft) => (draft.resource.aws_iam_role.full.path = "/a/")],
    ["the root path said", "cosmetic", (draft) => (draft.resource.aws_iam_role.full.path = "/")],
  ])("%s: %s", (_, verdict, edit) => {
    expect(changed(edit).verdict).toBe(verdict);
  });
});

describe("what hides a change is not taken for nothing", () => {
  test.each<[string, Verdict, (draft: Draft) => void]>([
    [
      "a boundary of this stack by its ARN",
      "unknown",
      (draft) => {
        const boundary = "arn:aws:iam::111122223333:policy/AWSSupportAppFullRolePolicy";
        draft.resource.aws_iam_role.read_only.permissions_boundary = boundary;
      },
    ],
    [
      "a boundary of this stack that can't be read",
      "unknown",
      (draft) => {
        draft.resource.aws_iam_policy.b = { name: "b", policy: "${var.b}" };
        draft.resource.aws_iam_role.full.permissions_boundary = "${aws_iam_policy.b.arn}";
      },
    ],
  ])("%s: %s", (_, verdict, edit) => {
    expect(changed(edit).verdict).toBe(verdict);
  });

  test("a name that another role gets", () => {
    const base = structuredClone(FULL) as Draft;
    const head = structuredClone(base);
    head.resource.aws_iam_role.full.name = base.resource.aws_iam_role.read_only.name;
    head.resource.aws_iam_role.read_only.name = base.resource.aws_iam_role.full.name;
    const swapped = change(base, head);
    expect(swapped.verdict).toBe("unknown");
    expect(report(swapped)).toContain(
      "The name `AWSSupportAppReadOnlyRole` was that of `aws_iam_role.read_only` and is that of `aws_iam_role.full` now. A channel that was configured by hand with it gets the access of this role.",
    );
    // People who could read would be able to write.
    expect(swapped.violations).toContainEqual(
      expect.objectContaining({ kind: "read-only-writes", role: "AWSSupportAppReadOnlyRole" }),
    );
    expect(
      report(changed((draft) => Object.assign(draft.resource.aws_iam_role.full, { name: "A", path: "/a/" }))),
    ).toContain("The role `AWSSupportAppFullRole` is replaced by `/a/A`.");
  });

  test("a role of another address and the same name, which may more", () => {
    const renamed = structuredClone(FULL) as Draft;
    for (const all of Object.values<Draft>(renamed.resource)) {
      if (!all.read_only) continue;
      all.watch = JSON.parse(JSON.stringify(all.read_only).replaceAll(".read_only.", ".watch."));
      delete all.read_only;
    }
    renamed.data.aws_iam_policy_document.watch = { statement: [{ actions: ["s3:GetObject"], resources: ["*"] }] };
    renamed.data.aws_iam_policy_document.watch_trust = renamed.data.aws_iam_policy_document.read_only_trust;
    renamed.resource.aws_iam_role.watch.assume_role_policy = "${data.aws_iam_policy_document.watch_trust.json}";
    expect(change(FULL, renamed)).toMatchObject({ verdict: "unknown" });
  });

  test("what a boundary of this stack says", () => {
    const base = structuredClone(FULL) as Draft;
    base.resource.aws_iam_policy.b = { name: "b", policy: '{"Statement":[]}' };
    base.resource.aws_iam_role.full.permissions_boundary = "${aws_iam_policy.b.arn}";
    const head = structuredClone(base);
    head.resource.aws_iam_policy.b.policy = '{"Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}}';
    expect(change(base, head).verdict).toBe("unknown");
  });
});

test("a role of another address with the same name and access is a move, not a new role and one that goes", () => {
  const head = structuredClone(FULL) as Draft;
  for (const [type, all] of Object.entries<Draft>(head.resource)) {
    if (type === "aws_cloudcontrolapi_resource" || !all.full) continue;
    all.renamed = JSON.parse(JSON.stringify(all.full).replaceAll(".full.", ".renamed."));
    delete all.full;
  }
  Object.assign(head.data.aws_iam_policy_document, {
    renamed: head.data.aws_iam_policy_document.full,
    renamed_trust: head.data.aws_iam_policy_document.full_trust,
  });
  head.resource.aws_iam_role.renamed.assume_role_policy = "${data.aws_iam_policy_document.renamed_trust.json}";
  head.output.full_role_arn.value = "${aws_iam_role.renamed.arn}";
  const channel = head.resource.aws_cloudcontrolapi_resource[CHANNEL];
  channel.desired_state = channel.desired_state.replace("aws_iam_role.full", "aws_iam_role.renamed");
  expect(change(FULL, head)).toMatchObject({
    verdict: "settings",
    access: {
      roles: [
        { role: "read_only", verdict: "unchanged" },
        { role: "renamed", verdict: "settings", movedFrom: "full" },
      ],
      channels: [{ channel: "C01", verdict: "unchanged", gained: [], lost: [] }],
    },
  });
  expect(report(change(FULL, head))).toContain("had the address `aws_iam_role.full` before");
});

test("a name that somebody may have configured by hand", () => {
  const renamed = change(terraformOf("full: {}"), terraformOf("full: { role-name: AWSSupportAppReadOnlyRole }"));
  expect(report(renamed)).toContain(
    "The role `AWSSupportAppFullRole` is replaced by `AWSSupportAppReadOnlyRole`. A channel that was configured by hand keeps the old one, which is removed; a channel that was configured by hand with the new name gets this access.",
  );
});
