import {
  hasTemplate,
  mergePolicies,
  type Policy,
  policyDocument,
  readPolicy,
  readTerraformPolicy,
  type Statement,
  UNREADABLE_POLICY,
  type UnreadablePolicyReason,
  unreadablePolicy,
} from "../../../cli/iam/policy";

const only = (...patterns: string[]) => ({ not: false, patterns });
const allBut = (...patterns: string[]) => ({ not: true, patterns });
const SEE = { Effect: "Allow", Action: "support:DescribeCases", Resource: "*" };
const condition = (operator: string, key: string, ...values: string[]) => ({ operator, key, values });
const SEEN: Statement = {
  effect: "Allow",
  actions: only("support:describecases"),
  resources: only("*"),
  conditions: [],
};

const ALL = [
  { type: "AWS", id: "1" },
  { type: "AWS", id: "2" },
  { type: "Service", id: "a" },
];

function parsePolicy(policy: unknown): Policy {
  return readPolicy(JSON.stringify(policy));
}

/** The only statement of a policy. */
function onlyStatement(statement: object): Statement | undefined {
  const { statements, unreadable } = parsePolicy({ Version: "2012-10-17", Statement: statement });
  expect({ unreadable, count: statements.length }).toEqual({ unreadable: [], count: 1 });
  return statements[0];
}

test("merged policies have all statements and everything unreadable, in order", () => {
  const [validPolicy, odd] = [parsePolicy({ Statement: SEE }), unreadablePolicy("not-json", "{")];
  expect(mergePolicies([validPolicy, odd, validPolicy])).toEqual({
    statements: [SEEN, SEEN],
    unreadable: [{ reason: "not-json", source: "{" }],
  });
});

describe("a statement is read in one form", () => {
  test.each<[what: string, statement: object, more: Partial<Statement>]>([
    ["a name", { Sid: "See" }, {}],
    ["actions in upper case, one twice", { Action: ["S:B", "s:A", "S:b"] }, { actions: only("s:b", "s:a") }],
    ["no action", { Action: [] }, { actions: only() }],
    ["all actions but some", { Action: undefined, NotAction: ["I:*", "s:*"] }, { actions: allBut("i:*", "s:*") }],
    ["resources, whose case matters, one twice", { Resource: ["B", "b", "B"] }, { resources: only("B", "b") }],
    ["all resources but one", { Resource: undefined, NotResource: "a" }, { resources: allBut("a") }],
    ["anybody", { Principal: "*" }, { principals: { not: false, all: [{ type: "AWS", id: "*" }] } }],
    ["two types", { Principal: { AWS: ["1", "2"], Service: "a" } }, { principals: { not: false, all: ALL } }],
    ["all principals but one", { NotPrincipal: { AWS: "1" } }, { principals: { not: true, all: ALL.slice(0, 1) } }],
    [
      "a condition whose key is in upper case, and its values, one twice",
      { Condition: { StringEquals: { "aws:SourceAccount": ["b", "a", "b"] } } },
      { conditions: [condition("StringEquals", "aws:sourceaccount", "a", "b")] },
    ],
    [
      "a condition's booleans and numbers",
      { Condition: { Bool: { b: true }, NumericEquals: { a: [2, "1"] } } },
      { conditions: [condition("Bool", "b", "true"), condition("NumericEquals", "a", "1", "2")] },
    ],
    [
      "conditions in another order",
      { Condition: { StringLike: { b: "1", a: "2" }, StringEquals: { d: "4" } } },
      {
        conditions: [
          ...[condition("StringEquals", "d", "4"), condition("StringLike", "a", "2")],
          condition("StringLike", "b", "1"),
        ],
      },
    ],
  ])("a statement is read in one form, with %s", (_, statement, overrides) => {
    expect(onlyStatement({ ...SEE, ...statement })).toEqual({ ...SEEN, ...overrides });
  });

  test("a statement without a resource, as in a trust policy, or without a principal, as in a role's, has no such field", () => {
    const { Resource: _, ...trust } = SEE;
    expect(Object.keys(onlyStatement(trust) ?? {})).toEqual(["effect", "actions", "conditions"]);
    expect(Object.keys(onlyStatement(SEE) ?? {})).toEqual(["effect", "actions", "resources", "conditions"]);
  });

  test("a single statement is a list of one, and the policy's name means nothing", () => {
    const policy = { Version: "2012-10-17", Id: "Slack", Statement: [SEE, SEE] };
    expect(parsePolicy(policy)).toEqual({ statements: [SEEN, SEEN], unreadable: [] });
    expect(parsePolicy({ ...policy, Statement: SEE })).toEqual({ statements: [SEEN], unreadable: [] });
  });
});

