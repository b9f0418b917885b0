import { canonical } from "../../common/canonical";

test.each<[what: string, value: unknown, text: string]>([
  [
    "the order of keys doesn't matter, at any depth",
    { b: 1, a: { d: [{ f: 1, e: 2 }], c: 3 } },
    '{"a":{"c":3,"d":[{"e":2,"f":1}]},"b":1}',
  ],
  ["the order of a list does", [2, 1, [3]], "[2,1,[3]]"],
  ["a text is a text", "a", '"a"'],
  ["nothing is null", null, "null"],
  ["a missing value differs from everything else", undefined, "undefined"],
  [
    "__proto__ is a key like any other",
    JSON.parse('{ "a": 1, "__proto__": { "c": 1, "b": 2 } }'),
    '{"__proto__":{"b":2,"c":1},"a":1}',
  ],
])("%s", (_, value, text) => {
  expect(canonical(value)).toBe(text);
});
