const asyncHooks = require("node:async_hooks");
const { sep } = require("node:path");
const { default: Runtime } = require("jest-runtime");
const { isShared } = require("./shared");

/** jest-circus makes one for each test file and leaves it on, where each slows every promise: all of them are this one. */
const storage = new asyncHooks.AsyncLocalStorage();
function AsyncLocalStorage() {
  return storage;
}

/** What has loaded the code that is tested, and its libraries, for all test files of this process. */
let lasting;

/** Loads tests and their support for one test file, and everything else once (docs/decisions/0038-tests-share-what-they-load.md). */
module.exports = class extends Runtime {
  constructor(...parts) {
    super(...parts);
    const [{ rootDir }, , , , , , , globalConfig] = parts;
    this.tests = `${rootDir}${sep}__tests__${sep}`;
    if (isShared(globalConfig)) lasting ??= new Runtime(...parts);
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
