import { changed, digest, statements } from "../../support/edited-stack";

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
