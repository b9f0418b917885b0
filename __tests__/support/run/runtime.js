const asyncHooks = require("node:async_hooks");
const { sep } = require("node:path");
const { default: Runtime } = require("jest-runtime");
const { isShared } = require("./shared");

/** jest-circus makes one for each test file and never turns it off, and each one slows down every promise. So all are this one. */
const storage = new asyncHooks.AsyncLocalStorage();
function AsyncLocalStorage() {
  return storage;
}

/** Has loaded the tested code and its libraries for all test files of this process. */
let lasting;

/** Loads tests and their support for one test file, and everything else once (docs/decisions/0038-tests-share-what-they-load.md). */
module.exports = class extends Runtime {
  constructor(...parts) {
    super(...parts);
    const [{ rootDir }, , , , , , , globalConfig] = parts;
    this.tests = `${rootDir}${sep}__tests__${sep}`;
    if (!isShared(globalConfig)) return;
    lasting ??= new Runtime(...parts);
    this.transformCache.sourceMaps = lasting.getSourceMaps(); // of both, for the lines in a stack trace
  }

  requireModuleOrMock(from, name) {
    const isOwn =
      lasting === undefined ||
      this._resolution.isCoreModule(name) ||
      this._resolution.resolveCjs(from, name).startsWith(this.tests);
    return isOwn ? super.requireModuleOrMock(from, name) : lasting.requireModuleOrMock(from, name);
  }

  requireInternalModule(from, name) {
    return name === "node:async_hooks" ? { ...asyncHooks, AsyncLocalStorage } : super.requireInternalModule(from, name);
  }
};
