import { normalizeStatements } from "../../../cli/iam/normalize";
import { readPolicy } from "../../../cli/iam/policy";
import { policyText } from "../../support/policy-text";

const allow = { Effect: "Allow", Action: ["a:B", "a:C"], Resource: ["arn:aws:s3:::a", "arn:aws:s3:::b"] };

const MANY = Array.from({ length: 200 }, (_, index) => `a:b${index}`);

function formOf(...statements: object[]): string[] {
  return normalizeStatements(readPolicy(policyText(...statements)).statements);
}

test.each<[what: string, one: object[], other: object[]]>([
  ["actions in another order", [allow], [{ ...allow, Action: ["a:C", "a:B"] }]],
  ["resources in another order", [allow], [{ ...allow, Resource: [...allow.Resource].reverse() }]],
  ["a statement for each action", [allow], allow.Action.map((Action) => ({ ...allow, Action }))],
  ["a statement for each resource", [allow], allow.Resource.map((Resource) => ({ ...allow, Resource }))],
  [
    "too many actions and resources to name each pair, in another order",
    [{ ...allow, Action: MANY, Resource: MANY }],
    [{ ...allow, Action: [...MANY].reverse(), Resource: [...MANY].reverse() }],
  ],
  [
    "a negated list in another order",
    [{ ...allow, Action: undefined, NotAction: ["a:B", "a:C"] }],
    [{ ...allow, Action: undefined, NotAction: ["a:C", "a:B"] }],
  ],
])("%s makes no difference", (_, statements, otherStatements) => {
  expect(formOf(...otherStatements)).toEqual(formOf(...statements));
});

test.each<[what: string, one: object[], other: object[]]>([
  ["another action", [allow], [{ ...allow, Action: ["a:B"] }]],
  ["another resource", [allow], [{ ...allow, Resource: ["arn:aws:s3:::a"] }]],
  ["another effect", [allow], [{ ...allow, Effect: "Deny" }]],
  [
    "another of too many actions and resources to name each pair",
    [{ ...allow, Action: MANY, Resource: MANY }],
    [{ ...allow, Action: MANY, Resource: MANY.slice(1) }],
  ],
  ["a negation of one", [{ ...allow, Action: "a:B" }], [{ ...allow, Action: undefined, NotAction: "a:B" }]],
  [
    // All but both is less than all but one of them.
    "a negated list in two statements",
    [{ ...allow, Action: undefined, NotAction: ["a:B", "a:C"] }],
    ["a:B", "a:C"].map((NotAction) => ({ ...allow, Action: undefined, NotAction })),
  ],
  ["a condition", [allow], [{ ...allow, Condition: { Bool: { "aws:SecureTransport": "true" } } }]],
])("%s makes a difference", (_, statements, otherStatements) => {
  expect(formOf(...otherStatements)).not.toEqual(formOf(...statements));
});

test("principals are split as well", () => {
  const trust = { Effect: "Allow", Action: "sts:AssumeRole" };
  const form = (...principals: string[][]) =>
    normalizeStatements(
      readPolicy(policyText(...principals.map((AWS) => ({ ...trust, Principal: { AWS } })))).statements,
    );
  const [firstAccount, secondAccount] = ["111122223333", "444455556666"] as [string, string];
  expect(form([firstAccount, secondAccount])).toEqual(form([secondAccount], [firstAccount]));
  expect(form([firstAccount, secondAccount])).not.toEqual(form([firstAccount]));
});
