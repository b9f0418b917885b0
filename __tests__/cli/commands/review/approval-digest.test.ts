import { digestOf, normalizeAccess } from "../../../../cli/commands/review/approval-digest";
import { normalizeStatements } from "../../../../cli/iam/normalize";
import { canonical } from "../../../../common/canonical";
import { accessOf, allow, ONCALL_CHANNEL, roleOf, SECURE } from "../../terraform/small-access";

describe("a digest", () => {
  test.each<[unknown, string]>([
    ["a", "vsgygqv3wi3c2e7quvm2gyq3wqdqce3irfiwjnri"],
    [{ a: 1, b: [] }, "7b7ebgpjxzphkckobjhunu64dcu4g5bjgfffujeq"],
  ])("a digest of %j has 40 digits of base32, and stays what it is: approvals are labels with it", (value, digest) => {
    expect(digestOf(value)).toBe(digest);
  });

  test("a digest is the same for mappings in another order", () => {
    expect(digestOf({ b: [], a: 1 })).toBe(digestOf({ a: 1, b: [] }));
  });

  test("a digest begins with as many a as its number has zeros", () => {
    const zeros = Array.from({ length: 200 }, (_, index) => digestOf(index)).filter((digest) => digest.startsWith("a"));
    expect(zeros.length).toBeGreaterThan(0);
    for (const digest of zeros) expect(digest).toHaveLength(40);
  });
});

const [CREATE, RESOLVE] = [allow(["support:CreateCase"], SECURE), allow(["support:ResolveCase"])];
const channel = (id: string) => ({ ...ONCALL_CHANNEL, channel: id });

test("access in normal form has everything that was read, in one order", () => {
  const access = {
    ...accessOf(
      {
        b: roleOf([RESOLVE, CREATE], { trust: [RESOLVE, CREATE], boundary: "p" }),
        a: roleOf([], { boundary: "arn", maxSessionDuration: 3600 }),
        c: roleOf([]),
      },
      [channel("C02"), channel("C01")],
    ),
    account: "111122223333",
    alias: "Payments",
    workspaces: ["T02", "T01"],
  };
  const statements = normalizeStatements([CREATE, RESOLVE]);
  const role = { name: "Full", path: "/" };
  expect(normalizeAccess(access)).toEqual({
    ...{ account: "111122223333", alias: "Payments", hasServiceQuotasRole: false },
    roles: [
      { name: "a", role: { ...role, boundary: "arn", maxSessionDuration: 3600 }, trust: [], permissions: [] },
      { name: "b", role: { ...role, boundary: "p" }, trust: statements, permissions: statements },
      { name: "c", role, trust: [], permissions: [] },
    ],
    channels: [canonical(channel("C01")), canonical(channel("C02"))],
    workspaces: ["T01", "T02"],
  });
});
