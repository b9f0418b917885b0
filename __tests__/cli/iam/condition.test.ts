import { endIn, endsIn, passes, statementsAt, statementsFrom, type Test, testOf } from "../../../cli/iam/condition";
import type { Pattern } from "../../../cli/iam/pattern";
import { readPolicy, type Statement } from "../../../cli/iam/policy";
import { policyText } from "../../support/policy-text";

const END = "2027-01-01T00:00:00Z";
const ARN = "arn:aws:iam::111122223333:role/oncall";

function ask(operator: string, values: readonly string[], key = "key"): Test {
  return testOf({ operator, key, values });
}

/** What the operator makes of the value `a`, which is not an ARN. */
function asksFor(overrides: object): Test {
  const pattern: Pattern = { text: "a", isLiteral: true, ignoresCase: false, isArn: false };
  const test = { kind: "patterns", patterns: [pattern], open: [], not: false, set: undefined } as const;
  return { ...test, passesWithoutKey: false, ...overrides };
}

const LIKE = { patterns: [{ text: "a", isLiteral: false, ignoresCase: false, isArn: false }] };
const IN_ANY_CASE = { patterns: [{ text: "a", isLiteral: true, ignoresCase: true, isArn: false }] };
const UNLESS = { not: true, passesWithoutKey: true };

test.each<[operator: string, more: object]>([
  ["StringEquals", {}],
  ["StringEqualsIfExists", { passesWithoutKey: true }],
  ["StringNotEquals", UNLESS],
  ["StringNotEqualsIfExists", UNLESS],
  ["StringLike", LIKE],
  ["StringNotLike", { ...LIKE, ...UNLESS }],
  ["StringEqualsIgnoreCase", IN_ANY_CASE],
  ["StringNotEqualsIgnoreCase", { ...IN_ANY_CASE, ...UNLESS }],
  ["Bool", IN_ANY_CASE],
  ["BoolIfExists", { ...IN_ANY_CASE, passesWithoutKey: true }],
  ["ForAnyValue:StringEquals", { set: "any" }],
  ["ForAnyValue:StringNotEquals", { set: "any", not: true }],
  ["ForAllValues:StringEquals", { set: "all", passesWithoutKey: true }],
  ["ForAllValues:StringNotLike", { ...LIKE, ...UNLESS, set: "all" }],
  ["ForAnyValue:Bool", { ...IN_ANY_CASE, set: "any" }],
])("%s compares texts", (operator, overrides) => {
  expect(ask(operator, ["a"])).toEqual(asksFor(overrides));
});

test.each<[operator: string, more: object]>([
  ["ArnEquals", {}],
  ["ArnLike", {}],
  ["ArnNotLike", UNLESS],
  ["ArnLikeIfExists", { passesWithoutKey: true }],
  ["ForAllValues:ArnNotLike", { ...UNLESS, set: "all" }],
])("%s compares ARNs, in which wildcards work", (operator, overrides) => {
  const pattern: Pattern = { text: ARN, isLiteral: false, ignoresCase: false, isArn: true };
  expect(ask(operator, [ARN])).toEqual(asksFor({ patterns: [pattern], ...overrides }));
});

test.each([
  "",
  "stringEquals",
  "StringNotNotEquals",
  "MyStringEquals",
  "StringEquals2",
  "ForAnyValue:ForAllValues:StringEquals",
  "NumericEquals",
  "DateLessThanEquals",
  "DateLessThanIfExists",
  "null",
])("the operator %j is unsupported", (operator) => {
  expect(ask(operator, ["2027-01-01T00:00:00Z"], "aws:currenttime")).toEqual({ kind: "unsupported" });
});

test.each<[operator: string, known: string, open: string, why: string]>([
  ["StringEquals", "a", "${aws:username}", "a variable is known only for a request"],
  ["StringLike", "a$*", "a/${aws:username}/*", "a variable is known only for a request"],
  ["ArnLike", ARN, "arn:aws:iam::${aws:PrincipalAccount}:role/a", "a variable is known only for a request"],
  ["ArnLike", "arn:aws:s3:::a", "arn:aws:s3::a", "AWS doesn't document ARNs with fewer than six parts"],
  ["ArnEquals", "arn:*:*:*:*:*", "*", "AWS doesn't document ARNs with fewer than six parts"],
  ["StringEqualsIgnoreCase", " ~", "é", "AWS doesn't document the case of other than ASCII letters"],
  ["StringEqualsIgnoreCase", "a", "a\n", "AWS doesn't document the case of other than ASCII letters"],
])("%s knows the meaning of %j, but not of %j: %s", (operator, literal, open) => {
  const test = ask(operator, [literal, open]);
  expect(test).toMatchObject({ kind: "patterns", patterns: [{ text: literal }], open: [open] });
  expect(test.kind === "patterns" && test.patterns).toHaveLength(1);
});

test.each<[values: string[], wanted: string[]]>([
  [["true"], ["absent"]],
  [["false"], ["present"]],
  [["False"], ["present"]],
  [
    ["false", "true"],
    ["present", "absent"],
  ],
  [[], []],
])("Null %j asks for a key that is %j", (values, expected) => {
  expect(ask("Null", values)).toEqual({ kind: "presence", wanted: new Set(expected) });
});

