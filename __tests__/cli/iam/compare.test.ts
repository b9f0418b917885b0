import fc from "fast-check";
import { compare, lastingReachOf, NO_DIFFERENCE, type Right } from "../../../cli/iam/compare";
import { type Condition, type Policy, readPolicy, type Targets } from "../../../cli/iam/policy";
import { reachOf } from "../../../cli/iam/reach";
import { readTerraformPolicy } from "../../../cli/iam/terraform-policy";
import { propertyRuns } from "../../support/thorough";

type Statement = Readonly<Record<string, unknown>>;

function policy(...Statement: Statement[]): Policy {
  return readPolicy(JSON.stringify({ Version: "2012-10-17", Statement }));
}

/** A difference in words, so that tests read well. */
function difference(base: Policy, head: Policy): string[] {
  const targets = ({ not, patterns }: Targets) => (not ? "all but " : "") + patterns.join();
  const condition = ({ operator, key, values }: Condition) =>
    `${operator} ${key} = ${values.map((value) => JSON.stringify(value)).join(" or ")}`;
  const all = (alternatives: Right["allowed"]["when"]) =>
    alternatives.map((one) => one.map(condition).join(" and ")).join(", or ");
  const who = ({ requester }: Right) =>
    requester && (requester.is === "named" ? `${requester.principal.type} ${requester.principal.id}` : requester.is);
  const words = (sign: string) => (right: Right) =>
    [
      right.depends.length > 0 ? `${sign}?` : sign,
      who(right),
      targets(right.action),
      targets(right.resource),
      right.allowed.when.length > 0 && `if ${all(right.allowed.when)}`,
      right.allowed.unless.length > 0 && `unless ${all(right.allowed.unless)}`,
    ]
      .filter(Boolean)
      .join(" ");
  const { gained, lost, undecided } = compare(base.statements, head.statements);
  const unread = [...base.unreadable, ...head.unreadable, ...undecided].map(({ reason }) => `? ${reason}`);
  return [...gained.map(words("+")), ...lost.map(words("-")), ...new Set(unread)];
}

const SEE = { Effect: "Allow", Action: ["support:DescribeCases", "support:DescribeCommunications"], Resource: "*" };
const ONCE = { StringEquals: { "iam:AWSServiceName": "servicequotas.amazonaws.com" } };
const SLR = { Effect: "Allow", Action: "iam:CreateServiceLinkedRole", Resource: "*", Condition: ONCE };

