const { accessSync, constants, mkdirSync, mkdtempSync } = require("node:fs");
const { availableParallelism, tmpdir } = require("node:os");
const { join } = require("node:path");

/** Where Jest keeps what it has compiled: for one run alone, where this user may not write beside it. */
function cacheDirectory() {
  const directory = join(__dirname, "node_modules/.cache/jest");
  try {
    mkdirSync(directory, { recursive: true });
    accessSync(directory, constants.W_OK);
    return directory;
  } catch {
    return mkdtempSync(join(tmpdir(), "support-app-tests-cache-"));
  }
}

/** @type {import("jest").Config} */
module.exports = {
  testEnvironment: join(__dirname, "__tests__/support/run/environment.js"),
  runtime: "<rootDir>/__tests__/support/run/runtime.js",
  testMatch: ["<rootDir>/__tests__/**/*.test.ts"],
  transform: {
    "\\.ts$": [
      "@swc/jest",
      { jsc: { parser: { syntax: "typescript" }, target: "es2022" }, module: { type: "commonjs" }, sourceMaps: true },
    ],
  },
  moduleNameMapper: { "^archiver$": "<rootDir>/__tests__/support/run/lazy-archiver.js" },
  // Looking these up in the context of the tests is slow, and would be done at every use.
  sandboxInjectedGlobals: ["Array", "JSON", "Map", "Math", "Object", "RegExp", "Set", "WeakMap"],
  maxWorkers: Math.ceil(availableParallelism() * 1.5), // some of the tests wait for a process
  testSequencer: "<rootDir>/__tests__/support/run/slowest-first.js",
  globalSetup: "<rootDir>/__tests__/support/run/setup.ts",
  globalTeardown: "<rootDir>/__tests__/support/run/teardown.ts",
  cacheDirectory: cacheDirectory(),
  coverageProvider: "v8",
  coverageReporters: [["text", { skipFull: true }]],
  collectCoverageFrom: [
    "modules/**/*.ts",
    "stacks/**/*.ts",
    "cli/**/*.ts",
    "!cli/support-app.ts",
    "!cli/commands/init/files/**",
    "!cli/commands/publish/page/script.ts", // its source runs, in another realm
  ],
  coverageThreshold: {
    "./modules/": { branches: 95, lines: 95 },
    "./stacks/": { branches: 95, lines: 95 },
    "./cli/": { branches: 95, lines: 95 },
  },
  testTimeout: 60_000,
};
