const vm = require("node:vm");
const { TestEnvironment } = require("jest-environment-node");
const { isShared } = require("./shared");

/** What this process has compiled, by file. */
const compiled = new Map();

/** As vm.compileFunction, by which Jest compiles each file, but each text once: not again for each test file. */
function compileFunctionOnce(source, parameters, options) {
  const { filename, parsingContext, importModuleDynamically } = options;
  let known = compiled.get(filename);
  if (known?.source !== source) {
    const head = `(function (${parameters.join(", ")}) {`;
    const entry = { source, importModuleDynamically };
    entry.script = new vm.Script(`${head}${source}\n})`, {
      filename,
      columnOffset: -head.length,
      importModuleDynamically: (...args) => entry.importModuleDynamically(...args),
    });
    known = entry;
    compiled.set(filename, known);
  }
  known.importModuleDynamically = importModuleDynamically;
  return known.script.runInContext(parsingContext);
}

class SharedEnvironment extends TestEnvironment {
  constructor(configuration, context) {
    super(configuration, context);
    vm.compileFunction = compileFunctionOnce;
  }

  /** After each test file. */
  async teardown() {
    this.fakeTimersModern.useRealTimers();
    delete this.global[Symbol.for("EVENT_HANDLERS")]; // of jest-circus, which each test file has anew
  }
}

/** The environment of all test files of this process. */
let shared;

module.exports = function environmentFor(configuration, context) {
  if (!isShared(configuration.globalConfig)) return new TestEnvironment(configuration, context);
  shared ??= new SharedEnvironment(configuration, context);
  return shared;
};