describe("policies that look different but are equal, each beside a twin that differs", () => {
  test.each<[string, Statement[], Statement[], string[]]>([
    ["actions in another order", [{ ...SEE }], [{ ...SEE, Action: [...SEE.Action].reverse() }], []],
    ["one action more", [SEE], [{ ...SEE, Action: [...SEE.Action, "support:CreateCase"] }], ["+ support:createcase *"]],
    ["one action less", [SEE], [{ ...SEE, Action: SEE.Action[0] }], ["- support:describecommunications *"]],
    ["a statement split", [SEE], SEE.Action.map((Action) => ({ ...SEE, Action })), []],
    [
      "a statement split, and one part of it denied",
      [SEE],
      [SEE, { ...SEE, Effect: "Deny", Action: SEE.Action[0] }],
      ["- support:describecases *"],
    ],
    ["a text turned into a list", [SLR], [{ ...SLR, Action: [SLR.Action], Resource: ["*"] }], []],
    ["a Sid", [SEE], [{ ...SEE, Sid: "See" }], []],
    ["an action in another case", [SLR], [{ ...SLR, Action: "IAM:createservicelinkedrole" }], []],
    [
      "a condition's key in another case",
      [SLR],
      [{ ...SLR, Condition: { StringEquals: { "IAM:AWSservicename": ["servicequotas.amazonaws.com"] } } }],
      [],
    ],
    [
      "a condition's value in another case",
      [SLR],
      [{ ...SLR, Condition: { StringEquals: { "iam:AWSServiceName": "ServiceQuotas.amazonaws.com" } } }],
      [
        '+ iam:createservicelinkedrole * if StringEquals iam:awsservicename = "ServiceQuotas.amazonaws.com"',
        '- iam:createservicelinkedrole * if StringEquals iam:awsservicename = "servicequotas.amazonaws.com"',
      ],
    ],
    ["a condition dropped", [SLR], [{ ...SLR, Condition: undefined }], ["+ iam:createservicelinkedrole *"]],
    ["a condition added", [{ ...SLR, Condition: undefined }], [SLR], ["- iam:createservicelinkedrole *"]],
    ["another operator with the same effect", [SLR], [{ ...SLR, Condition: { StringLike: ONCE.StringEquals } }], []],
    [
      "an operator that also holds without a value",
      [SLR],
      [{ ...SLR, Condition: { StringEqualsIfExists: ONCE.StringEquals } }],
      ['+ iam:createservicelinkedrole * if StringEqualsIfExists iam:awsservicename = "servicequotas.amazonaws.com"'],
    ],
    [
      "an operator that holds only with a value",
      [{ ...SLR, Condition: { StringEqualsIfExists: ONCE.StringEquals } }],
      [SLR],
      ['- iam:createservicelinkedrole * if StringEqualsIfExists iam:awsservicename = "servicequotas.amazonaws.com"'],
    ],
    ["a resource beside all of them", [SEE], [{ ...SEE, Resource: ["*", "arn:aws:support:::case/1"] }], []],
    [
      "a resource widened",
      [{ ...SEE, Resource: "arn:aws:support:::case/1" }],
      [SEE],
      ["+ support:describecases *", "+ support:describecommunications *"],
    ],
    [
      "Allow and Deny swapped",
      [SEE],
      [{ ...SEE, Effect: "Deny" }],
      ["- support:describecases *", "- support:describecommunications *"],
    ],
    ["a Deny of what nobody was allowed", [SEE], [SEE, { ...SLR, Effect: "Deny" }], []],
    [
      "a Deny taken off",
      [SEE, { ...SEE, Effect: "Deny", Action: SEE.Action[0] }],
      [SEE],
      ["+ support:describecases *"],
    ],
    ["NotAction", [SEE], [{ Effect: "Allow", NotAction: "iam:*", Resource: "*" }], ["+ all but iam:* *"]],
    ["a wildcard", [SEE], [{ ...SEE, Action: "support:Describe*" }], ["+ support:describe* *"]],
    [
      "a wildcard beside actions that can be read",
      [SEE],
      [{ ...SEE, Action: [...SEE.Action, "support:Create*"] }],
      ["+ support:create* *"],
    ],
    [
      "a Deny taken off beneath a wildcard",
      [
        { ...SEE, Action: "support:*" },
        { ...SEE, Effect: "Deny", Action: "support:CreateCase" },
      ],
      [{ ...SEE, Action: "support:*" }],
      ["+ support:createcase *"],
    ],
    [
      "one value of a condition for two that read alike",
      [{ ...SLR, Condition: { StringEquals: { key: ['a" or "b'] } } }],
      [{ ...SLR, Condition: { StringEquals: { key: ["a", "b"] } } }],
      [
        '+ iam:createservicelinkedrole * if StringEquals key = "a" or "b"',
        '- iam:createservicelinkedrole * if StringEquals key = "a\\" or \\"b"',
      ],
    ],
    ["the same wildcard", [{ ...SEE, Action: "support:*" }], [{ ...SEE, Action: "support:*" }], []],
    [
      "a wildcard that covers what was named",
      [SEE, { ...SEE, Action: "support:*" }],
      [{ ...SEE, Action: "support:*" }],
      [],
    ],
    [
      "all but one service, and all of that one",
      [{ ...SEE, Action: "*" }],
      [
        { Effect: "Allow", NotAction: "s3:*", Resource: "*" },
        { ...SEE, Action: "s3:*" },
      ],
      [],
    ],
    [
      "all but one service, and not all of that one",
      [{ ...SEE, Action: "*" }],
      [
        { Effect: "Allow", NotAction: "s3:*", Resource: "*" },
        { ...SEE, Action: "s3:Get*" },
      ],
      ["- s3:* *"],
    ],
    [
      "all resources but one",
      [{ ...SEE, Action: "s3:GetObject" }],
      [{ Effect: "Allow", Action: "s3:GetObject", NotResource: "arn:aws:s3:::secret/*" }],
      ["- s3:getobject arn:aws:s3:::secret/*"],
    ],
    [
      "a pattern of resources",
      [{ ...SEE, Action: "s3:GetObject", Resource: "arn:aws:s3:::a/*" }],
      [{ ...SEE, Action: "s3:GetObject", Resource: ["arn:aws:s3:::a/*", "arn:aws:s3:::a/b/*"] }],
      [],
    ],
    [
      "a longer pattern of resources",
      [{ ...SEE, Action: "s3:GetObject", Resource: "arn:aws:s3:::a/*" }],
      [{ ...SEE, Action: "s3:GetObject", Resource: "arn:aws:s3:::a*" }],
      ["+ s3:getobject arn:aws:s3:::a*"],
    ],
    ["an asterisk for any service and name", [{ ...SEE, Action: "*" }], [{ ...SEE, Action: "*:*" }], []],
    [
      "an ARN's wildcard, which stops at colons",
      [{ ...SLR, Condition: { ArnLike: { "aws:SourceArn": "arn:aws:*:*:1:*" } } }],
      [{ ...SLR, Condition: { StringLike: { "aws:SourceArn": "arn:aws:*:*:1:*" } } }],
      ['+ iam:createservicelinkedrole * if StringLike aws:sourcearn = "arn:aws:*:*:1:*"'],
    ],
    [
      "one of several values, or each of them",
      [{ ...SLR, Condition: { "ForAnyValue:StringEquals": { "aws:CalledVia": ["a", "b"] } } }],
      [{ ...SLR, Condition: { "ForAllValues:StringEquals": { "aws:CalledVia": ["a", "b"] } } }],
      [
        '+ iam:createservicelinkedrole * if ForAllValues:StringEquals aws:calledvia = "a" or "b"',
        '- iam:createservicelinkedrole * if ForAnyValue:StringEquals aws:calledvia = "a" or "b"',
      ],
    ],
    [
      "each of several values, of which there is one",
      [{ ...SLR, Condition: { "ForAnyValue:StringEquals": { "aws:CalledVia": ["a", "b"] } } }],
      [
        {
          ...SLR,
          Condition: {
            "ForAnyValue:StringLike": { "aws:CalledVia": "*" },
            "ForAllValues:StringEquals": { "aws:CalledVia": "a" },
          },
        },
      ],
      ['- iam:createservicelinkedrole * if ForAnyValue:StringEquals aws:calledvia = "a" or "b"'],
    ],
    [
      "a number, which is unsupported",
      [{ ...SLR, Condition: { NumericLessThan: { "aws:MultiFactorAuthAge": "60" } } }],
      [{ ...SLR, Condition: { NumericLessThan: { "aws:MultiFactorAuthAge": "30" } } }],
      [
        '+? iam:createservicelinkedrole * if NumericLessThan aws:multifactorauthage = "30"',
        '-? iam:createservicelinkedrole * if NumericLessThan aws:multifactorauthage = "60"',
      ],
    ],
    [
      "a number that stays, and another condition that is removed",
      [SEE, { ...SLR, Condition: { NumericLessThan: { "aws:MultiFactorAuthAge": "60" } } }],
      [{ ...SLR, Condition: { NumericLessThan: { "aws:MultiFactorAuthAge": "60" } } }],
      ["- support:describecases *", "- support:describecommunications *"],
    ],
    [
      "a variable of IAM's",
      [SEE],
      [{ ...SEE, Resource: "arn:aws:s3:::${aws:username}" }],
      ["-? support:describecases *", "-? support:describecommunications *"],
    ],
  ])("%s", (_, base, head, expected) => {
    expect(difference(policy(...base), policy(...head))).toEqual(expected);
  });

  const TRUST = { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "supportapp.amazonaws.com" } };
  test.each<[string, Statement, string[]]>([
    ["a list of one principal", { ...TRUST, Principal: { Service: ["supportapp.amazonaws.com"] } }, []],
    [
      "a principal more",
      { ...TRUST, Principal: { ...TRUST.Principal, AWS: "arn:aws:iam::111122223333:root" } },
      ["+ other-of-account sts:assumerole *"],
    ],
    ["anybody", { ...TRUST, Principal: "*" }, ["+ other sts:assumerole *"]],
    [
      "a role of an account",
      { ...TRUST, Principal: { ...TRUST.Principal, AWS: "arn:aws:iam::111122223333:role/a" } },
      ["+ AWS arn:aws:iam::111122223333:role/a sts:assumerole *"],
    ],
    [
      "a condition",
      { ...TRUST, Condition: { StringEquals: { "aws:SourceAccount": "111122223333" } } },
      ["- Service supportapp.amazonaws.com sts:assumerole *"],
    ],
    [
      "all but one",
      { Effect: "Allow", Action: "sts:AssumeRole", NotPrincipal: { AWS: "arn:aws:iam::111122223333:root" } },
      ["+ other sts:assumerole *"],
    ],
  ])("in a trust: %s", (_, head, expected) => {
    expect(difference(policy(TRUST), policy(head))).toEqual(expected);
  });
});

