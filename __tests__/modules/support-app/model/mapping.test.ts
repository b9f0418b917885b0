import { isMapping } from "../../../../modules/support-app/model/mapping";

test.each<[value: unknown, isOne: boolean]>([
  [{}, true],
  [{ a: 1 }, true],
  [Object.create(null), true],
  [null, false],
  [undefined, false],
  ["a", false],
  [["a"], false],
  [new Map(), false],
  [new (class Own {})(), false],
])("whether %p is a mapping: %p", (value, isOne) => {
  expect(isMapping(value)).toBe(isOne);
});
