const vm = require("node:vm");
const { TestEnvironment } = require("jest-environment-node");

const { compileFunction } = vm;

/** What this process has compiled, by file. */
const compiled = new Map();

/** As vm.compileFunction, by which Jest compiles each file, but each text once: not again for the context of each test file. */
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

module.exports = class extends TestEnvironment {
  constructor(configuration, context) {
    super(configuration, context);
    // Coverage counts by position in the text that Jest has compiled.
    vm.compileFunction = configuration.globalConfig.collectCoverage ? compileFunction : compileFunctionOnce;
  }
};
