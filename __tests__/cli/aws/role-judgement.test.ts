import { roleExcess } from "../../../cli/aws/role-excess";
import { boundaryWith, DENIED, documentOf, otherRole } from "../../support/live-account";

const NOW = "2027-01-01T00:00:00Z";
const MORE = documentOf({ Effect: "Allow", Action: ["s3:GetObject", "support:DescribeCases"], Resource: "*" });
const of = (...given: Parameters<typeof otherRole>) => roleExcess(otherRole(...given), NOW);
const having = (arn: string) => of("a", MORE, { policies: { known: [{ name: "a", arn, document: DENIED }] } });

test("what a role may do beyond AWSSupportAppFullAccess is its excess, as its policy spells it", () => {
  const { spell, ...found } = of("a", MORE);
  expect(found).toMatchObject({ excess: [{ patterns: ["s3:getobject"] }], unread: undefined, unreadable: [] });
  expect(["s3:getobject", "s3:putobject"].map(spell)).toEqual(["s3:GetObject", "s3:putobject"]);
  expect(of("a", documentOf(), { boundary: DENIED })).toMatchObject({ excess: [], unread: undefined });
});

test("with something unread or not understood, the excess isn't known, but for AWS's own policies", () => {
  expect(of("a", MORE, { boundary: DENIED })).toMatchObject({ excess: [], unread: DENIED.unknown });
  const aws = "arn:aws:iam::aws:policy/AWSSupportAppFullAccess";
  expect([having(aws), having(`${aws}2`), having(`x:${aws}`)].map(({ unread }) => unread)).toEqual([
    ...[undefined, DENIED.unknown, DENIED.unknown],
  ]);
  const [odd, boundary] = [{ Effect: "Allow" }, boundaryWith("arn:aws:iam::1:policy/b", { Effect: "Allow" })];
  expect(of("a", documentOf(odd), { trust: documentOf(odd).known, boundary }).unreadable).toHaveLength(3);
});
