import fc from "fast-check";
import {
  distinct,
  fieldsIn,
  isRewritable,
  jsonText,
  list,
  listIfAny,
  memoize,
  parseAllOfJson,
  parseJson,
  parseJsonIfAny,
  textOf,
} from "../../common/json";
import { character } from "../support/character";
import { HOSTILE_JSON, hostileCopies, obeyedIn } from "../support/hostile";
import { propertyRuns } from "../support/thorough";

test("printed JSON contains nothing that is obeyed, and keeps its value", () => {
  for (const value of hostileCopies({ a: [1, "b", { c: null }], "⚠️": "\\##[x" })) {
    expect(JSON.parse(jsonText(value))).toEqual(value);
    expect(obeyedIn(jsonText(value))).toEqual([]);
  }
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: character }), (value) => {
      expect(JSON.parse(jsonText([value, HOSTILE_JSON]))).toEqual(JSON.parse(JSON.stringify([value, HOSTILE_JSON])));
      expect(obeyedIn(jsonText(value))).toEqual([]);
    }),
    propertyRuns(400),
  );
});

const nested = (depth: number) => `${"[".repeat(depth)}${"]".repeat(depth)}`;

test("JSON is read up to a depth that recursive code can handle", () => {
  expect(JSON.stringify(parseJson(nested(200)))).toBe(nested(200));
  expect(parseJson("[null, 1]")).toEqual([null, 1]);
  for (const depth of [201, 20_000]) {
    expect(() => parseJson(nested(depth))).toThrow(new SyntaxError("it is nested more than 200 deep"));
  }
  expect(() => parseJson("{")).toThrow(SyntaxError);
});

test("JSON may have a line break in an empty list, as CDKTF writes it, but no key twice beside it", () => {
  const jsonWith = (keys: string) => `{\n  "a": [\n  ],\n  "b": {\n  }${keys}\n}`;
  expect(parseAllOfJson(jsonWith(""))).toEqual({ a: [], b: {} });
  expect(() => parseAllOfJson(jsonWith(',\n  "a": [\n  ]'))).toThrow(SyntaxError);
  expect(parseAllOfJson('{\n  "[ ]": "{\\n}"\n}')).toEqual({ "[ ]": "{\n}" });
});

test("JSON may have a key that is a number after others, as CDKTF sorts them, but no key twice beside it", () => {
  expect(parseAllOfJson('{"//":"a","0":""}')).toEqual({ "//": "a", "0": "" });
  for (const text of ['{"//":"a","0":"","//":"a"}', '{"-":"a","0":1e3}', '{"-":"a","0":-0}', '{"-":{},"0":1,"-":[]}']) {
    expect([text, parseJsonIfAny(text, parseAllOfJson)]).toEqual([text, undefined]);
  }
});

test("a function that is called once for each value has one result for equal values", () => {
  const listOf = memoize((value: unknown) => [value]);
  expect(listOf({ a: 1 })).toBe(listOf({ a: 1 }));
  expect([listOf({ a: 1 }), listOf({ a: 2 }), listOf(null)]).toEqual([[{ a: 1 }], [{ a: 2 }], [null]]);
});

test.each<[value: unknown, fields: object, all: unknown[], ifAny: unknown[], text: string]>([
  [undefined, {}, [undefined], [], "null"],
  [null, {}, [null], [], "null"],
  ["a", {}, ["a"], ["a"], "a"],
  [[1, "b"], {}, [1, "b"], [1, "b"], '[1,"b"]'],
  [{ b: 1, a: 2 }, { b: 1, a: 2 }, [{ b: 1, a: 2 }], [{ b: 1, a: 2 }], '{"a":2,"b":1}'],
])("%j has these fields, is this list, and is this text", (value, fields, items, ifAny, text) => {
  expect([fieldsIn(value), list(value), listIfAny(value), textOf(value)]).toEqual([fields, items, ifAny, text]);
});

test("equal values are distinct once, where the first of them stands", () => {
  expect(distinct([{ a: 1, b: 2 }, "x", { b: 2, a: 1 }, "x", "y"])).toEqual([{ a: 1, b: 2 }, "x", "y"]);
});

test.each([
  ['{ "b": 1, "a": [null, true, -0.5], "10": "x", "9": "\\u0041\\/" }', true],
  ['{ "a": "12345678901234567890, 1e21" }', true],
  ['{ "a": 12345678901234567890 }', false],
  ['{ "a": 1.0 }', false],
  ['{ "a": 1, "a": 2 }', false],
])("%s can be written again as it is: %p", (text, expected) => {
  expect(isRewritable(text)).toBe(expected);
});
