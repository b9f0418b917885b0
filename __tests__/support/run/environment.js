const vm = require("node:vm");
const { TestEnvironment } = require("jest-environment-node");
const { isShared, TESTS } = require("./shared");

const { compileFunction } = vm;

/** What this process has compiled of the tests, by file. */
const compiled = new Map();

/** As vm.compileFunction, by which Jest compiles each file, but what each test file loads again is compiled only once. */
function compileFunctionOnce(source, parameters, options) {
  const { filename, parsingContext, importModuleDynamically } = options;
  if (!filename.startsWith(TESTS)) return compileFunction(source, parameters, options);
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

/** What jest-circus keeps in globals. */
const OF_CIRCUS = [
  "EVENT_HANDLERS",
  "TEST_TIMEOUT_SYMBOL",
  "RETRY_TIMES",
  "RETRY_IMMEDIATELY",
  "WAIT_BEFORE_RETRY",
  "LOG_ERRORS_BEFORE_RETRY",
].map((name) => Symbol.for(name));

class SharedEnvironment extends TestEnvironment {
  constructor(configuration, context) {
    super(configuration, context);
    vm.compileFunction = compileFunctionOnce;
    this.env = this.global.process.env;
    this.variables = { ...this.env };
  }

  /** After each test file: the next one finds the variables, timers and settings of Jest that the first one found. */
  async teardown() {
    this.fakeTimersModern.useRealTimers();
    for (const symbol of OF_CIRCUS) delete this.global[symbol];
    this.global.process.env = this.env;
    for (const name of Object.keys(this.env)) if (!(name in this.variables)) delete this.env[name];
    Object.assign(this.env, this.variables);
  }
}

/** The environment of all test files of this process. */
let shared;

module.exports = function environmentFor(configuration, context) {
  if (!isShared(configuration.globalConfig)) return new TestEnvironment(configuration, context);
  shared ??= new SharedEnvironment(configuration, context);
  return shared;
};
