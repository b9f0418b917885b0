// What `npm run mutation` (__tests__/mutation/mutation.ts) does to one folder, which it names.
import { createRequire } from "node:module";

const { transform } = createRequire(import.meta.url)("./jest.config.js");
const { MUTATION_FOLDER: folder } = process.env;
/** Bad inputs are a table for all folders. */
const testMatch = [folder, "bad-inputs"].map((tests) => `<rootDir>/__tests__/${tests}/**/*.test.ts`);
const reports = `node_modules/.cache/mutation/${folder}`;

/** @type {import("@stryker-mutator/api/core").PartialStrykerOptions} */
export default {
  mutate: [`${folder}/**/*.ts`],
  testRunner: "jest",
  jest: { projectType: "custom", config: { transform, testMatch }, enableFindRelatedTests: false }, // a command is loaded by its name
  coverageAnalysis: "perTest",
  incremental: true,
  incrementalFile: `${reports}/incremental.json`,
  jsonReporter: { fileName: `${reports}/report.json` },
  reporters: ["json", "progress-append-only", "clear-text"],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false, reportScoreTable: false },
  concurrency: 2,
  timeoutMS: 20_000,
  tempDirName: ".stryker-tmp",
  ignorePatterns: ["cdktf.out", "coverage", "release"], // init's tests need dist
};
