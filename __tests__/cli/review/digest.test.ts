import { reviewOf } from "../../../cli/review/review";
import { edited, fullRole } from "../../support/attacked-stack";
import { changed, type Draft, digest, statements } from "../../support/edited-stack";

test("two changes that are told in the same words have two fingerprints", () => {
  const fingerprint = (account: string) =>
    digest(
      changed((draft) =>
        Object.assign(draft.resource.aws_iam_role.full, { permissions_boundary: undefined, name: account }),
      ),
    );
  expect(fingerprint("a")).toBe(fingerprint("a"));
  expect(fingerprint("a")).not.toBe(fingerprint("b"));
  const conditioned = (value: string) =>
    digest(
      changed((draft) => {
        statements(draft)[0].condition = [{ test: "StringEquals", variable: "aws:SourceAccount", values: [value] }];
      }),
    );
  expect(conditioned("a")).not.toBe(conditioned("b"));
});

test("where anything can't be read, the fingerprint is of everything", () => {
  const fingerprint = (owner: string) =>
    digest(
      changed((draft) => {
        draft.resource.aws_sqs_queue = { more: { name: "a" } };
        draft.resource.aws_iam_role.full.tags = { Owner: owner };
      }),
    );
  expect(fingerprint("a")).not.toBe(fingerprint("b"));
});

test("a digest is the same however the same is written, and another for anything else", () => {
  const approvedBy = (edit: (draft: Draft) => void) => reviewOf([edited(edit)]).digest;
  const more = (draft: Draft) => {
    const [first] = draft.data.aws_iam_policy_document.full.statement;
    first.actions.push("support:DescribeTrustedAdvisorChecks", "support:DescribeServices");
    return draft.data.aws_iam_policy_document.full.statement;
  };
  const digest = approvedBy(more);
  expect(digest).toMatch(/^[a-z2-7]{40}$/);
  expect(`approved-${digest}`.length).toBeLessThanOrEqual(50);
  const same: readonly ((draft: Draft) => void)[] = [
    (draft) => more(draft)[0].actions.reverse(),
    (draft) => more(draft).reverse(),
    (draft) => {
      const statements = more(draft);
      const [first] = statements;
      statements.push({ ...first, actions: first.actions.splice(0, 5) });
    },
    (draft) => {
      const [first] = more(draft);
      first.actions = first.actions.map((action: string) => action.toUpperCase());
      first.sid = "a";
    },
    (draft) => {
      more(draft);
      fullRole(draft).tags = { a: "b" };
    },
  ];
  for (const edit of same) expect(approvedBy(edit)).toBe(digest);
  const other: readonly ((draft: Draft) => void)[] = [
    (draft) => more(draft)[0].actions.pop(),
    (draft) => more(draft)[0].resources.push("arn:aws:s3:::a"),
    (draft) => {
      more(draft);
      fullRole(draft).name = "Other";
    },
    (draft) => {
      more(draft);
      draft.terraform.backend.s3.bucket = "theirs";
    },
    (draft) => {
      more(draft);
      draft.import = [{ to: "aws_iam_role.full", id: "AWSSupportAppFullRole" }];
    },
  ];
  const others = other.map(approvedBy);
  expect(new Set([digest, ...others]).size).toBe(other.length + 1);
});
