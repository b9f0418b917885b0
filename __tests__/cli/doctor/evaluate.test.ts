import { type Decision, evaluate, type Request } from "../../../cli/doctor/evaluate";
import { policyText } from "../../support/account-found";

const CREATE_CASE = { action: "support:CreateCase" };
const ALLOW = { Effect: "Allow", Action: "support:CreateCase", Resource: "*" };
const DENY = { ...ALLOW, Effect: "Deny" };

/** A decision by the only policy. */
function of(is: Decision["is"]): Decision {
  return is === "denied" || is === "unknown" ? { is, by: "policy 0" } : { is };
}

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
  expect(decided(statements)).toEqual(of(is));
});

describe("an action that has resources", () => {
  const quota = "arn:aws:servicequotas:us-east-1:111122223333:ec2/L-1216C47A";
  const allow = { Effect: "Allow", Action: "servicequotas:*" };
  const decide = (statement: object, resource: string) =>
    decided([statement], { action: "servicequotas:RequestServiceQuotaIncrease", resource }).is;

  test("may be allowed for one of them", () => {
    expect(decide({ ...allow, Resource: quota }, "some")).toBe("unknown");
    expect(decide({ ...allow, NotResource: quota }, "some")).toBe("unknown");
    expect(decide({ ...allow, Resource: "*" }, "some")).toBe("allowed");
    expect(decide({ ...allow, NotResource: "*" }, "some")).toBe("not-allowed");
  });

  test("isn't about another service's", () => {
    expect(decide({ ...allow, Resource: "arn:aws:s3:::*" }, "some")).toBe("not-allowed");
    expect(decide({ ...allow, NotResource: "arn:aws:s3:::*" }, "some")).toBe("allowed");
    for (const Resource of [
      "arn:aws:service*:::*",
      "arn:*",
      "arn:*:111122223333:*",
      "arn:aws*:us-east-1:111122223333:*",
      "arn:aws:${aws:username}:::*",
      ["arn:aws:s3:::*", quota],
    ]) {
      expect(decide({ ...allow, Resource }, "some")).toBe("unknown");
    }
  });

  test("is allowed for the one that is known, whose case counts", () => {
    expect(decide({ ...allow, Resource: quota }, quota)).toBe("allowed");
    expect(decide({ ...allow, Resource: "arn:aws:servicequotas:*:ec2/*" }, quota)).toBe("allowed");
    expect(decide({ ...allow, Resource: quota.toLowerCase() }, quota)).toBe("not-allowed");
    expect(decide({ ...allow, NotResource: quota }, quota)).toBe("not-allowed");
    expect(decide({ ...allow, NotResource: "arn:aws:s3:::*" }, quota)).toBe("allowed");
  });
});

test("a variable in a resource stands for what isn't known", () => {
  const request = { action: "iam:CreateServiceLinkedRole", resource: "arn:aws:iam::111122223333:role/x" };
  const Resource = "arn:aws:iam::${aws:PrincipalAccount}:role/*";
  const allow = { Effect: "Allow", Action: "iam:*" };
  expect(decided([{ ...allow, Resource }], request)).toEqual(of("unknown"));
  expect(
    decided(
      [
        { ...allow, Resource: "*" },
        { ...allow, Effect: "Deny", NotResource: Resource },
      ],
      request,
    ),
  ).toEqual(of("unknown"));
  expect(decided([{ ...allow, Resource: [Resource, "*"] }], request)).toEqual({ is: "allowed" });
});

test("what depends on more than is known is named, and the Deny first", () => {
  const maybe = { Bool: { "aws:SecureTransport": "true" } };
  const policies = [
    { name: "allows", text: policyText({ ...ALLOW, Condition: maybe }) },
    { name: "denies", text: policyText({ ...DENY, Condition: maybe }) },
  ];
  expect(evaluate(policies, CREATE_CASE)).toEqual({ is: "unknown", by: "denies" });
  expect(evaluate(policies.slice(0, 1), CREATE_CASE)).toEqual({ is: "unknown", by: "allows" });
});

