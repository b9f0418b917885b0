import fc from "fast-check";
import type { Statement } from "../../../cli/iam/policy";
import { checkPermission, checkTrust } from "../../../cli/terraform/access";
import type { Verdict } from "../../../cli/terraform/verdict";
import { change, changed, type Draft, FULL, statements } from "../../support/edited-stack";

describe("what is unusual about a statement", () => {
  const VIEW: Statement = {
    effect: "Allow",
    actions: { not: false, patterns: ["support:describecases"] },
    resources: { not: false, patterns: ["*"] },
    conditions: [],
  };
  const SERVICE = { type: "Service", id: "supportapp.amazonaws.com" };
  const { resources: _, ...rest } = VIEW;
  const TRUST: Statement = {
    ...rest,
    actions: { not: false, patterns: ["sts:assumerole"] },
    principals: { not: false, all: [SERVICE] },
  };

  const inPermission = (statement: Statement) => {
    const found: unknown[] = [];
    checkPermission(statement, (reason, source) => found.push([reason, source]));
    return found;
  };
  const inTrust = (statement: Statement, account?: string) => {
    const found: unknown[] = [];
    checkTrust(statement, account, (reason, source) => found.push([reason, source]));
    return found;
  };

  test("nothing, as AWS's guide writes it", () => {
    expect(inPermission(VIEW)).toEqual([]);
    expect(inTrust(TRUST)).toEqual([]);
  });

  test("a principal in a role's policy", () => {
    const principals = { not: false, all: [SERVICE] };
    expect(inPermission({ ...VIEW, principals })).toEqual([["unusual-principal", principals]]);
  });

  test("no resource in a role's policy, and one in a trust", () => {
    const nothing = { ...VIEW, resources: { not: false, patterns: [] } };
    expect(inPermission(nothing)).toEqual([["unusual-resource", nothing]]);
    expect(inPermission(rest)).toEqual([["unusual-resource", rest]]);
    expect(inTrust({ ...TRUST, resources: VIEW.resources })).toEqual([["unusual-resource", VIEW.resources]]);
  });

  test.each([
    ["*", true],
    ["arn:aws:support:us-east-1:111122223333:case/1", true],
    ["arn:aws:s3:::a/*", true],
    ["arn:aws:access-analyzer:::a", true],
    ["arn:aws:ec2:::a", true],
    ["arn:aws:iam::111122223333:role/Boss", false],
    ["arn:aws:sts::111122223333:assumed-role/Boss/a", false],
    ["arn:aws:*:::a", false],
    ["arn:aws:s*:::a", false],
    ["arn:aws:*s:::a", false],
    ["arn:aws:s3:::Ｋ", false],
    ["arn:aws:s3:::\u007f", false],
    ["Ｋ", false],
    ["**", false],
    ["case/1", false],
  ])("the resource %s: usual %s", (pattern, isUsual) => {
    expect(inPermission({ ...VIEW, resources: { not: false, patterns: ["*", pattern] } })).toEqual(
      isUsual ? [] : [["unusual-resource", pattern]],
    );
  });

  test("a trust of nobody, or of everybody but somebody", () => {
    const [nobody, others] = [
      { ...TRUST, principals: { not: false, all: [] } },
      { ...TRUST, principals: { not: true, all: [SERVICE] } },
    ];
    const { principals: _, ...without } = TRUST;
    for (const statement of [nobody, others, without]) {
      expect(inTrust(statement)).toEqual([["unusual-principal", statement]]);
    }
  });

  const [OWN, OTHER] = ["111122223333", "444455556666"];

  test.each([
    ["Service", "supportapp.amazonaws.com", true],
    ["Service", "s3-2.amazonaws.com", true],
    ["Service", "*", false],
    ["Service", "*.amazonaws.com", false],
    ["Service", "supportapp.*", false],
    ["Service", OWN, true],
    ["AWS", "supportapp.amazonaws.com", false],
    ["AWS", "*", true],
    ["AWS", OWN, true],
    ["AWS", `arn:aws:iam::${OWN}:root`, true],
    ["Federated", "*", false],
    ["Federated", OWN, false],
    ["AWS", `a${OWN}`, false],
    ["AWS", `${OWN}1`, false],
    ["AWS", "**", false],
    ["AWS", `arn:aws:iam::${OWN}:role/Boss`, false],
    ["AWS", `arn:aws:iam::${OTHER}:role/Boss`, true],
    ["AWS", `arn:aws:iam::${OTHER}:user/team/a+=,.@_-Boss`, true],
    ["AWS", `arn:aws:iam::${OTHER}:role/Bo*`, false],
    ["AWS", `arn:aws:iam::${OTHER}:role/`, false],
    ["AWS", `arn:aws:iam::${OTHER}:group/Boss`, false],
    ["AWS", `arn:aws-cn:iam::${OTHER}:role/Boss`, false],
    ["AWS", `arn:aws:iam::${OTHER}4:role/Boss`, false],
    ["AWS", `arn:aws:iam::a${OTHER}:role/Boss`, false],
    ["AWS", `arn:a:b:c:${OTHER}:arn:aws:iam::${OTHER}:role/Boss`, false],
    ["AWS", `arn:aws:sts::${OTHER}:assumed-role/Boss/a`, false],
    ["Federated", `arn:aws:iam::${OTHER}:role/Boss`, false],
  ])("a trust of the %s %s: usual %s", (type, id, isUsual) => {
    const principal = { type, id };
    expect(inTrust({ ...TRUST, principals: { not: false, all: [SERVICE, principal] } }, OWN)).toEqual(
      isUsual ? [] : [["unusual-principal", principal]],
    );
  });

  test("a trust of any role by its name, if the stack's account isn't known", () => {
    const principal = { type: "AWS", id: `arn:aws:iam::${OTHER}:role/Boss` };
    expect(inTrust({ ...TRUST, principals: { not: false, all: [principal] } })).toEqual([
      ["unusual-principal", principal],
    ]);
  });

  test.each([
    ["*", true],
    ["support:describecases", true],
    ["execute-api:get2", true],
    ["support:*", true],
    ["support:describe?ases", true],
    ["describecases", false],
    ["*:describecases", false],
    [":describecases", false],
    ["support:", false],
    ["support:describe-cases", false],
    ["a support:describecases", false],
    ["support:describecases a", false],
    ["**", false],
  ])("the action %s: usual %s", (action, isUsual) => {
    const actions = { not: false, patterns: [action] };
    const expected = isUsual ? [] : [["unusual-action", action]];
    expect(inPermission({ ...VIEW, actions })).toEqual(expected);
    expect(inTrust({ ...TRUST, actions })).toEqual(expected);
  });

  test("no action", () => {
    const actions = { not: true, patterns: [] };
    expect(inPermission({ ...VIEW, actions })).toEqual([["unusual-action", actions]]);
  });

  test.each(
    `iam:awsservicename aws:sourceaccount aws:sourcearn aws:sourceorgid aws:requestedregion aws:securetransport aws:sourceip
    aws:sourcevpc aws:sourcevpce aws:vpcsourceip aws:currenttime aws:epochtime aws:multifactorauthpresent aws:multifactorauthage
    aws:principalorgid aws:useragent aws:viaawsservice aws:calledvia aws:calledviafirst aws:calledvialast sts:externalid`.split(
      /\s+/,
    ),
  )("a condition on %s doesn't depend on the stack", (key) => {
    const conditions = [{ operator: "StringEquals", key, values: ["a ~"] }];
    expect(inPermission({ ...VIEW, conditions })).toEqual([]);
    expect(inTrust({ ...TRUST, conditions })).toEqual([]);
  });

  test.each([
    ["on the role's tags", "aws:principaltag/team", ["a"]],
    ["on the role's name", "aws:principalarn", ["a"]],
    ["without a value", "aws:sourceaccount", []],
    ["on a text that Unicode writes in several ways", "aws:sourceaccount", ["a", "Ｋ"]],
    ["on a control character", "aws:sourceaccount", ["a\u0000"]],
  ])("a condition %s", (_, key, values) => {
    const condition = { operator: "StringEquals", key, values };
    expect(inPermission({ ...VIEW, conditions: [condition] })).toEqual([["unusual-condition", condition]]);
    expect(inTrust({ ...TRUST, conditions: [condition] })).toEqual([["unusual-condition", condition]]);
  });
});

