import { nearest, suggestion } from "../../../../stacks/environments/yaml/suggestion";

const LEVELS = ["full", "read-only"];

test.each<[received: unknown, meant: string | undefined]>([
  ["read-onyl", "read-only"],
  ["READ-ONLY", "read-only"],
  ["readonly", "read-only"],
  ["redonl", "read-only"], // three edits: a third of its letters
  ["edonl", undefined], // four
  ["ful", "full"],
  ["fll", "full"],
  ["fl", undefined], // a single edit is allowed in a short word
  ["", undefined],
  [1, undefined],
  [undefined, undefined],
])("%p probably means %p", (received, expected) => {
  expect(nearest(received, LEVELS)).toBe(expected);
});

test("in a word of one or two letters, one edit is allowed", () => {
  expect(nearest("b", ["a"])).toBe("a");
  expect(nearest("bc", ["a"])).toBeUndefined();
  expect(nearest("", ["a"])).toBeUndefined();
});

test("the nearest of several words is meant, and the first if several are equally near", () => {
  expect(nearest("us-east-3", ["us-west-1", "us-east-1", "us-east-2"])).toBe("us-east-1");
  expect(nearest("us-west-2", ["us-east-2", "us-west-1", "us-west-2"])).toBe("us-west-2");
});

test("a suggestion ends a message, if there is one", () => {
  expect(suggestion("ful", LEVELS)).toBe(". Did you mean full?");
  expect(suggestion("none", LEVELS)).toBe("");
});
