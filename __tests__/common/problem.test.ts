import { describePath, describe as describeValue, oneOf, pathInWords, truncate } from "../../common/problem";

test.each<[unknown, string]>([
  ["oncall", '"oncall"'],
  ["x".repeat(60), `"${"x".repeat(60)}"`],
  ["x".repeat(61), `"${"x".repeat(60)}…" (61 characters)`],
  [undefined, "nothing"],
  [null, "nothing"],
  [[], "an empty list"],
  [["a"], "a list"],
  [{}, "an empty mapping"],
  [Object.create(null), "an empty mapping"],
  [{ a: 1 }, "a mapping"],
  [new Map(), "a mapping"],
  [5, "the number 5"],
  [false, "the boolean false"],
])("%j is shown as %s", (value, expected) => {
  expect(describeValue(value)).toBe(expected);
});

test("a long number or message is shortened", () => {
  expect(truncate("9".repeat(60))).toBe("9".repeat(60));
  expect(truncate("9".repeat(61))).toBe(`${"9".repeat(60)}… (61 characters)`);
  expect(truncate("9".repeat(61), 100)).toBe("9".repeat(61));
});

test("a path is never shortened", () => {
  expect(describePath("/x".repeat(40))).toBe(`"${"/x".repeat(40)}"`);
  expect(describePath(5)).toBe("the number 5");
  expect(describePath(undefined)).toBe("nothing");
});

test.each<[(string | number)[], string]>([
  [[], ""],
  [["full"], "full"],
  [["full", "without", 0], "full.without[0]"],
  [[0, "channel"], "[0].channel"],
  [["tags", "aws:owner"], 'tags."aws:owner"'],
  [["tags", "k".repeat(63)], `tags.${"k".repeat(63)}`],
  [["tags", "k".repeat(64)], `tags."${"k".repeat(60)}…" (64 characters)`],
])("the path %j is shown as %s", (path, expected) => {
  expect(pathInWords(path)).toBe(expected);
});

test('a message offers one choice by its name, and several as "one of"', () => {
  expect(oneOf(["read-only"])).toBe("read-only");
  expect(oneOf(["read-only", "full"])).toBe("one of read-only, full");
});
