import { authorize, type Decision, isAboutAction, type Request } from "../../../cli/iam/authorize";
import { readPolicy } from "../../../cli/iam/policy";
import { cpuTime } from "../../support/cpu-time";
import { policyText } from "../../support/live-account";

const CREATE_CASE = { action: "support:CreateCase" };
const ALLOW = { Effect: "Allow", Action: "support:CreateCase", Resource: "*" };
const DENY = { ...ALLOW, Effect: "Deny" };

/** A decision by the only policy. */
function of(is: Decision["is"]): Decision {
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
  ["allows in a list", [{ ...ALLOW, Action: ["s3:*", "support:CreateCase"] }], "allowed"],
  ["allows by *", [{ ...ALLOW, Action: "support:Create*" }], "allowed"],
  ["allows by * of another", [{ ...ALLOW, Action: "support:Describe*" }], "implicit-deny"],
  ["allows by ?", [{ ...ALLOW, Action: "support:CreateCas?" }], "allowed"],
  ["has ? for nothing", [{ ...ALLOW, Action: "support:CreateCase?" }], "implicit-deny"],
  ["takes . for itself", [{ ...ALLOW, Action: "support.CreateCase" }], "implicit-deny"],
  ["allows all but others", [{ Effect: "Allow", NotAction: "s3:*", Resource: "*" }], "allowed"],
  ["allows all but this", [{ Effect: "Allow", NotAction: "support:*", Resource: "*" }], "implicit-deny"],
  ["allows for a resource that a case isn't", [{ ...ALLOW, Resource: "arn:aws:support:::case/1" }], "implicit-deny"],
  ["allows for all resources but some", [{ ...ALLOW, Resource: undefined, NotResource: "arn:aws:s3:::a" }], "allowed"],
  ["allows for all resources but all", [{ ...ALLOW, Resource: undefined, NotResource: "*" }], "implicit-deny"],
  ["allows under a condition", [{ ...ALLOW, Condition: { Bool: { "aws:SecureTransport": "true" } } }], "unknown"],
  ["allows under none", [{ ...ALLOW, Condition: {} }], "allowed"],
  ["has a condition that is none", [{ ...ALLOW, Condition: "x" }], "unknown"],
  ["has a test that is none", [{ ...ALLOW, Condition: { Bool: "x" } }], "unknown"],
  ["denies", [ALLOW, DENY], "explicit-deny"],
  ["denies another", [ALLOW, { ...DENY, Action: "support:ResolveCase" }], "allowed"],
  ["denies first", [DENY, ALLOW], "explicit-deny"],
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
    expect(decide({ ...allow, NotResource: "*" }, "some")).toBe("implicit-deny");
  });

  test("isn't affected by another service's resources", () => {
    expect(decide({ ...allow, Resource: "arn:aws:s3:::*" }, "some")).toBe("implicit-deny");
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

  test("is allowed for a known resource, whose case matters", () => {
    expect(decide({ ...allow, Resource: quota }, quota)).toBe("allowed");
    expect(decide({ ...allow, Resource: "arn:aws:servicequotas:*:ec2/*" }, quota)).toBe("allowed");
    expect(decide({ ...allow, Resource: quota.toLowerCase() }, quota)).toBe("implicit-deny");
    expect(decide({ ...allow, NotResource: quota }, quota)).toBe("implicit-deny");
    expect(decide({ ...allow, NotResource: "arn:aws:s3:::*" }, quota)).toBe("allowed");
  });
});

