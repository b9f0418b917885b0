import type { Pattern } from "../../../cli/iam/pattern";
import { ACTION_TEXT, ANY_TEXT, SOME_TEXT, textClasses } from "../../../cli/iam/text-classes";

type Domain = Parameters<typeof textClasses>[1];

/** For each class, an example and the patterns that match it. */
function classes(patterns: readonly (string | Pattern)[], domain: Domain): Record<string, string[]> | undefined {
  const all = patterns.map((one): Pattern => (typeof one === "string" ? { text: one } : one));
  const found = textClasses(all, domain);
  for (const { matched } of found ?? []) expect(matched).toHaveLength(all.length);
  return (
    found &&
    Object.fromEntries(
      found.map(({ example, matched }) => [example, all.filter((_, index) => matched[index]).map(({ text }) => text)]),
    )
  );
}

const LITERAL = { text: "x*", isLiteral: true };
const IN_ANY_CASE = { text: "True", isLiteral: true, ignoresCase: true };

describe("of any text", () => {
  test.each<[patterns: readonly (string | Pattern)[], found: Record<string, string[]>]>([
    [[], { x: [] }],
    [["x"], { xx: [], x: ["x"] }],
    [["a"], { x: [], a: ["a"] }],
    [["x", "xx", "a"], { xxx: [], x: ["x"], xx: ["xx"], a: ["a"] }],
    [["a", "a"], { x: [], a: ["a", "a"] }],
    [["", LITERAL], { x: [], "": [""], "x*": ["x*"] }],
    [["*"], { "": ["*"] }],
    [["?"], { "": [], x: ["?"] }],
    [["a*"], { "": [], a: ["a*"] }],
    [["*", "a"], { "": ["*"], a: ["*", "a"] }],
    [["a*", "ab", "b"], { "": [], a: ["a*"], b: ["b"], ab: ["a*", "ab"] }],
    [["a*", "*b"], { "": [], a: ["a*"], b: ["*b"], ab: ["a*", "*b"] }],
    [["a?", "*"], { "": ["*"], ax: ["a?", "*"] }],
    [["x?z"], { "": [], xyz: ["x?z"] }],
    [[LITERAL, "x*"], { "": [], x: ["x*"], "x*": ["x*", "x*"] }],
    [[IN_ANY_CASE], { "": [], true: ["True"] }],
    [[{ text: "a:*:b", isArn: true }, "a:*:b"], { "": [], "a::b": ["a:*:b", "a:*:b"], "a:::b": ["a:*:b"] }],
    [[{ text: "*", isArn: true }], { "": ["*"], ":": [] }],
    [[{ text: "*", isArn: true }, "a"], { "": ["*"], ":": [], a: ["*", "a"] }],
    [[IN_ANY_CASE, "t*"], { "": [], t: ["t*"], true: ["True", "t*"], True: ["True"] }],
    [[{ text: "?", isArn: true }], { "": [], x: ["?"] }],
    [["😀?"], { "": [], "😀x": ["😀?"] }],
  ])("%j has a shortest example for each combination", (patterns, found) => {
    expect(classes(patterns, ANY_TEXT)).toEqual(found);
  });
});

test("an example uses the most readable character that no pattern has", () => {
  const other = (...patterns: (string | Pattern)[]) => Object.keys(classes([...patterns, "?"], ANY_TEXT) ?? {});
  expect(other("xy")).toEqual(["", "z", "xy"]);
  expect(other("x".repeat(2), "zyw")).toEqual(["", "v", "xx", "zyw"]);
  expect(other({ text: "X", isLiteral: true, ignoresCase: true })).toEqual(["", "y", "x"]);
  expect(other("xyzwvutsrqponmlkjihgfedcba0")).toEqual(["", "X", "xyzwvutsrqponmlkjihgfedcba0"]);
});

test("wildcards in a literal pattern are characters that others are distinguished from", () => {
  const found = textClasses([LITERAL, { text: "a?", isLiteral: true }, { text: "x?" }], ANY_TEXT);
  expect(found?.map(({ example }) => example)).toEqual(["", "xy", "x*", "a?"]);
});

describe("of any text that isn't empty, such as a resource", () => {
  test.each<[patterns: readonly string[], found: Record<string, string[]>]>([
    [[], { x: [] }],
    [["", "B"], { x: [], B: ["B"] }],
    [["*"], { x: ["*"] }],
    [["?"], { x: ["?"], xx: [] }],
    [["x*", "*y"], { z: [], x: ["x*"], y: ["*y"], xy: ["x*", "*y"] }],
  ])("%j", (patterns, found) => {
    expect(classes(patterns, SOME_TEXT)).toEqual(found);
  });
});

describe("of an action", () => {
  test.each<[patterns: readonly (string | Pattern)[], found: Record<string, string[]>]>([
    [[], { "x:x": [] }],
    [["x:x", "x:xx"], { "x:xxx": [], "x:x": ["x:x"], "x:xx": ["x:xx"] }],
    [["support:createcase", "support:"], { "x:x": [], "support:createcase": ["support:createcase"] }],
    // No action is like these.
    [["", "x", ":x", "x:", "x:x:x", "x:x-x", "x:x_x", "x.x:x", "X:x", "x:X", "é:x"], { "x:x": [] }],
    [["x-1:x9", "x1:9x"], { "x:x": [], "x-1:x9": ["x-1:x9"], "x1:9x": ["x1:9x"] }],
    [["*"], { "x:x": ["*"] }],
    [["?", "??", "?:?"], { "x:x": ["?:?"], "xx:x": [] }],
    [["a*"], { "x:x": [], "a:x": ["a*"] }],
    [["s:*", "S:*", "s-1:*", "s:*-", "*:*:*"], { "x:x": [], "s:x": ["s:*"], "s-1:x": ["s-1:*"] }],
    [["s:a*", "s:ab"], { "x:x": [], "s:a": ["s:a*"], "s:ab": ["s:a*", "s:ab"] }],
  ])("%j", (patterns, found) => {
    expect(classes(patterns, ACTION_TEXT)).toEqual(found);
  });

  test("without a readable character that is left, an example uses a digit, and in the end only theirs", () => {
    const LETTERS = "xyzwvutsrqponmlkjihgfedcba";
    expect(classes([`${LETTERS}:*`], ACTION_TEXT)).toEqual({ "0:0": [], [`${LETTERS}:0`]: [`${LETTERS}:*`] });
    const all = `${LETTERS}0123456789:*`;
    expect(classes([all], ACTION_TEXT)).toEqual({ "x:x": [], [`${all.slice(0, -1)}x`]: [all] });
  });
});

test("a pattern with too many states is undecided", () => {
  const wide = (places: number) => [{ text: `*a${"?".repeat(places)}` }];
  expect(textClasses(wide(9), SOME_TEXT)).toHaveLength(2);
  expect(textClasses(wide(13), SOME_TEXT)).toBeUndefined();
});

test("many texts without wildcards are never too many", () => {
  const texts = Array.from({ length: 100 }, (_, index) => ({ text: `s:a${index}` }));
  expect(textClasses(texts, ACTION_TEXT)).toHaveLength(101);
  expect(textClasses([{ text: "s:*" }, ...texts], ACTION_TEXT)).toHaveLength(102);
});
