const { default: Sequencer } = require("@jest/test-sequencer");

/** The files that take longest, or mostly wait: begun last, one of them would go on alone. */
const FIRST = [
  "broken-answers",
  "needed-rights",
  "import",
  "doctor-slack",
  "killed",
  "failed-deploys",
  "review",
  "modules",
  "doctor-accounts",
  "doctor-iam",
  "release",
  "interruption",
  "least-privilege",
];

/** Jest knows only after a first run what takes long, and a clean checkout never had one. */
module.exports = class extends Sequencer {
  sort(tests) {
    const rank = ({ path }) => {
      const index = FIRST.findIndex((name) => path.endsWith(`/${name}.e2e.ts`));
      return index < 0 ? FIRST.length : index;
    };
    return [...tests].sort((a, b) => rank(a) - rank(b));
  }
};
