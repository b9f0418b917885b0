import fc from "fast-check";
import { compare, type Right } from "../../../cli/review/compare";
import { NOTHING, type Policy, readDocument, readPolicyDocument } from "../../../cli/review/policy";

type Statement = Readonly<Record<string, unknown>>;

function policy(...Statement: Statement[]): Policy {
  return readDocument(JSON.stringify({ Version: "2012-10-17", Statement }));
}

/** A difference in words, so that tests read well. */
function difference(base: Policy, head: Policy): string[] {
  const words = (sign: string) => (right: Right) =>
    `${sign} ${[right.principal, right.action, right.resource, right.condition && `if ${right.condition}`].filter(Boolean).join(" ")}`;
  const { gained, lost, unknown } = compare(base, head);
  return [...gained.map(words("+")), ...lost.map(words("-")), ...unknown.map((text) => `? ${text.split(":")[0]}`)];
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
      [{ ...SLR, Condition: { StringEqualsIfExists: ONCE.StringEquals } }],
      [
        '+ iam:createservicelinkedrole * if StringEqualsIfExists iam:awsservicename = "servicequotas.amazonaws.com"',
        '- iam:createservicelinkedrole * if StringEquals iam:awsservicename = "servicequotas.amazonaws.com"',
      ],
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
      ["? a Deny beside what can't be read"],
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
    ["anybody", { ...TRUST, Principal: "*" }, ["+ AWS * sts:assumerole *"]],
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
    ["{", "no JSON"],
    ["[]", "no policy document"],
    ['{"Statement":["x"]}', "no statement"],
    ["{}", "no statement"],
    [statement({ Action: 5 }), "not a text"],
    [statement({ Action: "${var.action}" }), "an expression"],
    [statement({ Effect: "Maybe" }), "neither Allow nor Deny"],
    [statement({ Condition: "x" }), "not a text"],
    [statement({ Condition: { StringEquals: "x" } }), "not a text"],
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
    [{ statement: { actions: ["a"], condition: "x" } }, "not a text"],
    [{ statement: { actions: ["a"], resources: [true] } }, "not a text"],
    [{ override_policy_documents: [] }, "override_policy_documents"],
  ])("%j: %s", (block, reason) => {
    expect(readPolicyDocument(block)).toMatchObject({ unreadable: [expect.stringContaining(`${reason}: `)] });
  });

  test("a document that says nothing says nothing", () => {
    expect(readPolicyDocument({})).toEqual(NOTHING);
    expect(readPolicyDocument({ statement: [{}] })).toEqual(NOTHING);
  });

  test("so can't more conditions of one action than can be gone through", () => {
    const many = Array.from({ length: 11 }, (_, index) => ({
      ...SEE,
      Action: "support:CreateCase",
      Condition: { StringEquals: { key: String(index) } },
    }));
    expect(difference(policy(SEE), policy(SEE, ...many))).toEqual(["? more than 10 conditions"]);
  });
});

test("for any two policies, it agrees with going through every case one by one", () => {
  const RESOURCES = ["*", "r1", "r2"];
  const CONDITIONS = ["", "c1", "c2"];
  const statement = fc.record({
    effect: fc.constantFrom("Allow" as const, "Deny" as const),
    principals: fc.constant([]),
    actions: fc.subarray(["a", "b", "c"], { minLength: 1 }),
    resources: fc.subarray(RESOURCES, { minLength: 1 }),
    condition: fc.constantFrom(...CONDITIONS),
  });
  const policies = fc.array(statement, { maxLength: 4 }).map((statements) => ({ statements, unreadable: [] }));

  /** Every case in which something is allowed: action, one resource by name or another one, which conditions are met. */
  const expanded = ({ statements }: Policy) => {
    const allowed = new Set<string>();
    for (const action of ["a", "b", "c"]) {
      for (const resource of ["another", "r1", "r2"]) {
        for (const met of [[""], ["", "c1"], ["", "c2"], ["", "c1", "c2"]]) {
          const effects = statements
            .filter((one) => one.actions.includes(action) && met.includes(one.condition))
            .filter((one) => one.resources.some((pattern) => pattern === "*" || pattern === resource))
            .map(({ effect }) => effect);
          if (effects.includes("Allow") && !effects.includes("Deny")) allowed.add(`${action} ${resource} ${met}`);
        }
      }
    }
    return allowed;
  };
  fc.assert(
    fc.property(policies, policies, (base, head) => {
      const { gained, lost, unknown } = compare(base, head);
      const [before, after] = [expanded(base), expanded(head)];
      expect(gained.length > 0).toBe([...after].some((one) => !before.has(one)));
      expect(lost.length > 0).toBe([...before].some((one) => !after.has(one)));
      expect(unknown).toEqual([]);
    }),
    { numRuns: Number(process.env.PROPERTY_RUNS ?? 500) },
  );
});
