import fc from "fast-check";
import { compare, type Right } from "../../../cli/review/compare";
import { type Condition, type Policy, readDocument, readPolicyDocument } from "../../../cli/review/policy";

type Statement = Readonly<Record<string, unknown>>;

function policy(...Statement: Statement[]): Policy {
  return readDocument(JSON.stringify({ Version: "2012-10-17", Statement }));
}

/** A difference in words, so that tests read well. */
function difference(base: Policy, head: Policy): string[] {
  const words = (sign: string) => (right: Right) =>
    `${sign} ${[right.principal, right.action, right.resource, right.condition && `if ${right.condition}`].filter(Boolean).join(" ")}`;
  const { gained, lost, unknown } = compare(base.statements, head.statements);
  const unread = [...new Set([...base.unreadable, ...head.unreadable, ...unknown].map((text) => text.split(":")[0]))];
  return [...gained.map(words("+")), ...lost.map(words("-")), ...unread.map((reason) => `? ${reason}`)];
}

const SEE = { Effect: "Allow", Action: ["support:DescribeCases", "support:DescribeCommunications"], Resource: "*" };
const ONCE = { StringEquals: { "iam:AWSServiceName": "servicequotas.amazonaws.com" } };
const SLR = { Effect: "Allow", Action: "iam:CreateServiceLinkedRole", Resource: "*", Condition: ONCE };

describe("what looks different and is the same, and its twin that is not", () => {
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
    [
      "another operator",
      [SLR],
      [{ ...SLR, Condition: { StringLike: ONCE.StringEquals } }],
      [
        '+ iam:createservicelinkedrole * if StringLike iam:awsservicename = "servicequotas.amazonaws.com"',
        '- iam:createservicelinkedrole * if StringEquals iam:awsservicename = "servicequotas.amazonaws.com"',
      ],
    ],
    [
      "an operator that also holds where there is no value",
      [SLR],
      [{ ...SLR, Condition: { StringEqualsIfExists: ONCE.StringEquals } }],
      ['+ iam:createservicelinkedrole * if StringEqualsIfExists iam:awsservicename = "servicequotas.amazonaws.com"'],
    ],
    [
      "an operator that holds only where there is a value",
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
    [
      "NotAction",
      [SEE],
      [{ Effect: "Allow", NotAction: "iam:*", Resource: "*" }],
      ["- support:describecases *", "- support:describecommunications *", "? NotAction"],
    ],
    [
      "a wildcard",
      [SEE],
      [{ ...SEE, Action: "support:Describe*" }],
      ["- support:describecases *", "- support:describecommunications *", "? a wildcard"],
    ],
    [
      "a wildcard beside actions that can be read",
      [SEE],
      [{ ...SEE, Action: [...SEE.Action, "support:Create*"] }],
      ["? a wildcard"],
    ],
    [
      "a Deny taken off beside what can't be read",
      [
        { ...SEE, Action: "support:*" },
        { ...SEE, Effect: "Deny", Action: "support:CreateCase" },
      ],
      [{ ...SEE, Action: "support:*" }],
      ["? a wildcard"],
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
    ["the same wildcard", [{ ...SEE, Action: "support:*" }], [{ ...SEE, Action: "support:*" }], ["? a wildcard"]],
    [
      "an expression",
      [SEE],
      [{ ...SEE, Resource: "${var.cases}" }],
      ["- support:describecases *", "- support:describecommunications *", "? an expression"],
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
      ["+ AWS arn:aws:iam::111122223333:root sts:assumerole *"],
    ],
    ["anybody", { ...TRUST, Principal: "*" }, ["- Service supportapp.amazonaws.com sts:assumerole *", "? a wildcard"]],
    [
      "a condition",
      { ...TRUST, Condition: { StringEquals: { "aws:SourceAccount": "111122223333" } } },
      ["- Service supportapp.amazonaws.com sts:assumerole *"],
    ],
    [
      "all but one",
      { Effect: "Allow", Action: "sts:AssumeRole", NotPrincipal: { AWS: "arn:aws:iam::111122223333:root" } },
      ["- Service supportapp.amazonaws.com sts:assumerole *", "? NotPrincipal"],
    ],
  ])("in a trust: %s", (_, head, expected) => {
    expect(difference(policy(TRUST), policy(head))).toEqual(expected);
  });
});