describe("each change, beside its twin that looks alike", () => {
  test.each<[string, Verdict, (draft: Draft) => void]>([
    ["actions in another order", "cosmetic", (draft) => statements(draft)[0].actions.reverse()],
    [
      "an action more",
      "broadened",
      (draft) => statements(draft)[0].actions.push("support:DescribeTrustedAdvisorChecks"),
    ],
    ["an action less", "narrowed", (draft) => statements(draft)[0].actions.pop()],
    ["an action twice", "cosmetic", (draft) => statements(draft)[0].actions.push("support:CreateCase")],
    [
      "an action in another case",
      "cosmetic",
      (draft) => (statements(draft)[0].actions[0] = statements(draft)[0].actions[0].toUpperCase()),
    ],
    [
      "an action of another service",
      "broadened",
      (draft) =>
        (statements(draft)[0].actions[0] = statements(draft)[0].actions[0].replace("servicequotas", "support")),
    ],
    ["a Sid", "cosmetic", (draft) => (statements(draft)[0].sid = "a")],
    [
      "a statement split",
      "cosmetic",
      (draft) => {
        const [first] = statements(draft);
        statements(draft).push({ ...first, actions: [first.actions.pop()] });
      },
    ],
    [
      "a statement split, and one part denied",
      "narrowed",
      (draft) => {
        const [first] = statements(draft);
        statements(draft).push({ ...first, actions: [first.actions.at(-1)], effect: "Deny" });
      },
    ],
    [
      "statements merged, with the condition of one on both",
      "narrowed",
      (draft) => {
        const [first, second] = statements(draft);
        first.condition = second.condition;
      },
    ],
    ["a condition dropped", "broadened", (draft) => delete statements(draft)[1].condition],
    [
      "a condition's value more",
      "broadened",
      (draft) => statements(draft)[1].condition[0].values.push("ec2.amazonaws.com"),
    ],
    [
      "a condition's operator that comes to the same",
      "cosmetic",
      (draft) => (statements(draft)[1].condition[0].test = "StringLike"),
    ],
    [
      "a condition's value with a wildcard",
      "broadened",
      (draft) => Object.assign(statements(draft)[1].condition[0], { test: "StringLike", values: ["*.amazonaws.com"] }),
    ],
    [
      "a condition's operator with IfExists",
      "broadened",
      (draft) => (statements(draft)[1].condition[0].test = "StringEqualsIfExists"),
    ],
    [
      "a condition's key in another case",
      "cosmetic",
      (draft) => (statements(draft)[1].condition[0].variable = "IAM:awsservicename"),
    ],
    ["Allow and Deny swapped", "narrowed", (draft) => (statements(draft)[0].effect = "Deny")],
    ["the default effect left out", "cosmetic", (draft) => delete statements(draft)[0].effect],
    [
      "a resource narrowed",
      "narrowed",
      (draft) => (statements(draft)[0].resources = ["arn:aws:support:us-east-1:111122223333:case/1"]),
    ],
    ["a wildcard action", "broadened", (draft) => statements(draft)[0].actions.push("support:*")],
    [
      "a wildcard denied that covers all",
      "narrowed",
      (draft) => statements(draft).push({ effect: "Deny", actions: ["support:Create*"], resources: ["*"] }),
    ],
    [
      "a wildcard denied that covers nothing",
      "cosmetic",
      (draft) => statements(draft).push({ effect: "Deny", actions: ["s3:Get*"], resources: ["*"] }),
    ],
    [
      "not_actions",
      "broadened",
      (draft) => Object.assign(statements(draft)[0], { not_actions: ["iam:*"], actions: [] }),
    ],
    [
      "not_actions denied, of which nothing was allowed",
      "cosmetic",
      (draft) =>
        statements(draft).push({
          effect: "Deny",
          not_actions: ["support:*", "servicequotas:*", "iam:*"],
          resources: ["*"],
        }),
    ],
    [
      "not_resources of nothing",
      "narrowed",
      (draft) => Object.assign(statements(draft)[0], { not_resources: ["*"], resources: [] }),
    ],
    [
      "not_resources of another service",
      "narrowed",
      (draft) => Object.assign(statements(draft)[0], { not_resources: ["arn:aws:s3:::a/*"], resources: [] }),
    ],
    [
      "a document with another as its source",
      "unknown",
      (draft) => (draft.data.aws_iam_policy_document.full.source_policy_documents = ["${var.more}"]),
    ],
    [
      "a document moved to another name",
      "unknown",
      (draft) => {
        draft.data.aws_iam_policy_document.renamed = draft.data.aws_iam_policy_document.full;
        delete draft.data.aws_iam_policy_document.full;
        draft.resource.aws_iam_policy.full.policy = "${data.aws_iam_policy_document.renamed.json}";
      },
    ],
    [
      "the same as inline JSON",
      "unknown",
      (draft) => {
        draft.resource.aws_iam_policy.full.policy = JSON.stringify({
          Version: "2012-10-17",
          Statement: statements(draft).map((one: Draft) => ({
            Effect: one.effect,
            Action: one.actions,
            Resource: one.resources[0],
            Condition: one.condition && {
              [one.condition[0].test]: { [one.condition[0].variable]: one.condition[0].values },
            },
          })),
        });
      },
    ],
    ["an expression for a policy", "unknown", (draft) => (draft.resource.aws_iam_policy.full.policy = "${var.policy}")],
    [
      "a principal more in the trust",
      "broadened",
      (draft) =>
        statements(draft, "full_trust")[0].principals.push({
          type: "AWS",
          identifiers: ["arn:aws:iam::111122223333:root"],
        }),
    ],
    [
      "the trust for anybody",
      "broadened",
      (draft) => (statements(draft, "full_trust")[0].principals = [{ type: "AWS", identifiers: ["*"] }]),
    ],
    [
      "the principals as one block",
      "cosmetic",
      (draft) => (statements(draft, "full_trust")[0].principals = statements(draft, "full_trust")[0].principals[0]),
    ],
    [
      "a condition in the trust",
      "narrowed",
      (draft) =>
        (statements(draft, "full_trust")[0].condition = [
          { test: "StringEquals", variable: "aws:SourceAccount", values: ["111122223333"] },
        ]),
    ],
    [
      "not_principals in the trust",
      "unknown",
      (draft) =>
        Object.assign(statements(draft, "full_trust")[0], {
          not_principals: statements(draft, "full_trust")[0].principals,
          principals: [],
        }),
    ],
  ])("%s: %s", (_, verdict, edit) => {
    expect(changed(edit).verdict).toBe(verdict);
  });
});