test("a change with too many combinations is undecided, unless nothing changes", () => {
  const many = (count: number, set = "") => ({
    ...SEE,
    Action: "support:CreateCase",
    Condition: { [`${set}StringEquals`]: { key: Array.from({ length: count }, (_, index) => String(index)) } },
  });
  // One value is all that a key has: many values are many cases, not many combinations.
  expect(difference(policy(SEE, many(200)), policy(SEE, many(100)))).toHaveLength(1);
  expect(difference(policy(SEE), policy(SEE, many(13, "ForAnyValue:")))).toEqual([
    expect.stringMatching(/^\+\? support:createcase \* if ForAnyValue:StringEquals key = "0" or/),
  ]);
  expect(difference(policy(SEE, many(13, "ForAnyValue:")), policy(many(13, "ForAnyValue:")))).toEqual([
    "- support:describecases *",
    "- support:describecommunications *",
  ]);
});

/** A statement with a condition on each of so many keys. */
function manyKeys(count: number, value = "a", operator = "StringEquals"): Statement {
  const keys = Array.from({ length: count }, (_, index) => [`key${index}`, value]);
  return { ...ANY, Condition: { [operator]: Object.fromEntries(keys) } };
}

/** A pattern with too many states to try. */
function wide(prefix: string): string {
  return `${prefix}*a${"?".repeat(14)}`;
}

const ANY = { Effect: "Allow", Action: "a:a", Resource: "*" };
const TARGET = { not: false, patterns: ["*"] };
const A = { not: false, patterns: ["a:a"] };

describe("a comparison", () => {
  test("of equal statements is no difference", () => {
    expect(compare(policy(SEE, SLR).statements, policy(SEE, SLR).statements)).toBe(NO_DIFFERENCE);
    expect(compare([], [])).toBe(NO_DIFFERENCE);
    expect(NO_DIFFERENCE).toEqual({ gained: [], lost: [], undecided: [] });
  });

  test("is made once", () => {
    const [base, head, other] = [policy(SEE).statements, policy(SLR).statements, policy().statements];
    expect(compare(base, head)).toBe(compare(base, head));
    expect(compare(base, other).gained).toEqual([]);
    expect(compare(base, head).gained).toHaveLength(1);
  });

  test("has what is gained, with a request that proves it", () => {
    expect(compare([], policy(ANY).statements)).toEqual({
      gained: [
        {
          requester: undefined,
          action: A,
          resource: TARGET,
          allowed: { when: [], unless: [] },
          otherwise: undefined,
          example: { action: "a:a", resource: "x", keys: {} },
          depends: [],
        },
      ],
      lost: [],
      undecided: [],
    });
  });

  test("of trust policies has who gains it, on whatever resource", () => {
    const trust = { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "supportapp.amazonaws.com" } };
    expect(compare(policy(trust).statements, [])).toEqual({
      gained: [],
      lost: [
        {
          requester: { is: "named", principal: { type: "Service", id: "supportapp.amazonaws.com" } },
          action: { not: false, patterns: ["sts:assumerole"] },
          resource: TARGET,
          allowed: { when: [], unless: [] },
          otherwise: undefined,
          example: { action: "sts:assumerole", resource: "x", keys: {} },
          depends: [],
        },
      ],
      undecided: [],
    });
  });

  test("has what both sides allow, and a request between them", () => {
    const condition = (values: string[]) => ({ operator: "StringEquals", key: "key", values });
    const when = (key: string[]) => ({ ...ANY, Condition: { StringEquals: { key } } });
    const deny = { ...ANY, Effect: "Deny", Condition: { Null: { mfa: "true" } } };
    const { gained, lost } = compare(policy(when(["b"]), deny).statements, policy(when(["b", "c"]), deny).statements);
    const unless = [[{ operator: "Null", key: "mfa", values: ["true"] }]];
    expect(lost).toEqual([]);
    expect(gained).toEqual([
      {
        requester: undefined,
        action: A,
        resource: TARGET,
        allowed: { when: [[condition(["b", "c"])]], unless },
        otherwise: { when: [[condition(["b"])]], unless },
        example: { action: "a:a", resource: "x", keys: { key: ["c"], mfa: ["x"] } },
        depends: [],
      },
    ]);
  });

  test("has a request that lacks a key, or whose key has no value, where that decides", () => {
    const keys = (Condition: object) =>
      compare([], policy({ ...ANY, Condition }).statements).gained.map(({ example }) => example.keys);
    expect(keys({ Null: { key: "true" } })).toEqual([{ key: undefined }]);
    expect(keys({ Null: { key: "false" } })).toEqual([{ key: ["x"] }]);
    expect(keys({ StringNotEqualsIfExists: { key: "a" } })).toEqual([{ key: undefined }]);
    expect(keys({ "ForAllValues:StringEquals": { key: "a" }, Null: { key: "false" } })).toEqual([{ key: [] }]);
    expect(keys({ "ForAnyValue:StringEquals": { key: ["a", "b"] } })).toEqual([{ key: ["a"] }]);
    expect(keys({ "ForAnyValue:StringEquals": { key: "a" }, "ForAnyValue:StringLike": { key: "b*" } })).toEqual([
      { key: ["a", "b"] },
    ]);
  });
});

