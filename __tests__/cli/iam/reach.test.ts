import { type Policy, readPolicy } from "../../../cli/iam/policy";
import { hasEnd, isGiven, type Reach, rankOf, reachOf, reachOfAll, shortestOf } from "../../../cli/iam/reach";
import { policyText } from "../../support/live-account";
import { DECEMBER, JANUARY, ONCE, policy, SEE, SLR, type Statement, until } from "./differences";

const CHAT = "support:InitiateChatForCase";
const allow = { Effect: "Allow", Action: CHAT, Resource: "*" };
const before = (end: string) => ({ Condition: { DateLessThan: { "aws:CurrentTime": end } } });
const JUNE = "2030-06-01T00:00:00Z";
const JULY = "2030-07-01T00:00:00Z";
const SECURE = { Condition: { Bool: { "aws:SecureTransport": "true" } } };

function statementsOf(...statements: object[]): Policy["statements"] {
  return readPolicy(policyText(...statements)).statements;
}

test.each<[what: string, statements: object[], reach: Reach]>([
  ["nothing", [], "never"],
  ["another action", [{ ...allow, Action: "support:ResolveCase" }], "never"],
  ["it", [allow], "always"],
  ["it under a condition", [{ ...allow, ...SECURE }], "sometimes"],
  ["it until June", [{ ...allow, ...before(JUNE) }], { until: JUNE }],
  ["it until June, and until July", [JUNE, JULY].map((end) => ({ ...allow, ...before(end) })), { until: JULY }],
  ["it until July, and until June", [JULY, JUNE].map((end) => ({ ...allow, ...before(end) })), { until: JULY }],
  ["it until June, and always", [{ ...allow, ...before(JUNE) }, allow], "always"],
  ["it, and denies it until June", [allow, { ...allow, Effect: "Deny", ...before(JUNE) }], "sometimes"],
  [
    "it until June, and then under a condition",
    [
      { ...allow, ...before(JUNE) },
      { ...allow, ...SECURE },
    ],
    "sometimes",
  ],
  [
    "it until June, and under a condition until July",
    [
      { ...allow, ...before(JUNE) },
      { ...allow, Condition: { ...SECURE.Condition, ...before(JULY).Condition } },
    ],
    "sometimes",
  ],
  ["another action until June, and it always", [{ ...allow, Action: "s3:*", ...before(JUNE) }, allow], "always"],
])("a role that is allowed %s", (_, statements, reach) => {
  expect(reachOf(statementsOf(...statements), CHAT)).toEqual(reach);
});

test("several actions are allowed as long as each of them is", () => {
  const both = statementsOf({ ...allow, ...before(JUNE) }, { ...allow, Action: "support:ResolveCase" });
  expect(reachOfAll(both, [CHAT, "support:ResolveCase"])).toEqual({ until: JUNE });
  expect(reachOfAll(both, ["support:ResolveCase"])).toBe("always");
  expect(reachOfAll(both, [CHAT, "support:CreateCase"])).toBe("never");
});

test.each<[all: Reach[], shortest: Reach]>([
  [[], "always"],
  [["always", "always"], "always"],
  [["always", "never", "sometimes"], "never"],
  [["always", "sometimes", { until: JUNE }], "sometimes"],
  [["always", { until: JULY }, { until: JUNE }], { until: JUNE }],
  [["always", { until: JUNE }, { until: JULY }], { until: JUNE }],
])("of %j, the shortest is %j", (all, shortest) => {
  expect(shortestOf(all)).toEqual(shortest);
});

test("a given reach is unconditional, and may end", () => {
  const reaches: Reach[] = ["always", { until: JUNE }, "sometimes", "never"];
  expect(reaches.map(isGiven)).toEqual([true, true, false, false]);
  expect(reaches.map(hasEnd)).toEqual([false, true, false, false]);
});

test("a longer reach has a higher rank", () => {
  const reaches: Reach[] = ["never", { until: JUNE }, { until: JULY }, "always"];
  const ranks = reaches.map(rankOf);
  expect([...ranks].sort()).toEqual(ranks);
  expect(new Set(ranks).size).toBe(ranks.length);
  expect(rankOf("sometimes")).toBe(rankOf("never"));
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
