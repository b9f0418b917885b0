import { coversPattern, hasWildcard, matches, mayOverlap } from "../../../cli/iam/pattern";
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
  expect(matches(text, input)).toBe(is);
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
  ["**", "a:*", true],
  ["r/${aws:username}", "r/${aws:username}", true],
  ["r/*", "r/${aws:username}", true],
  ["r/${aws:username}", "r/a", false],
  ["r/a", "r/${aws:username}", false],
])("%j covers %j: %s", (wide, narrow, covers) => {
  expect(coversPattern(wide, narrow)).toBe(covers);
});

test.each<[left: string, right: string, may: boolean]>([
  ["a:b", "a:b", true],
  ["a:b", "a:c", false],
  ["a:b", "a:*", true],
  ["a:b", "a:*c", false],
  ["a:*", "b:*", false],
  ["a:*", "*", true],
  ["a:*b", "a:c*", true],
  ["a:*b", "a:*c", false],
  ["a:*b?", "a:*c?", true], // they don't, but only beginnings and ends are compared
  ["r/${aws:username}", "r/a", true],
  ["r/${aws:username}", "q/a", false],
  ["r/${aws:username", "r/*", true],
])("%j may match what %j matches: %s", (left, right, may) => {
  expect([mayOverlap(left, right), mayOverlap(right, left)]).toEqual([may, may]);
});

test("a hundred stars take a pattern no longer than three", () => {
  const match = (stars: number) => matches(`${"*a".repeat(stars)}!`, "a".repeat(1000));
  expect([1, 3, 100].map(match)).toEqual([false, false, false]);
  expect(cpuTime(() => match(100)) / cpuTime(() => match(3))).toBeLessThan(50);
});