describe("an unsupported condition", () => {
  const AGE = { operator: "NumericLessThan", key: "age", values: ["60"] };
  const young = { NumericLessThan: { age: "60" } };

  test("decides whether a right is gained, and is named once", () => {
    const { gained } = compare(
      policy({ ...ANY, Condition: { ...young, Bool: { mfa: "true" } } }).statements,
      policy({ ...ANY, Condition: young }, { ...ANY, Condition: { ...young, Null: { mfa: "true" } } }).statements,
    );
    expect(gained).toMatchObject([{ depends: [AGE], example: { keys: { mfa: undefined } } }]);
    expect(gained[0]?.depends).toHaveLength(1);
    expect(Object.keys(gained[0]?.example.keys ?? {})).toEqual(["mfa"]);
  });

  test("decides nothing where the right is gained with it and without", () => {
    const { gained, lost } = compare(
      policy({ ...ANY, Condition: young }).statements,
      policy({ ...ANY, Condition: young }, { ...ANY, Condition: { Bool: { mfa: "true" } } }).statements,
    );
    expect({ gained: gained.map(({ depends }) => depends), lost }).toEqual({ gained: [[AGE]], lost: [] });
    const denied = [ANY, { ...ANY, Effect: "Deny", Condition: young }];
    expect(compare([], policy(...denied).statements).gained).toMatchObject([{ depends: [AGE] }]);
    const beside = [{ ...ANY, Condition: young }, ANY];
    expect(compare([], policy(...beside).statements).gained).toMatchObject([{ depends: [] }]);
  });

  test.each<[element: string]>([["Resource"], ["NotResource"]])("is a variable in %s", (element) => {
    const { Resource: _, ...rest } = ANY;
    const patterns = ["arn:aws:s3:::${aws:username}", "arn:aws:s3:::a"];
    const { gained, lost } = compare([], policy({ ...rest, [element]: patterns }).statements);
    const depends = [{ operator: element, key: "", values: ["arn:aws:s3:::${aws:username}"] }];
    expect(lost).toEqual([]);
    expect(gained).toMatchObject(
      element === "Resource"
        ? [
            { resource: TARGET, allowed: { when: [depends] }, depends },
            { resource: { patterns: ["arn:aws:s3:::a"] }, allowed: { when: [] }, depends: [] },
          ]
        : [{ resource: { not: true, patterns }, allowed: { when: [depends] }, depends }],
    );
  });

  test("is a variable in a condition's value", () => {
    const when = (...key: string[]) => ({ ...ANY, Condition: { StringEquals: { key } } });
    expect(difference(policy(), policy(when("${aws:username}")))).toEqual([
      '+? a:a * if StringEquals key = "${aws:username}"',
    ]);
    expect(difference(policy(when("a")), policy(when("a", "${aws:username}")))).toEqual([
      '+? a:a * if StringEquals key = "${aws:username}" or "a"',
      '-? a:a * if StringEquals key = "a"',
    ]);
  });

  test("is one on a key that has one value for one condition, and several for another", () => {
    const one = { ...ANY, Condition: { StringEquals: { key: "a" } } };
    const several = { ...ANY, Condition: { "ForAnyValue:StringEquals": { key: "a" } } };
    expect(difference(policy(one), policy(several))).toEqual([
      '+? a:a * if ForAnyValue:StringEquals key = "a"',
      '-? a:a * if StringEquals key = "a"',
    ]);
  });

  test("is one on a key of several values that has more than nine", () => {
    const when = (count: number, set: string) => ({
      ...ANY,
      Condition: { [`${set}StringEquals`]: { key: Array.from({ length: count }, (_, index) => `${index}`) } },
    });
    const sign = (head: Statement) => difference(policy(), policy(head))[0]?.split(" ")[0];
    expect(sign(when(9, "ForAnyValue:"))).toBe("+");
    expect(sign(when(10, "ForAnyValue:"))).toBe("+?");
    expect(sign(when(10, ""))).toBe("+");
  });

  test("is one on a key whose patterns are too many, but not whether a request has that key", () => {
    const like = { ...ANY, Action: "b:b", Condition: { StringLike: { key: wide("") } } };
    const has = { ...ANY, Condition: { Null: { key: "false" } } };
    expect(difference(policy(like), policy(like, has))).toEqual(['+ a:a * if Null key = "false"']);
    const { gained } = compare(policy(like).statements, policy(like, has).statements);
    expect(gained.map(({ example }) => example.keys)).toEqual([{ key: ["x"] }]);
    expect(difference(policy(has), policy(like, ANY))).toEqual([
      "+ a:a *",
      expect.stringMatching(/^\+\? b:b \* if StringLike key = /),
    ]);
  });
});

