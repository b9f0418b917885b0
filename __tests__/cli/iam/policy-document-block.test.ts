import {
  hasTemplate,
  readTerraformPolicy,
  type Statement,
  type UnreadablePolicyReason,
  unreadablePolicy,
} from "../../../cli/iam/policy";

const SEE = { actions: ["support:DescribeCases"], resources: ["*"] };
const SEEN: Statement = {
  effect: "Allow",
  actions: { not: false, patterns: ["support:describecases"] },
  resources: { not: false, patterns: ["*"] },
  conditions: [],
};

test.each<[value: unknown, has: boolean]>([
  ["${var.account}", true],
  ['a%{ if filebase64("x") == "" }b%{ endif }', true],
  [["a", { b: ["${c}"] }], true],
  [{ "${a}": "b" }, true],
  ["&{aws:username}", false],
  ["$ { 100% {", false],
  ["$", false],
  [{ a: ["b", 1, true, null] }, false],
  [null, false],
  [undefined, false],
  [5, false],
  ["", false],
])("%j contains a Terraform template: %s", (value, has) => {
  expect(hasTemplate(value)).toBe(has);
});

describe("a document without statements gives nothing", () => {
  test.each([
    {},
    { statement: [] },
    { statement: null },
    { version: "2012-10-17", policy_id: "slack", "//": { metadata: { path: "a" } } },
    { version: null },
  ])("%j", (block) => {
    expect(readTerraformPolicy(block)).toEqual({ statements: [], unreadable: [] });
  });
});

describe("a statement is read as IAM will get it", () => {
  const { resources: _, ...withoutResources } = SEEN;
  test.each<[what: string, statement: object, read: Statement]>([
    ["an effect by default", {}, SEEN],
    ["an effect that is null", { effect: null }, SEEN],
    ["Deny", { effect: "Deny" }, { ...SEEN, effect: "Deny" }],
    ["a name", { sid: "See" }, SEEN],
    ["no resources", { resources: [] }, withoutResources],
    ["resources that are null", { resources: null }, withoutResources],
    [
      "empty lists beside others",
      { not_actions: [], not_resources: [], principals: [], not_principals: [], condition: [] },
      SEEN,
    ],
    [
      "null beside others",
      { not_actions: null, not_resources: null, principals: null, not_principals: null, condition: null },
      SEEN,
    ],
    [
      "all actions but one, and all resources but one",
      { actions: [], not_actions: ["iam:*"], resources: null, not_resources: ["arn:aws:s3:::a"] },
      {
        ...SEEN,
        actions: { not: true, patterns: ["iam:*"] },
        resources: { not: true, patterns: ["arn:aws:s3:::a"] },
      },
    ],
    [
      "IAM's variables, which Terraform writes with an ampersand",
      {
        resources: ["arn:aws:s3:::&{aws:username}/&{aws:userid}", "arn:aws:s3:::a&b"],
        condition: { test: "StringLike", variable: "aws:SourceArn", values: ["&{aws:username}"] },
      },
      {
        ...SEEN,
        resources: { not: false, patterns: ["arn:aws:s3:::${aws:username}/${aws:userid}", "arn:aws:s3:::a&b"] },
        conditions: [{ operator: "StringLike", key: "aws:sourcearn", values: ["${aws:username}"] }],
      },
    ],
    [
      "IAM's variables in all resources but one",
      { resources: [], not_resources: "arn:aws:s3:::&{aws:username}" },
      { ...SEEN, resources: { not: true, patterns: ["arn:aws:s3:::${aws:username}"] } },
    ],
    [
      "principals",
      {
        principals: [
          { type: "AWS", identifiers: ["111122223333", "arn:aws:iam::111122223333:role/a"], "//": "x" },
          { type: "Service", identifiers: "supportapp.amazonaws.com" },
        ],
      },
      {
        ...SEEN,
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
    [
      "anybody, which Terraform writes with two asterisks",
      { principals: { type: "*", identifiers: ["*"] } },
      { ...SEEN, principals: { not: false, all: [{ type: "AWS", id: "*" }] } },
    ],
    [
      "all principals but one",
      { not_principals: { type: "AWS", identifiers: ["111122223333"] } },
      { ...SEEN, principals: { not: true, all: [{ type: "AWS", id: "111122223333" }] } },
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
          { operator: "Bool", key: "aws:securetransport", values: ["true"] },
          { operator: "StringEquals", key: "aws:sourceaccount", values: ["111122223333", "444455556666"] },
        ],
      },
    ],
  ])("%s", (_, statement, read) => {
    expect(readTerraformPolicy({ statement: { ...SEE, ...statement } })).toEqual({
      statements: [read],
      unreadable: [],
    });
  });

  test("and all statements of a list are", () => {
    expect(readTerraformPolicy({ statement: [SEE, { ...SEE, effect: "Deny" }] })).toEqual({
      statements: [SEEN, { ...SEEN, effect: "Deny" }],
      unreadable: [],
    });
  });
});

