const { testEnvironment, transform } = require("./jest.config");

/** The tests that deploy, started by __tests__/e2e/run.ts. */
/** @type {import("jest").Config} */
module.exports = {
  testEnvironment,
  transform,
  testMatch: ["<rootDir>/__tests__/e2e/*.e2e.ts"],
  testTimeout: 600_000,
  maxWorkers: 2,
  verbose: true,
  forceExit: true, // a proxy that a failed test left open would keep it running
};
