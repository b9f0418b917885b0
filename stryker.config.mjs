// What `npm run mutation` (__tests__/mutation/mutation.ts) does to one folder, which it names.
import jest from "./jest.config.js";

const { MUTATION_FOLDER: folder, MUTATION_TESTS: tests = "" } = process.env;
const reports = `node_modules/.cache/mutation/${folder}`;

/** @type {import("@stryker-mutator/api/core").PartialStrykerOptions} */
export default {
  mutate: [`${folder}/**/*.ts`],
  testRunner: "jest",
  jest: {
    config: {
      ...jest,
      testMatch: tests.split(",").map((path) => `<rootDir>/__tests__/${path}`),
      // One process runs one mutant after the other.
      testSequencer: undefined,
      globalTeardown: undefined,
    },
  },
  coverageAnalysis: "perTest",
  incremental: true,
  incrementalFile: `${reports}/incremental.json`,
  jsonReporter: { fileName: `${reports}/report.json` },
  reporters: ["json", "progress-append-only", "clear-text"],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false, reportScoreTable: false },
  concurrency: 2,
  timeoutMS: 20_000,
  tempDirName: ".stryker-tmp",
  ignorePatterns: ["cdktf.out", "coverage", "dist", "release"],
};
