import type { z } from "zod";
import { choice, flag, list, mapping, text } from "../../stacks/schema-values";

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
  expect(expectedBy(choice(["a"], "A.", "the only letter"), "zz")).toEqual(["the only letter"]);
  expect(schema.meta()).toEqual({ description: "A level." });
});

test("a list that is too long still has the errors of its items", () => {
  const schema = list(choice(["a"], "A."), "a list of letters", 2, "letters, each once", "Letters.");
  expect(expectedBy(schema, ["a", "a"])).toEqual([]);
  expect(expectedBy(schema, ["a", "b", "a"])).toEqual(["a. Did you mean a?", "at most 2 letters, each once"]);
  for (const value of ["a", undefined, {}]) expect(expectedBy(schema, value)).toEqual(["a list of letters"]);
  expect(schema.meta()).toEqual({ description: "Letters.", maxItems: 2 });
});

test("a flag is true or false", () => {
  expect([true, false].map((value) => expectedBy(flag("Whether."), value))).toEqual([[], []]);
  expect(expectedBy(flag("Whether."), "true")).toEqual(["true or false"]);
  expect(flag("Whether.").meta()).toEqual({ description: "Whether." });
});

test("a mapping has known keys, and an error names those that it needs", () => {
  const one = flag("One.");
  const optional = one.optional();
  expect(expectedBy(mapping({ a: optional }, "M."), null)).toEqual(["a mapping; if it is empty, write {}"]);
  expect(expectedBy(mapping({ a: one, b: optional }, "M."), null)).toEqual(["a mapping with a"]);
  expect(expectedBy(mapping({ a: one, b: one }, "M."), null)).toEqual(["a mapping with a and b"]);
  const named = { first: one, second: one, third: one, fourth: one };
  expect(expectedBy(mapping(named, "M."), [])).toEqual(["a mapping with first, second, third and fourth"]);
  expect(mapping({}, "M.").safeParse({ a: 1 }).error?.issues).toMatchObject([
    { code: "unrecognized_keys", keys: ["a"] },
  ]);
  expect(mapping({ a: optional }, "M.").safeParse({}).success).toBe(true);
  expect(mapping({}, "M.").meta()).toEqual({ description: "M." });
});
