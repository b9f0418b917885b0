import fc from "fast-check";
import { compare, NO_DIFFERENCE, type Right } from "../../../cli/iam/compare";
import { readTerraformPolicy } from "../../../cli/iam/policy";
import { isThorough, propertyRuns } from "../../support/thorough";
import { DECEMBER, difference, JANUARY, ONCE, policy, SEE, SLR, type Statement, until } from "./differences";
import { type Change, change, requestsNear } from "./random-policies";
import { allows, type JsonStatement, type Request } from "./request";

const ANY = { Effect: "Allow", Action: "a:a", Resource: "*" };
const A = { not: false, patterns: ["a:a"] };
const ALL = { not: false, patterns: ["*"] };
const DENY = { ...ANY, Effect: "Deny" };

/** A statement with a condition on each of so many keys. */
function manyKeys(count: number, value = "a", operator = "StringEquals"): Statement {
  const keys = Array.from({ length: count }, (_, index) => [`key${index}`, value]);
  return { ...ANY, Condition: { [operator]: Object.fromEntries(keys) } };
}

const WAYS = ["gained", "lost"] as const;
const readAll = (statements: readonly JsonStatement[]) =>
  policy(...(statements as readonly object[] as Statement[])).statements;
const requestOf = ({ action, resource, keys }: Right["example"]): Request => ({
  action,
  resource,
  keys: Object.fromEntries(Object.entries(keys).flatMap(([key, values]) => (values ? [[key, values] as const] : []))),
});
/** Which way a request shows a difference. */
const shownBy = ({ base, head }: Change, request: Request) => {
  const [before, after] = [allows(base, request), allows(head, request)];
  return before === after ? undefined : after ? "gained" : "lost";
};

test("for any two policies, an example is a proof, no request shows another difference, and almost everything is decided", () => {
  let [count, undecided, differenceCount] = [0, 0, 0];
  fc.assert(
    fc.property(change, fc.nat(), (pair, seed) => {
      const compared = compare(readAll(pair.base), readAll(pair.head));
      for (const way of WAYS) {
        const certain = compared[way].filter(({ depends }) => depends.length === 0);
        for (const { example } of certain) expect([pair, shownBy(pair, requestOf(example))]).toEqual([pair, way]);
        count++;
        if (certain.length > 0) differenceCount++;
        else if (compared[way].length + compared.undecided.length > 0) undecided++;
      }
      for (const request of fc.sample(requestsNear(pair), { numRuns: 25, seed })) {
        const way = shownBy(pair, request);
        if (way === undefined || compared.undecided.length > 0) continue;
        expect([pair, request, way, compared[way].length > 0]).toEqual([pair, request, way, true]);
      }
    }),
    propertyRuns(1_000),
  );
  expect(undecided / count).toBeLessThanOrEqual(0.02);
  // Both answers are common, or the property would show little.
  expect(differenceCount / count).toBeGreaterThan(0.25);
  expect(differenceCount / count).toBeLessThan(0.75);
});

