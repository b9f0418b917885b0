import type * as z from "zod";
import {
  choice,
  flag,
  integer,
  mapping,
  namedBy,
  sequence,
  tagsOf,
  text,
} from "../../../../stacks/environments/yaml/schema-values";

/** What was expected, in the words of each error. */
const expectedBy = (schema: z.ZodType, value: unknown) =>
  (schema.safeParse(value).error?.issues ?? []).map(({ message }) => message);

test("a text matches its limit, and a number needs quotes", () => {
  const schema = text({ pattern: /^\d+$/, expected: "digits" }, "Some digits.");
  expect(expectedBy(schema, "12")).toEqual([]);
  expect(expectedBy(schema, "a")).toEqual(["digits"]);
  for (const value of [12, true]) expect(expectedBy(schema, value)).toEqual(["digits, in quotes"]);
  for (const value of [undefined, null, []]) expect(expectedBy(schema, value)).toEqual(["digits"]);
  expect(schema.meta()).toEqual({ description: "Some digits. Expected: digits." });
});

test("a choice is one of its words, and a near one is suggested", () => {
  const schema = choice(["full", "read-only"], "A level.");
  expect(expectedBy(schema, "full")).toEqual([]);
  expect(expectedBy(schema, "ful")).toEqual(["one of full, read-only. Did you mean full?"]);
  expect(expectedBy(schema, 1)).toEqual(["one of full, read-only"]);
  expect(expectedBy(choice(["a"], "A.", { expected: "the only letter" }), "zz")).toEqual(["the only letter"]);
  expect(schema.meta()).toEqual({ description: "A level." });
});

test("a list that is too long still has the errors of its items", () => {
  const schema = sequence(choice(["a"], "A."), "a list of letters", 2, "letters, each once", "Letters.");
  expect(expectedBy(schema, ["a", "a"])).toEqual([]);
  expect(expectedBy(schema, ["a", "b", "a"])).toEqual(["a. Did you mean a?", "at most 2 letters, each once"]);
  for (const value of ["a", undefined, {}]) expect(expectedBy(schema, value)).toEqual(["a list of letters"]);
  expect(schema.meta()).toEqual({ description: "Letters.", maxItems: 2 });
});

test("a flag is true or false", () => {
  expect([true, false].map((value) => expectedBy(flag("Whether."), value))).toEqual([[], []]);
  expect(expectedBy(flag("Whether."), "true")).toEqual(["true or false"]);
  expect(flag("Whether.").meta()).toEqual({ description: "Whether.", default: false });
});

test("a whole number is one within limits", () => {
  const schema = integer({ min: 1, max: 3, expected: "1 to 3" }, "A number.");
  expect(expectedBy(schema, 3)).toEqual([]);
  for (const value of [0, 4]) expect(expectedBy(schema, value)).toEqual(["1 to 3"]);
  for (const value of [1.5, "1", null]) expect(expectedBy(schema, value)).toEqual(["1 to 3, without quotes"]);
});

test("a mapping has known keys, and an error names the required keys", () => {
  const flagSchema = flag("One.");
  expect(expectedBy(mapping({}, { a: flagSchema }, "M."), null)).toEqual(["a mapping; if it is empty, write {}"]);
  expect(expectedBy(mapping({ a: flagSchema }, { b: flagSchema }, "M."), null)).toEqual(["a mapping with a"]);
  expect(expectedBy(mapping({ a: flagSchema, b: flagSchema }, {}, "M."), null)).toEqual(["a mapping with a and b"]);
  const fields = { first: flagSchema, second: flagSchema, third: flagSchema, fourth: flagSchema };
  expect(expectedBy(mapping(fields, {}, "M."), [])).toEqual(["a mapping with first, second, third and fourth"]);
  expect(mapping({}, {}, "M.").safeParse({ a: 1 }).error?.issues).toMatchObject([
    { code: "unrecognized_keys", keys: ["a"] },
  ]);
  expect(mapping({ a: flagSchema }, { b: flagSchema }, "M.").safeParse({ a: true }).success).toBe(true);
  expect(mapping({ a: flagSchema }, { b: flagSchema }, "M.").safeParse({ b: true }).success).toBe(false);
  expect(mapping({}, {}, "M.").meta()).toEqual({ description: "M." });
});

test("tags have keys that IAM allows, and are no more than it allows", () => {
  const schema = tagsOf(flag("Whether."), "tags", "Tags.");
  const mappingOf = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`t${index}`, true]));
  expect(expectedBy(schema, mappingOf(50))).toEqual([]);
  expect(expectedBy(schema, { ...mappingOf(50), t: 1 })).toEqual([
    "true or false",
    "at most 50 tags, the IAM limit for a role or a policy",
  ]);
  expect(expectedBy(schema, { "aws:a": true })).toHaveLength(1);
  for (const value of [[], "a", undefined]) expect(expectedBy(schema, value)).toEqual(["tags"]);
});

test("what has names has one at least", () => {
  const schema = namedBy({ pattern: /^[a-z]$/, expected: "a letter" }, flag("Whether."), "a mapping", "one at least");
  expect(expectedBy(schema, { a: true })).toEqual([]);
  expect(expectedBy(schema, {})).toEqual(["one at least"]);
  expect(expectedBy(schema, { A: true })).toHaveLength(1);
  expect(expectedBy(schema, null)).toEqual(["a mapping"]);
});

test("a default is for editors", () => {
  const byDefault = "a";
  const textFormat = { pattern: /a/, expected: "an a" };
  expect(choice(["a"], "A.", { byDefault }).meta()).toEqual({ description: "A.", default: "a" });
  expect(text(textFormat, "A.", byDefault).meta()).toEqual({ description: "A. Expected: an a.", default: "a" });
  expect(integer({ min: 1, max: 3, expected: "1" }, "N.", 1).meta()).toEqual({ description: "N.", default: 1 });
  expect(expectedBy(choice(["a"], "A.", { byDefault }), undefined)).toEqual(["a"]);
});
