import { isFields } from "../../stacks/fields";

test.each<[value: unknown, isMapping: boolean]>([
  [{}, true],
  [{ a: 1 }, true],
  [[], false],
  [null, false],
  [undefined, false],
  ["a", false],
  [1, false],
])("whether %p is a mapping: %p", (value, isMapping) => {
  expect(isFields(value)).toBe(isMapping);
});
