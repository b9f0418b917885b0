import { authorize, type Decision, type Request } from "../../../cli/iam/authorize";
import { readPolicy } from "../../../cli/iam/policy";
import { policyText } from "../../support/policy-text";

const CREATE_CASE = { action: "support:CreateCase" };
const ALLOW = { Effect: "Allow", Action: "support:CreateCase", Resource: "*" };
const DENY = { ...ALLOW, Effect: "Deny" };

/** A decision by the only policy. */
function decisionOf(is: Decision["is"]): Decision {
  return is === "explicit-deny" || is === "unknown" ? { is, by: "policy 0" } : { is };
}

function decided(statements: object[], request: Request = CREATE_CASE): Decision {
  return authorize([{ name: "policy 0", policy: readPolicy(policyText(...statements)) }], request);
}

/** Each case next to its twin: the difference decides. */
test.each<[string, object[], Decision["is"]]>([
  ["allows by name", [ALLOW], "allowed"],
  ["allows another", [{ ...ALLOW, Action: "support:ResolveCase" }], "implicit-deny"],
  ["allows whatever the case", [{ ...ALLOW, Action: "SUPPORT:createcase" }], "allowed"],
  ["allows no action", [{ ...ALLOW, Action: [] }], "implicit-deny"],
  ["allows by *", [{ ...ALLOW, Action: "support:Create*" }], "allowed"],
  ["allows all but others", [{ Effect: "Allow", NotAction: "s3:*", Resource: "*" }], "allowed"],
  ["allows all but this", [{ Effect: "Allow", NotAction: "support:*", Resource: "*" }], "implicit-deny"],
  ["allows for a resource that a case isn't", [{ ...ALLOW, Resource: "arn:aws:support:::case/1" }], "implicit-deny"],
  ["allows for all resources but some", [{ ...ALLOW, Resource: undefined, NotResource: "arn:aws:s3:::a" }], "allowed"],
  ["allows for all resources but all", [{ ...ALLOW, Resource: undefined, NotResource: "*" }], "implicit-deny"],
  ["allows under a condition", [{ ...ALLOW, Condition: { Bool: { "aws:SecureTransport": "true" } } }], "unknown"],
  ["allows under none", [{ ...ALLOW, Condition: {} }], "allowed"],
  ["denies", [ALLOW, DENY], "explicit-deny"],
  ["denies another", [ALLOW, { ...DENY, Action: "support:ResolveCase" }], "allowed"],
  ["denies on a condition", [ALLOW, { ...DENY, Condition: { Bool: { "aws:SecureTransport": "false" } } }], "unknown"],
  ["allows under a condition, and without", [{ ...ALLOW, Condition: { Bool: { a: "b" } } }, ALLOW], "allowed"],
])("a policy that %s decides the request accordingly", (_, statements, is) => {
  expect(decided(statements)).toEqual(decisionOf(is));
});

test.each<[operator: string, value: unknown, key: string, is: Decision["is"]]>([
  ["StringEquals", "111122223333", "ACCOUNT", "allowed"],
  ["StringEquals", "${aws:username}", "absent", "implicit-deny"],
  ["StringEquals", "a", "constructor", "unknown"],
  ["ArnLike", "*", "arn", "unknown"], // AWS doesn't document ARNs with fewer than six parts
  // One value that surely matches decides, whatever else there is; one that surely doesn't match doesn't.
  ["ArnLike", ["*", "arn:aws:iam::*:role/AWSSupportApp*"], "arn", "allowed"],
  ["ArnLike", ["*", "arn:aws:iam::*:role/other"], "arn", "unknown"],
  ["StringNotEquals", ["${aws:username}", "other"], "account", "unknown"],
  ["DateLessThan", "2027-01-01T00:00:00Z", "aws:CurrentTime", "allowed"],
])("a condition by %s %j of the key %s decides that the request is %s", (operator, value, key, is) => {
  const arn = "arn:aws:iam::111122223333:role/AWSSupportAppFullRole";
  const keys = { absent: undefined, account: "111122223333", arn, "aws:currenttime": "2026-12-31T23:59:59Z" };
  const Condition = { [operator]: { [key]: value } };
  expect(decided([{ ...ALLOW, Condition }], { ...CREATE_CASE, keys })).toEqual(decisionOf(is));
});

test.each<[principals: object, is: Decision["is"]]>([
  [{ Principal: { Service: "supportapp.amazonaws.com" } }, "allowed"],
  [{ Principal: { Service: ["ec2.amazonaws.com", "supportapp.amazonaws.com"] } }, "allowed"],
  [{ Principal: { Service: "ec2.amazonaws.com" } }, "implicit-deny"],
  [{ Principal: { AWS: "supportapp.amazonaws.com" } }, "implicit-deny"],
  [{ Principal: "*" }, "allowed"],
  [{ Principal: { AWS: "arn:aws:iam::111122223333:root" } }, "implicit-deny"],
  [{ Principal: "supportapp.amazonaws.com" }, "unknown"], // which isn't a principal
  [{}, "implicit-deny"],
  [{ NotPrincipal: { AWS: "a" } }, "unknown"],
])("a trust policy of %j, whose resources don't matter, decides that the Support App is %s", (principals, is) => {
  const request = { action: "sts:AssumeRole", service: "supportapp.amazonaws.com" };
  const trust = { Effect: "Allow", Action: "sts:AssumeRole", Resource: "arn:aws:s3:::a", ...principals };
  expect(decided([trust], request)).toEqual(decisionOf(is));
});