test.each<[block: Readonly<Record<string, unknown>>, reason: UnreadablePolicyReason]>([
  [{ override_policy_documents: [] }, "unknown-element"],
  [{ dynamic: { statement: {} } }, "unknown-element"],
  [{ statement: { actions: ["${var.a}"] } }, "expression"],
  [{ statement: { sid: "%{ if true }a%{ endif }", actions: ["a"] } }, "expression"],
  [{ version: "2008-10-17", statement: SEE }, "not-a-policy"],
])("the document %j may allow or deny anything: %s", (block, reason) => {
  expect(readTerraformPolicy(block)).toEqual(unreadablePolicy(reason, block));
  // CDKTF's own comment is no part of it.
  expect(readTerraformPolicy({ ...block, "//": "${a}" })).toEqual(unreadablePolicy(reason, block));
});

test.each<[statement: unknown, reason: UnreadablePolicyReason]>([
  ["text", "not-a-statement"],
  [{}, "no-action"],
  [{ ...SEE, actions: [] }, "no-action"],
  [{ ...SEE, effect: "Maybe" }, "no-effect"],
  [{ ...SEE, more: 1 }, "unknown-element"],
  [{ ...SEE, not_actions: ["iam:*"] }, "unknown-element"],
  [{ ...SEE, not_resources: ["arn:aws:s3:::a"] }, "unknown-element"],
  [{ ...SEE, resources: [true] }, "not-a-text"],
  [{ ...SEE, principals: "text" }, "not-a-text"],
  [{ ...SEE, principals: { type: "AWS", identifiers: ["*"], more: 1 } }, "not-a-text"],
  [{ ...SEE, principals: { type: "AWS", identifiers: [5] } }, "not-a-text"],
  [{ ...SEE, principals: { identifiers: ["*"] } }, "not-a-text"],
  [{ ...SEE, condition: "text" }, "not-a-condition"],
  [{ ...SEE, condition: [null] }, "not-a-condition"],
  [{ ...SEE, condition: { test: "Bool", variable: "a", values: [], more: 1 } }, "not-a-condition"],
  [{ ...SEE, condition: { variable: "a", values: ["b"] } }, "not-a-condition"],
  [{ ...SEE, condition: { test: "Bool", variable: "a" } }, "not-a-condition"],
  [{ ...SEE, condition: { test: "StringEquals", variable: "a", values: [1e21] } }, "not-a-condition"],
])("the statement %j may allow or deny anything: %s", (statement, reason) => {
  expect(readTerraformPolicy({ statement: [SEE, statement] })).toEqual({
    statements: [SEEN],
    unreadable: [{ reason, source: statement }],
  });
});

test("conditions with the same operator and key are one, with the values of both", () => {
  const condition = [
    { test: "StringEquals", variable: "a", values: ["2"] },
    { test: "StringEquals", variable: "b", values: ["3"] },
    { test: "StringEquals", variable: "a", values: ["1", "2"] },
  ];
  expect(readTerraformPolicy({ statement: { ...SEE, condition } }).statements[0]?.conditions).toEqual([
    { operator: "StringEquals", key: "a", values: ["1", "2"] },
    { operator: "StringEquals", key: "b", values: ["3"] },
  ]);
});