describe("too much to try is undecided", () => {
  test("too many patterns of actions or resources", () => {
    const undecided = { gained: [], lost: [], undecided: [{ reason: "too-many-patterns" }] };
    const actions = { ...ANY, Action: wide("a:") };
    const resources = { ...ANY, Resource: wide("arn:aws:s3:::") };
    expect(compare([], policy(actions).statements)).toEqual(undecided);
    expect(compare([], policy(resources).statements)).toEqual(undecided);
    expect(lastingReachOf(policy(resources).statements)).toBe("sometimes");
    // The action is given, so that its patterns don't matter.
    expect(lastingReachOf(policy(actions).statements)).toBe("always");
  });

  test("more than 500 principals", () => {
    const trust = (count: number) =>
      policy({
        Effect: "Allow",
        Action: "sts:AssumeRole",
        Principal: { AWS: Array.from({ length: count }, (_, index) => `AIDA${index}`) },
      }).statements;
    expect(compare([], trust(499)).gained).toHaveLength(499);
    expect(compare([], trust(500))).toEqual({ gained: [], lost: [], undecided: [{ reason: "too-many-patterns" }] });
  });

  test("too many combinations of conditions: the action is named once", () => {
    const [base, head] = [manyKeys(17), manyKeys(17, "b")];
    expect(compare(policy(base).statements, policy(head).statements)).toEqual({
      gained: [],
      lost: [],
      undecided: [{ reason: "too-many-combinations", action: A }],
    });
    const Resource = ["arn:aws:s3:::a", "arn:aws:s3:::b*"];
    const other = { ...SLR, Resource };
    expect(
      compare(policy({ ...base, Resource }).statements, policy({ ...head, Resource }, other).statements),
    ).toMatchObject({
      gained: Resource.map((text) => ({ resource: { patterns: [text] } })),
      undecided: [{ reason: "too-many-combinations", action: A }],
    });
  });

  test("but not where nothing changes: statements in another order, or repeated", () => {
    const [one, other] = [manyKeys(17), manyKeys(17, "b")];
    const both = policy(one, other).statements;
    expect(compare(both, policy(other, one).statements)).toEqual(NO_DIFFERENCE);
    expect(compare(both, policy(one, other, one).statements)).toEqual(NO_DIFFERENCE);
    expect(compare(both, policy(one, other, { ...one, Resource: ["*", "a"] }).statements)).toEqual(NO_DIFFERENCE);
  });

  test("16 unsupported conditions are few enough", () => {
    const undecided = (count: number) =>
      compare([], policy(manyKeys(count, "1", "NumericEquals")).statements).undecided.length;
    expect([16, 17].map(undecided)).toEqual([0, 1]);
  });

  test("a role whose conditions are too many may do something sometimes, and if all are denials, never", () => {
    expect(lastingReachOf(policy(manyKeys(17)).statements)).toBe("sometimes");
    expect(lastingReachOf(policy({ ...manyKeys(17), Effect: "Deny" }).statements)).toBe("never");
  });
});

describe("a right is named as its policies do", () => {
  test.each<[what: string, base: Statement[], head: Statement[], expected: string[]]>([
    ["once, where a pattern matches its name", [], [{ ...ANY, Action: ["a:a", "a:*"] }], ["+ a:* *"]],
    [
      "by the longest pattern",
      [{ ...ANY, Action: "a:*" }],
      [
        { ...ANY, Action: "a:*" },
        { ...ANY, Effect: "Deny", Action: "a:abc*" },
      ],
      ["- a:abc* *"],
    ],
    [
      "by name, where a longer pattern matches, too",
      [
        { ...ANY, Action: "a:a" },
        { ...ANY, Action: "a:*****a", Resource: "arn:aws:s3:::a" },
      ],
      [{ ...ANY, Action: "a:*****a", Resource: "arn:aws:s3:::a" }],
      ["- a:a *"],
    ],
    [
      "by what all negated lists leave out, each once",
      [],
      [
        { Effect: "Allow", NotAction: ["a:a", "b:b"], Resource: "*" },
        { Effect: "Allow", NotAction: ["a:a", "c:c"], Resource: "*" },
      ],
      ["+ all but a:a,b:b,c:c *", "+ b:b *", "+ c:c *"],
    ],
    [
      "by a resource that is left out",
      [{ Effect: "Allow", Action: "a:a", NotResource: ["arn:aws:s3:::a", "arn:aws:s3:::b"] }],
      [{ Effect: "Allow", Action: "a:a", NotResource: ["arn:aws:s3:::a"] }],
      ["+ a:a arn:aws:s3:::b"],
    ],
    [
      "once, where a wider right covers it",
      [],
      [{ ...ANY, Action: ["a:*", "a:b*", "a:bc", "a:?c", "b:b"], Resource: ["arn:aws:s3:::*", "arn:aws:s3:::a/?"] }],
      ["+ a:* arn:aws:s3:::*", "+ b:b arn:aws:s3:::*"],
    ],
    [
      "twice, where a pattern covers only a part of another",
      [],
      [{ ...ANY, Action: ["a:b*", "a:*c"] }],
      ["+ a:b* *", "+ a:*c *"],
    ],
    [
      "twice, where the action is covered and the resource isn't",
      [],
      [
        { ...ANY, Action: "a:*", Resource: "arn:aws:s3:::a" },
        { ...ANY, Action: "a:b", Resource: "arn:aws:s3:::b" },
      ],
      ["+ a:* arn:aws:s3:::a", "+ a:b arn:aws:s3:::b"],
    ],
    [
      "twice, where a condition differs",
      [],
      [
        { ...ANY, Action: "a:*", Condition: ONCE },
        { ...ANY, Action: "a:b" },
      ],
      ['+ a:* * if StringEquals iam:awsservicename = "servicequotas.amazonaws.com"', "+ a:b *"],
    ],
    [
      "twice, where a part of a pattern also matches the other",
      [],
      [{ ...ANY, Action: ["a:c*", "a:*c"] }],
      ["+ a:c* *", "+ a:*c *"],
    ],
    [
      "twice, where a longer resource isn't matched by a shorter one",
      [],
      [{ ...ANY, Resource: ["arn:aws:s3:::a?", "arn:aws:s3:::a"] }],
      ["+ a:a arn:aws:s3:::a?", "+ a:a arn:aws:s3:::a"],
    ],
    [
      "twice, where one is what the other leaves out",
      [],
      [
        { Effect: "Allow", NotAction: "iam:*", Resource: "*" },
        { ...ANY, Action: "iam:*" },
      ],
      ["+ all but iam:* *", "+ iam:* *"],
    ],
    [
      "once, where only a resource of the same actions is covered",
      [],
      [{ Effect: "Allow", NotAction: "iam:*", Resource: ["*", "arn:aws:s3:::a"] }],
      ["+ all but iam:* *"],
    ],
    ["once, where two patterns are the same in effect", [], [{ ...ANY, Action: ["a:?*", "a:*?"] }], ["+ a:?* *"]],
  ])("%s", (_, base, head, expected) => {
    expect(difference(policy(...base), policy(...head)).sort()).toEqual([...expected].sort());
  });
});

