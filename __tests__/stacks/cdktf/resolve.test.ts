import { Fn, ref, TerraformStack, Token, Tokenization } from "../../../modules/support-app/framework";
import { newApp, withPatches } from "../../../stacks/cdktf/app";
import { resolve } from "../../../stacks/cdktf/resolve";
import { CloudwatchLogGroup, DefaultTokenResolver, StringConcat } from "../../support/framework";

const scope = new TerraformStack(newApp(), "own");
const options = { scope, resolver: new DefaultTokenResolver(new StringConcat()), preparing: false };
const token = () => Token.asString(ref("var.a", scope));
const number = () => Token.asNumber(ref("var.n", scope));

class Own {
  readonly a = 1;
}

test.each<[what: string, value: () => unknown, resolved?: unknown]>([
  ["scalars", () => [null, false, 3600, 1.5, "a b:/.,@*=-_9", "é", "1e5", "a-e.e", ""]],
  ["a text that could be a template", () => ["a${b}#{c}", "$${not}", "%{if a}", "}${a"]],
  ["what is missing", () => [{ a: "b", c: undefined, d: { e: [1, undefined] } }, [], {}]],
  ["a text", token, "${var.a}"],
  ["a part of a text", () => `a-${token()}-b`, "a-${var.a}-b"],
  ["a number", number, "${var.n}"],
  ["a number in a text", () => `a ${number()}`, "a ${var.n}"],
  ["a list", () => Token.asList(ref("var.list", scope)), "${var.list}"],
  ["a list of numbers", () => Token.asNumberList(ref("var.numbers", scope)), "${var.numbers}"],
  ["an element of a list", () => ["a", token()], ["a", "${var.a}"]],
  ["a number in a list", () => [1, number()], [1, "${var.n}"]],
  ["a value in a mapping", () => ({ a: { b: token() } }), { a: { b: "${var.a}" } }],
  ["a key in a mapping", () => ({ [token()]: "a" }), { "${var.a}": "a" }],
  ["a whole mapping", () => Token.asStringMap(ref("var.map", scope)), "${var.map}"],
  ["the object that CDKTF makes of an expression", () => ref("var.a", scope), "${var.a}"],
  ["an object with its own resolve", () => ({ resolve: () => "own" }), "own"],
  ["an instance of a class", () => new Own(), { a: 1 }],
])("a value is resolved as CDKTF resolves it: %s", (_, value, resolved = Tokenization.resolve(value(), options)) => {
  expect(resolve(value(), options)).toEqual(resolved);
});

test("what can't hold a token isn't handed to CDKTF, which refuses more than 200 levels", () => {
  const nested = (wrap: (value: unknown) => unknown) =>
    Array.from({ length: 300 }).reduce<unknown>(wrap, { a: 1, b: "us-east-1", d: null, e: "${f}" });
  for (const deep of [nested((value) => ({ "${a}": value, b: [] })), nested((value) => [value, 1, "a"])]) {
    expect(resolve(deep, options)).toEqual(deep);
  }
  const unclear = nested((value) => ({ "1e5": value }));
  expect(() => resolve(unclear, options)).toThrow("circular reference");
});

test("CDKTF refuses what isn't data, and elements beside a token for a whole list", () => {
  expect(() => resolve(() => {}, options)).toThrow("Trying to resolve a non-data object");
  const list = ["a", ...Token.asList(ref("var.list", scope))];
  expect(() => resolve(list, options)).toThrow("Cannot add elements to list token");
});

// The stack of any environment: ../properties.test.ts.
test("a stack's Terraform is the same with a user's own resources, references and overrides", () => {
  const stack = new TerraformStack(newApp(), "own");
  const tags = { escaped: "$${not}", nothing: undefined as unknown as string };
  const log = new CloudwatchLogGroup(stack, "log", { name: Fn.join("/", ["support", token()]), tags });
  log.addOverride("retention_in_days", 7);
  stack.addOverride("locals", { arn: log.arn, none: undefined, lazy: Token.asAny({ resolve: () => "late" }) });
  stack.addOverride("terraform.experiments", ["one", undefined]);
  const expected = JSON.stringify(stack.toTerraform());
  expect(withPatches(() => JSON.stringify(stack.toTerraform()))).toBe(expected);
});
