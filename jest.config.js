/** @type {import("jest").Config} */
module.exports = {
  testEnvironment: "node",
  testMatch: ["<rootDir>/__tests__/**/*.test.ts"],
  transform: {
    "\\.ts$": [
      "@swc/jest",
      { jsc: { parser: { syntax: "typescript" }, target: "es2022" }, module: { type: "commonjs" }, sourceMaps: true },
    ],
  },
  collectCoverageFrom: ["modules/**/*.ts", "stacks/**/*.ts", "cli/**/*.ts", "!cli/support-app.ts"],
  coverageThreshold: {
    "./modules/": { branches: 95, lines: 95 },
    "./stacks/": { branches: 95, lines: 95 },
    "./cli/": { branches: 95, lines: 95 },
  },
  testTimeout: 60_000,
};
