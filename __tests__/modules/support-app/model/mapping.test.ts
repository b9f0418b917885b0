import { isMapping } from "../../../../modules/support-app/model/mapping";

test.each<[value: unknown, expected: boolean]>([
  [{}, true],
  [{ a: 1 }, true],
  [Object.create(null), true],
  [null, false],
  [undefined, false],
  ["a", false],
  [["a"], false],
  [new Map(), false],
  [new (class Own {})(), false],
])("whether %p is a mapping: %p", (value, expected) => {
  expect(isMapping(value)).toBe(expected);
});
