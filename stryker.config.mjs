// What `npm run mutation` (__tests__/mutation/mutation.ts) does to one folder, which it names.
const { MUTATION_FOLDER: folder } = process.env;
const reports = `node_modules/.cache/mutation/${folder}`;

/** @type {import("@stryker-mutator/api/core").PartialStrykerOptions} */
export default {
  mutate: [`${folder}/**/*.ts`],
  plugins: ["./__tests__/mutation/test-runner.mjs"],
  testRunner: "in-process",
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
