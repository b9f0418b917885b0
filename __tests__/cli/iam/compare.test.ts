import { compare, NO_DIFFERENCE } from "../../../cli/iam/compare";
import { readTerraformPolicy } from "../../../cli/iam/policy";
import { reachOf } from "../../../cli/iam/reach";

import { difference, ONCE, policy, SEE, SLR, type Statement } from "./differences";

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
    expect(reachOf(policy(resources).statements, "a:a")).toBe("sometimes");
    // The action is given, so that its patterns don't matter.
    expect(reachOf(policy(actions).statements, `a:aa${"b".repeat(14)}`)).toBe("always");
  });

  test("more rights than anybody reads, and more than there is time for", () => {
    const texts = (count: number, prefix: string) => Array.from({ length: count }, (_, index) => `${prefix}${index}`);
    const on = (actions: number, resources: number, more: object = {}) =>
      policy({ Effect: "Allow", Action: texts(actions, "a:b"), Resource: texts(resources, "arn:aws:s3:::a"), ...more })
        .statements;
    const undecided = { gained: [], lost: [], undecided: [{ reason: "too-many-patterns" }] };
    expect(compare([], on(20, 20)).gained).toHaveLength(400);
    expect(compare([], on(50, 50))).toEqual(undecided);
    expect(compare([], on(1500, 1))).toEqual(undecided);
    expect(compare([], on(1, 1, { Action: `a:${"*a".repeat(9000)}` }))).toEqual(undecided);
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
    expect(reachOf(policy(manyKeys(17)).statements, "a:a")).toBe("sometimes");
    expect(reachOf(policy({ ...manyKeys(17), Effect: "Deny" }).statements, "a:a")).toBe("never");
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