test("a variable in a resource makes the decision unknown", () => {
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

test("an unknown decision names its policy, a Deny first", () => {
  const maybe = { Bool: { "aws:SecureTransport": "true" } };
  const policies = [
    { name: "allows", policy: readPolicy(policyText({ ...ALLOW, Condition: maybe })) },
    { name: "denies", policy: readPolicy(policyText({ ...DENY, Condition: maybe })) },
  ];
  expect(authorize(policies, CREATE_CASE)).toEqual({ is: "unknown", by: "denies" });
  expect(authorize(policies.slice(0, 1), CREATE_CASE)).toEqual({ is: "unknown", by: "allows" });
});

test("the time for a pattern with many stars is linear in its length", () => {
  const decide = (stars: number) => {
    const Action = `servicequotas:${"?*".repeat(stars)}!`;
    expect(decided([{ ...ALLOW, Action }], { action: `servicequotas:${"a".repeat(200)}` })).toEqual({
      is: "implicit-deny",
    });
  };
  decide(1);
  // Where every star is tried with every length, two stars more take a thousand times as long.
  expect(cpuTime(() => decide(4)) / cpuTime(() => decide(2))).toBeLessThan(50);
  decide(30);
  expect(decided([{ ...ALLOW, Action: "s*:*Cr*e*se**" }])).toEqual({ is: "allowed" });
});

describe("known keys decide conditions", () => {
  const request = { ...CREATE_CASE, keys: { "iam:awsservicename": "servicequotas.amazonaws.com" } };
  test.each<[string, string | string[], Decision["is"]]>([
    ["StringEquals", "servicequotas.amazonaws.com", "allowed"],
    ["StringEquals", ["a", "servicequotas.amazonaws.com"], "allowed"],
    ["StringEquals", "ec2.amazonaws.com", "implicit-deny"],
    ["StringEqualsIfExists", "servicequotas.amazonaws.com", "allowed"],
    ["StringNotEquals", "ec2.amazonaws.com", "allowed"],
    ["StringNotEquals", "servicequotas.amazonaws.com", "implicit-deny"],
    ["StringLike", "servicequotas.*", "allowed"],
    ["StringLike", "ec2.*", "implicit-deny"],
    ["StringLike", "ServiceQuotas.*", "implicit-deny"],
    ["StringNotLike", "servicequotas.*", "implicit-deny"],
    ["StringEquals", "${aws:username}", "unknown"],
    ["ForAnyValue:StringEquals", "servicequotas.amazonaws.com", "allowed"],
    ["Null", "true", "implicit-deny"],
  ])("%s %j: %s", (operator, value, is) => {
    expect(decided([{ ...ALLOW, Condition: { [operator]: { "IAM:AWSServiceName": value } } }], request)).toEqual(
      of(is),
    );
  });
});

test.each<[string, unknown, string, Decision["is"]]>([
  ["StringEquals", "a", "absent", "implicit-deny"],
  ["StringLike", "*", "absent", "implicit-deny"],
  ["StringNotEquals", "a", "absent", "allowed"],
  ["StringNotLike", "*", "absent", "allowed"],
  ["StringEqualsIfExists", "a", "absent", "allowed"],
  ["StringEquals", "a", "constructor", "unknown"],
  ["StringEquals", 111122223333, "account", "allowed"],
  ["StringNotEquals", [111122223333], "account", "implicit-deny"],
  ["ArnEquals", "arn:aws:iam::*:role/AWSSupportApp*", "arn", "allowed"],
  ["ArnNotLike", "arn:aws:iam::*:role/AWSSupportApp*", "arn", "implicit-deny"],
  ["ArnLike", "arn:aws:iam::111122223333:role/other", "arn", "implicit-deny"],
  ["ArnLike", "arn:*:role/AWSSupportAppFullRole", "arn", "unknown"], // what AWS makes of fewer than six parts isn't said
  ["ArnLike", "*", "arn", "unknown"],
  ["ArnNotLike", "*", "arn", "unknown"],
  // One value that surely is it does, whatever else there is; one that surely isn't doesn't decide.
  ["ArnLike", ["*", "arn:aws:iam::*:role/AWSSupportApp*"], "arn", "allowed"],
  ["ArnLike", ["*", "arn:aws:iam::*:role/other"], "arn", "unknown"],
  ["ArnNotLike", ["*", "arn:aws:iam::*:role/AWSSupportApp*"], "arn", "implicit-deny"],
  ["StringEquals", ["${aws:username}", "111122223333"], "account", "allowed"],
  ["StringEquals", ["${aws:username}", "other"], "account", "unknown"],
  ["StringNotEquals", ["${aws:username}", "other"], "account", "unknown"],
  ["StringEquals", "${aws:username}", "absent", "implicit-deny"],
])("by %s %j of a key that is %s: %s", (operator, value, key, is) => {
  const arn = "arn:aws:iam::111122223333:role/AWSSupportAppFullRole";
  const request = { ...CREATE_CASE, keys: { absent: undefined, account: "111122223333", arn } };
  expect(decided([{ ...ALLOW, Condition: { [operator]: { [key]: value } } }], request)).toEqual(of(is));
});

describe("the principals of a trust policy", () => {
  const request = { action: "sts:AssumeRole", service: "supportapp.amazonaws.com" };
  const trust = { Effect: "Allow", Action: "sts:AssumeRole" };
  test.each<[unknown, Decision["is"]]>([
    [{ Service: "supportapp.amazonaws.com" }, "allowed"],
    [{ Service: ["ec2.amazonaws.com", "supportapp.amazonaws.com"] }, "allowed"],
    [{ Service: "ec2.amazonaws.com" }, "implicit-deny"],
    ["*", "allowed"],
    [{ AWS: "*" }, "allowed"],
    [{ AWS: "arn:aws:iam::111122223333:root" }, "implicit-deny"],
  ])("%j: %s", (Principal, is) => {
    expect(decided([{ ...trust, Principal }], request)).toEqual({ is });
  });
  test("something that isn't a principal", () => {
    expect(decided([{ ...trust, Principal: "supportapp.amazonaws.com" }], request)).toEqual(of("unknown"));
  });
  test("no principal, and NotPrincipal", () => {
    expect(decided([trust], request)).toEqual({ is: "implicit-deny" });
    expect(decided([{ ...trust, NotPrincipal: { AWS: "a" } }], request)).toEqual(of("unknown"));
  });
});

test.each(["", "{", "null", "[]", '"text"', '{"Statement":["text"]}', "{}"])("%j can't be evaluated", (text) => {
  expect(authorize([{ name: "policy 0", policy: readPolicy(text) }], CREATE_CASE)).toEqual(of("unknown"));
});

test("an unsupported part may allow and deny anything, but doesn't undo a Deny", () => {
  const odd = { name: "odd", policy: readPolicy(policyText(ALLOW, { ...ALLOW, Who: "x" })) };
  const denies = { name: "denies", policy: readPolicy(policyText(DENY)) };
  expect(authorize([odd], CREATE_CASE)).toEqual({ is: "unknown", by: "odd" });
  expect(authorize([odd], { action: "support:ResolveCase" })).toEqual({ is: "unknown", by: "odd" });
  expect(authorize([odd, denies], CREATE_CASE)).toEqual({ is: "explicit-deny", by: "denies" });
});

test("a certain match decides among the resources, whatever a variable stands for", () => {
  const resource = "arn:aws:iam::111122223333:role/x";
  const Resource = ["arn:aws:iam::${aws:PrincipalAccount}:role/*", resource];
  const request = { action: "iam:GetRole", resource };
  expect(decided([{ Effect: "Allow", Action: "iam:*", Resource }], request)).toEqual({ is: "allowed" });
  expect(decided([{ Effect: "Allow", Action: "iam:*", NotResource: Resource }], request)).toEqual({
    is: "implicit-deny",
  });
});

test.each<[string, unknown, "present" | "absent", Decision["is"]]>([
  ["Null", "true", "present", "implicit-deny"],
  ["Null", "true", "absent", "allowed"],
  ["Null", "false", "present", "allowed"],
  ["Null", false, "absent", "implicit-deny"],
  ["Null", ["true", "false"], "absent", "allowed"],
  ["Null", "perhaps", "absent", "unknown"],
  ["Bool", "true", "present", "implicit-deny"],
  ["Bool", true, "absent", "implicit-deny"],
  ["BoolIfExists", "true", "absent", "allowed"],
  ["StringEqualsIgnoreCase", "VALUE", "present", "allowed"],
  ["StringNotEqualsIgnoreCase", "VALUE", "present", "implicit-deny"],
  ["StringEqualsIgnoreCase", "VALÜE", "present", "unknown"], // which characters are one but for their case isn't said
  ["ForAnyValue:StringEquals", ["other", "Value"], "present", "allowed"],
  ["ForAnyValue:StringEquals", "other", "present", "implicit-deny"],
  ["ForAnyValue:StringEquals", "Value", "absent", "implicit-deny"],
  ["ForAnyValue:StringNotEquals", "Value", "absent", "implicit-deny"],
  ["ForAnyValue:StringNotEquals", "other", "present", "allowed"],
  ["ForAllValues:StringLike", "V*", "present", "allowed"],
  ["ForAllValues:StringLike", "v*", "present", "implicit-deny"],
  ["ForAllValues:StringEquals", "other", "absent", "allowed"],
  ["NumericEquals", "1", "present", "unknown"],
  ["DateGreaterThan", "2030-01-01T00:00:00Z", "present", "unknown"],
  ["stringEquals", "Value", "present", "unknown"],
  ["StringIs", "Value", "present", "unknown"],
])("%s %j of a key that is %s: %s", (operator, value, key, is) => {
  const request = { ...CREATE_CASE, keys: { present: "Value", absent: undefined } };
  expect(decided([{ ...ALLOW, Condition: { [operator]: { [key]: value } } }], request)).toEqual(of(is));
});

describe("whether a request is before an end", () => {
  const END = "2027-01-01T00:00:00Z";
  test.each<[time: string | undefined, is: Decision["is"]]>([
    ["2026-12-31T23:59:59Z", "allowed"],
    [END, "implicit-deny"],
    ["2027-01-01T00:00:01Z", "implicit-deny"],
    [undefined, "implicit-deny"],
    ["2026-12-31", "unknown"],
    ["1798761600", "unknown"],
  ])("%s: %s", (time, is) => {
    const Condition = { DateLessThan: { "aws:CurrentTime": END } };
    expect(decided([{ ...ALLOW, Condition }], { ...CREATE_CASE, keys: { "aws:currenttime": time } })).toEqual(of(is));
  });
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
  const named = (name: string, ...statements: object[]) => ({ name, policy: readPolicy(policyText(...statements)) });
  const [allows, denies] = [
    { ...ALLOW, Condition: maybe },
    { ...DENY, Condition: maybe },
  ];
  const decide = (...statements: object[]) =>
    authorize(
      statements.map((statement, index) => named(`policy ${index}`, statement)),
      CREATE_CASE,
    );
  expect(decide(allows, allows)).toEqual({ is: "unknown", by: "policy 0" });
  expect(decide(denies, ALLOW, denies)).toEqual({ is: "unknown", by: "policy 0" });
  expect(decide(allows, ALLOW)).toEqual({ is: "allowed" });
  // Nothing that only denies ever allows.
  expect(decide(denies, denies)).toEqual({ is: "implicit-deny" });
  expect(decide(DENY, DENY)).toEqual({ is: "explicit-deny", by: "policy 0" });
  expect(decide()).toEqual({ is: "implicit-deny" });
  const unread = [named("first", { Effect: "Maybe" }), named("second", { Effect: "Maybe" }), named("third", denies)];
  expect(authorize(unread, CREATE_CASE)).toEqual({ is: "unknown", by: "first" });
});

describe("the resources of a request", () => {
  const request = (resource?: string) => ({ action: "s3:GetObject", ...(resource && { resource }) });
  const allow = { Effect: "Allow", Action: "s3:*" };
  test.each<[statement: object, resource: string | undefined, is: Decision["is"]]>([
    [{ Resource: "*" }, undefined, "allowed"],
    [{ Resource: "**" }, undefined, "allowed"],
    [{ Resource: "*a" }, undefined, "implicit-deny"],
    [{ Resource: "a*" }, undefined, "implicit-deny"],
    [{ Resource: "arn:aws:s3:::${aws:username}" }, undefined, "implicit-deny"],
    [{ NotResource: "arn:aws:s3:::${aws:username}" }, undefined, "allowed"],
    [{}, undefined, "implicit-deny"],
    [{ Resource: "*a" }, "some", "unknown"],
    [{ Resource: "some" }, "some", "unknown"],
    [{ Resource: "" }, "some", "unknown"],
    [{ Resource: "arn" }, "some", "unknown"],
    [{ Resource: "arn:aws" }, "some", "unknown"],
    [{ Resource: "arn:aws:" }, "some", "implicit-deny"],
    [{ Resource: "arn:aws:s3" }, "some", "unknown"],
    [{ Resource: "arn:aws:s?:::a" }, "some", "unknown"],
    [{ Resource: "arn:aw?:iam:::a" }, "some", "unknown"],
    [{ Resource: "ar*:aws:iam:::a" }, "some", "unknown"],
    [{ Resource: "arn:aws:iam:::a" }, "some", "implicit-deny"],
    [{ Resource: "arn:aws:iam:*:*:*" }, "some", "implicit-deny"],
    [{ Resource: "arn:aws:x${aws:username}:::a" }, "some", "unknown"],
    [{ Resource: "arn:aws:iam:::${aws:username}" }, "some", "implicit-deny"],
    [{ Resource: ["arn:aws:iam:::a", "*"] }, "some", "allowed"],
    [{ Resource: "arn:aws:s3:::a*" }, "arn:aws:s3:::ab", "allowed"],
    [{ Resource: "arn:aws:s3:::b*" }, "arn:aws:s3:::ab", "implicit-deny"],
    [{ Resource: "arn:aws:iam:::${aws:username}" }, "arn:aws:s3:::ab", "unknown"],
    [{ Resource: ["arn:aws:s3:::${aws:username}", "arn:aws:s3:::b"] }, "arn:aws:s3:::ab", "unknown"],
  ])("a role with %j, for %s: %s", (statement, resource, is) => {
    expect(decided([{ ...allow, ...statement }], request(resource))).toEqual(of(is));
  });
});

test("a service is itself, not another principal of that name", () => {
  const trust = { Effect: "Allow", Action: "sts:AssumeRole", Resource: "arn:aws:s3:::a" };
  const request = { action: "sts:AssumeRole", service: "supportapp.amazonaws.com" };
  expect(decided([{ ...trust, Principal: { AWS: request.service } }], request)).toEqual({ is: "implicit-deny" });
  // A trust policy has no resources, so that they don't matter.
  expect(decided([{ ...trust, Principal: { Service: request.service } }], request)).toEqual({ is: "allowed" });
});

test.each<[statement: object, action: string, is: boolean]>([
  [{ Action: "support:CreateCase" }, "Support:createCASE", true],
  [{ Action: ["support:ResolveCase", "support:Create*"] }, "support:CreateCase", true],
  [{ Action: [] }, "support:CreateCase", false],
  [{ NotAction: ["support:ResolveCase", "support:Create*"] }, "support:CreateCase", false],
  [{ NotAction: ["support:ResolveCase"] }, "support:CreateCase", true],
])("%j is about %s: %s", (statement, action, is) => {
  const { statements } = readPolicy(policyText({ Effect: "Allow", Resource: "*", ...statement }));
  expect(statements.map((one) => isAboutAction(one, action))).toEqual([is]);
});