test.each<[version: string | undefined, resource: string, isRead: boolean]>([
  ["2012-10-17", "arn:aws:s3:::${aws:username}", true],
  [undefined, "arn:aws:s3:::a", true],
  ["2008-10-17", "arn:aws:s3:::${aws:username}", false],
  [undefined, "arn:aws:s3:::${aws:username}", false],
])("version %s, whose resource is %s, can be read: %s", (Version, Resource, isRead) => {
  const policy = { ...(Version && { Version }), Statement: { ...SEE, Resource } };
  expect(parsePolicy(policy)).toEqual(
    isRead
      ? { statements: [{ ...SEEN, resources: only(Resource) }], unreadable: [] }
      : unreadablePolicy("not-a-policy", policy),
  );
});

test.each<[text: string, reason: UnreadablePolicyReason, source: unknown]>([
  ["{", "not-json", "{"],
  ['{"Statement":[],"Statement":[{}]}', "not-json", '{"Statement":[],"Statement":[{}]}'],
  ['{"Version":"2012-10-17"}', "not-a-policy", { Version: "2012-10-17" }],
  ['{"statement":[],"Statement":[]}', "unknown-element", { statement: [], Statement: [] }],
  ['{"Statement":["text"]}', "not-a-statement", "text"],
  ['{"Statement":null}', "not-a-statement", null],
])("%s can't be read: %s", (text, reason, source) => {
  expect(readPolicy(text)).toEqual(unreadablePolicy(reason, source));
});

test.each<[statement: Readonly<Record<string, unknown>>, reason: UnreadablePolicyReason]>([
  [{ More: 1 }, "unknown-element"],
  [{ NotAction: "iam:*" }, "unknown-element"],
  [{ NotResource: "arn:aws:s3:::a" }, "unknown-element"],
  [{ Effect: "Maybe" }, "no-effect"],
  [{ Action: undefined }, "no-action"],
  [{ Action: 5 }, "not-a-text"],
  [{ Resource: ["*", null] }, "not-a-text"],
  [{ Principal: null }, "not-a-text"],
  [{ Principal: { AWS: ["111122223333", null] } }, "not-a-text"],
  [{ Condition: null }, "not-a-condition"],
  [{ Condition: { StringEquals: "text" } }, "not-a-condition"],
  [{ Condition: { StringEquals: { a: { b: 1 } } } }, "not-a-condition"],
  [{ Condition: { StringEquals: { a: ["b", null] } } }, "not-a-condition"],
  // IAM doesn't document what the same condition in two cases does.
  [{ Condition: { StringEquals: { a: "x", A: "y" } } }, "not-a-condition"],
  [{ Condition: { StringEquals: { a: "x" }, stringEquals: { a: "y" } } }, "not-a-condition"],
])("a statement with %j may allow or deny anything: %s", (overrides, reason) => {
  const statement = JSON.parse(JSON.stringify({ ...SEE, ...overrides }));
  expect(parsePolicy({ Statement: [SEE, statement] })).toEqual({
    statements: [SEEN],
    unreadable: [{ reason, source: statement }],
  });
});

/** The same as a block of Terraform. */
const BLOCK = { actions: ["support:DescribeCases"], resources: ["*"] };
test.each<[value: unknown, has: boolean]>([
  ["${var.account}", true],
  ['a%{ if filebase64("x") == "" }b%{ endif }', true],
  [["a", { b: ["${c}"] }], true],
  [{ "${a}": "b" }, true],
  ["&{aws:username}", false],
  [{ a: ["b", 1, true, null] }, false],
  [null, false],
])("%j contains a Terraform template: %s", (value, has) => {
  expect(hasTemplate(value)).toBe(has);
});

test.each([
  {},
  { statement: null },
  { version: "2012-10-17", policy_id: "slack", "//": { metadata: { path: "a" } } },
  { version: null },
])("the document %j has no statements", (block) => {
  expect(readTerraformPolicy(block)).toEqual({ statements: [], unreadable: [] });
});