test("a pattern of many stars takes no time", () => {
  const Action = `servicequotas:${"?*".repeat(30)}!`;
  const started = Date.now();
  expect(decided([{ ...ALLOW, Action }], { action: `servicequotas:${"a".repeat(200)}` })).toEqual({
    is: "not-allowed",
  });
  expect(Date.now() - started).toBeLessThan(1000);
  expect(decided([{ ...ALLOW, Action: "s*:*Cr*e*se**" }])).toEqual({ is: "allowed" });
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
    ["StringLike", "ServiceQuotas.*", "not-allowed"],
    ["StringNotLike", "servicequotas.*", "not-allowed"],
    ["StringEquals", "${aws:username}", "unknown"],
    ["ForAnyValue:StringEquals", "servicequotas.amazonaws.com", "unknown"],
    ["Null", "true", "unknown"],
  ])("%s %j: %s", (operator, value, is) => {
    expect(decided([{ ...ALLOW, Condition: { [operator]: { "IAM:AWSServiceName": value } } }], request)).toEqual(
      of(is),
    );
  });
});

test.each<[string, unknown, string, Decision["is"]]>([
  ["StringEquals", "a", "absent", "not-allowed"],
  ["StringLike", "*", "absent", "not-allowed"],
  ["StringNotEquals", "a", "absent", "allowed"],
  ["StringNotLike", "*", "absent", "allowed"],
  ["StringEqualsIfExists", "a", "absent", "allowed"],
  ["StringEquals", "a", "constructor", "unknown"],
  ["StringEquals", 111122223333, "account", "allowed"],
  ["StringNotEquals", [111122223333], "account", "not-allowed"],
  ["ArnEquals", "arn:aws:iam::*:role/AWSSupportApp*", "arn", "allowed"],
  ["ArnNotLike", "arn:aws:iam::*:role/AWSSupportApp*", "arn", "not-allowed"],
  ["ArnLike", "arn:aws:iam::111122223333:role/other", "arn", "not-allowed"],
  ["ArnLike", "arn:*:role/AWSSupportAppFullRole", "arn", "unknown"], // what AWS makes of fewer than six parts isn't said
  ["ArnLike", "*", "arn", "unknown"],
  ["ArnNotLike", "*", "arn", "unknown"],
  // One value that surely is it does, whatever else there is; one that surely isn't doesn't decide.
  ["ArnLike", ["*", "arn:aws:iam::*:role/AWSSupportApp*"], "arn", "allowed"],
  ["ArnLike", ["*", "arn:aws:iam::*:role/other"], "arn", "unknown"],
  ["ArnNotLike", ["*", "arn:aws:iam::*:role/AWSSupportApp*"], "arn", "not-allowed"],
  ["StringEquals", ["${aws:username}", "111122223333"], "account", "allowed"],
  ["StringEquals", ["${aws:username}", "other"], "account", "unknown"],
  ["StringNotEquals", ["${aws:username}", "other"], "account", "unknown"],
  ["StringEquals", "${aws:username}", "absent", "not-allowed"],
])("by %s %j of a key that is %s: %s", (operator, value, key, is) => {
  const arn = "arn:aws:iam::111122223333:role/AWSSupportAppFullRole";
  const request = { ...CREATE_CASE, keys: { absent: undefined, account: "111122223333", arn } };
  expect(decided([{ ...ALLOW, Condition: { [operator]: { [key]: value } } }], request)).toEqual(of(is));
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
    expect(decided([{ ...trust, NotPrincipal: { AWS: "a" } }], request)).toEqual(of("unknown"));
  });
});

test.each(["", "{", "null", "[]", '"text"', '{"Statement":["text"]}', "{}"])("of %j nothing is known", (text) => {
  expect(evaluate([{ name: "policy 0", text }], CREATE_CASE)).toEqual(of("unknown"));
});