test("an unsupported part may allow and deny anything, but doesn't undo a Deny", () => {
  const odd = { name: "odd", policy: readPolicy(policyText(ALLOW, { ...ALLOW, Who: "x" })) };
  const denies = { name: "denies", policy: readPolicy(policyText(DENY)) };
  expect(authorize([odd], CREATE_CASE)).toEqual({ is: "unknown", by: "odd" });
  expect(authorize([odd], { action: "support:ResolveCase" })).toEqual({ is: "unknown", by: "odd" });
  expect(authorize([odd, denies], CREATE_CASE)).toEqual({ is: "explicit-deny", by: "denies" });
});

test("a certain condition that doesn't hold decides, whatever an unknown one does", () => {
  const Condition = { StringEquals: { account: "other" }, Bool: { mfa: "true" } };
  const request = { ...CREATE_CASE, keys: { account: "111122223333" } };
  expect(decided([{ ...ALLOW, Condition }], request)).toEqual({ is: "implicit-deny" });
  expect(decided([ALLOW, { ...DENY, Condition }], request)).toEqual({ is: "allowed" });
  expect(decided([{ ...ALLOW, Condition, Resource: "arn:aws:s3:::a" }], request)).toEqual({ is: "implicit-deny" });
});

test("of several policies, the first one that makes the decision unknown is named", () => {
  const maybe = { Bool: { "aws:SecureTransport": "true" } };
  const policyNamed = (name: string, ...statements: object[]) => ({
    name,
    policy: readPolicy(policyText(...statements)),
  });
  const [allows, denies] = [
    { ...ALLOW, Condition: maybe },
    { ...DENY, Condition: maybe },
  ];
  const decide = (...statements: object[]) =>
    authorize(
      statements.map((statement, index) => policyNamed(`policy ${index}`, statement)),
      CREATE_CASE,
    );
  expect(decide(allows, allows)).toEqual({ is: "unknown", by: "policy 0" });
  expect(decide(denies, ALLOW, denies)).toEqual({ is: "unknown", by: "policy 0" });
  expect(decide(allows, ALLOW)).toEqual({ is: "allowed" });
  // Nothing that only denies ever allows.
  expect(decide(denies, denies)).toEqual({ is: "implicit-deny" });
  expect(decide(DENY, DENY)).toEqual({ is: "explicit-deny", by: "policy 0" });
  expect(decide()).toEqual({ is: "implicit-deny" });
  const unread = [
    policyNamed("first", { Effect: "Maybe" }),
    policyNamed("second", { Effect: "Maybe" }),
    policyNamed("third", denies),
  ];
  expect(authorize(unread, CREATE_CASE)).toEqual({ is: "unknown", by: "first" });
});

describe("the resources of a request", () => {
  const request = (resource?: string) => ({ action: "s3:GetObject", ...(resource && { resource }) });
  const allow = { Effect: "Allow", Action: "s3:*" };
  test.each<[statement: object, resource: string | undefined, is: Decision["is"]]>([
    [{ Resource: "*" }, undefined, "allowed"],
    [{ Resource: "*" }, "some", "allowed"],
    [{ NotResource: "*" }, "some", "implicit-deny"],
    [{ NotResource: "arn:aws:s3:::b" }, "some", "unknown"],
    [{ NotResource: "arn:aws:iam:::a" }, "some", "allowed"],
    [{ Resource: ["arn:aws:iam:::a", "arn:aws:s3:::b"] }, "some", "unknown"],
    [{ NotResource: "arn:aws:s3:::ab" }, "arn:aws:s3:::ab", "implicit-deny"],
    [{ Resource: "arn:aws:s3:::AB" }, "arn:aws:s3:::ab", "implicit-deny"],
    [{ Resource: ["arn:aws:s3:::${aws:username}", "arn:aws:s3:::ab"] }, "arn:aws:s3:::ab", "allowed"],
    [{ Resource: "**" }, undefined, "allowed"],
    [{ Resource: "*a" }, undefined, "implicit-deny"],
    [{}, undefined, "implicit-deny"],
    [{ Resource: "arn:aws" }, "some", "unknown"],
    [{ Resource: "arn:aws:" }, "some", "implicit-deny"],
    [{ Resource: "arn:aws:s3" }, "some", "unknown"],
    [{ Resource: "arn:aws:s?:::a" }, "some", "unknown"],
    [{ Resource: "arn:aw?:iam:::a" }, "some", "unknown"],
    [{ Resource: "arn:aws:iam:::a" }, "some", "implicit-deny"],
    [{ Resource: "arn:aws:x${aws:username}:::a" }, "some", "unknown"],
    [{ Resource: "arn:aws:iam:::${aws:username}" }, "some", "implicit-deny"],
    [{ Resource: ["arn:aws:iam:::a", "*"] }, "some", "allowed"],
    [{ Resource: "arn:aws:s3:::a*" }, "arn:aws:s3:::ab", "allowed"],
    [{ Resource: "arn:aws:s3:::b*" }, "arn:aws:s3:::ab", "implicit-deny"],
    [{ Resource: ["arn:aws:s3:::${aws:username}", "arn:aws:s3:::b"] }, "arn:aws:s3:::ab", "unknown"],
  ])("a role with %j, for the resource %s, decides that the request is %s", (statement, resource, is) => {
    expect(decided([{ ...allow, ...statement }], request(resource))).toEqual(decisionOf(is));
  });
});
