import { type Decision, evaluate, type Request } from "../../../cli/doctor/evaluate";
import { policyText } from "../../support/account-found";

const CREATE_CASE = { action: "support:CreateCase" };
const ALLOW = { Effect: "Allow", Action: "support:CreateCase", Resource: "*" };
const DENY = { ...ALLOW, Effect: "Deny" };
const DENIED = { is: "denied", by: "policy 0" } as const;

function decided(statements: object[], request: Request = CREATE_CASE): Decision {
  return evaluate([{ name: "policy 0", text: policyText(...statements) }], request);
}

/** Each beside its twin: what differs decides. */
test.each<[string, object[], Decision["is"]]>([
  ["allows by name", [ALLOW], "allowed"],
  ["allows another", [{ ...ALLOW, Action: "support:ResolveCase" }], "not-allowed"],
  ["allows whatever the case", [{ ...ALLOW, Action: "SUPPORT:createcase" }], "allowed"],
  ["allows in a list", [{ ...ALLOW, Action: ["s3:*", "support:CreateCase"] }], "allowed"],
  ["allows by *", [{ ...ALLOW, Action: "support:Create*" }], "allowed"],
  ["allows by * of another", [{ ...ALLOW, Action: "support:Describe*" }], "not-allowed"],
  ["allows by ?", [{ ...ALLOW, Action: "support:CreateCas?" }], "allowed"],
  ["has ? for nothing", [{ ...ALLOW, Action: "support:CreateCase?" }], "not-allowed"],
  ["takes . for itself", [{ ...ALLOW, Action: "support.CreateCase" }], "not-allowed"],
  ["allows all but others", [{ Effect: "Allow", NotAction: "s3:*", Resource: "*" }], "allowed"],
  ["allows all but this", [{ Effect: "Allow", NotAction: "support:*", Resource: "*" }], "not-allowed"],
  ["allows for a resource that a case isn't", [{ ...ALLOW, Resource: "arn:aws:support:::case/1" }], "not-allowed"],
  ["allows for all resources but some", [{ ...ALLOW, Resource: undefined, NotResource: "arn:aws:s3:::a" }], "allowed"],
  ["allows for all resources but all", [{ ...ALLOW, Resource: undefined, NotResource: "*" }], "not-allowed"],
  ["allows under a condition", [{ ...ALLOW, Condition: { Bool: { "aws:SecureTransport": "true" } } }], "unknown"],
  ["allows under none", [{ ...ALLOW, Condition: {} }], "allowed"],
  ["has a condition that is none", [{ ...ALLOW, Condition: "x" }], "unknown"],
  ["has a test that is none", [{ ...ALLOW, Condition: { Bool: "x" } }], "unknown"],
  ["denies", [ALLOW, DENY], "denied"],
  ["denies another", [ALLOW, { ...DENY, Action: "support:ResolveCase" }], "allowed"],
  ["denies first", [DENY, ALLOW], "denied"],
  [
    "denies under a condition",
    [ALLOW, { ...DENY, Condition: { Bool: { "aws:SecureTransport": "false" } } }],
    "unknown",
  ],
  ["allows under a condition, and without", [{ ...ALLOW, Condition: { Bool: { a: "b" } } }, ALLOW], "allowed"],
  ["allows without a condition, and under one", [ALLOW, { ...ALLOW, Condition: { Bool: { a: "b" } } }], "allowed"],
])("a policy that %s", (_, statements, is) => {
  expect(decided(statements)).toEqual(is === "denied" ? DENIED : { is });
});

test("an action that has resources may be allowed for one of them", () => {
  const quota = "arn:aws:servicequotas:us-east-1:111122223333:ec2/L-1216C47A";
  const request = { action: "servicequotas:RequestServiceQuotaIncrease", hasResources: true };
  const allow = { Effect: "Allow", Action: "servicequotas:*" };
  expect(decided([{ ...allow, Resource: quota }], request)).toEqual({ is: "unknown" });
  expect(decided([{ ...allow, NotResource: quota }], request)).toEqual({ is: "unknown" });
  expect(decided([{ ...allow, Resource: "*" }], request)).toEqual({ is: "allowed" });
});

describe("what is known of a request decides its conditions", () => {
  const request = { ...CREATE_CASE, keys: { "iam:awsservicename": "servicequotas.amazonaws.com" } };
  test.each<[string, string | string[], Decision["is"]]>([
    ["StringEquals", "servicequotas.amazonaws.com", "allowed"],
    ["StringEquals", ["a", "servicequotas.amazonaws.com"], "allowed"],
    ["StringEquals", "ec2.amazonaws.com", "not-allowed"],
    ["StringEqualsIfExists", "servicequotas.amazonaws.com", "allowed"],
    ["StringNotEquals", "ec2.amazonaws.com", "allowed"],
    ["StringNotEquals", "servicequotas.amazonaws.com", "not-allowed"],
    ["StringLike", "servicequotas.*", "allowed"],
    ["StringLike", "ec2.*", "not-allowed"],
    ["StringNotLike", "servicequotas.*", "not-allowed"],
    ["StringEquals", "${aws:username}", "unknown"],
    ["ForAnyValue:StringEquals", "servicequotas.amazonaws.com", "unknown"],
  ])("%s %j: %s", (operator, value, is) => {
    expect(decided([{ ...ALLOW, Condition: { [operator]: { "IAM:AWSServiceName": value } } }], request)).toEqual({
      is,
    });
  });
});

describe("who is asked for by a trust", () => {
  const request = { action: "sts:AssumeRole", service: "supportapp.amazonaws.com" };
  const trust = { Effect: "Allow", Action: "sts:AssumeRole" };
  test.each<[unknown, Decision["is"]]>([
    [{ Service: "supportapp.amazonaws.com" }, "allowed"],
    [{ Service: ["ec2.amazonaws.com", "supportapp.amazonaws.com"] }, "allowed"],
    [{ Service: "ec2.amazonaws.com" }, "not-allowed"],
    ["*", "allowed"],
    [{ AWS: "*" }, "allowed"],
    [{ AWS: "arn:aws:iam::111122223333:root" }, "not-allowed"],
    ["supportapp.amazonaws.com", "not-allowed"],
  ])("%j: %s", (Principal, is) => {
    expect(decided([{ ...trust, Principal }], request)).toEqual({ is });
  });
  test("nobody, and anybody but somebody", () => {
    expect(decided([trust], request)).toEqual({ is: "not-allowed" });
    expect(decided([{ ...trust, NotPrincipal: { AWS: "a" } }], request)).toEqual({ is: "unknown" });
  });
});

test.each(["", "{", "null", "[]", '"text"', '{"Statement":["text"]}', "{}"])("of %j nothing is known", (text) => {
  expect(evaluate([{ name: "policy", text }], CREATE_CASE)).toEqual({ is: "unknown" });
});
