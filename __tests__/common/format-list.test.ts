import { formatList, oneOfNames } from "../../common/format-list";

const names = (count: number) => Array.from({ length: count }, (_, index) => `e${index + 1}`);

test.each([
  [1, undefined, "e1"],
  [5, undefined, "e1, e2, e3, e4, e5"],
  [6, undefined, "e1, e2, e3, e4, e5 and 1 more"],
  [9, undefined, "e1, e2, e3, e4, e5 and 4 more"],
  [3, 2, "e1, e2 and 1 more"],
])("of %d names, a message lists (at most %p): %s", (count, limit, text) => {
  expect(formatList(names(count), limit)).toBe(text);
});

test("expected names are listed up to 20, and counted beyond that", () => {
  expect(oneOfNames(["a"], "tiers")).toBe("a");
  expect(oneOfNames(names(20), "tiers")).toBe(`one of ${names(20).join(", ")}`);
  expect(oneOfNames(names(21), "tiers")).toBe("one of the 21 tiers");
});