describe("policies that look different, each beside a twin", () => {
  const when = (Condition: object) => ({ ...SLR, Condition });
  const IF_EXISTS = when({ StringEqualsIfExists: ONCE.StringEquals });
  const but = (...NotAction: string[]) => ({ Effect: "Allow", NotAction, Resource: "*" });
  const ALL_OF_S3 = { ...SEE, Action: "s3:*" };
  const SOME_OF_S3 = { ...SEE, Action: "s3:Get*" };
  const EVERYTHING = { ...SEE, Action: "*" };
  const SLR_ONCE = 'iam:createservicelinkedrole * if StringEquals iam:awsservicename = "servicequotas.amazonaws.com"';
  const ONCE_IF_EXISTS = SLR_ONCE.replace("Equals", "EqualsIfExists");
  test.each<[string, Statement[], Statement[], string[]]>([
    ["a statement split", [SEE], SEE.Action.map((Action) => ({ ...SEE, Action })), []],
    ["a part denied", [SEE], [SEE, { ...SEE, Effect: "Deny", Action: SEE.Action[0] }], ["- support:describecases *"]],
    ["a condition dropped", [SLR], [{ ...SLR, Condition: undefined }], ["+ iam:createservicelinkedrole *"]],
    ["another operator with the same effect", [SLR], [when({ StringLike: ONCE.StringEquals })], []],
    ["an operator that also holds without a value", [SLR], [IF_EXISTS], [`+ ${ONCE_IF_EXISTS}`]],
    ["an operator that holds only with a value", [IF_EXISTS], [SLR], [`- ${ONCE_IF_EXISTS}`]],
    ["NotAction", [SEE], [but("iam:*")], ["+ all but iam:* *"]],
    ["a wildcard beside actions", [SEE], [SEE, { ...SEE, Action: "support:Create*" }], ["+ support:create* *"]],
    [
      "a value for two that read alike",
      [when({ StringEquals: { key: ['a" or "b'] } })],
      [when({ StringEquals: { key: ["a", "b"] } })],
      [
        '+ iam:createservicelinkedrole * if StringEquals key = "a" or "b"',
        '- iam:createservicelinkedrole * if StringEquals key = "a\\" or \\"b"',
      ],
    ],
    ["all but one service, and all of that one", [EVERYTHING], [but("s3:*"), ALL_OF_S3], []],
    ["all but one service, and some of that one", [EVERYTHING], [but("s3:*"), SOME_OF_S3], ["- s3:* *"]],
    ["all resources but one", [ANY], [{ ...ANY, Resource: undefined, NotResource: "r:a/*" }], ["- a:a r:a/*"]],
    [
      "an ARN's wildcard, which stops at colons",
      [when({ ArnLike: { "aws:SourceArn": "arn:aws:*:*:1:*" } })],
      [when({ StringLike: { "aws:SourceArn": "arn:aws:*:*:1:*" } })],
      ['+ iam:createservicelinkedrole * if StringLike aws:sourcearn = "arn:aws:*:*:1:*"'],
    ],
  ])("policies that look different differ only in what they allow: %s", (_, base, head, expected) => {
    expect(difference(policy(...base), policy(...head))).toEqual(expected);
  });

  const ROLE = "arn:aws:iam::111122223333:role/a";
  const trust = (overrides: object) => ({ Effect: "Allow", Action: "sts:AssumeRole", ...overrides });
  const OF_APP = trust({ Principal: { Service: "supportapp.amazonaws.com" } });
  const [OF_ROLE, OF_ACCOUNT] = [trust({ Principal: { AWS: ROLE } }), trust({ Principal: { AWS: "111122223333" } })];
  const ASSUMES = `AWS ${ROLE} sts:assumerole *`;
  test.each<[string, Statement[], Statement[], string[]]>([
    ["anybody", [OF_APP], [trust({ Principal: "*" })], ["+ AWS * sts:assumerole *"]],
    ["a role more", [OF_APP], [OF_APP, OF_ROLE], [`+ ${ASSUMES}`]],
    ["a Deny of one of an account", [OF_ACCOUNT], [OF_ACCOUNT, { ...OF_ROLE, Effect: "Deny" }], [`- ${ASSUMES}`]],
    ["all but one", [trust({ Principal: "*" })], [trust({ NotPrincipal: { AWS: ROLE } })], [`- ${ASSUMES}`]],
    [
      "a statement for whoever has the policy",
      [OF_ROLE],
      [OF_ROLE, trust({})],
      ["+ AWS 111122223333 sts:assumerole *", "+ AWS * sts:assumerole *"],
    ],
  ])("trust policies that look different differ only in whom they allow: %s", (_, base, head, expected) => {
    expect(difference(policy(...base), policy(...head))).toEqual(expected);
  });
});