test.each([["perhaps"], ["true", "perhaps"], [""]])("Null with %j is unsupported", (...values) => {
  expect(ask("Null", values)).toEqual({ kind: "unsupported" });
});

test.each<[what: string, values: string[], key: string, end: string | undefined]>([
  ["the time, and a second", [END], "aws:currenttime", END],
  ["another key", [END], "aws:tokenissuetime", undefined],
  ["no value", [], "aws:currenttime", undefined],
  ["two values", [END, "2028-01-01T00:00:00Z"], "aws:currenttime", undefined],
])("with %s, DateLessThan %j of %s has the end %s", (_, values, key, end) => {
  expect(ask("DateLessThan", values, key)).toEqual(end ? { kind: "before", end } : { kind: "unsupported" });
  expect(endIn({ operator: "DateLessThan", key, values })).toBe(end);
});

test.each<[text: string, is: boolean]>([
  ["2027-01-01T00:00:00Z", true],
  ["0001-12-31T23:59:59Z", true],
  ["2027-01-01T24:00:00Z", false],
  ["2027-01-01T00:00:00.000Z", false],
  ["2027-01-01T01:00:00+01:00", false],
  ["2027-01-01", false],
  [" 2027-01-01T00:00:00Z", false],
  ["+012027-01-01T00:00:00Z", false], // as text, it would be before 2027
  ["", false],
])("%j is a second in the one form that compares as text: %s", (text, is) => {
  const end = { kind: "before", end: text };
  expect(ask("DateLessThan", [text], "aws:currenttime")).toEqual(is ? end : { kind: "unsupported" });
});

test.each<[operator: string, wanted: string, values: string[] | undefined, is: string]>([
  ["NumericEquals", "1", ["1"], "maybe"],
  ["Null", "true", undefined, "yes"],
  ["Null", "true", [], "no"],
  ["StringEquals", "a", ["a"], "yes"],
  ["StringEquals", "a", ["b"], "no"],
  ["StringEquals", "a", undefined, "no"],
  ["StringNotEquals", "a", undefined, "yes"],
  ["StringNotEquals", "a", ["b"], "yes"],
  ["StringEquals", "${a}", ["b"], "maybe"],
  ["ForAnyValue:StringEquals", "a", ["b", "a"], "yes"],
  ["ForAnyValue:StringEquals", "a", ["b"], "no"],
  ["ForAnyValue:StringEquals", "${a}", ["b"], "maybe"],
  ["ForAnyValue:StringEquals", "a", [], "no"],
  ["ForAllValues:StringEquals", "a", ["b", "a"], "no"],
  ["ForAllValues:StringEquals", "${a}", ["b", "a"], "maybe"],
  ["ForAllValues:StringEquals", "a", [], "yes"],
])("the condition %s %s passes with %j: %s", (operator, pattern, values, is) => {
  expect(passes(ask(operator, [pattern]), values)).toBe(is);
});

test.each([
  ["2026-12-31T23:59:59Z", "yes"],
  [END, "no"],
  [undefined, "no"],
  ["2026-12-31", "maybe"],
])("the time %s is before an end: %s", (time, is) => {
  expect(passes({ kind: "before", end: END }, time === undefined ? undefined : [time])).toBe(is);
});

const JUNE = "2030-06-01T00:00:00Z";
const JULY = "2030-07-01T00:00:00Z";
const MAY = "2030-05-01T00:00:00Z";

function allowing(...conditions: object[]): Statement[] {
  const statements = conditions.map((Condition) => ({ Effect: "Allow", Action: "a:B", Resource: "*", Condition }));
  return [...readPolicy(policyText(...statements)).statements];
}

const before = (end: string) => ({ DateLessThan: { "aws:CurrentTime": end } });
const SECURE = { Bool: { "aws:SecureTransport": "true" } };

test("the ends of statements are each named once, earliest first", () => {
  expect(endsIn(allowing(before(JULY), SECURE, before(JUNE), before(JULY)))).toEqual([JUNE, JULY]);
  expect(endsIn(allowing({}, SECURE))).toEqual([]);
});

test("a statement is in force until its end, and not in that second", () => {
  const statements = allowing(before(JUNE), SECURE);
  expect(statementsAt(statements, MAY)).toHaveLength(2);
  expect(statementsAt(statements, JUNE)).toEqual(allowing(SECURE));
  expect(statementsAt(statements, JULY)).toEqual(allowing(SECURE));
});

test("a statement that hasn't ended by a time keeps its end", () => {
  const [june, always, secureJuly] = [before(JUNE), {}, { ...before(JULY), ...SECURE }];
  expect(statementsFrom(allowing(june, always, secureJuly), MAY)).toEqual(allowing(june, always, secureJuly));
  expect(statementsFrom(allowing(june, always, secureJuly), JUNE)).toEqual(allowing(always, secureJuly));
  expect(statementsFrom(allowing(june, always, secureJuly), JULY)).toEqual(allowing(always));
});