describe("what hides a change is not taken for nothing", () => {
  test.each<[string, Verdict, (draft: Draft) => void]>([
    [
      "a Deny without a resource",
      "unknown",
      (draft) => statements(draft).push({ effect: "Deny", actions: ["s3:GetObject"] }),
    ],
    [
      "a Deny of a resource that AWS refuses",
      "unknown",
      (draft) => statements(draft).push({ effect: "Deny", actions: ["s3:GetObject"], resources: ["*", "foo"] }),
    ],
    [
      "a Deny that is no action",
      "unknown",
      (draft) => statements(draft).push({ effect: "Deny", actions: ["GetObject"], resources: ["*"] }),
    ],
    [
      "a trust of nobody",
      "unknown",
      (draft) => statements(draft, "full_trust").push({ effect: "Deny", actions: ["sts:AssumeRole"] }),
    ],
    [
      "a trust of a role by its name",
      "unknown",
      (draft) => {
        const identifiers = ["arn:aws:iam::111122223333:role/Boss"];
        statements(draft, "full_trust")[0].principals = [{ type: "AWS", identifiers }];
      },
    ],
    [
      "a resource in IAM",
      "unknown",
      (draft) => {
        statements(draft)[0].resources = ["arn:aws:iam::111122223333:role/Boss"];
      },
    ],
    [
      "a condition on something else of the stack",
      "unknown",
      (draft) => {
        const values = ["arn:aws:iam::111122223333:role/Boss"];
        statements(draft)[0].condition = [{ test: "ArnEquals", variable: "aws:PrincipalArn", values }];
      },
    ],
    [
      "a condition on the role's tags",
      "unknown",
      (draft) => {
        statements(draft)[0].condition = [{ test: "StringEquals", variable: "aws:PrincipalTag/Team", values: ["a"] }];
      },
    ],
  ])("%s: %s", (_, verdict, edit) => {
    expect(changed(edit).verdict).toBe(verdict);
  });
});

