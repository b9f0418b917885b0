import { judgeBoundary, judgeRole } from "../../../cli/aws/role-judgement";
import { boundaryWith, DENIED, documentOf, otherRole, TRUST } from "../../support/live-account";
import { allow } from "../../support/trusting-role";

const NOW = "2027-01-01T00:00:00Z";
const MORE = documentOf({ Effect: "Allow", Action: ["s3:GetObject", "support:DescribeCases"], Resource: "*" });
const of = (...given: Parameters<typeof otherRole>) => judgeRole(otherRole(...given), NOW);
const having = (arn: string, document = MORE) => of("a", MORE, { policies: { known: [{ name: "a", arn, document }] } });
const AWS_POLICY = "arn:aws:iam::aws:policy/AWSSupportAppFullAccess";

test("what a role may do beyond AWSSupportAppFullAccess is its excess, as its policy spells it", () => {
  const { spell, policies, ...found } = of("a", MORE);
  expect(policies).toMatchObject([{ name: "by-hand" }]);
  expect(found).toEqual({
    ...{ letsIn: "yes", strangers: [], unread: [], unreadable: [], canWrite: false },
    excess: [{ not: false, patterns: ["s3:getobject"] }],
    ability: {
      capabilities: [],
      calls: [
        { not: false, patterns: ["support:DescribeCases"] },
        { not: false, patterns: ["s3:getobject"] },
      ],
    },
  });
  expect(["s3:getobject", "s3:putobject"].map(spell)).toEqual(["s3:GetObject", "s3:putobject"]);
});

test("AWS's own policies for the Support App aren't excess, whatever AWS makes of them", () => {
  expect([having(AWS_POLICY), having(`${AWS_POLICY}2`), having(`x:${AWS_POLICY}`)].map(({ excess }) => excess)).toEqual(
    [[], ...Array(2).fill([{ not: false, patterns: ["s3:getobject"] }])],
  );
});

test("with something unread, what people can do isn't known, and behind an unread boundary, nothing counts as excess", () => {
  const role = { role: DENIED };
  const unread = [
    of("a", MORE, { boundary: DENIED }),
    of("a", documentOf(), { boundary: DENIED }),
    of("a", documentOf(), role),
    of("a", documentOf(), { policies: DENIED }),
    having(AWS_POLICY, DENIED as never),
  ];
  for (const judgement of unread) {
    expect(judgement).toMatchObject({ excess: [], ability: undefined, unread: [DENIED.unknown] });
  }
  expect(of("a", MORE, role).excess).toHaveLength(1);
});

test("what isn't understood in a policy, a boundary and a trust policy is unreadable", () => {
  const [odd, boundary] = [{ Effect: "Allow" }, boundaryWith("arn:aws:iam::1:policy/b", { Effect: "Allow" })];
  expect(of("a", documentOf(odd), { trust: documentOf(odd).known, boundary }).unreadable).toHaveLength(3);
});

test.each<[string, object, string]>([
  ["names the Support App", {}, "yes"],
  ["names everybody", { Principal: "*" }, "yes"],
  [
    "names everybody for the account",
    { Principal: "*", Condition: { StringEquals: { "aws:SourceAccount": "1" } } },
    "perhaps",
  ],
  [
    "names everybody of an organization",
    { Principal: "*", Condition: { StringEquals: { "aws:PrincipalOrgID": "o-1" } } },
    "no",
  ],
])("a trust policy that %s lets the Support App in: %s", (_, more, letsIn) => {
  expect(of("a", documentOf(), { trust: documentOf({ ...TRUST, ...more }).known }).letsIn).toBe(letsIn);
});

test.each<[string, object[], string]>([
  ["some actions", [allow("support:*", "s3:*")], "limiting"],
  ["everything", [allow("*")], "open"],
  [
    "everything, in another form",
    [allow("support:*"), { Effect: "Allow", Action: "**", Resource: ["a", "*"] }],
    "open",
  ],
  ["everything but some actions", [{ Effect: "Allow", NotAction: "iam:*", Resource: "*" }], "limiting"],
  ["everything, and denies something", [allow("*"), { ...allow("iam:*"), Effect: "Deny" }], "limiting"],
  ["everything on some resources", [{ ...allow("*"), Resource: "arn:aws:s3:::a" }], "limiting"],
  [
    "everything under a condition",
    [{ ...allow("*"), Condition: { Bool: { "aws:ViaAWSService": "true" } } }],
    "limiting",
  ],
  ["everything until an end to come", [until(2028)], "open"],
  ["everything until an end that has passed", [until(2026)], "limiting"],
  ["something that isn't understood", [{ Effect: "Allow" }], "not-understood"],
])("a boundary that allows %s is %s", (_, statements, judgement) => {
  expect(judgeBoundary(boundaryWith("arn:aws:iam::1:policy/b", ...statements), NOW)).toBe(judgement);
});

function until(year: number) {
  return { ...allow("*"), Condition: { DateLessThan: { "aws:CurrentTime": `${year}-01-01T00:00:00Z` } } };
}

test("without a boundary there is none, and one that can't be read isn't known", () => {
  expect([judgeBoundary({ known: undefined }, NOW), judgeBoundary(DENIED, NOW)]).toEqual(["none", DENIED]);
});