describe("what isn't as it should be can't be read, and is never taken for nothing", () => {
  const statement = (more: object) => JSON.stringify({ Statement: { ...SEE, ...more } });
  test.each([
    ["{", "no JSON, or a key that stands twice"],
    ['{"Statement":[],"Statement":[{}]}', "no JSON, or a key that stands twice"],
    [`{"statement":[],"Statement":[]}`, "statement"],
    [statement({ Condition: { StringEquals: { "aws:PrincipalTag/Team": "admin" } } }), "a condition on tags"],
    ["[]", "no policy document"],
    ['{"Statement":["x"]}', "no statement"],
    ["{}", "no statement"],
    [statement({ Action: 5 }), "not a text"],
    [statement({ Action: "${var.action}" }), "an expression"],
    [statement({ Effect: "Maybe" }), "neither Allow nor Deny"],
    [statement({ Condition: "x" }), "no condition"],
    [statement({ Condition: { StringEquals: "x" } }), "no condition"],
    [statement({ Condition: { StringEquals: { a: "x", A: "y" } } }), "no condition"],
    [statement({ Condition: { StringEquals: { a: "${aws:username}" } } }), "an expression"],
    [statement({ Principal: 5 }), "not a text"],
    [statement({ Resource: "arn:aws:support:*:111122223333:case/1" }), "a wildcard"],
    [statement({ More: 1 }), "More"],
    [statement({ Effect: "Deny", Principal: { AWS: "arn:aws:iam::111122223333:root" } }), "a Deny of principals"],
    [statement({ Resource: "arn:aws:s3:::${aws:username}" }), "an expression"],
  ])("%s: %s", (text, reason) => {
    expect(readDocument(text)).toMatchObject({ statements: [], unreadable: [expect.stringContaining(`${reason}: `)] });
  });

  test.each([
    [{ statement: "x" }, "no statement"],
    [{ statement: { actions: ["a"], principals: "x" } }, "not a text"],
    [{ statement: { actions: ["a"], condition: "x" } }, "no condition"],
    [{ statement: { actions: ["a"], resources: [true] } }, "not a text"],
    [{ override_policy_documents: [] }, "override_policy_documents"],
  ])("%j: %s", (block, reason) => {
    expect(readPolicyDocument(block)).toMatchObject({ unreadable: [expect.stringContaining(`${reason}: `)] });
  });

  test("a document that says nothing says nothing", () => {
    expect(readPolicyDocument({})).toEqual({ statements: [], unreadable: [] });
    expect(readPolicyDocument({ statement: [{}] })).toEqual({ statements: [], unreadable: [] });
  });

  test("so can't more values than can be gone through, unless they stay as they are", () => {
    const many = (count: number) => ({
      ...SEE,
      Action: "support:CreateCase",
      Condition: { StringEquals: { key: Array.from({ length: count }, (_, index) => String(index)) } },
    });
    expect(difference(policy(SEE), policy(SEE, many(13)))).toEqual(["? conditions on more than 12 values"]);
    expect(difference(policy(SEE, many(13)), policy(many(13)))).toEqual([
      "- support:describecases *",
      "- support:describecommunications *",
    ]);
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

  test("Terraform puts the values of two equal conditions together: a second one gives", () => {
    const condition = (value: string) => ({ test: "StringEquals", variable: "key", values: [value] });
    const document = (...condition: object[]) =>
      readPolicyDocument({ statement: { actions: ["a"], resources: ["*"], condition } });
    expect(difference(document(condition("a")), document(condition("a"), condition("b")))).toEqual([
      '+ a * if StringEquals key = "a" or "b"',
    ]);
  });
});

/** Who asks, by the keys that conditions ask for. Undefined: the request has no such key. */
type Request = Readonly<Record<string, string | undefined>>;

/** Every case in which something is allowed: action, one resource by name or another one, and who asks. */
function expanded({ statements }: Policy, requests: readonly Request[]): Set<string> {
  const holds = (request: Request) => (condition: Condition) => {
    const value = request[condition.key];
    const among = condition.values.includes(JSON.stringify(value));
    if (condition.test === "StringNotEquals") return value === undefined || !among;
    return value === undefined ? condition.test === "StringEqualsIfExists" : among;
  };
  const allowed = new Set<string>();
  for (const action of ["a", "b", "c"]) {
    for (const resource of ["another", "r1", "r2"]) {
      for (const request of requests) {
        const effects = statements
          .filter((one) => one.actions.includes(action) && one.conditions.every(holds(request)))
          .filter((one) => one.resources.some((pattern) => pattern === "*" || pattern === resource))
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
  const statement = fc.record({
    effect: fc.constantFrom("Allow" as const, "Deny" as const),
    principals: fc.constant([]),
    actions: fc.subarray(["a", "b", "c"], { minLength: 1 }),
    resources: fc.subarray(["*", "r1", "r2"], { minLength: 1 }),
    conditions: fc.uniqueArray(conditions, { maxLength: 2, selector: ({ test, key }) => `${test} ${key}` }),
  });
  return fc.array(statement, { maxLength: 4 }).map((statements) => ({ statements, unreadable: [] }));
}

const RUNS = { numRuns: Number(process.env.PROPERTY_RUNS ?? 500) };

describe("for any two policies, it agrees with going through every case one by one", () => {
  test("where what conditions ask for is independent", () => {
    const requests = ["x", "other"].flatMap((k1) => ["x", "other"].map((k2) => ({ k1, k2 })));
    const conditions = fc.record({
      test: fc.constantFrom("StringEquals", "StringNotEquals"),
      key: fc.constantFrom("k1", "k2"),
      values: fc.constant(['"x"']),
    });
    fc.assert(
      fc.property(policiesWhen(conditions), policiesWhen(conditions), (base, head) => {
        const { gained, lost, unknown } = compare(base.statements, head.statements);
        const [before, after] = [expanded(base, requests), expanded(head, requests)];
        expect(gained.length > 0).toBe([...after].some((one) => !before.has(one)));
        expect(lost.length > 0).toBe([...before].some((one) => !after.has(one)));
        expect(unknown).toEqual([]);
      }),
      RUNS,
    );
  });

  test("where it is not, nothing that is gained or lost is missed", () => {
    const values = ["x", "y", "z", undefined];
    const requests = values.flatMap((k1) => values.map((k2) => ({ k1, k2 })));
    const conditions = fc.record({
      test: fc.constantFrom("StringEquals", "StringNotEquals", "StringEqualsIfExists"),
      key: fc.constantFrom("k1", "k2"),
      values: fc.subarray(['"x"', '"y"'], { minLength: 1 }),
    });
    fc.assert(
      fc.property(policiesWhen(conditions), policiesWhen(conditions), (base, head) => {
        const { gained, lost } = compare(base.statements, head.statements);
        const [before, after] = [expanded(base, requests), expanded(head, requests)];
        if ([...after].some((one) => !before.has(one))) expect(gained).not.toEqual([]);
        if ([...before].some((one) => !after.has(one))) expect(lost).not.toEqual([]);
      }),
      RUNS,
    );
  });
});