test("of rights with the same name, the one with the shortest example is reported", () => {
  const Resource = ["arn:aws:s3:::b*", "arn:aws:s3:::*a"];
  const { gained } = compare([], policy({ ...ANY, Resource: ["arn:aws:sns:::x", ...Resource] }).statements);
  expect(gained.map(({ resource, example }) => [resource.patterns, example.resource])).toEqual([
    [["arn:aws:s3:::*a"], "arn:aws:s3:::a"],
    [["arn:aws:s3:::b*"], "arn:aws:s3:::b"],
    [["arn:aws:sns:::x"], "arn:aws:sns:::x"],
  ]);
});

describe("the principals of a trust", () => {
  const trust = (more: object) => ({ Effect: "Allow", Action: "sts:AssumeRole", ...more });
  const ROLE = "arn:aws:iam::111122223333:role/a";
  test.each<[what: string, base: Statement[], head: Statement[], expected: string[]]>([
    [
      "a Deny of one of an account",
      [trust({ Principal: { AWS: "111122223333" } })],
      [trust({ Principal: { AWS: "111122223333" } }), trust({ Effect: "Deny", Principal: { AWS: ROLE } })],
      [`- AWS ${ROLE} sts:assumerole *`],
    ],
    [
      "all but one",
      [trust({ Principal: "*" })],
      [trust({ NotPrincipal: { AWS: ROLE } })],
      [`- AWS ${ROLE} sts:assumerole *`],
    ],
    [
      "a statement for whoever has the policy, beside one with a principal",
      [trust({ Principal: { AWS: ROLE } })],
      [trust({ Principal: { AWS: ROLE } }), trust({})],
      ["+ other-of-account sts:assumerole *", "+ other sts:assumerole *"],
    ],
  ])("%s", (_, base, head, expected) => {
    expect(difference(policy(...base), policy(...head))).toEqual(expected);
  });
});

test("the cases in which the other side allows it are reported, too", () => {
  const when = { StringEquals: { "aws:SourceAccount": "111122223333" } };
  const cases = (...Statement: Statement[]) => {
    const [right] = compare(policy(SLR).statements, policy(...Statement).statements).lost;
    return right?.otherwise;
  };
  const narrower = { ...SLR, Condition: { StringEquals: { ...ONCE.StringEquals, ...when.StringEquals } } };
  expect(cases(narrower)).toMatchObject({
    when: [[{ key: "aws:sourceaccount", values: ["111122223333"] }, { key: "iam:awsservicename" }]],
    unless: [],
  });
  expect(cases(SLR, { ...SLR, Effect: "Deny", Condition: when })).toMatchObject({
    when: [[{ key: "iam:awsservicename" }]],
    unless: [[{ key: "aws:sourceaccount" }]],
  });
  expect(cases()).toBeUndefined();
  expect(cases({ ...SLR, Effect: "Deny", Condition: when })).toBeUndefined();
  const denied = policy({ ...SLR, Condition: undefined }, { ...SLR, Effect: "Deny", Condition: when });
  const [right] = compare(denied.statements, policy({ ...SLR, Condition: undefined }).statements).gained;
  expect(right).toMatchObject({ allowed: { when: [], unless: [] }, otherwise: { when: [] } });
  expect(right?.otherwise?.unless).toMatchObject([[{ key: "aws:sourceaccount" }]]);
  expect(cases(SLR, { ...SLR, Effect: "Deny", Condition: undefined })).toBeUndefined();
});

const until = (end: string, more: object = {}) => ({ DateLessThan: { "aws:CurrentTime": end }, ...more });
const DECEMBER = "2026-12-31T00:00:00Z";
const JANUARY = "2027-01-31T00:00:00Z";

