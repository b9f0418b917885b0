import {
  mergePolicies,
  type Policy,
  readPolicy,
  type Statement,
  type UnreadablePolicyReason,
  unreadablePolicy,
} from "../../../cli/iam/policy";

const SEE = { Effect: "Allow", Action: "support:DescribeCases", Resource: "*" };
const SEEN: Statement = {
  effect: "Allow",
  actions: { not: false, patterns: ["support:describecases"] },
  resources: { not: false, patterns: ["*"] },
  conditions: [],
};

function read(policy: unknown): Policy {
  return readPolicy(JSON.stringify(policy));
}

/** The only statement of a policy. */
function only(statement: object): Statement | undefined {
  const { statements, unreadable } = read({ Version: "2012-10-17", Statement: statement });
  expect({ unreadable, count: statements.length }).toEqual({ unreadable: [], count: 1 });
  return statements[0];
}

test("an empty policy has no statement and nothing unreadable", () => {
  expect(read({ Statement: [] })).toEqual({ statements: [], unreadable: [] });
});

test("a policy that can't be read keeps the reason and the value", () => {
  expect(unreadablePolicy("expression", { a: 1 })).toEqual({
    statements: [],
    unreadable: [{ reason: "expression", source: { a: 1 } }],
  });
});

test("merged policies have all statements and everything unreadable, in order", () => {
  const [one, other] = [read({ Statement: SEE }), read({ Statement: { ...SEE, Effect: "Deny" } })];
  const [odd, odder] = [unreadablePolicy("not-json", "{"), unreadablePolicy("not-a-policy", [])];
  expect(mergePolicies([one, odd, other, odder])).toEqual({
    statements: [SEEN, { ...SEEN, effect: "Deny" }],
    unreadable: [
      { reason: "not-json", source: "{" },
      { reason: "not-a-policy", source: [] },
    ],
  });
  expect(mergePolicies([])).toEqual({ statements: [], unreadable: [] });
});

describe("a statement is read in one form", () => {
  test.each<[what: string, statement: object, more: Partial<Statement>]>([
    ["a name", { Sid: "See" }, {}],
    ["Deny", { Effect: "Deny" }, { effect: "Deny" }],
    [
      "actions in upper case, one twice",
      { Action: ["Support:B", "support:A", "SUPPORT:b"] },
      { actions: { not: false, patterns: ["support:b", "support:a"] } },
    ],
    ["no action", { Action: [] }, { actions: { not: false, patterns: [] } }],
    [
      "all actions but some",
      { Action: undefined, NotAction: ["IAM:*", "s3:*"] },
      { actions: { not: true, patterns: ["iam:*", "s3:*"] } },
    ],
    [
      "resources, whose case matters, one twice",
      { Resource: ["arn:aws:s3:::B", "arn:aws:s3:::b", "arn:aws:s3:::B"] },
      { resources: { not: false, patterns: ["arn:aws:s3:::B", "arn:aws:s3:::b"] } },
    ],
    [
      "all resources but one",
      { Resource: undefined, NotResource: "arn:aws:s3:::a" },
      { resources: { not: true, patterns: ["arn:aws:s3:::a"] } },
    ],
    ["anybody", { Principal: "*" }, { principals: { not: false, all: [{ type: "AWS", id: "*" }] } }],
    [
      "principals of two types",
      { Principal: { AWS: ["111122223333", "arn:aws:iam::111122223333:role/a"], Service: "supportapp.amazonaws.com" } },
      {
        principals: {
          not: false,
          all: [
            { type: "AWS", id: "111122223333" },
            { type: "AWS", id: "arn:aws:iam::111122223333:role/a" },
            { type: "Service", id: "supportapp.amazonaws.com" },
          ],
        },
      },
    ],
    ["nobody", { Principal: {} }, { principals: { not: false, all: [] } }],
    [
      "all principals but one",
      { NotPrincipal: { AWS: "111122223333" } },
      { principals: { not: true, all: [{ type: "AWS", id: "111122223333" }] } },
    ],
    ["an empty condition", { Condition: {} }, { conditions: [] }],
    [
      "a condition whose key is in upper case, and its values, one twice",
      { Condition: { StringEquals: { "aws:SourceAccount": ["b", "a", "b"] } } },
      { conditions: [{ operator: "StringEquals", key: "aws:sourceaccount", values: ["a", "b"] }] },
    ],
    [
      "a condition's booleans and numbers",
      { Condition: { Bool: { b: true }, NumericEquals: { a: [2, "1"] } } },
      {
        conditions: [
          { operator: "Bool", key: "b", values: ["true"] },
          { operator: "NumericEquals", key: "a", values: ["1", "2"] },
        ],
      },
    ],
    [
      "a condition without values",
      { Condition: { StringEquals: { a: [] } } },
      { conditions: [{ operator: "StringEquals", key: "a", values: [] }] },
    ],
    [
      "conditions in another order",
      { Condition: { StringLike: { b: "1", a: "2" }, Bool: { c: "3" }, StringEquals: { d: "4" } } },
      {
        conditions: [
          { operator: "Bool", key: "c", values: ["3"] },
          { operator: "StringEquals", key: "d", values: ["4"] },
          { operator: "StringLike", key: "a", values: ["2"] },
          { operator: "StringLike", key: "b", values: ["1"] },
        ],
      },
    ],
  ])("%s", (_, statement, more) => {
    expect(only({ ...SEE, ...statement })).toEqual({ ...SEEN, ...more });
  });

  test("without a resource, as in a trust policy, and without a principal, as in a role's, it has no such field", () => {
    const { Resource: _, ...trust } = SEE;
    expect(Object.keys(only(trust) ?? {})).toEqual(["effect", "actions", "conditions"]);
    expect(Object.keys(only(SEE) ?? {})).toEqual(["effect", "actions", "resources", "conditions"]);
  });

  test("a single statement is a list of one, and the policy's name means nothing", () => {
    const policy = { Version: "2012-10-17", Id: "Slack", Statement: [SEE, SEE] };
    expect(read(policy)).toEqual({ statements: [SEEN, SEEN], unreadable: [] });
    expect(read({ ...policy, Statement: SEE })).toEqual({ statements: [SEEN], unreadable: [] });
  });
});

