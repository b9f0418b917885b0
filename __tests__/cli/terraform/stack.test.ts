import { markdown } from "../../../cli/review/report";
import { reviewOf } from "../../../cli/review/review";
import { withoutDigest } from "../../../cli/terraform/stack";
import type { Verdict } from "../../../cli/terraform/verdict";
import { ACCOUNT, fullRole, LEVELS, passes, S3 } from "../../support/attacked-stack";
import { change, changed, type Draft } from "../../support/edited-stack";
import { synthesize } from "../../support/synthesize";

describe("each change, beside its twin that looks alike", () => {
  test.each<[string, Verdict, (draft: Draft) => void]>([
    ["a module", "unknown", (draft) => (draft.module = { more: { source: "./more" } })],
  ])("%s: %s", (_, verdict, edit) => {
    expect(changed(edit).verdict).toBe(verdict);
  });
});

describe("what hides a change is not taken for nothing", () => {
  test.each<[string, Verdict, (draft: Draft) => void]>([
    [
      "resources as a list",
      "unknown",
      (draft) => {
        draft.resource = [draft.resource];
      },
    ],
    [
      "a type as a list",
      "unknown",
      (draft) => {
        draft.resource.aws_iam_role_policy = [{ more: {} }];
      },
    ],
    [
      "a block as a list",
      "unknown",
      (draft) => {
        draft.data.aws_iam_policy_document.more = [{}];
      },
    ],
    [
      "a section that isn't understood",
      "unknown",
      (draft) => {
        draft.check = { more: {} };
      },
    ],
    [
      "a profile that an expression names",
      "unknown",
      (draft) => {
        draft.provider.aws[0].profile = "${aws_iam_role.full.name}";
      },
    ],
    [
      "a profile that is no text",
      "unknown",
      (draft) => {
        draft.provider.aws[0].profile = ["ops"];
      },
    ],
    [
      "a profile of a backend that has none",
      "unknown",
      (draft) => {
        draft.terraform.backend.local.profile = "ops";
      },
    ],
    [
      "a provider from elsewhere",
      "unknown",
      (draft) => {
        draft.terraform.required_providers.aws.source = "evil/aws";
      },
    ],
    [
      "another endpoint",
      "unknown",
      (draft) => {
        draft.provider.aws[0].endpoints = [{ iam: "https://example.com" }];
      },
    ],
    [
      "another provider, which hides that any account goes",
      "unknown",
      (draft) => {
        draft.provider.aws = [{ region: "us-east-1" }, { alias: "a", allowed_account_ids: ["111122223333"] }];
      },
    ],
    [
      "no account, in another way",
      "unknown",
      (draft) => {
        draft.provider.aws[0].allowed_account_ids = null;
      },
    ],
    [
      "an expression in the backend",
      "unknown",
      (draft) => {
        draft.terraform.backend = { s3: { bucket: "${var.bucket}" } };
      },
    ],
    [
      "another provider",
      "unknown",
      (draft) => {
        draft.provider.external = [{}];
      },
    ],
    [
      "one more AWS provider",
      "unknown",
      (draft) => {
        draft.provider.aws.push({ alias: "a", allowed_account_ids: ["111122223333"] });
      },
    ],
    [
      "providers as a list",
      "unknown",
      (draft) => {
        draft.terraform.required_providers = [draft.terraform.required_providers];
      },
    ],
    [
      "terraform as a list",
      "unknown",
      (draft) => {
        draft.terraform = [draft.terraform];
      },
    ],
  ])("%s: %s", (_, verdict, edit) => {
    expect(changed(edit).verdict).toBe(verdict);
  });
});

describe("references that lead nowhere are not taken for nothing", () => {
  test.each<[string, Verdict, (draft: Draft) => void]>([
    [
      "no provider",
      "unknown",
      (draft) => {
        delete draft.provider;
      },
    ],
  ])("%s: %s", (_, verdict, edit) => {
    expect(changed(edit).verdict).toBe(verdict);
  });

  test.each<[string, Draft]>([
    ["provider", { provider: "x" }],
    ["provider.aws", { provider: { aws: [] } }],
    ["terraform", { terraform: "x" }],
    ["lifecycle", { resource: { aws_iam_policy: { a: { policy: "{}", lifecycle: ["x"] } } } }],
    ["type", { resource: { aws_iam_policy: "x" } }],
    ["required_providers", { terraform: { required_providers: { aws: "~> 5.0" } } }],
  ])("%s in no form that is known", (_, terraform) => {
    expect(change({}, terraform).verdict).toMatch(/^(unknown|moved|cosmetic)$/);
    expect(change(terraform, {}).violations).toEqual([]);
  });
});

describe("the digest by which a deploy knows what was applied", () => {
  const BEFORE: Draft = JSON.parse(
    synthesize(`environments: { paid: { account: "${ACCOUNT}", region: us-east-1, backend: ${S3}, ${LEVELS} } }`)
      .paid ?? "",
  );
  const with2nd = (edit: (draft: Draft) => void) => {
    const head = structuredClone(BEFORE);
    edit(head);
    return change(BEFORE, head);
  };

  test("is no change where it says what the rest says: an upgrade to the first version with digests is silent", () => {
    expect(change(withoutDigest(BEFORE), BEFORE).verdict).toBe("unchanged");
    expect(change(BEFORE, withoutDigest(BEFORE)).verdict).toBe("unchanged");
  });

  test.each<[string, (draft: Draft) => void]>([
    [
      "that stays the same where a description changes",
      (draft) => Object.assign(fullRole(draft), { description: "another" }),
    ],
    ["of nothing", (draft) => Object.assign(draft.output.support_app_digest, { value: "0".repeat(64) })],
    [
      "that is written though the deploy fails",
      (draft) => Object.assign(draft.output.support_app_digest, { depends_on: undefined }),
    ],
    ["that is an expression", (draft) => Object.assign(draft.output.support_app_digest, { value: "${timestamp()}" })],
  ])("one %s needs an approval: a deploy would pass the environment over", (_, edit) => {
    const found = with2nd(edit);
    expect(passes(found)).toBe(false);
    expect(found.unreadable).toContainEqual(
      expect.objectContaining({ reason: "wrong-digest", address: "output.support_app_digest" }),
    );
    expect(markdown(reviewOf([found]))).toContain("a digest of other Terraform than this");
  });

  test("changes with what is said, and the approval of a change is the same with it and without", () => {
    const head: Draft = JSON.parse(
      synthesize(
        `environments: { paid: { account: "${ACCOUNT}", region: us-east-1, backend: ${S3}, ${LEVELS.replace("tags", "description: new, tags")} } }`,
      ).paid ?? "",
    );
    expect(head.output.support_app_digest.value).not.toBe(BEFORE.output.support_app_digest.value);
    const found = change(BEFORE, head);
    expect(passes(found)).toBe(true);
    expect(found.approved).toEqual(change(withoutDigest(BEFORE), withoutDigest(head)).approved);
  });
});
