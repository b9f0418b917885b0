import { type Policy, readPolicy } from "../../../cli/iam/policy";
import { hasEnd, isGiven, type Reach, reachOf, reachOfAll, reachRank, shortestOf } from "../../../cli/iam/reach";
import { policyText } from "../../support/policy-text";

const CHAT = "support:InitiateChatForCase";
const allow = { Effect: "Allow", Action: CHAT, Resource: "*" };
const before = (end: string) => ({ Condition: { DateLessThan: { "aws:CurrentTime": end } } });
const JUNE = "2030-06-01T00:00:00Z";
const JULY = "2030-07-01T00:00:00Z";
const KEYS = Object.fromEntries(Array.from({ length: 17 }, (_, index) => [`key${index}`, "a"]));
const SECURE = { Condition: { Bool: { "aws:SecureTransport": "true" } } };

function statementsOf(...statements: (object | undefined)[]): Policy["statements"] {
  return readPolicy(policyText(...(statements as object[]))).statements;
}

const [june, july, secure] = [before(JUNE), before(JULY), SECURE].map((condition) => ({ ...allow, ...condition }));
const deny = { ...allow, Effect: "Deny" };
const onOne = { Resource: "arn:aws:s3:::a" };
const secureUntilJuly = { ...allow, Condition: { ...SECURE.Condition, ...before(JULY).Condition } };
const withKey = (isAbsent: string) => ({ ...allow, Condition: { Null: { a: isAbsent } } });
const manyKeys = { Condition: { StringEquals: KEYS } };

test.each<[what: string, statements: (object | undefined)[], reach: Reach]>([
  ["nothing", [], "never"],
  ["another action", [{ ...allow, Action: "support:ResolveCase" }], "never"],
  ["it", [allow], "always"],
  ["it under a condition", [secure], "sometimes"],
  ["it until June", [june], { until: JUNE }],
  ["it until July under a condition", [secureUntilJuly], "sometimes"],
  ["it until June, and until July", [june, july], { until: JULY }],
  ["it until July, and until June", [july, june], { until: JULY }],
  ["it until June, and always", [june, allow], "always"],
  ["it, and denies it until June", [allow, { ...deny, ...before(JUNE) }], "sometimes"],
  ["it until June, and then under a condition", [june, secure], "sometimes"],
  ["it until June, and under a condition until July", [june, secureUntilJuly], "sometimes"],
  ["it until June, and denies it until June", [june, { ...deny, ...before(JUNE) }], "never"],
  ["it by a wildcard", [{ ...allow, Action: "support:*" }], "always"],
  ["all but it", [{ ...allow, Action: undefined, NotAction: CHAT }], "never"],
  ["it, and denies it", [allow, deny], "never"],
  ["it, and denies it for one resource", [allow, { ...deny, ...onOne }], "sometimes"],
  ["it for one resource", [{ ...allow, ...onOne }], "sometimes"],
  ["it under a condition, and without", [secure, allow], "always"],
  ["it under two conditions of which one always holds", [withKey("true"), withKey("false")], "sometimes"],
  ["it under an unsupported condition", [{ ...allow, Condition: { DateLessThan: { a: "b" } } }], "sometimes"],
  ["nothing, and denies it under conditions", [{ ...deny, ...manyKeys }], "never"],
  ["it under many conditions", [{ ...allow, ...manyKeys }], "sometimes"],
  ["another action until June, and it always", [{ ...allow, Action: "s3:*", ...before(JUNE) }, allow], "always"],
])("a role that is allowed %s reaches exactly as far as its statements", (_, statements, reach) => {
  expect(reachOf(statementsOf(...statements), CHAT)).toEqual(reach);
});

test("several actions are allowed as long as each of them is", () => {
  const statements = statementsOf({ ...allow, ...before(JUNE) }, { ...allow, Action: "support:ResolveCase" });
  expect(reachOfAll(statements, [CHAT, "support:ResolveCase"])).toEqual({ until: JUNE });
  expect(reachOfAll(statements, ["support:ResolveCase"])).toBe("always");
  expect(reachOfAll(statements, [CHAT, "support:CreateCase"])).toBe("never");
});

test.each<[all: Reach[], shortest: Reach]>([
  [[], "always"],
  [["always", "always"], "always"],
  [["always", "sometimes", "never"], "never"],
  [["always", "sometimes", { until: JUNE }], "sometimes"],
  [["always", { until: JULY }, { until: JUNE }], { until: JUNE }],
  [["always", { until: JUNE }, { until: JULY }], { until: JUNE }],
])("the shortest of %j is %j", (reaches, shortest) => {
  expect(shortestOf(reaches)).toEqual(shortest);
});

test("a reach that is given is unconditional, and may end", () => {
  const reaches: Reach[] = ["always", { until: JUNE }, "sometimes", "never"];
  expect(reaches.map(isGiven)).toEqual([true, true, false, false]);
  expect(reaches.map(hasEnd)).toEqual([false, true, false, false]);
});

test("a longer reach has a higher rank", () => {
  const reaches: Reach[] = ["never", { until: JUNE }, { until: JULY }, "always"];
  const ranks = reaches.map(reachRank);
  expect([...ranks].sort()).toEqual(ranks);
  expect(new Set(ranks).size).toBe(ranks.length);
  expect(reachRank("sometimes")).toBe(reachRank("never"));
});
