import fc from "fast-check";
import { matches, type Pattern } from "../../../cli/iam/pattern";
import { readPolicy } from "../../../cli/iam/policy";
import { ACTION_TEXT, ANY_TEXT, actionClasses, SOME_TEXT, textClasses } from "../../../cli/iam/text-classes";
import { propertyRuns, thoroughTest } from "../../support/thorough";
import { VIEWING_POLICIES } from "../../support/viewing-policies";

type Domain = Parameters<typeof textClasses>[1];

/** For each class, an example and the patterns that match it. */
function classes(patterns: readonly (string | Pattern)[], domain: Domain): Record<string, string[]> | undefined {
  const classList = textClasses(
    patterns.map((pattern): Pattern => (typeof pattern === "string" ? { text: pattern } : pattern)),
    domain,
  );
  return (
    classList && Object.fromEntries(classList.map(({ example, matchingPatterns }) => [example, [...matchingPatterns]]))
  );
}

const LITERAL = { text: "x*", isLiteral: true };
const IN_ANY_CASE = { text: "True", isLiteral: true, ignoresCase: true };

test.each<[patterns: readonly (string | Pattern)[], found: Record<string, string[]>]>([
  [[], { x: [] }],
  [["x", "xx", "a"], { xxx: [], x: ["x"], xx: ["xx"], a: ["a"] }],
  [["a", "a"], { x: [], a: ["a"] }],
  [["", LITERAL], { x: [], "": [""], "x*": ["x*"] }],
  [["*"], { "": ["*"] }],
  [["?"], { "": [], x: ["?"] }],
  [["a*", "ab", "b"], { "": [], a: ["a*"], b: ["b"], ab: ["a*", "ab"] }],
  [["a*", "*b"], { "": [], a: ["a*"], b: ["*b"], ab: ["a*", "*b"] }],
  [["x?z"], { "": [], xyz: ["x?z"] }],
  [[LITERAL, "x*"], { "": [], x: ["x*"], "x*": ["x*"] }],
  [[IN_ANY_CASE], { "": [], true: ["True"] }],
  [[{ text: "a:*:b", isArn: true }, "a:*:b"], { "": [], "a::b": ["a:*:b"], "a:::b": ["a:*:b"] }],
  [[{ text: "*", isArn: true }], { "": ["*"], ":": [] }],
  [[{ text: "*", isArn: true }, "a"], { "": ["*"], ":": [], a: ["*", "a"] }],
  [[IN_ANY_CASE, "t*"], { "": [], t: ["t*"], true: ["True", "t*"], True: ["True"] }],
  [["😀?"], { "": [], "😀x": ["😀?"] }],
])("each combination of the patterns %j has a shortest example among all texts", (patterns, expected) => {
  expect(classes(patterns, ANY_TEXT)).toEqual(expected);
});

test("an example uses the most readable character that no pattern has", () => {
  const examplesOf = (...patterns: (string | Pattern)[]) => Object.keys(classes([...patterns, "?"], ANY_TEXT) ?? {});
  expect(examplesOf("xy")).toEqual(["", "z", "xy"]);
  expect(examplesOf("x".repeat(2), "zyw")).toEqual(["", "v", "xx", "zyw"]);
  expect(examplesOf({ text: "X", isLiteral: true, ignoresCase: true })).toEqual(["", "y", "x"]);
  expect(examplesOf("xyzwvutsrqponmlkjihgfedcba0")).toEqual(["", "X", "xyzwvutsrqponmlkjihgfedcba0"]);
});

test.each<[patterns: readonly string[], found: Record<string, string[]>]>([
  [[], { x: [] }],
  [["", "B"], { x: [], B: ["B"] }],
  [["*"], { x: ["*"] }],
  [["?"], { x: ["?"], xx: [] }],
  [["x*", "*y"], { z: [], x: ["x*"], y: ["*y"], xy: ["x*", "*y"] }],
])("the patterns %j have examples that aren't empty, for resources", (patterns, expected) => {
  expect(classes(patterns, SOME_TEXT)).toEqual(expected);
});

describe("the limit is what its comment says", () => {
  const ofTwo = (count: number) =>
    Array.from({ length: count }, (_, index) => ({
      text: `arn:aws:s3:::data-*-team-${String.fromCharCode(97 + index)}-eu-central-1-*`,
    }));

  test("the limit holds for as many patterns as are read", () => {
    expect(textClasses(ofTwo(3), SOME_TEXT)).toHaveLength(2 ** 3);
  });

  thoroughTest("and giving up takes seconds", () => {
    expect(textClasses(ofTwo(6), SOME_TEXT)).toHaveLength(2 ** 6);
    expect(textClasses(ofTwo(10), SOME_TEXT)).toBeUndefined();
    const ofOne = Array.from({ length: 165 }, (_, index) => ({
      text: `arn:aws:s3:::${(index * 7919) % 100_003}-bucket-of-a-team*`,
    }));
    expect(JSON.stringify(ofOne.map(({ text }) => text)).length).toBeGreaterThan(6_144);
    expect(textClasses(ofOne, SOME_TEXT)).toHaveLength(166);
  });
});