describe("a comparison", () => {
  test("a comparison of equal statements has no difference, and of equal policies is made once", () => {
    expect(compare(policy(SEE, SLR).statements, policy(SLR, SEE).statements)).toBe(NO_DIFFERENCE);
    expect(compare([], [])).toBe(NO_DIFFERENCE);
    const [base, head] = [policy(SEE).statements, policy(SLR).statements];
    expect(compare(base, head)).toBe(compare(base, head));
    expect(compare(base, base)).toBe(NO_DIFFERENCE);
  });

  test("a comparison has what both sides allow, and a request between them", () => {
    const condition = (values: string[]) => ({ operator: "StringEquals", key: "key", values });
    const when = (key: string[]) => ({ ...ANY, Condition: { StringEquals: { key } } });
    const deny = { ...DENY, Condition: { Null: { mfa: "true" } } };
    const unless = [[{ operator: "Null", key: "mfa", values: ["true"] }]];
    expect(compare(policy(when(["b"]), deny).statements, policy(when(["b", "c"]), deny).statements)).toEqual({
      gained: [
        {
          requester: undefined,
          action: A,
          resource: ALL,
          depends: [],
          allowed: { when: [[condition(["b", "c"])]], unless },
          otherwise: { when: [[condition(["b"])]], unless },
          example: { action: "a:a", resource: "x", keys: { key: ["c"], mfa: ["x"] } },
        },
      ],
      lost: [],
      undecided: [],
    });
  });

  test.each<[condition: object, keys: object]>([
    [{ Null: { key: "true" } }, { key: undefined }],
    [{ Null: { key: "false" } }, { key: ["x"] }],
    [{ StringNotEqualsIfExists: { key: "a" } }, { key: undefined }],
    [{ "ForAllValues:StringEquals": { key: "a" }, Null: { key: "false" } }, { key: [] }],
    [{ "ForAnyValue:StringEquals": { key: ["a", "b"] } }, { key: ["a"] }],
    [{ "ForAnyValue:StringEquals": { key: "a" }, "ForAnyValue:StringLike": { key: "b*" } }, { key: ["a", "b"] }],
    [until(JANUARY), { "aws:currenttime": ["2027-01-30T23:59:59Z"] }],
  ])("a comparison has a request that meets %j", (Condition, keys) => {
    expect(compare([], policy({ ...ANY, Condition }).statements).gained).toMatchObject([
      { example: { keys }, depends: [] },
    ]);
  });

  test("a comparison says in which cases the other side allows it", () => {
    const when = { StringEquals: { account: "1" } };
    const [once, otherKey] = [[{ key: "iam:awsservicename" }], [{ key: "account" }]];
    const narrower = { ...SLR, Condition: { StringEquals: { ...ONCE.StringEquals, account: "1" } } };
    const otherwise = (...head: Statement[]) =>
      compare(policy(SLR).statements, policy(...head).statements).lost[0]?.otherwise;
    expect(otherwise(narrower)).toMatchObject({ when: [[...otherKey, ...once]], unless: [] });
    expect(otherwise(SLR, { ...SLR, Effect: "Deny", Condition: when })).toMatchObject({
      when: [once],
      unless: [otherKey],
    });
    const { lost } = compare(policy(ANY).statements, policy(ANY, { ...DENY, Condition: when }).statements);
    expect(lost).toMatchObject([{ otherwise: { when: [], unless: [otherKey] } }]);
    expect(otherwise()).toBeUndefined();
    expect(otherwise({ ...SLR, Effect: "Deny", Condition: when })).toBeUndefined();
    expect(otherwise(SLR, { ...SLR, Effect: "Deny", Condition: undefined })).toBeUndefined();
  });
});

