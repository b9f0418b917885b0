import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { inNamesOf } from "../../packaging/framework-names";
import { folderInTests } from "../support/folder";

/** The stack in the constructs' README, and its test, as the package for CDKTF has them. */
const [, STACK = "", TEST = ""] =
  inNamesOf("cdktf", readFileSync("modules/support-app/README.md", "utf8")).match(
    /```ts\n(\/\/ support-stack\.ts\n.*?)```.*?```ts\n([^`]*toMatchSnapshot.*?)```/s,
  ) ?? [];

const JEST = require.resolve("jest/bin/jest");
const path = folderInTests({ isReal: true });

/** Runs the test on a stack, as a project with Jest does. */
function runTest(stack: string, ...args: readonly string[]) {
  writeFileSync(path("support-stack.ts"), stack);
  writeFileSync(path("access.test.ts"), TEST);
  const config = {
    rootDir: path(),
    cacheDirectory: resolve("node_modules/.cache/jest"),
    modulePaths: [resolve("node_modules")],
    moduleNameMapper: { "^cdktf-support-app-access$": resolve("modules/support-app/index.ts") },
    transform: {
      "\\.ts$": [
        require.resolve("@swc/jest"),
        { jsc: { parser: { syntax: "typescript" } }, module: { type: "commonjs" } },
      ],
    },
  };
  mkdirSync(path("tmp"), { recursive: true });
  const env = { ...process.env, TMPDIR: path("tmp") }; // where the framework leaves folders
  return spawnSync(process.execPath, [JEST, "--config", JSON.stringify(config), ...args], { env, encoding: "utf8" });
}

test("the constructs' README has a snapshot test that records read-only access, and that fails when people in the channel get more", () => {
  expect(runTest(STACK, "--ci=false").stderr).toContain("1 snapshot written");
  const snapshot = readFileSync(path("__snapshots__/access.test.ts.snap"), "utf8");
  expect(snapshot).toContain("support:DescribeCases");
  expect(snapshot).not.toContain("support:CreateCase");

  const { status, stderr } = runTest(STACK.replace("read-only", "full"), "--ci");
  expect(status).toBe(1);
  expect(stderr).toContain("support:CreateCase");
});
