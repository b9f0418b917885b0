const asyncHooks = require("node:async_hooks");
const { Session } = require("node:inspector/promises");
const { default: Runtime } = require("jest-runtime");
const { isShared, TESTS } = require("./shared");

/** jest-circus makes one for each test file and never turns it off, and each one slows down every promise. So all are this one. */
const storage = new asyncHooks.AsyncLocalStorage();
function AsyncLocalStorage() {
  return storage;
}

/** Has loaded the tested code and its libraries for all test files of this process. */
let lasting;

/** Where coverage is asked for, counts how often each piece of code has run in this process. */
let counter;

/** Loads tests and their support for one test file, and everything else once (docs/decisions/0018-how-tests-run.md). */
module.exports = class extends Runtime {
  constructor(...parts) {
    super(...parts);
    const globalConfig = parts[7];
    if (!isShared(globalConfig)) return;
    lasting ??= new Runtime(...parts);
    this.transformCache.sourceMaps = lasting.getSourceMaps(); // of both, for the lines in a stack trace
  }

  requireModuleOrMock(from, name) {
    const isOwn =
      lasting === undefined ||
      this._resolution.isCoreModule(name) ||
      this._resolution.resolveCjs(from, name).startsWith(TESTS);
    return isOwn ? super.requireModuleOrMock(from, name) : lasting.requireModuleOrMock(from, name);
  }

  requireInternalModule(from, name) {
    return name === "node:async_hooks" ? { ...asyncHooks, AsyncLocalStorage } : super.requireInternalModule(from, name);
  }

  async collectV8Coverage() {
    if (lasting === undefined) return super.collectV8Coverage();
    if (counter !== undefined) return;
    counter = new Session();
    counter.connect();
    await counter.post("Profiler.enable");
    await counter.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
  }

  /** Reads what has been counted since the test file before, and goes on counting. */
  async stopCollectingV8Coverage() {
    if (lasting === undefined) return super.stopCollectingV8Coverage();
    const { result } = await counter.post("Profiler.takePreciseCoverage");
    this.v8Coverage.result = result;
    this.v8Coverage.sources = new Map(lasting.transformCache.getEntries());
  }
};