test.each<[version: string | undefined, resource: string, isRead: boolean]>([
  ["2012-10-17", "arn:aws:s3:::${aws:username}", true],
  ["2008-10-17", "arn:aws:s3:::a", true],
  [undefined, "arn:aws:s3:::a", true],
  ["2008-10-17", "arn:aws:s3:::${aws:username}", false],
  [undefined, "arn:aws:s3:::${aws:username}", false],
])("version %s, whose resource is %s, can be read: %s", (Version, Resource, isRead) => {
  const policy = { ...(Version && { Version }), Statement: { ...SEE, Resource } };
  expect(read(policy)).toEqual(
    isRead
      ? { statements: [{ ...SEEN, resources: { not: false, patterns: [Resource] } }], unreadable: [] }
      : unreadablePolicy("not-a-policy", policy),
  );
});

test.each<[text: string, reason: UnreadablePolicyReason, source: unknown]>([
  ["", "not-json", ""],
  ["{", "not-json", "{"],
  ['{"Statement":[],"Statement":[{}]}', "not-json", '{"Statement":[],"Statement":[{}]}'],
  ["null", "not-a-policy", null],
  ['"Statement"', "not-a-policy", "Statement"],
  ["[]", "not-a-policy", []],
  ["{}", "not-a-policy", {}],
  ['{"Version":"2012-10-17"}', "not-a-policy", { Version: "2012-10-17" }],
  ['{"statement":[],"Statement":[]}', "unknown-element", { statement: [], Statement: [] }],
  ['{"Statement":["text"]}', "not-a-statement", "text"],
  ['{"Statement":[[]]}', "not-a-statement", []],
  ['{"Statement":null}', "not-a-statement", null],
])("%s can't be read: %s", (text, reason, source) => {
  expect(readPolicy(text)).toEqual(unreadablePolicy(reason, source));
});

test.each<[statement: Readonly<Record<string, unknown>>, reason: UnreadablePolicyReason]>([
  [{ More: 1 }, "unknown-element"],
  [{ NotAction: "iam:*" }, "unknown-element"],
  [{ NotResource: "arn:aws:s3:::a" }, "unknown-element"],
  [{ Principal: "*", NotPrincipal: "*" }, "unknown-element"],
  [{ Effect: undefined }, "no-effect"],
  [{ Effect: "Maybe" }, "no-effect"],
  [{ Effect: "allow" }, "no-effect"],
  [{ Action: undefined }, "no-action"],
  [{ Action: 5 }, "not-a-text"],
  [{ Action: null }, "not-a-text"],
  [{ Action: ["a:A", 5] }, "not-a-text"],
  [{ Action: undefined, NotAction: 5 }, "not-a-text"],
  [{ Resource: { Ref: "Bucket" } }, "not-a-text"],
  [{ Resource: ["*", null] }, "not-a-text"],
  [{ Principal: 5 }, "not-a-text"],
  [{ Principal: null }, "not-a-text"],
  [{ Principal: "111122223333" }, "not-a-text"],
  [{ Principal: ["*"] }, "not-a-text"],
  [{ Principal: { AWS: 5 } }, "not-a-text"],
  [{ Principal: { AWS: ["111122223333", null] } }, "not-a-text"],
  [{ NotPrincipal: { AWS: 5 } }, "not-a-text"],
  [{ Condition: null }, "not-a-condition"],
  [{ Condition: "text" }, "not-a-condition"],
  [{ Condition: [] }, "not-a-condition"],
  [{ Condition: { StringEquals: "text" } }, "not-a-condition"],
  [{ Condition: { StringEquals: {}, StringLike: [] } }, "not-a-condition"],
  [{ Condition: { StringEquals: { a: { b: 1 } } } }, "not-a-condition"],
  [{ Condition: { StringEquals: { a: ["b", null] } } }, "not-a-condition"],
  // IAM doesn't document what the same condition in two cases does.
  [{ Condition: { StringEquals: { a: "x", A: "y" } } }, "not-a-condition"],
  [{ Condition: { StringEquals: { a: "x" }, stringEquals: { a: "y" } } }, "not-a-condition"],
])("a statement with %j may allow or deny anything: %s", (more, reason) => {
  const statement = JSON.parse(JSON.stringify({ ...SEE, ...more }));
  expect(read({ Statement: [SEE, statement] })).toEqual({
    statements: [SEEN],
    unreadable: [{ reason, source: statement }],
  });
});

test.each<[condition: object]>([
  [{ StringEquals: { a: "x", b: "y" } }],
  [{ StringEquals: { a: "x" }, StringLike: { a: "y" } }],
])("%j are two conditions", (Condition) => {
  expect(only({ ...SEE, Condition })?.conditions).toHaveLength(2);
});
