/** The folders of the source. */
const ROOTS = ["common", "modules", "stacks", "cli"];

/** @type {import("jest").Config} */
module.exports = {
  testMatch: ["<rootDir>/__tests__/**/*.test.ts"],
  transform: {
    "\\.ts$": [
      "@swc/jest",
      { jsc: { parser: { syntax: "typescript" }, target: "es2022" }, module: { type: "commonjs" }, sourceMaps: true },
    ],
  },
  globalSetup: "<rootDir>/__tests__/support/run/setup.ts",
  globalTeardown: "<rootDir>/__tests__/support/run/teardown.ts",
  cacheDirectory: "<rootDir>/node_modules/.cache/jest",
  maxWorkers: "100%", // a machine with two cores has no other use for the second one
  testTimeout: 60_000,
  coverageProvider: "v8",
  coverageReporters: [["text", { skipFull: true }]],
  collectCoverageFrom: [
    ...ROOTS.map((folder) => `${folder}/**/*.ts`),
    "!cli/support-app.ts",
    "!cli/commands/init/files/**",
  ],
  coverageThreshold: Object.fromEntries(ROOTS.map((folder) => [`./${folder}/`, { branches: 95, lines: 95 }])),
};