test("for any two policies of a role, the verdict is the same as by going through every action and case", () => {
  const statement = fc.record({
    effect: fc.constantFrom("Allow", "Deny"),
    actions: fc.subarray(["support:a", "support:b", "support:c"], { minLength: 1 }),
    resources: fc.constant(["*"]),
    condition: fc.constantFrom([], [{ test: "StringEquals", variable: "aws:SourceAccount", values: ["111122223333"] }]),
  });
  const allowed = (statements: readonly Draft[]) =>
    ["support:a", "support:b", "support:c"].flatMap((action) =>
      [true, false].flatMap((met) => {
        const effects = statements
          .filter(({ actions, condition }) => actions.includes(action) && (met || condition.length === 0))
          .map(({ effect }) => effect);
        return effects.includes("Allow") && !effects.includes("Deny") ? [`${action} ${met}`] : [];
      }),
    );
  const policy = fc.array(statement, { maxLength: 4 });
  fc.assert(
    fc.property(policy, policy, (before, after) => {
      const withPolicy = (statement: Draft) => {
        const terraform = structuredClone(FULL) as Draft;
        terraform.data.aws_iam_policy_document.full = { statement };
        return terraform;
      };
      const { verdict } = change(withPolicy(before), withPolicy(after));
      const [allowedBefore, allowedAfter] = [allowed(before), allowed(after)];
      const expected = allowedAfter.some((one) => !allowedBefore.includes(one))
        ? ["broadened"]
        : allowedBefore.some((one) => !allowedAfter.includes(one))
          ? ["narrowed"]
          : ["cosmetic", "unchanged"];
      expect(expected).toContain(verdict);
    }),
  );
});