describe("a stricter condition takes, a looser one gives", () => {
  const when = (...conditions: object[]) => conditions.map((Condition) => ({ ...ANY, Condition }));
  const equals = (...key: string[]) => ({ StringEquals: { key } });
  const except = (...key: string[]) => ({ StringNotEquals: { key } });
  const deny = (Condition: object) => ({ ...DENY, Condition });
  test.each<[string, Statement[], Statement[]]>([
    ["one value fewer", when(equals("a", "b")), when(equals("a"))],
    ["one condition more", when(equals("a")), when({ ...equals("a"), Bool: { mfa: "true" } })],
    ["one exception more", when(except("a")), when(except("a", "b"))],
    ["a second", when(until("2027-01-31T00:00:01Z")), when(until(JANUARY))],
    ["an end", when({}), when(until(JANUARY))],
    ["an end of two", when(until(DECEMBER), until(JANUARY)), when(until(DECEMBER))],
    ["a Deny that ends later", [ANY, deny(until(DECEMBER))], [ANY, deny(until(JANUARY))]],
  ])("a stricter condition takes, and a looser one gives: %s", (_, looser, stricter) => {
    const signs = (base: Statement[], head: Statement[]) => [
      ...new Set(difference(policy(...base), policy(...head)).map((words) => words.split(" ")[0])),
    ];
    expect(signs(looser, stricter)).toEqual(["-"]);
    expect(signs(stricter, looser)).toEqual(["+"]);
  });

  test.each<[string, Statement[], Statement[]]>([
    ["two values in two statements", when(equals("a", "b")), when(equals("a"), equals("b"))],
    ["an exception as a Deny", when(except("a", "b")), [ANY, deny(equals("a", "b"))]],
    ["the earlier of two ends", when(until(JANUARY)), when(until(DECEMBER), until(JANUARY))],
    ["an end beside none", [ANY], [ANY, ...when(until(JANUARY))]],
  ])("conditions of one meaning are neither stricter nor looser: %s", (_, base, head) => {
    expect(difference(policy(...base), policy(...head))).toEqual([]);
  });

  test("the time of an example is after the last end, and other conditions on the time don't matter to it", () => {
    const statement = { ...ANY, Action: "a:*", Condition: until(JANUARY) };
    const head = [{ ...statement, Condition: undefined }, ...when(until(DECEMBER))];
    expect(compare(policy(statement).statements, policy(...head).statements).gained).toMatchObject([
      { example: { keys: { "aws:currenttime": [JANUARY] } } },
    ]);
    const otherStatements = [until("2027-02-28T00:00:00Z"), { DateGreaterThan: { "aws:CurrentTime": DECEMBER } }].map(
      (Condition, index) => ({ ...ANY, Action: `b:b${index}`, Condition }),
    );
    const [base, unlimited] = [policy(...when(until(DECEMBER)), ...otherStatements), policy(ANY, ...otherStatements)];
    expect(compare(base.statements, unlimited.statements).gained).toMatchObject([
      { depends: [], example: { keys: { "aws:currenttime": [DECEMBER] } } },
    ]);
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

describe("an unsupported condition", () => {
  const AGE = { operator: "NumericLessThan", key: "age", values: ["60"] };
  const young = { NumericLessThan: { age: "60" } };
  const UNKNOWN = expect.stringMatching(/^\+\? /);

  test("an unsupported condition decides whether a right is gained, and is named once, without its key", () => {
    const { gained } = compare(
      policy({ ...ANY, Condition: { ...young, Bool: { mfa: "true" } } }).statements,
      policy({ ...ANY, Condition: young }, { ...ANY, Condition: { ...young, Null: { mfa: "true" } } }).statements,
    );
    expect(gained.map(({ depends, example }) => [depends, example.keys])).toEqual([[[AGE], { mfa: undefined }]]);
  });

  test("an unsupported condition decides nothing where the right is gained with it and without", () => {
    const depends = (base: Statement[], head: Statement[]) =>
      compare(policy(...base).statements, policy(...head).statements).gained.map((right) => right.depends);
    const isYoung = { ...ANY, Condition: young };
    expect(depends([isYoung], [isYoung, { ...ANY, Condition: { Bool: { mfa: "true" } } }])).toEqual([[AGE]]);
    expect(depends([], [ANY, { ...DENY, Condition: young }])).toEqual([[AGE]]);
    expect(depends([], [isYoung, ANY])).toEqual([[]]);
    const [equality, absence] = [{ StringEquals: { key: "a" } }, { Null: { key: "true" } }];
    const statements = [equality, absence].map((Condition) => ({ ...ANY, Condition }));
    expect(depends([], [...statements, { ...DENY, Condition: { ...young, ...absence } }])).toEqual([[]]);
    const after = { DateGreaterThan: { "aws:CurrentTime": DECEMBER } };
    expect(depends([], [{ ...ANY, Condition: until(JANUARY, after) }])).toMatchObject([
      [{ operator: "DateGreaterThan" }],
    ]);
  });

  const when = (Condition: object) => [{ ...ANY, Condition }];
  test.each<[what: string, head: Statement[], expected: string[]]>([
    [
      "a variable in Resource",
      [{ ...ANY, Resource: ["${a}", "arn:aws:s3:::a"] }],
      ['+? a:a * if Resource  = "${a}"', "+ a:a arn:aws:s3:::a"],
    ],
    [
      "a variable in NotResource",
      [{ ...ANY, Resource: undefined, NotResource: ["${a}", "b"] }],
      ['+? a:a all but ${a},b if NotResource  = "${a}"'],
    ],
    ["a variable in a value", when({ StringEquals: { key: "${a}" } }), ['+? a:a * if StringEquals key = "${a}"']],
    ["a text on the time", when(until(JANUARY, { StringEquals: { "aws:CurrentTime": DECEMBER } })), [UNKNOWN]],
    [
      "a key with one value for one condition, and several for another",
      when({ StringEquals: { key: "a" }, "ForAnyValue:StringEquals": { key: "a" } }),
      ['+? a:a * if ForAnyValue:StringEquals key = "a" and StringEquals key = "a"'],
    ],
    ["a time since 1970", when({ DateLessThan: { "aws:EpochTime": JANUARY } }), [UNKNOWN]],
    ["a day", when({ DateLessThan: { "aws:CurrentTime": "2027-01-31" } }), [UNKNOWN]],
    ["one of two times", when({ DateLessThan: { "aws:CurrentTime": [DECEMBER, JANUARY] } }), [UNKNOWN]],
    ["the end of a second", when({ DateLessThanEquals: { "aws:CurrentTime": JANUARY } }), [UNKNOWN]],
  ])("an unsupported condition is %s", (_, head, expected) => {
    expect(difference(policy(), policy(...head))).toEqual(expected);
  });

  test("a condition on a key of several values is unsupported if it has more than nine", () => {
    const sign = (count: number, set: string) => {
      const values = Array.from({ length: count }, (_, index) => `${index}`);
      const Condition = { [`${set}StringEquals`]: { key: values } };
      return difference(policy(), policy({ ...ANY, Condition }))[0]?.split(" ")[0];
    };
    const signs = [sign(9, "ForAnyValue:"), sign(10, "ForAnyValue:"), sign(10, ""), sign(200, "")];
    expect(signs.join()).toBe("+,+?,+,+");
  });

  test("a condition on a key whose patterns are too many is unsupported, but not whether a request has that key", () => {
    const like = {
      ...ANY,
      Condition: { StringLike: { key: Array.from({ length: 1500 }, (_, index) => `${index}*`) } },
    };
    const { gained } = compare(
      policy(like).statements,
      policy(like, { ...ANY, Condition: { Null: { key: "false" } } }).statements,
    );
    expect(gained).toMatchObject([{ depends: [{ operator: "StringLike" }], example: { keys: { key: ["x"] } } }]);
  });
});

describe("too much to try is undecided", () => {
  const TOO_MANY = { gained: [], lost: [], undecided: [ALL] };
  const texts = (count: number, prefix: string) => Array.from({ length: count }, (_, index) => `${prefix}${index}`);
  const statementWith = (actions: number, resources: number) => ({
    ...ANY,
    Action: texts(actions, "a:b"),
    Resource: texts(resources, "arn:aws:s3:::a"),
  });
  const trust = (count: number) => ({
    Effect: "Allow",
    Action: "sts:AssumeRole",
    Principal: { AWS: texts(count, "AIDA") },
  });

  test.each<[what: string, statement: Statement]>([
    ["too many patterns of actions", statementWith(1500, 1)],
    ["more rights than anybody reads", statementWith(50, 50)],
    ["a pattern with hundreds of wildcards", { ...ANY, Action: `a:${"*a".repeat(750)}` }],
    ["more than 500 principals", trust(500)],
  ])("a statement that is too much to try is undecided: %s", (_, statement) => {
    expect(compare([], policy(statement).statements)).toEqual(TOO_MANY);
  });

  test("a statement that is a little less than too much is decided", () => {
    expect(compare([], policy(trust(499)).statements).gained).toHaveLength(499);
  });

  test("an action with too many combinations of conditions is named once, beside what is decided", () => {
    const Resource = ["arn:aws:s3:::a", "arn:aws:s3:::b*"];
    const [base, head] = [manyKeys(17), manyKeys(17, "b")].map(
      (statement): Statement => ({ ...statement, Resource }),
    ) as [Statement, Statement];
    expect(compare(policy(base).statements, policy(head, { ...SLR, Resource }).statements)).toMatchObject({
      gained: Resource.map((text) => ({ resource: { patterns: [text] } })),
      undecided: [A],
    });
    expect(
      compare(
        policy(base, head).statements,
        policy(head, base, { ...base, Resource: Resource.toReversed() }).statements,
      ),
    ).toEqual(NO_DIFFERENCE);
  });

  test("a dozen unsupported conditions are few enough, in a thorough run 16", () => {
    const undecided = (count: number) =>
      compare([], policy(manyKeys(count, "1", "NumericEquals")).statements).undecided.length;
    expect([isThorough ? 16 : 12, 17].map(undecided)).toEqual([0, 1]);
  });
});

describe("a right is named as its policies do", () => {
  const actions = (...Action: string[]) => [{ ...ANY, Action }];
  const allBut = (...NotAction: string[]) => ({ Effect: "Allow", NotAction, Resource: "*" });
  const allowOn = (Resource: string | string[], Action = "a:a") => ({ ...ANY, Action, Resource });
  const NOT_IAM = allBut("iam:*");
  test.each<[what: string, base: Statement[], head: Statement[], expected: string[]]>([
    ["once, where a pattern matches its name", [], actions("a:a", "a:*"), ["+ a:* *"]],
    ["by the longest pattern", actions("a:*"), [...actions("a:*"), { ...DENY, Action: "a:abc*" }], ["- a:abc* *"]],
    [
      "by name, where a longer pattern matches, too",
      [ANY, { ...ANY, Action: "a:*****a", Resource: "arn:aws:s3:::a" }],
      [{ ...ANY, Action: "a:*****a", Resource: "arn:aws:s3:::a" }],
      ["- a:a *"],
    ],
    [
      "by what negated lists leave out, each once",
      [],
      [allBut("a:a", "b:b"), allBut("a:a", "c:c")],
      ["+ all but a:a,b:b,c:c *", "+ b:b *", "+ c:c *"],
    ],
    [
      "once, where a wider right covers it",
      [],
      [{ ...ANY, Action: ["a:*", "a:b*", "a:bc", "a:?c", "b:b"], Resource: ["arn:aws:s3:::*", "arn:aws:s3:::a/?"] }],
      ["+ a:* arn:aws:s3:::*", "+ b:b arn:aws:s3:::*"],
    ],
    ["once, where a wider right has a longer example", [], actions("a:zz", "a:*zz"), ["+ a:*zz *"]],
    ["once, where the resource is covered", [], [{ ...NOT_IAM, Resource: ["r:*", "r:a"] }], ["+ all but iam:* r:*"]],
    ["twice, where a pattern covers only a part of another", [], actions("a:b*", "a:*c"), ["+ a:*c *", "+ a:b* *"]],
    [
      "twice, where the resource isn't covered",
      [],
      [allowOn("r:a", "a:*"), allowOn("r:b", "a:b")],
      ["+ a:* r:a", "+ a:b r:b"],
    ],
    [
      "twice, where a condition differs",
      [],
      [{ ...ANY, Action: "a:*", Condition: { Null: { b: "true" } } }, ...actions("a:b")],
      ['+ a:* * if Null b = "true"', "+ a:b *"],
    ],
    ["twice, where a longer resource isn't matched", [], [allowOn(["r:a?", "r:a"])], ["+ a:a r:a", "+ a:a r:a?"]],
    ["twice, where one leaves out the other", [], [NOT_IAM, ...actions("iam:*")], ["+ all but iam:* *", "+ iam:* *"]],
    ["once, where two patterns are the same in effect", [], actions("a:?*", "a:*?"), ["+ a:?* *"]],
  ])("a right is named as its policies name it: %s", (_, base, head, expected) => {
    expect(difference(policy(...base), policy(...head)).sort()).toEqual(expected);
  });

  test("a right is named by the shortest of its examples", () => {
    const { gained } = compare([], policy({ ...ANY, Resource: ["r:x", "r:b*", "r:*a"] }).statements);
    expect(gained.map(({ resource, example }) => [resource.patterns[0], example.resource])).toEqual([
      ["r:x", "r:x"],
      ["r:b*", "r:b"],
      ["r:*a", "r:a"],
    ]);
  });
});
