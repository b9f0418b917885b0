/*
 * Runs the unit tests in StrykerJS's own process: what a test file imports is loaded once, and each mutant is only switched on.
 * StrykerJS's runner for Jest loads every test file that could be affected for each mutant (docs/decisions/0018-how-tests-run.md).
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { jestExpect as expect } from "@jest/expect";
import { ModernFakeTimers } from "@jest/fake-timers";
import { declareClassPlugin, PluginKind } from "@stryker-mutator/api/plugin";
import {
  DryRunStatus,
  determineHitLimitReached,
  TestStatus,
  toMutantRunResult,
} from "@stryker-mutator/api/test-runner";
import { transformSync } from "@swc/core";
import * as circus from "jest-circus";
import { ModuleMocker } from "jest-mock";
import * as snapshots from "jest-snapshot";
import jestConfig from "../../jest.config.js";

const require = createRequire(import.meta.url);

/** StrykerJS's instrumented code reads which mutant is on, and records what it covers, here. */
globalThis.__stryker__ ??= {};
const stryker = globalThis.__stryker__;

/** The sandbox: StrykerJS goes there once this module is loaded. */
let root;

/** What a test file does outside of its tests is a test of this name. */
const LOADING = "is loaded";

/** The files in a variable of `npm run mutation`. */
function filesIn(variable) {
  return JSON.parse(process.env[variable] ?? "[]").map((path) => resolve(path));
}

/** The test file beside a source file, in the mirror. */
function mirrorOf(source) {
  return join(root, "__tests__", relative(root, source).replace(/\.ts$/, ".test.ts"));
}

/** Compiles TypeScript as Jest does, each file once. */
function compileTypeScript() {
  const [, options] = jestConfig.transform["\\.ts$"];
  const compiled = new Map();
  require.extensions[".ts"] = (module, path) => {
    if (!compiled.has(path)) {
      compiled.set(
        path,
        transformSync(readFileSync(path, "utf8"), { ...options, filename: path, sourceMaps: "inline" }).code,
      );
    }
    module._compile(compiled.get(path), path);
  };
}

/** Those of Jest's globals that the tests use. */
function provideGlobals() {
  const mocker = new ModuleMocker(globalThis);
  const timers = new ModernFakeTimers({ config: { fakeTimers: {} }, global: globalThis });
  const { test, it, describe, beforeAll, afterAll, beforeEach, afterEach } = circus;
  const jest = {
    fn: mocker.fn.bind(mocker),
    spyOn: mocker.spyOn.bind(mocker),
    replaceProperty: mocker.replaceProperty.bind(mocker),
    restoreAllMocks: mocker.restoreAllMocks.bind(mocker),
    useFakeTimers: (config) => timers.useFakeTimers(config),
    useRealTimers: () => timers.useRealTimers(),
    advanceTimersByTime: (milliseconds) => timers.advanceTimersByTime(milliseconds),
    getTimerCount: () => timers.getTimerCount(),
    setTimeout: (milliseconds) => {
      circus.getState().testTimeout = milliseconds;
    },
  };
  Object.assign(globalThis, { test, it, describe, beforeAll, afterAll, beforeEach, afterEach, expect, jest });
}

function unload(folder) {
  for (const path of Object.keys(require.cache)) if (path.startsWith(folder + sep)) delete require.cache[path];
}

function isLoadedBy(file, source) {
  const seen = new Set();
  const loads = (module) =>
    module.filename === source ||
    module.children.some((child) => {
      if (!child.filename?.startsWith(root + sep) || seen.has(child.filename)) return false;
      seen.add(child.filename);
      return loads(child);
    });
  return loads(require.cache[file]);
}

function nameOf(entry) {
  return entry.parent === undefined || entry.parent.parent === undefined
    ? entry.name
    : `${nameOf(entry.parent)} ${entry.name}`;
}

/** Has only those tests run. */
function choose(entry, isChosen) {
  for (const child of entry.children) {
    if (child.type === "describeBlock") {
      choose(child, isChosen);
      if (child.children.every(({ mode }) => mode === "skip")) child.mode = "skip";
    } else if (!isChosen(child)) child.mode = "skip";
  }
}

class InProcessTestRunner {
  #strayErrors = [];

  capabilities() {
    return { reloadEnvironment: true };
  }