describe("of an action", () => {
  test.each<[patterns: readonly (string | Pattern)[], found: Record<string, string[]>]>([
    [[], { "x:x": [] }],
    [["support:createcase", "support:"], { "x:x": [], "support:createcase": ["support:createcase"] }],
    // No action is like these.
    [["", "x", ":x", "x:", "x:x:x", "x:x-x", "x:x_x", "x.x:x", "X:x", "x:X", "é:x"], { "x:x": [] }],
    [["x-1:x9", "x1:9x"], { "x:x": [], "x-1:x9": ["x-1:x9"], "x1:9x": ["x1:9x"] }],
    [["*"], { "x:x": ["*"] }],
    [["?", "??", "?:?"], { "x:x": ["?:?"], "xx:x": [] }],
    [["s:*", "S:*", "s-1:*", "s:*-", "*:*:*"], { "x:x": [], "s:x": ["s:*"], "s-1:x": ["s-1:*"] }],
    [["s:a*", "s:ab"], { "x:x": [], "s:a": ["s:a*"], "s:ab": ["s:a*", "s:ab"] }],
  ])("each combination of the patterns %j has a shortest example among actions", (patterns, expected) => {
    expect(classes(patterns, ACTION_TEXT)).toEqual(expected);
  });

  test("an example of an action uses a digit where no readable character is left, and in the end only the characters of the patterns", () => {
    const LETTERS = "xyzwvutsrqponmlkjihgfedcba";
    expect(classes([`${LETTERS}:*`], ACTION_TEXT)).toEqual({ "0:0": [], [`${LETTERS}:0`]: [`${LETTERS}:*`] });
    const everyCharacter = `${LETTERS}0123456789:*`;
    expect(classes([everyCharacter], ACTION_TEXT)).toEqual({
      "x:x": [],
      [`${everyCharacter.slice(0, -1)}x`]: [everyCharacter],
    });
  });
});

test("many texts without wildcards are never too many", () => {
  const texts = Array.from({ length: 100 }, (_, index) => ({ text: `s:a${index}` }));
  expect(textClasses(texts, ACTION_TEXT)).toHaveLength(101);
  expect(textClasses([{ text: "s:*" }, ...texts], ACTION_TEXT)).toHaveLength(102);
});

describe("the classes of actions, each service on its own", () => {
  const PART = fc
    .array(fc.constantFrom("a", "b", "*", "?"), { minLength: 1, maxLength: 4 })
    .map((parts) => parts.join(""));
  const pattern = fc.oneof(
    { weight: 6, arbitrary: fc.tuple(fc.constantFrom("s", "t", "x"), PART).map((parts) => parts.join(":")) },
    { weight: 1, arbitrary: fc.constantFrom("*", "*:*", "**") },
    { weight: 1, arbitrary: fc.constantFrom("s*:a", "?:b", "s", "s:", "é:a") },
  );

  test("the classes of actions, each service on its own, are those of all of them at once, and each example is in one", () => {
    fc.assert(
      fc.property(fc.uniqueArray(pattern, { maxLength: 7 }), (patterns) => {
        const names = (group: ReturnType<typeof actionClasses>) =>
          group?.map(({ matchingPatterns }) => [...matchingPatterns].sort().join()).sort();
        const classList = actionClasses(patterns);
        const patternObjects = patterns.map((text) => ({ text }));
        expect(names(classList)).toEqual(names(textClasses(patternObjects, ACTION_TEXT)));
        for (const { matchingPatterns, example } of classList ?? []) {
          expect(example).toMatch(/^[a-z0-9-]+:[a-z0-9]+$/);
          expect([...matchingPatterns].sort()).toEqual(patterns.filter((text) => matches({ text }, example)).sort());
        }
      }),
      propertyRuns(600),
    );
  });

  thoroughTest("of more than a thousand patterns are found", () => {
    const patterns = readPolicy(VIEWING_POLICIES.ReadOnlyAccess ?? "").statements.flatMap(
      ({ actions }) => actions.patterns,
    );
    expect(patterns.length).toBeGreaterThan(1_000);
    expect(actionClasses(patterns)?.length).toBe(patterns.length + 1);
  });
});
