import { type Test, testOf } from "../../../cli/iam/condition";
import type { Pattern } from "../../../cli/iam/pattern";

const ARN = "arn:aws:iam::111122223333:role/oncall";

function ask(operator: string, values: readonly string[], key = "key"): Test {
  return testOf({ operator, key, values });
}

/** What the operator makes of the value `a`, which is not an ARN. */
function asksFor(more: object): Test {
  const pattern: Pattern = { text: "a", isLiteral: true, ignoresCase: false, isArn: false };
  const test = { kind: "patterns", patterns: [pattern], open: [], isNegated: false, set: undefined } as const;
  return { ...test, passesWithoutKey: false, ...more };
}

const LIKE = { patterns: [{ text: "a", isLiteral: false, ignoresCase: false, isArn: false }] };
const IN_ANY_CASE = { patterns: [{ text: "a", isLiteral: true, ignoresCase: true, isArn: false }] };
const UNLESS = { isNegated: true, passesWithoutKey: true };

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
  ["ForAnyValue:StringEqualsIfExists", { set: "any", passesWithoutKey: true }],
  ["ForAnyValue:StringNotEquals", { set: "any", isNegated: true }],
  ["ForAllValues:StringEquals", { set: "all", passesWithoutKey: true }],
  ["ForAllValues:StringNotLike", { ...LIKE, ...UNLESS, set: "all" }],
  ["ForAnyValue:Bool", { ...IN_ANY_CASE, set: "any" }],
])("%s compares texts", (operator, more) => {
  expect(ask(operator, ["a"])).toEqual(asksFor(more));
});

test.each<[operator: string, more: object]>([
  ["ArnEquals", {}],
  ["ArnLike", {}],
  ["ArnNotEquals", UNLESS],
  ["ArnNotLike", UNLESS],
  ["ArnLikeIfExists", { passesWithoutKey: true }],
  ["ForAllValues:ArnNotLike", { ...UNLESS, set: "all" }],
])("%s compares ARNs, in which wildcards work", (operator, more) => {
  const pattern: Pattern = { text: ARN, isLiteral: false, ignoresCase: false, isArn: true };
  expect(ask(operator, [ARN])).toEqual(asksFor({ patterns: [pattern], ...more }));
});

test.each([
  "",
  "String",
  "Equals",
  "StringIs",
  "stringEquals",
  "NotStringEquals",
  "StringNotNotEquals",
  "StringEqualsNot",
  "StringEqualsIgnoreCaseLike",
  "StringEqualsIfExistsIfExists",
  "StringEqualsIfExist",
  "MyStringEquals",
  "StringEquals2",
  "ForSomeValues:StringEquals",
  "ForAnyValue:ForAllValues:StringEquals",
  "Arn",
  "ArnIs",
  "ArnEqualsIgnoreCase",
  "BoolNot",
  "NotBool",
  "NumericEquals",
  "DateLessThanEquals",
  "DateLessThanIfExists",
  "DateGreaterThan",
  "IpAddress",
  "BinaryEquals",
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
  ["StringEquals", "é", "${é}", "a variable is known only for a request"],
  ["StringEqualsIgnoreCase", " ~", "é", "AWS doesn't document the case of other than ASCII letters"],
  ["Bool", "true", "tr\u00fce", "AWS doesn't document the case of other than ASCII letters"],
  ["StringEqualsIgnoreCase", "a", "a\n", "AWS doesn't document the case of other than ASCII letters"],
])("%s: the meaning of %j is known, of %j it isn't: %s", (operator, known, open) => {
  const test = ask(operator, [known, open]);
  expect(test).toMatchObject({ kind: "patterns", patterns: [{ text: known }], open: [open] });
  expect(test.kind === "patterns" && test.patterns).toHaveLength(1);
});

test.each<[values: string[], wanted: string[]]>([
  [["true"], ["absent"]],
  [["TRUE"], ["absent"]],
  [["false"], ["present"]],
  [["False"], ["present"]],
  [
    ["false", "true"],
    ["present", "absent"],
  ],
  [[], []],
])("Null %j asks for a key that is %j", (values, wanted) => {
  expect(ask("Null", values)).toEqual({ kind: "presence", wanted: new Set(wanted) });
});

test.each([["perhaps"], ["true", "perhaps"], [""]])("Null with %j is unsupported", (...values) => {
  expect(ask("Null", values)).toEqual({ kind: "unsupported" });
});

describe("an end", () => {
  const END = "2027-01-01T00:00:00Z";

  test("is a second before which the request is made", () => {
    expect(ask("DateLessThan", [END], "aws:currenttime")).toEqual({ kind: "before", end: END });
  });

  test.each<[what: string, values: string[], key: string]>([
    ["another key", [END], "aws:tokenissuetime"],
    ["no value", [], "aws:currenttime"],
    ["two values", [END, "2028-01-01T00:00:00Z"], "aws:currenttime"],
    ["a day", ["2027-01-01"], "aws:currenttime"],
  ])("with %s is unsupported", (_, values, key) => {
    expect(ask("DateLessThan", values, key)).toEqual({ kind: "unsupported" });
  });
});

test.each<[text: string, is: boolean]>([
  ["2027-01-01T00:00:00Z", true],
  ["0001-12-31T23:59:59Z", true],
  ["2028-02-29T12:00:00Z", true],
  ["2027-02-29T12:00:00Z", false],
  ["2027-01-01T24:00:00Z", false],
  ["2027-01-01T00:00:00.000Z", false],
  ["2027-01-01T00:00:00.5Z", false],
  ["2027-01-01T01:00:00+01:00", false],
  ["2027-01-01T00:00Z", false],
  ["2027-01-01", false],
  ["2027", false],
  ["1801353600", false],
  [" 2027-01-01T00:00:00Z", false],
  ["2027-01-01T00:00:00Z ", false],
  ["+012027-01-01T00:00:00Z", false], // as text, it would be before 2027
  ["-000001-01-01T00:00:00Z", false],
  ["soon", false],
  ["", false],
])("%j is a second in the one form that compares as text: %s", (text, is) => {
  const end = { kind: "before", end: text };
  expect(ask("DateLessThan", [text], "aws:currenttime")).toEqual(is ? end : { kind: "unsupported" });
});
