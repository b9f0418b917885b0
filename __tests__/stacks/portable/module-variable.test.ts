import { choiceVariable, formOf, hasForm, listOf, textVariable } from "../../../stacks/portable/module-variable";

test("texts are a list in Terraform", () => {
  expect(listOf([])).toBe("[]");
  expect(listOf(["a", 'b"'])).toBe('["a", "b\\""]');
});

test("a form is a pattern that Terraform understands", () => {
  const form = formOf({ pattern: /^[\w"]+$/, expected: "words" });
  expect(form).toEqual({ pattern: '^[\\w"]+$', expected: "words" });
  expect(hasForm(form, "var.a")).toBe('can(regex("^[\\\\w\\"]+$", var.a))');
});

test.each([/^(?!a)b$/, /^(?:a)$/])("%s is refused: Terraform has no such groups", (pattern) => {
  expect(() => formOf({ pattern, expected: "" })).toThrow(
    new Error(`Received ${pattern}, expected a pattern without lookaheads, which Terraform doesn't have.`),
  );
});

test("a text that is null by default may be null", () => {
  const form = { pattern: "a", expected: "an a" };
  const conditions = [null, "a"].map((byDefault) => textVariable("b", byDefault, form, "B.").rules[0]?.condition);
  expect(conditions).toEqual(['var.b == null || can(regex("a", var.b))', 'can(regex("a", var.b))']);
});

test("a choice is by default the first one", () => {
  expect(choiceVariable("a", ["x", "y"], "A.")).toEqual({
    ...{ name: "a", type: "string", description: "A.", default: "x" },
    rules: [{ condition: 'contains(["x", "y"], var.a)', expected: "one of x, y" }],
  });
});
