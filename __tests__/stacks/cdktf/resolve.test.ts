import { ref, TerraformStack, Token } from "../../../modules/support-app/framework";
import { newApp } from "../../../stacks/cdktf/app";
import { resolve } from "../../../stacks/cdktf/resolve";

const stack = new TerraformStack(newApp(), "own");
const token = () => Token.asString(ref("var.a", stack));

test.each<[what: string, value: unknown, resolved: unknown]>([
  ["nothing", undefined, undefined],
  ["null", null, null],
  ["a boolean", false, false],
  ["a number", 3600, 3600],
  ["a fraction", 1.5, 1.5],
  ["a text", "a b:/.,@*=-_9", "a b:/.,@*=-_9"],
  ["a text that could hold a token", "a${b}#{c}", "a${b}#{c}"],
  ["a list, without what is missing", ["a", 1, undefined, [true, {}], { b: undefined }], ["a", 1, [true, {}], {}]],
  ["a mapping, without what is missing", { a: "b", c: undefined, d: { e: [1] } }, { a: "b", d: { e: [1] } }],
  ["null in a mapping and in a list", { a: null, b: [null] }, { a: null, b: [null] }],
])("%s stays as it is", (_, value, resolved) => {
  expect(resolve(stack, value)).toEqual(resolved);
});

test.each<[what: string, value: () => unknown, resolved: unknown]>([
  ["a text", token, "${var.a}"],
  ["a part of a text", () => `a-${token()}-b`, "a-${var.a}-b"],
  ["a number", () => Token.asNumber(ref("var.n", stack)), "${var.n}"],
  ["a list", () => Token.asList(ref("var.list", stack)), "${var.list}"],
  ["an element of a list", () => ["a", token()], ["a", "${var.a}"]],
  ["a number in a list", () => [1, Token.asNumber(ref("var.n", stack))], [1, "${var.n}"]],
  ["a value in a mapping", () => ({ a: { b: token() } }), { a: { b: "${var.a}" } }],
  ["a key in a mapping", () => ({ [token()]: "a" }), { "${var.a}": "a" }],
  ["a whole mapping", () => Token.asStringMap(ref("var.map", stack)), "${var.map}"],
  ["the object that CDKTF makes of an expression", () => ref("var.a", stack), "${var.a}"],
  ["an object with its own resolve", () => ({ resolve: () => "own" }), "own"],
])("a token is resolved: %s", (_, value, resolved) => {
  expect(resolve(stack, value())).toEqual(resolved);
});

test("what can't hold a token isn't handed to CDKTF, which refuses more than 200 levels", () => {
  const nested = (around: (inside: unknown) => unknown) =>
    Array.from({ length: 300 }).reduce<unknown>(around, { a: 1, b: "c", d: null });
  for (const deep of [nested((inside) => ({ a: inside, b: [] })), nested((inside) => [inside, 1, "a"])]) {
    expect(resolve(stack, deep)).toEqual(deep);
  }
  expect(() =>
    resolve(
      stack,
      nested((inside) => ({ "${a}": inside })),
    ),
  ).toThrow("circular reference");
});

test("a token for a whole list is resolved, and CDKTF refuses elements beside one", () => {
  expect(resolve(stack, Token.asNumberList(ref("var.numbers", stack)))).toBe("${var.numbers}");
  expect(() => resolve(stack, ["a", ...Token.asList(ref("var.list", stack))])).toThrow(
    "Cannot add elements to list token",
  );
});

test("a token is resolved for writing, not for finding references", () => {
  expect(resolve(stack, { a: { resolve: ({ preparing }: { preparing: boolean }) => preparing } })).toEqual({
    a: false,
  });
});

test("a key that could hold a token is kept", () => {
  expect(resolve(stack, { "a${b}": { c: 1 } })).toEqual({ "a${b}": { c: 1 } });
});

test("an instance of a class is left to CDKTF, which refuses none", () => {
  class Own {
    readonly a = 1;
  }
  expect(resolve(stack, new Own())).toEqual({ a: 1 });
  expect(() => resolve(stack, () => {})).toThrow("Trying to resolve a non-data object");
});