describe("a later end gives, an earlier one takes", () => {
  const ONE = { ...SEE, Action: "support:DescribeCases" };
  const DENY = { ...ONE, Effect: "Deny" };
  const when = (Condition?: object) => ({ ...ONE, Condition });
  test.each<[string, Statement[], Statement[]]>([
    ["another day", [when(until(JANUARY))], [when(until(DECEMBER))]],
    ["a second", [when(until("2027-01-31T00:00:01Z"))], [when(until(JANUARY))]],
    ["an end", [when()], [when(until(JANUARY))]],
    ["an end of two", [when(until(DECEMBER)), when(until(JANUARY))], [when(until(DECEMBER))]],
    [
      "a Deny that ends later",
      [when(), { ...DENY, Condition: until(DECEMBER) }],
      [when(), { ...DENY, Condition: until(JANUARY) }],
    ],
    ["an end beside a condition", [when({ Bool: { mfa: "true" } })], [when(until(JANUARY, { Bool: { mfa: "true" } }))]],
  ])("%s", (_, longer, shorter) => {
    const signs = (base: Statement[], head: Statement[]) =>
      difference(policy(...base), policy(...head)).map((words) => words.split(" ")[0]);
    expect(signs(longer, shorter)).toEqual(["-"]);
    expect(signs(shorter, longer)).toEqual(["+"]);
  });

  test("the later of two ends counts, and neither does beside a statement without an end", () => {
    const two = policy(when(until(DECEMBER)), when(until(JANUARY)));
    expect(difference(policy(when(until(JANUARY))), two)).toEqual([]);
    expect(difference(policy(when()), policy(when(), when(until(JANUARY))))).toEqual([]);
  });

  test("an example's time is the second before the end, or after all ends", () => {
    const time = (base: Policy, head: Policy) =>
      compare(base.statements, head.statements).gained.map(({ example }) => example.keys["aws:currenttime"]);
    expect(time(policy(when(until(DECEMBER))), policy(when(until(JANUARY))))).toEqual([["2027-01-30T23:59:59Z"]]);
    expect(time(policy(when(until(DECEMBER))), policy(when()))).toEqual([[DECEMBER]]);
  });

  test("another end of the key decides nothing, nor does another condition on the time", () => {
    const later = [until("2027-02-28T00:00:00Z"), until(JANUARY), { DateGreaterThan: { "aws:CurrentTime": DECEMBER } }];
    const others = later.map((Condition, index) => ({ ...ONE, Action: `a:a${index}`, Condition }));
    const { gained, lost } = compare(
      policy(when(until(DECEMBER)), ...others).statements,
      policy(when(), ...others).statements,
    );
    expect(lost).toEqual([]);
    expect(gained).toMatchObject([{ depends: [], example: { keys: { "aws:currenttime": ["2027-01-30T23:59:59Z"] } } }]);
  });

  test("an example's time is after the last end, wherever that stands", () => {
    const all = { ...ONE, Action: "support:*", Condition: until(JANUARY) };
    const { gained } = compare(
      policy(all).statements,
      policy({ ...all, Condition: undefined }, when(until(DECEMBER))).statements,
    );
    expect(gained.map(({ example }) => example.keys)).toEqual([{ "aws:currenttime": [JANUARY] }]);
  });

  test.each([
    { DateLessThan: { "aws:EpochTime": JANUARY } },
    { DateLessThan: { "aws:CurrentTime": "2027-01-31" } },
    { DateLessThan: { "aws:CurrentTime": "2027-02-30T00:00:00Z" } },
    { DateLessThan: { "aws:CurrentTime": "2027-01-31T01:00:00+01:00" } },
    { DateLessThan: { "aws:CurrentTime": "1801353600" } },
    { DateLessThan: { "aws:CurrentTime": [DECEMBER, JANUARY] } },
    { DateLessThanEquals: { "aws:CurrentTime": JANUARY } },
    { DateLessThanIfExists: { "aws:CurrentTime": JANUARY } },
    { DateGreaterThan: { "aws:CurrentTime": DECEMBER } },
  ])("%j is unsupported", (condition) => {
    expect(difference(policy(), policy(when(condition)))[0]).toMatch(/^\+\? /);
    expect(reachOf(policy(when(condition)).statements, "support:DescribeCases")).toBe("sometimes");
    // Beside an end, neither hides what the other gives.
    expect(difference(policy(when(until(DECEMBER))), policy(when(until(JANUARY)), when(condition)))[0]).toMatch(/^\+/);
  });

  test("a text condition on the time stays unsupported beside an end", () => {
    const text = { StringEquals: { "aws:CurrentTime": DECEMBER } };
    expect(difference(policy(when(until(DECEMBER))), policy(when(until(DECEMBER)), when(text)))[0]).toMatch(/^\+\? /);
  });
});

describe("how long a role may do something", () => {
  const ONE = { ...SEE, Action: "support:DescribeCases" };
  const ends = (end: string, more: object = {}) => ({ ...ONE, Condition: until(end), ...more });
  test.each<[string, Statement[], unknown]>([
    ["an end", [ends(DECEMBER)], { until: DECEMBER }],
    ["the later of two", [ends(DECEMBER), ends(JANUARY)], { until: JANUARY }],
    ["an end beside none", [ONE, ends(DECEMBER)], "always"],
    ["under a condition, until an end", [{ ...ONE, Condition: until(DECEMBER, ONCE) }], "sometimes"],
    ["always until an end, then under a condition", [ends(DECEMBER), { ...ONE, Condition: ONCE }], "sometimes"],
    [
      "always until an end, then under a condition until a later one",
      [ends(DECEMBER), { ...ONE, Condition: until(JANUARY, ONCE) }],
      "sometimes",
    ],
    ["denied until an end", [ONE, ends(DECEMBER, { Effect: "Deny" })], "sometimes"],
    ["denied until it ends", [ends(DECEMBER), ends(DECEMBER, { Effect: "Deny" })], "never"],
    ["of one resource until an end", [ends(DECEMBER, { Resource: "arn:aws:s3:::a" })], "sometimes"],
  ])("%s", (_, statements, reach) => {
    expect(reachOf(policy(...statements).statements, "support:DescribeCases")).toEqual(reach);
  });
});

describe("what a role may do with an action", () => {
  test.each<[string, Statement[], string]>([
    ["allowed", [SEE], "always"],
    ["allowed by a wildcard", [{ ...SEE, Action: "support:*" }], "always"],
    ["allowed by what is left out", [{ Effect: "Allow", NotAction: "s3:*", Resource: "*" }], "always"],
    ["left out", [{ Effect: "Allow", NotAction: "support:*", Resource: "*" }], "never"],
    ["not named", [SLR], "never"],
    ["denied", [SEE, { ...SEE, Effect: "Deny" }], "never"],
    ["denied for one resource", [SEE, { ...SEE, Effect: "Deny", Resource: "arn:aws:s3:::a" }], "sometimes"],
    ["allowed for one resource", [{ ...SEE, Resource: "arn:aws:s3:::a" }], "sometimes"],
    ["allowed under a condition", [{ ...SEE, Condition: ONCE }], "sometimes"],
    ["allowed under a condition and else, too", [SEE, { ...SEE, Condition: ONCE }], "always"],
    ["allowed with the key and without", [{ ...SEE, Condition: { Null: { a: ["true", "false"] } } }], "always"],
    ["allowed under an unsupported condition", [{ ...SEE, Condition: { DateLessThan: { a: "b" } } }], "sometimes"],
  ])("%s: %s", (_, statements, reach) => {
    expect(reachOf(policy(...statements).statements, "support:DescribeCases")).toBe(reach);
  });
});

