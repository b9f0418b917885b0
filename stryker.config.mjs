// What `npm run mutation` (__tests__/mutation/mutation.ts) does to one folder, which it names.
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname } from "node:path";

const { transform } = createRequire(import.meta.url)("./jest.config.js");
const { MUTATION_FOLDER: folder } = process.env;
/** Rooms of the commands that try a folder's code, where its own tests don't say the same again. */
const COMMANDS = {
  "cli/forge": ["cli/commands", "cli/commands/bootstrap", "cli/commands/review"],
  "cli/terminal": ["cli/commands", "cli/commands/deploy"],
  "cli/terraform": ["cli/commands/deploy", "cli/commands/review"],
};
/** The tests of the folder, or of the room that it is in. Bad inputs are a table for all folders. */
const tests = existsSync(`__tests__/${folder}/room.ts`) ? `${folder}/**` : dirname(String(folder));
const testMatch = [tests, "bad-inputs", ...(COMMANDS[folder] ?? [])].map(
  (path) => `<rootDir>/__tests__/${path}/room.ts`,
);
const reports = `node_modules/.cache/mutation/${folder}`;

/** @type {import("@stryker-mutator/api/core").PartialStrykerOptions} */
export default {
  mutate: [`${folder}/**/*.ts`],
  testRunner: "jest",
  jest: { projectType: "custom", config: { transform, testMatch }, enableFindRelatedTests: false }, // a command is loaded by its name
  coverageAnalysis: folder === "cli/commands/completion" ? "off" : "perTest", // its code runs in a process that a test starts
  incremental: false, // it would see a change of a room's entry, not of the tests that the entry loads
  jsonReporter: { fileName: `${reports}/report.json` },
  reporters: ["json", "progress-append-only", "clear-text"],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false, reportScoreTable: false },
  concurrency: 2,
  timeoutMS: 20_000,
  tempDirName: ".stryker-tmp",
  ignorePatterns: ["cdktf.out", "coverage", "release"], // init's tests need dist
};
