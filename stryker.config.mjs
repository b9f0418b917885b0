// What `npm run mutation` (__tests__/mutation/mutation.ts) does to one folder, which it names.
import { createRequire } from "node:module";

const { transform } = createRequire(import.meta.url)("./jest.config.js");
const { MUTATION_FOLDER: folder } = process.env;
/** Tests of the commands that try a folder's code, where its own tests don't say the same again. */
const COMMANDS = {
  "cli/forge": ["cli/commands", "cli/commands/{bootstrap,environments,guardrail,review,summary}/**"],
  "cli/terminal": ["cli/commands", "cli/commands/{completion,deploy,environments,guardrail,summary}/**"],
  "cli/terraform": ["cli/commands/{deploy,review}/**"],
};
// Bad inputs are a table for all folders.
const testMatch = [`${folder}/**`, "bad-inputs/**", ...(COMMANDS[folder] ?? [])].map(
  (tests) => `<rootDir>/__tests__/${tests}/*.test.ts`,
);
const reports = `node_modules/.cache/mutation/${folder}`;

/** @type {import("@stryker-mutator/api/core").PartialStrykerOptions} */
export default {
  mutate: [`${folder}/**/*.ts`],
  testRunner: "jest",
  jest: { projectType: "custom", config: { transform, testMatch }, enableFindRelatedTests: false }, // a command is loaded by its name
  coverageAnalysis: folder === "cli/commands/completion" ? "off" : "perTest", // its code runs in a process that a test starts
  jsonReporter: { fileName: `${reports}/report.json` },
  reporters: ["json", "progress-append-only", "clear-text"],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false, reportScoreTable: false },
  concurrency: 2,
  timeoutMS: 20_000,
  tempDirName: ".stryker-tmp",
  ignorePatterns: ["cdktf.out", "coverage", "release"], // init's tests need dist
};
