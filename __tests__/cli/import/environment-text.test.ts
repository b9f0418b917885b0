import { parseDocument, type YAMLMap } from "yaml";
import {
  endOf,
  endOfLines,
  environmentsIn,
  marginOf,
  newlineOf,
  withoutMark,
} from "../../../cli/import/environment-text";

test.each([
  ["environments:\n  a: 1\n", ["a"]],
  ["environments: { a: 1, b: 2 }\n", ["a", "b"]],
  ["environments: {}\n", []],
  ["environments: [a]\n", undefined],
  ["environments:\n", undefined],
  ["x: &x { a: 1 }\nenvironments: *x\n", undefined],
  ["- environments\n", undefined],
  ["", undefined],
])("in %j, there are the environments %j", (body, names) => {
  expect(environmentsIn(body)?.items.map(({ key }) => String(key))).toEqual(names);
});

test.each([
  ["environments:\n  a: 1\n", "  "],
  ["environments:\n    a: 1\n    b: 2\n", "    "],
  ["# ours\r\nenvironments:\r\n  # of a\r\n  a: 1\r\n", "  "],
  ["environments: { a: 1 }\n", undefined],
  ["environments: {\n  a: 1 }\n", undefined],
  ["environments: {}\n", undefined],
])("the environments in %j are indented by %j", (body, margin) => {
  expect(marginOf(body, environmentsIn(body) as YAMLMap<never, never>)).toBe(margin);
});

test("a block that isn't on lines of its own has no indentation", () => {
  const body = "? environments\n: a: 1\n";
  expect(marginOf(body, environmentsIn(body) as YAMLMap<never, never>)).toBeUndefined();
});

test.each([
  ["a: 1", "a: 1 # of a\nb: 2\n", "a"],
  ["a:\n  b:\n    - c", "a:\n  b:\n    - c # of c\n    # of b\nd: 1\n", "a"],
  ["a: { b: 1 }", "a: { b: 1 } # of a\n", "a"],
  ["a: [b,\n c]", "a: [b,\n c] # of a\n", "a"],
  ["a:", "a:\n# of nothing\n", "a"],
])("%j is the text of the first pair of %j", (text, body) => {
  const [pair] = (parseDocument(body).contents as YAMLMap<never, never>).items;
  expect(body.slice(0, endOf(pair as never))).toBe(text);
});

test.each([
  ["  a: 1 # of a\n", "  a: 1 # of a\n  b: 2\n"],
  ["  a: 1\n    # of a\n", "  a: 1\n    # of a\n  # of b\n  b: 2\n"],
  ["  a: 1\n\n    # of a\n", "  a: 1\n\n    # of a\n\n  b: 2\n"],
  ["  a: 1\n", "  a: 1\n   b: 2\n    # of b\n"],
  ["  a: 1\n", "  a: 1\n\n  # of b\n"],
  ["  a: 1", "  a: 1"],
  ["  a: 1\n    # of a", "  a: 1\n    # of a"],
])("the lines that belong to a value end after %j", (lines, body) => {
  expect(body.slice(0, endOfLines(body, "  a: 1".length, 2))).toBe(lines);
});

test("a value that ends with a line break, such as a text of several lines, ends there", () => {
  const body = "  a: |\n    b\n  c: 1\n";
  expect(endOfLines(body, "  a: |\n    b\n".length, 2)).toBe("  a: |\n    b\n".length);
});

test.each([
  ["a\nb\n", "\n"],
  ["a\r\nb\n", "\r\n"],
  ["a", "\n"],
])("lines of %j end with %j", (body, newline) => {
  expect(newlineOf(body)).toBe(newline);
});

test.each([
  ["\ufeffa", "\ufeff", "a"],
  ["a\ufeff", "", "a\ufeff"],
  ["", "", ""],
])("%j has the byte order mark %j before %j", (text, mark, body) => {
  expect(withoutMark(text)).toEqual({ mark, body });
});
