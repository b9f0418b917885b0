import { digestOf, normalizeAccess } from "../../../../cli/commands/review/digest";
import { reviewOf } from "../../../../cli/commands/review/review";
import { normalizeStatements } from "../../../../cli/iam/normalize";
import { canonical } from "../../../../cli/terminal/json";
import { edited, fullRole } from "../../../support/attacked-stack";
import { changed, type Draft, digest, statements } from "../../../support/edited-stack";
import { accessOf, allow, ONCALL_CHANNEL, roleOf } from "../../terraform/small-access";

describe("a digest", () => {
  test.each<[unknown, string]>([
    ["a", "vsgygqv3wi3c2e7quvm2gyq3wqdqce3irfiwjnri"],
    [{ a: 1, b: [] }, "7b7ebgpjxzphkckobjhunu64dcu4g5bjgfffujeq"],
  ])("of %j has 40 digits of base32, and stays what it is: approvals are labels with it", (value, digest) => {
    expect(digestOf(value)).toBe(digest);
  });

  test("is the same for mappings in another order", () => {
    expect(digestOf({ b: [], a: 1 })).toBe(digestOf({ a: 1, b: [] }));
  });

  test("begins with as many a as its number has zeros", () => {
    const zeros = Array.from({ length: 200 }, (_, index) => digestOf(index)).filter((digest) => digest.startsWith("a"));
    expect(zeros.length).toBeGreaterThan(0);
    for (const digest of zeros) expect(digest).toHaveLength(40);
  });
});

describe("access in normal form", () => {
  const [CREATE, RESOLVE] = [allow(["support:CreateCase"]), allow(["support:ResolveCase"])];
  const channel = (id: string) => ({ ...ONCALL_CHANNEL, channel: id });
  const registration = (value: string) => ({ kind: "workspace", value }) as const;

  test("has everything that was read, in one order", () => {
    const access = {
      ...accessOf(
        {
          b: roleOf([RESOLVE, CREATE], {
            trust: [RESOLVE, CREATE],
            boundary: "p",
          }),
          a: roleOf([], { boundary: "arn", maxSessionDuration: 3600 }),
          c: roleOf([]),
        },
        [channel("C02"), channel("C01")],
      ),
      account: "111122223333",
      registrations: new Map([
        ["y", registration("T02")],
        ["x", registration("T01")],
      ]),
    };
    const both = normalizeStatements([CREATE, RESOLVE]);
    const role = { name: "Full", path: "/" };
    expect(normalizeAccess(access)).toEqual({
      ...{ account: "111122223333", serviceQuotasRole: "absent", unreadable: [] },
      roles: [
        { name: "a", role: { ...role, boundary: "arn", maxSessionDuration: 3600 }, trust: [], permissions: [] },
        { name: "b", role: { ...role, boundary: "p" }, trust: both, permissions: both },
        { name: "c", role, trust: [], permissions: [] },
      ],
      channels: [canonical(channel("C01")), canonical(channel("C02"))],
      registrations: [
        ["x", registration("T01")],
        ["y", registration("T02")],
      ],
    });
  });
});

test("two changes with the same words have two fingerprints", () => {
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

test("a digest is the same however the same access is written, and different for anything else", () => {
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
