const { transform, cacheDirectory } = require("./jest.config");

/** The tests that deploy, started by __tests__/e2e/support/run.ts. */
/** @type {import("jest").Config} */
module.exports = {
  transform,
  cacheDirectory,
  testMatch: ["<rootDir>/__tests__/e2e/*.e2e.ts"],
  testTimeout: 3_600_000, // only against what never ends: a slow machine takes ten times as long
  maxWorkers: 4, // some of them wait for AWS
  verbose: true,
  forceExit: true, // a proxy that a failed test left open would keep it running
};
