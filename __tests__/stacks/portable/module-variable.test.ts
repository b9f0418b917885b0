import { listOf, patternOf } from "../../../stacks/portable/module-variable";

test("texts are a list in Terraform", () => {
  expect(listOf([])).toBe("[]");
  expect(listOf(["a", 'b"'])).toBe('["a", "b\\""]');
});

test("a pattern is a text in Terraform", () => {
  expect(patternOf({ pattern: /^[\w"]+$/, expected: "" })).toBe('"^[\\\\w\\"]+$"');
});

test.each([/^(?!a)b$/, /^(?:a)$/])("%s is refused: Terraform has no such groups", (pattern) => {
  expect(() => patternOf({ pattern, expected: "" })).toThrow(
    new Error(`Received ${pattern}, expected a pattern without lookaheads, which Terraform doesn't have.`),
  );
});