  async init() {
    root = process.cwd();
    compileTypeScript();
    provideGlobals();
    const { default: setup } = require(jestConfig.globalSetup.replace("<rootDir>", root));
    setup();
    // A failure is enough: the smallest one is of no interest.
    require("fast-check").configureGlobal({ endOnFailure: true });
    for (const event of ["uncaughtException", "unhandledRejection"]) {
      process.on(event, (error) => this.#strayErrors.push(error));
    }
  }

  async dryRun({ files }) {
    for (const file of files ?? []) require(file);
    const tests = [];
    for (const file of filesIn("MUTATION_TESTS")) tests.push(...(await this.#run(file, () => true, false)));
    return { status: DryRunStatus.Complete, tests, mutantCoverage: stryker.mutantCoverage };
  }

  async mutantRun({
    activeMutant,
    disableBail,
    hitLimit,
    reloadEnvironment,
    sandboxFileName,
    mutantActivation,
    testFilter,
  }) {
    if (reloadEnvironment) unload(root);
    if (mutantActivation === "runtime") require(sandboxFileName);
    stryker.hitCount = hitLimit === undefined ? undefined : 0;
    stryker.hitLimit = hitLimit;
    stryker.activeMutant = activeMutant.id;
    try {
      const chosen = testFilter && new Set(testFilter);
      const isChosen = (file, name) => {
        const named = relative(root, file);
        return !chosen || chosen.has(`${named} ${LOADING}`) || chosen.has(`${named} ${name}`);
      };
      const mirror = mirrorOf(sandboxFileName);
      const slow = filesIn("MUTATION_SLOW_TESTS");
      const files = filesIn("MUTATION_TESTS").filter((file) => file === mirror || !slow.includes(file));
      const tests = [];
      for (const file of files.sort((one, other) => (other === mirror) - (one === mirror))) {
        if (chosen && !testFilter.some((id) => id.startsWith(`${relative(root, file)} `))) continue;
        tests.push(...(await this.#run(file, (name) => isChosen(file, name), !disableBail, sandboxFileName)));
        if (!disableBail && tests.some(({ status }) => status === TestStatus.Failed)) break;
      }
      return toMutantRunResult(
        determineHitLimitReached(stryker.hitCount, hitLimit) ?? { status: DryRunStatus.Complete, tests },
        disableBail,
      );
    } finally {
      stryker.activeMutant = undefined;
    }
  }

  /** Runs the chosen tests of a file; where a source is given, only if the file loads it. */
  async #run(file, isChosen, bail, source) {
    const named = relative(root, file);
    const results = [];
    const report = (name, timeSpentMs, errors) => {
      const result = { id: `${named} ${name}`, name, timeSpentMs, fileName: file };
      results.push(
        errors.length === 0
          ? { ...result, status: TestStatus.Success }
          : { ...result, status: TestStatus.Failed, failureMessage: errors.map(String).join("\n") },
      );
    };
    const started = Date.now();
    unload(join(root, "__tests__"));
    circus.resetState();
    circus.getState().testTimeout = jestConfig.testTimeout;
    stryker.currentTestId = `${named} ${LOADING}`;
    this.#strayErrors = [];
    try {
      require(file);
    } catch (error) {
      report(LOADING, Date.now() - started, [error]);
      return results;
    }
    if (source !== undefined && !isLoadedBy(file, source)) return results;
    const { rootDescribeBlock } = circus.getState();
    choose(rootDescribeBlock, (entry) => isChosen(nameOf(entry)));
    const snapshotState = new snapshots.SnapshotState(join(dirname(file), "__snapshots__", `${basename(file)}.snap`), {
      prettierPath: null,
      rootDir: root,
      snapshotFormat: { escapeString: false, printBasicPrototype: false },
      updateSnapshot: "none",
    });
    expect.setState({ snapshotState, testPath: file });
    const onEvent = (event) => {
      if (event.name === "test_start") {
        const name = nameOf(event.test);
        stryker.currentTestId = `${named} ${name}`;
        expect.setState({ currentTestName: name, suppressedErrors: [] });
      } else if (event.name === "test_done") {
        const { suppressedErrors } = expect.getState();
        const unmet = expect.extractExpectedAssertionsErrors().map(({ error }) => error);
        const errors = [...event.test.errors, ...suppressedErrors, ...unmet].flat().filter(Boolean);
        report(nameOf(event.test), event.test.duration ?? 0, errors);
        stryker.currentTestId = `${named} ${LOADING}`;
        if (bail && errors.length > 0) choose(rootDescribeBlock, () => false);
      }
    };
    circus.addEventHandler(onEvent);
    try {
      await circus.run();
    } finally {
      circus.removeEventHandler(onEvent);
      stryker.currentTestId = undefined;
    }
    report(LOADING, 0, this.#strayErrors);
    return results;
  }
}

export const strykerPlugins = [declareClassPlugin(PluginKind.TestRunner, "in-process", InProcessTestRunner)];