describe("a statement is read as IAM will get it", () => {
  const { resources: _, ...withoutResources } = SEEN;
  test.each<[what: string, statement: object, read: Statement]>([
    ["an effect by default", {}, SEEN],
    ["no resources", { resources: [] }, withoutResources],
    ["resources that are null", { resources: null }, withoutResources],
    ["null beside others", { principals: null, condition: null }, SEEN],
    [
      "IAM's variables, which Terraform writes with an ampersand",
      {
        resources: ["arn:aws:s3:::&{aws:username}/&{aws:userid}", "arn:aws:s3:::a&b"],
        condition: { test: "StringLike", variable: "aws:SourceArn", values: ["&{aws:username}"] },
      },
      {
        ...SEEN,
        resources: only("arn:aws:s3:::${aws:username}/${aws:userid}", "arn:aws:s3:::a&b"),
        conditions: [condition("StringLike", "aws:sourcearn", "${aws:username}")],
      },
    ],
    [
      "principals",
      {
        principals: [
          { type: "AWS", identifiers: ["1", "2"], "//": "x" },
          { type: "Service", identifiers: "a" },
        ],
      },
      { ...SEEN, principals: { not: false, all: ALL } },
    ],
    [
      "all principals but one, for all actions but one",
      { actions: null, not_actions: ["IAM:*"], not_principals: [{ type: "AWS", identifiers: ["1"] }] },
      { ...SEEN, actions: allBut("iam:*"), principals: { not: true, all: [{ type: "AWS", id: "1" }] } },
    ],
    [
      "anybody, which Terraform writes with two asterisks",
      { principals: { type: "*", identifiers: ["*"] } },
      { ...SEEN, principals: { not: false, all: [{ type: "AWS", id: "*" }] } },
    ],
    [
      "conditions",
      {
        condition: [
          { test: "StringEquals", variable: "aws:SourceAccount", values: "111122223333", "//": "x" },
          { test: "Bool", variable: "aws:SecureTransport", values: ["true"] },
          { test: "StringEquals", variable: "aws:SourceAccount", values: ["444455556666"] },
        ],
      },
      {
        ...SEEN,
        conditions: [
          condition("Bool", "aws:securetransport", "true"),
          condition("StringEquals", "aws:sourceaccount", "111122223333", "444455556666"),
        ],
      },
    ],
  ])("a statement of Terraform is read as IAM will get it, with %s", (_, statement, expected) => {
    expect(readTerraformPolicy({ statement: { ...BLOCK, ...statement } })).toEqual({
      statements: [expected],
      unreadable: [],
    });
  });
});

test.each<[block: Readonly<Record<string, unknown>>, reason: UnreadablePolicyReason]>([
  [{ override_policy_documents: [] }, "unknown-element"],
  [{ dynamic: { statement: {} } }, "unknown-element"],
  [{ statement: { actions: ["${var.a}"] } }, "expression"],
  [{ statement: { sid: "%{ if true }a%{ endif }", actions: ["a"] } }, "expression"],
  [{ version: "2008-10-17", statement: BLOCK }, "not-a-policy"],
])("the document %j may allow or deny anything: %s", (block, reason) => {
  expect(readTerraformPolicy(block)).toEqual(unreadablePolicy(reason, block));
  // CDKTF's own comment is no part of it.
  expect(readTerraformPolicy({ ...block, "//": "${a}" })).toEqual(unreadablePolicy(reason, block));
});

test.each<[statement: unknown, reason: UnreadablePolicyReason]>([
  ["text", "not-a-statement"],
  [{ ...BLOCK, actions: [] }, "no-action"],
  [{ ...BLOCK, more: 1 }, "unknown-element"],
  [{ ...BLOCK, not_actions: ["iam:*"] }, "unknown-element"],
  [{ ...BLOCK, principals: { type: "AWS", identifiers: ["*"] }, not_principals: [{}] }, "unknown-element"],
  [{ ...BLOCK, principals: "text" }, "not-a-text"],
  [{ ...BLOCK, principals: { type: "AWS", identifiers: ["*"], more: 1 } }, "not-a-text"],
  [{ ...BLOCK, principals: { identifiers: ["*"] } }, "not-a-text"],
  [{ ...BLOCK, condition: "text" }, "not-a-condition"],
  [{ ...BLOCK, condition: [null] }, "not-a-condition"],
  [{ ...BLOCK, condition: { test: "Bool", variable: "a", values: [], more: 1 } }, "not-a-condition"],
  [{ ...BLOCK, condition: { variable: "a", values: ["b"] } }, "not-a-condition"],
  [{ ...BLOCK, condition: { test: "StringEquals", variable: "a", values: ["a", 1e21] } }, "not-a-condition"],
])("the statement %j may allow or deny anything: %s", (statement, reason) => {
  expect(readTerraformPolicy({ statement: [BLOCK, statement] })).toEqual({
    statements: [SEEN],
    unreadable: [{ reason, source: statement }],
  });
});

test("each reason has words of its own, to follow unsupported", () => {
  const words = Object.values(UNREADABLE_POLICY);
  expect(new Set(words).size).toBe(words.length);
  expect(words.filter((word) => !/^(an? |something )\S/.test(word))).toEqual([]);
  expect(UNREADABLE_POLICY["no-action"]).toContain("without actions");
});

test("a printed policy is read back", () => {
  const Statement = [{ Sid: "See", Effect: "Allow", Action: ["support:DescribeCases"], Resource: ["*"] }] as const;
  expect(parsePolicy(policyDocument(Statement))).toEqual({ statements: [SEEN], unreadable: [] });
});
