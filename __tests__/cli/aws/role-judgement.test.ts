import { judgeBoundary, judgeRole } from "../../../cli/aws/role-judgement";
import { boundaryWith, DENIED, documentOf, otherRole, TRUST } from "../../support/live-account";
import { allow } from "../../support/trusting-role";

const NOW = "2027-01-01T00:00:00Z";
const MORE = documentOf({ Effect: "Allow", Action: ["s3:GetObject", "support:DescribeCases"], Resource: "*" });
const judge = (...args: Parameters<typeof otherRole>) => judgeRole(otherRole(...args), NOW);
const having = (arn: string, document = MORE) =>
  judge("a", MORE, { policies: { known: [{ name: "a", arn, document }] } });
const AWS_POLICY = "arn:aws:iam::aws:policy/AWSSupportAppFullAccess";

test("what a role may do beyond AWSSupportAppFullAccess is its excess, as its policy spells it", () => {
  const { spell, policies, ...judgement } = judge("a", MORE);
  expect(policies).toMatchObject([{ name: "by-hand" }]);
  expect(judgement).toEqual({
    isSupportAppTrusted: true,
    isBoundaryUnread: false,
    strangers: [],
    unread: [],
    unreadable: [],
    canWrite: false,
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

test("with something unread, what people can do isn't known", () => {
  const role = { role: DENIED };
  const unread = [
    judge("a", documentOf(), { boundary: DENIED }),
    judge("a", documentOf(), role),
    judge("a", documentOf(), { policies: DENIED }),
    having(AWS_POLICY, DENIED as never),
  ];
  for (const judgement of unread) {
    expect(judgement).toMatchObject({ excess: [], ability: undefined, unread: [DENIED.unknown] });
  }
  expect(judge("a", MORE, role).excess).toHaveLength(1);
});

test("behind a boundary that can't be read, what the policies allow is excess that the boundary may limit", () => {
  expect(judge("a", MORE, { boundary: DENIED })).toMatchObject({
    excess: [{ not: false, patterns: ["s3:getobject"] }],
    isBoundaryUnread: true,
    ability: undefined,
    unread: [DENIED.unknown],
  });
});

test("what isn't understood in a policy, a boundary and a trust policy is unreadable", () => {
  const [odd, boundary] = [{ Effect: "Allow" }, boundaryWith("arn:aws:iam::1:policy/b", { Effect: "Allow" })];
  expect(judge("a", documentOf(odd), { trust: documentOf(odd).known, boundary }).unreadable).toHaveLength(3);
});

test("what people can do isn't known with a policy or a boundary that isn't understood, and is with such a trust policy", () => {
  const odd = { Effect: "Allow", Action: "*", Resource: "*", Condition: { StringEquals: 7 } };
  expect(judge("a", documentOf(odd)).ability).toBeUndefined();
  expect(judge("a", MORE, { boundary: boundaryWith("arn:aws:iam::1:policy/b", odd) }).ability).toBeUndefined();
  expect(judge("a", MORE, { trust: documentOf(TRUST, odd).known }).ability).toBeDefined();
});

test.each<[string, object, boolean]>([
  ["names the Support App", {}, true],
  ["names everybody", { Principal: "*" }, true],
  [
    "names everybody for the account",
    { Principal: "*", Condition: { StringEquals: { "aws:SourceAccount": "1" } } },
    false,
  ],
])("a trust policy that %s certainly lets the Support App in: %s", (_, overrides, isTrusted) => {
  expect(judge("a", documentOf(), { trust: documentOf({ ...TRUST, ...overrides }).known }).isSupportAppTrusted).toBe(
    isTrusted,
  );
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
  ["everything on all resources but some", [{ Effect: "Allow", Action: "*", NotResource: "arn:aws:s3:::a" }], "open"],
  ["everything on all ARNs", [{ ...allow("*"), Resource: "arn:aws:*" }], "open"],
  ["everything with TLS", [{ ...allow("*"), Condition: { Bool: { "aws:SecureTransport": "true" } } }], "open"],
  ["some actions with TLS", [{ ...allow("s3:*"), Condition: { Bool: { "aws:SecureTransport": "true" } } }], "limiting"],
  [
    "everything, and denies something under a condition",
    [allow("*"), { ...allow("iam:*"), Effect: "Deny", Condition: { Bool: { "aws:SecureTransport": "true" } } }],
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

test("a boundary is none without one, and isn't known if it can't be read", () => {
  expect([judgeBoundary({ known: undefined }, NOW), judgeBoundary(DENIED, NOW)]).toEqual(["none", DENIED]);
});
