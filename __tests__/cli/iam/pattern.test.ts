import { coversPattern, hasWildcard, Matcher, matches } from "../../../cli/iam/pattern";
import { cpuTime } from "../../support/cpu-time";

test.each<[text: string, has: boolean]>([
  ["support:*", true],
  ["support:Create?ase", true],
  ["*?", true],
  ["support:CreateCase", false],
  ["", false],
])("%j has a wildcard: %s", (text, has) => {
  expect(hasWildcard(text)).toBe(has);
});

test.each<[pattern: string, text: string, is: boolean]>([
  ["a", "a", true],
  ["a", "A", false],
  ["", "", true],
  ["", "a", false],
  ["a*", "a", true],
  ["a*", "a:/b", true],
  ["*b", "aba", false],
  ["a*a", "a", false],
  ["a*a", "aa", true],
  ["a*b", "axbxb", true],
  ["a*b", "axbx", false],
  ["*a*b*", "xxaxxbxx", true],
  ["*a*b*", "xxbxxaxx", false],
  ["*ab", "aab", true],
  ["a?", "a", false],
  ["a?", "abc", false],
  ["a?c", "a:c", true],
  ["?*", "", false],
  ["*?", "", false],
  ["*?", "a", true],
  ["*?b", "b", false],
  ["*", "", true],
  ["**", "ab", true],
  ["*a", "", false],
  ["a*c", "*c", false],
  ["a.c", "abc", false],
  ["?", "😀", true],
  ["??", "😀", false],
])("%j matches %j: %s", (text, input, is) => {
  expect(matches({ text }, input)).toBe(is);
});

test.each<[pattern: string, text: string, is: boolean]>([
  ["a*", "ab", false],
  ["a*", "a*", true],
  ["a?", "ab", false],
  ["a?", "a?", true],
  ["a", "A", false],
])("without wildcards, %j matches %j: %s", (text, input, is) => {
  expect(matches({ text, isLiteral: true }, input)).toBe(is);
});

test.each<[pattern: string, text: string, isLiteral: boolean, is: boolean]>([
  ["True", "tRUE", true, true],
  ["True", "True", true, true],
  ["True", "False", true, false],
  ["A?", "a?", true, true],
  ["A?", "ab", true, false],
  ["A*", "aBC", false, true],
  ["A*", "ba", false, false],
])("in any case, %j matches %j (without wildcards: %s): %s", (text, input, isLiteral, is) => {
  expect(matches({ text, isLiteral, ignoresCase: true }, input)).toBe(is);
});

test.each<[pattern: string, text: string, is: boolean]>([
  ["arn:aws:iam::1:role/x", "arn:aws:iam::1:role/x", true],
  ["arn:aws:iam::*:role/x", "arn:aws:iam::1:role/x", true],
  ["arn:aws:*:role/x:a:b:c", "arn:aws:iam::1:role/x:a:b:c", false], // a * doesn't match the colon of a part
  ["arn:aws:iam?:1:role/x:y", "arn:aws:iam::1:role/x:y", false],
  ["arn:aws:iam::*", "arn:aws:iam::1:role/x", false], // the * is in the fifth part
  ["arn:aws:iam::1:role/*", "arn:aws:iam::1:role/a:b/c", true], // but it matches those in the last one
  ["arn:aws:iam::1:role?x", "arn:aws:iam::1:role:x", true],
  ["arn:*:*:*:*:*", "arn:aws:iam::1:role/x", true],
  ["arn:*:*:*:*:*:*", "arn:aws:iam::1:role/x", false],
])("of ARNs, %j matches %j: %s", (text, input, is) => {
  expect(matches({ text, isArn: true }, input)).toBe(is);
});

test.each<[wide: string, narrow: string, covers: boolean]>([
  ["a:*", "a:b", true],
  ["a:*", "a:b*", true],
  ["a:?*", "a:*?", true],
  ["a:b", "a:b", true],
  ["a:b", "a:?", false],
  ["a:b*", "a:*", false],
  ["a:b*", "a:*c", false],
  ["a:?", "a:*", false],
  ["a:???", "a:*", false],
  ["a?", "a", false],
])("%j covers %j: %s", (wide, narrow, covers) => {
  expect(coversPattern(wide, narrow)).toBe(covers);
});

test("texts that can continue in the same ways share a state", () => {
  const matcher = new Matcher({ text: "a*b?" });
  const after = (text: string) => [...text].reduce((state, character) => matcher.step(state, character), matcher.start);
  expect(after("ax")).toBe(after("a"));
  expect(after("axbxx")).toBe(after("ay"));
  expect(after("axb")).not.toBe(after("ax"));
  expect(after("x")).toBe(after("yyy"));
  expect(after("x")).not.toBe(matcher.start);
  const ofArn = new Matcher({ text: "*", isArn: true });
  const outside = ofArn.step(ofArn.start, ":");
  expect(ofArn.step(outside, "x")).toBe(outside);
});

test("the time for many stars is linear in their number, wherever they are", () => {
  const match = (stars: number) => {
    const pattern = `${"*a".repeat(stars)}!`;
    expect(matches({ text: pattern }, "a".repeat(1000))).toBe(false);
    expect(matches({ text: `arn:aws:iam::1:${pattern}`, isArn: true }, `arn:aws:iam::1:${"a".repeat(1000)}`)).toBe(
      false,
    );
  };
  match(1);
  expect(cpuTime(() => match(3)) / cpuTime(() => match(1))).toBeLessThan(50);
  match(100);
});
