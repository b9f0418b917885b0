import { judgeRole } from "../../../cli/aws/role-judgement";
import {
  canWords,
  excessDraft,
  type JudgedRole,
  openTrustDraft,
  peopleWith,
  unsupportedDraft,
} from "../../../cli/findings/role-findings";
import { ACCOUNT, DENIED, documentOf, otherRole, TRUST } from "../../support/live-account";

const allow = (...Action: string[]) => ({ Effect: "Allow", Action, Resource: "*" });

function judgedRole(
  role: ReturnType<typeof otherRole>,
  channels: readonly string[] = [],
  areAllKnown = true,
): JudgedRole {
  return { ...role, judgement: judgeRole(role, "2026-06-01T00:00:00Z"), channels, areAllKnown };
}
const having = (...statements: object[]) => otherRole("Rogue", documentOf(...statements));
const trusting = (...statements: object[]) =>
  otherRole("Rogue", documentOf(allow("*")), { trust: documentOf(...statements).known });

test("a role that may do everything says what people in its channels can do, and which policies to detach", () => {
  expect(excessDraft(judgedRole(having(allow("*")), ["#ops (OPS of T1)", "#dev (DEV of T1)"]))).toEqual([
    {
      answer: "unhealthy",
      resource: "role Rogue",
      about: ["role", "Rogue"],
      rank: { isInUse: true, beyond: "everything", services: 1, actions: 1 },
      impact: "People in #ops (OPS of T1), #dev (DEV of T1) can do everything in the account.",
      expected: "nothing beyond AWSSupportAppFullAccess",
      found: "it may call * (its policies: by-hand)",
      fix: {
        text: "Detach those of its policies that allow more, or give the channels another role. If nobody needs the role, delete it.",
        commands: [],
      },
    },
  ]);
});

test.each<[string, object[], string | undefined]>([
  ["what AWSSupportAppFullAccess allows", [allow("support:DescribeCases")], undefined],
  ["all of a service", [allow("support:*")], "support:*"],
  ["all but something", [{ Effect: "Allow", NotAction: "iam:*", Resource: "*" }], "all but iam:*"],
])("a role that may do %s has a finding only if that is too much", (_, statements, actions) => {
  const says = { found: `it may call ${actions} (its policies: by-hand)` };
  const impact = `People in any channel that is given it can call ${actions}, which AWSSupportAppFullAccess doesn't allow.`;
  expect(excessDraft(judgedRole(having(...statements)))).toMatchObject(
    actions === undefined ? [] : [{ ...says, impact }],
  );
});

test("a boundary that can't be read may limit what a role may do", () => {
  const role = otherRole("Rogue", documentOf(allow("*")), { boundary: DENIED });
  expect(excessDraft(judgedRole(role))).toMatchObject([
    { found: "it may call * (its policies: by-hand), unless its boundary, which couldn't be read, limits it" },
  ]);
});

test("people in channels that couldn't be read may have a role, and what it can do may be unknown", () => {
  expect(peopleWith(judgedRole(having(), [], false))).toBe(
    "People in channels that couldn't be read, or in any channel that is given it",
  );
  expect(canWords(judgedRole(having(allow("support:ResolveCase"))))).toBe("resolve-cases");
  expect(canWords(judgedRole(otherRole("Rogue", DENIED)))).toBeUndefined();
});

test("whoever may assume a role, too, can do what it allows", () => {
  expect(openTrustDraft(judgedRole(trusting(TRUST)), ACCOUNT)).toEqual([]);
  expect(openTrustDraft(judgedRole(trusting(TRUST, { ...TRUST, Principal: { AWS: ["1", "2"] } })), ACCOUNT)).toEqual([
    {
      answer: "unhealthy",
      resource: "role Rogue",
      about: ["role", "Rogue"],
      rank: { isInUse: false, beyond: "everything", services: 1, actions: 1 },
      impact: "Whoever assumes it can do everything.",
      expected: "nobody but supportapp.amazonaws.com may assume it",
      found: "AWS 1; AWS 2",
      fix: {
        text: "Remove everybody but supportapp.amazonaws.com from its trust policy. If others need the role, give the channels a role of their own.",
        commands: [],
      },
    },
  ]);
  const anybody = { ...TRUST, Principal: "*", Condition: { StringEquals: { "aws:SourceAccount": ACCOUNT } } };
  const open = otherRole("Rogue", DENIED, { trust: documentOf(anybody).known });
  expect(openTrustDraft(judgedRole(open), ACCOUNT)).toMatchObject([
    {
      impact: "Whoever assumes it can do what people in a channel with it can do.",
      found: "anybody, under a condition that may let in the Support App, too",
      fix: { text: "Name who may assume it in its trust policy, instead of everybody." },
    },
  ]);
});

test("what isn't understood is unknown, with what people may be able to do", () => {
  expect(unsupportedDraft(judgedRole(having(allow("*"))))).toEqual([]);
  expect(unsupportedDraft(judgedRole(having({ Effect: "Allow" }), ["#ops (OPS of T1)"]))).toMatchObject([
    {
      answer: "unknown",
      impact: "People in #ops (OPS of T1) can do more than AWSSupportAppFullAccess allows.",
      expected: "nothing beyond AWSSupportAppFullAccess",
      found: expect.stringContaining("unsupported (a statement without actions)"),
      fix: { text: "Look at the role in the IAM console, and rewrite what is unsupported." },
    },
  ]);
});
