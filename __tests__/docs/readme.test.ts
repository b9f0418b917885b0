import { readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { transformSync } from "@swc/core";
import * as supportApp from "../../modules/support-app";
import { inNamesOf } from "../../packaging/framework-names";

/** The stack in the constructs' README, and its test, as the package for CDKTF has them. */
const [, STACK = "", TEST = ""] =
  inNamesOf("cdktf", readFileSync("modules/support-app/README.md", "utf8")).match(
    /```ts\n(\/\/ support-stack\.ts\n.*?)```.*?```ts\n([^`]*toMatchSnapshot.*?)```/s,
  ) ?? [];

/** Runs a module with these globals and modules, and returns its exports. */
function run(text: string, globals: object, modules: Readonly<Record<string, unknown>>): unknown {
  const { code } = transformSync(text, { jsc: { parser: { syntax: "typescript" } }, module: { type: "commonjs" } });
  const names = { ...globals, require: (name: string) => modules[name] ?? require(name), exports: {} };
  new Function(...Object.keys(names), code)(...Object.values(names));
  return names.exports;
}

/** What the test compares with its snapshot for that stack. */
function comparedFor(stack: string): string {
  const compared: string[] = [];
  const globals = {
    test: (_: string, run: () => void) => run(),
    expect: (text: string) => ({ toMatchSnapshot: () => compared.push(text) }),
  };
  run(TEST, globals, { "./support-stack": run(stack, {}, { "cdktf-support-app-access": supportApp }) });
  expect(compared).toHaveLength(1);
  return compared.join();
}

// The framework leaves a folder for each app of a test.
afterAll(() => {
  for (const name of readdirSync(tmpdir()))
    if (name.startsWith("cdktf.outdir.")) rmSync(join(tmpdir(), name), { recursive: true });
});

test("the constructs' README has a snapshot test that records read-only access, and differs when people in the channel get more", () => {
  expect(comparedFor(STACK)).toContain("support:DescribeCases");
  expect(comparedFor(STACK)).not.toContain("support:CreateCase");
  expect(comparedFor(STACK.replace("read-only", "full"))).toContain("support:CreateCase");
});
