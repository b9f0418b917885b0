import { endIn, endsIn, holds, statementsAt, statementsFrom } from "../../../cli/iam/condition";
import { readPolicy, type Statement } from "../../../cli/iam/policy";
import { policyText } from "../../support/policy-text";

const END = "2027-01-01T00:00:00Z";

/** Whether a condition with one value, or several, holds for the value of its key. */
function ask(operator: string, values: string | readonly string[], value: string | undefined, key = "key") {
  return holds({ operator, key, values: [values].flat() }, value);
}

test.each<[operator: string, holdsFor: string[], fails: string[], withoutKey: string]>([
  ["StringEquals", ["a*"], ["ab", "A*"], "no"],
  ["StringEqualsIfExists", ["a*"], ["ab"], "yes"],
  ["StringNotEquals", ["ab"], ["a*"], "yes"],
  ["StringNotEqualsIfExists", ["ab"], ["a*"], "yes"],
  ["StringLike", ["a*", "ab"], ["A", "ba"], "no"],
  ["StringNotLike", ["A", "ba"], ["ab"], "yes"],
  ["StringEqualsIgnoreCase", ["A*", "a*"], ["ab"], "no"],
  ["StringNotEqualsIgnoreCase", ["ab"], ["A*"], "yes"],
  ["Bool", ["A*"], ["ab"], "no"],
  ["BoolIfExists", ["A*"], ["ab"], "yes"],
  ["ForAnyValue:StringLike", ["ab"], ["b"], "no"],
  ["ForAnyValue:StringNotLike", ["b"], ["ab"], "no"],
  ["ForAllValues:StringLike", ["ab"], ["b"], "yes"],
  ["ForAllValues:StringNotLike", ["b"], ["ab"], "yes"],
  ["ForAnyValue:Bool", ["A*"], ["b"], "no"],
])("%s compares texts", (operator, holdsFor, fails, withoutKey) => {
  expect(holdsFor.map((value) => ask(operator, "a*", value))).toEqual(holdsFor.map(() => "yes"));
  expect(fails.map((value) => ask(operator, "a*", value))).toEqual(fails.map(() => "no"));
  expect(ask(operator, "a*", undefined)).toBe(withoutKey);
});

test.each<[pattern: string, value: string, is: string]>([
  ["arn:aws:iam::1:role/x", "arn:aws:iam::1:role/x", "yes"],
  ["arn:aws:iam::*:role/x", "arn:aws:iam::1:role/x", "yes"],
  ["arn:aws:*:role/x:a:b:c", "arn:aws:iam::1:role/x:a:b:c", "no"], // a * doesn't match the colon of a part
  ["arn:aws:iam?:1:role/x:y", "arn:aws:iam::1:role/x:y", "no"],
  ["arn:aws:iam::*", "arn:aws:iam::1:role/x", "maybe"], // AWS doesn't document ARNs with fewer than six parts
  ["*", "arn:aws:iam::1:role/x", "maybe"],
  ["arn:aws:iam::1:role/*", "arn:aws:iam::1:role/a:b/c", "yes"], // but it matches those of the last one
  ["arn:*:*:*:*:*", "arn:aws:iam::1:role/x", "yes"],
  ["arn:*:*:*:*:*:*", "arn:aws:iam::1:role/x", "no"],
  ["arn:*:*:*:*:*", "role/x", "no"],
])("of ARNs, %j matches %j: %s", (pattern, value, is) => {
  const not = { yes: "no", no: "yes", maybe: "maybe" }[is];
  expect(["ArnLike", "ArnEquals", "ArnNotLike"].map((operator) => ask(operator, pattern, value))).toEqual([
    is,
    is,
    not,
  ]);
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
  expect(ask(operator, END, END, "aws:currenttime")).toBe("maybe");
});

test.each<[operator: string, known: string, open: string, why: string]>([
  ["StringEquals", "a", "${aws:username}", "a variable is known only for a request"],
  ["StringLike", "a$*", "a/${aws:username}/*", "a variable is known only for a request"],
  ["StringEqualsIgnoreCase", " ~", "\u00e9", "AWS doesn't document the case of other than ASCII letters"],
  ["StringEqualsIgnoreCase", "a", "a\n", "AWS doesn't document the case of other than ASCII letters"],
])("%s knows the meaning of %j, but not of %j: %s", (operator, known, open) => {
  expect([ask(operator, known, "b"), ask(operator, open, "b"), ask(operator, [known, open], "b")]).toEqual([
    "no",
    "maybe",
    "maybe",
  ]);
  // One that surely matches decides.
  expect(ask(operator, [open, known], known)).toBe("yes");
});

test.each<[values: string[], withKey: string, withoutKey: string]>([
  [["true"], "no", "yes"],
  [["false"], "yes", "no"],
  [["False"], "yes", "no"],
  [["false", "true"], "yes", "yes"],
  [[], "no", "no"],
  [["perhaps"], "maybe", "maybe"],
  [["true", "perhaps"], "maybe", "maybe"],
  [[""], "maybe", "maybe"],
])("Null %j holds for a request with the key: %s; without: %s", (values, withKey, withoutKey) => {
  expect([ask("Null", values, "a"), ask("Null", values, undefined)]).toEqual([withKey, withoutKey]);
});

test.each<[what: string, values: string[], key: string, end: string | undefined]>([
  ["the time, and a second", [END], "aws:currenttime", END],
  ["another key", [END], "aws:tokenissuetime", undefined],
  ["no value", [], "aws:currenttime", undefined],
  ["two values", [END, "2028-01-01T00:00:00Z"], "aws:currenttime", undefined],
])("with %s, DateLessThan %j of %s has the end %s", (_, values, key, end) => {
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
  expect(endIn({ operator: "DateLessThan", key: "aws:currenttime", values: [text] })).toBe(is ? text : undefined);
});

test.each([
  ["2026-12-31T23:59:59Z", "yes"],
  [END, "no"],
  [undefined, "no"],
  ["2026-12-31", "maybe"],
])("the time %s is before an end: %s", (time, is) => {
  expect(ask("DateLessThan", END, time, "aws:currenttime")).toBe(is);
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