describe("a stricter condition takes, a looser one gives", () => {
  const when = (...all: object[]) => all.map((Condition) => ({ ...SEE, Action: "support:CreateCase", Condition }));
  const [A, AB, B] = [["a"], ["a", "b"], ["b"]].map((key) => ({ StringEquals: { key } }));
  const NOT = (...key: string[]) => ({ StringNotEquals: { key } });
  const DENY = (Condition?: object) => ({ ...SEE, Action: "support:CreateCase", Effect: "Deny", Condition });
  test.each<[string, Statement[], Statement[]]>([
    ["one value fewer", when(AB as object), when(A as object)],
    ["one condition more", when(A as object), when({ ...A, Bool: { mfa: "true" } })],
    ["one condition more, of which nothing is known", when(A as object), when({ ...A, Null: { mfa: "true" } })],
    ["one of two statements fewer", when(A as object, B as object), when(A as object)],
    ["one exception more", when(NOT("a")), when(NOT("a", "b"))],
    ["a Deny in fewer exceptions", [...when({}), DENY(NOT("a", "b"))], [...when({}), DENY(NOT("a"))]],
    ["a Deny of more values", [...when({}), DENY(A)], [...when({}), DENY(AB)]],
    ["a Deny for what was an exception", when({}), when(NOT("a"))],
  ])("%s", (_, looser, stricter) => {
    const signs = (base: Statement[], head: Statement[]) => [
      ...new Set(difference(policy(...base), policy(...head)).map(([sign]) => sign)),
    ];
    expect(signs(looser, stricter)).toEqual(["-"]);
    expect(signs(stricter, looser)).toEqual(["+"]);
  });

  test.each<[string, Statement[], Statement[]]>([
    ["two values in two statements", when(AB as object), when(A as object, B as object)],
    ["an exception as a Deny", when(NOT("a", "b")), [...when({}), DENY(AB)]],
    ["values in another order, one twice", when(AB as object), when({ StringEquals: { KEY: ["b", "a", "b"] } })],
  ])("%s: the same", (_, base, head) => {
    expect(difference(policy(...base), policy(...head))).toEqual([]);
  });

  test("Terraform merges the values of two equal conditions: a second one gives more", () => {
    const condition = (value: string) => ({ test: "StringEquals", variable: "key", values: [value] });
    const document = (...condition: object[]) =>
      readTerraformPolicy({ statement: { actions: ["a:a"], resources: ["*"], condition } });
    expect(difference(document(condition("a")), document(condition("a"), condition("b")))).toEqual([
      '+ a:a * if StringEquals key = "a" or "b"',
    ]);
  });
});

/** Who asks, by the keys that conditions ask for. Undefined: the request has no such key. */
type Request = Readonly<Record<string, string | undefined>>;

/** Every case in which something is allowed: action, one resource by name or another one, and who asks. */
function expanded({ statements }: Policy, requests: readonly Request[]): Set<string> {
  const holds = (request: Request) => (condition: Condition) => {
    const value = request[condition.key];
    const among = value !== undefined && condition.values.includes(value);
    if (condition.operator === "StringNotEquals") return value === undefined || !among;
    return value === undefined ? condition.operator === "StringEqualsIfExists" : among;
  };
  const allowed = new Set<string>();
  for (const action of ["a:a", "a:b", "a:c"]) {
    for (const resource of ["another", "r1", "r2"]) {
      for (const request of requests) {
        const effects = statements
          .filter((one) => one.actions.patterns.includes(action) && one.conditions.every(holds(request)))
          .filter((one) => one.resources?.patterns.some((pattern) => pattern === "*" || pattern === resource))
          .map(({ effect }) => effect);
        if (effects.includes("Allow") && !effects.includes("Deny")) {
          allowed.add(`${action} ${resource} ${JSON.stringify(request)}`);
        }
      }
    }
  }
  return allowed;
}

function policiesWhen(conditions: fc.Arbitrary<Condition>): fc.Arbitrary<Policy> {
  const targets = (all: string[]) => fc.subarray(all, { minLength: 1 }).map((patterns) => ({ not: false, patterns }));
  const statement = fc.record({
    effect: fc.constantFrom("Allow" as const, "Deny" as const),
    actions: targets(["a:a", "a:b", "a:c"]),
    resources: targets(["*", "r1", "r2"]),
    conditions: fc.uniqueArray(conditions, { maxLength: 2, selector: ({ operator, key }) => `${operator} ${key}` }),
  });
  return fc.array(statement, { maxLength: 4 }).map((statements) => ({ statements, unreadable: [] }));
}

const RUNS = { numRuns: propertyRuns(500) };

test("for any two policies, it agrees with trying every case one by one", () => {
  const values = ["x", "y", "z", undefined];
  const requests = values.flatMap((k1) => values.map((k2) => ({ k1, k2 })));
  const conditions = fc.record({
    operator: fc.constantFrom("StringEquals", "StringNotEquals", "StringEqualsIfExists"),
    key: fc.constantFrom("k1", "k2"),
    values: fc.subarray(["x", "y"], { minLength: 1 }),
  });
  fc.assert(
    fc.property(policiesWhen(conditions), policiesWhen(conditions), (base, head) => {
      const { gained, lost, undecided } = compare(base.statements, head.statements);
      const [before, after] = [expanded(base, requests), expanded(head, requests)];
      expect(gained.length > 0).toBe([...after].some((one) => !before.has(one)));
      expect(lost.length > 0).toBe([...before].some((one) => !after.has(one)));
      expect(undecided).toEqual([]);
      for (const { example, depends } of gained) {
        expect(depends).toEqual([]);
        const keys = { k1: example.keys.k1?.[0], k2: example.keys.k2?.[0] };
        const isAllowed = ({ statements }: Policy) =>
          expanded({ statements, unreadable: [] }, [{ k1: known(keys.k1), k2: known(keys.k2) }]).has(
            `${example.action} ${["r1", "r2"].includes(example.resource) ? example.resource : "another"} ${JSON.stringify({ k1: known(keys.k1), k2: known(keys.k2) })}`,
          );
        expect([isAllowed(base), isAllowed(head)]).toEqual([false, true]); // the example is a proof
      }
    }),
    RUNS,
  );
});

/** A value that no policy names is like any other such. */
function known(value: string | undefined): string | undefined {
  return value === undefined || ["x", "y"].includes(value) ? value : "z";
}
