const Sequencer = require("@jest/test-sequencer").default;

/** What takes longest, so that nothing else waits for it in the end. Jest only learns it from a run that it remembers. */
const SLOWEST = [
  "main",
  "lint",
  "package",
  "deploy/command",
  "broken-answers",
  "output-folder",
  "live-access",
  "since",
  "publication",
  "every-place",
  "github-command",
  "command",
];

module.exports = class SlowestFirst extends Sequencer {
  sort(tests) {
    const place = ({ path }) => {
      const at = SLOWEST.findIndex((name) => path.endsWith(`/${name}.test.ts`));
      return at < 0 ? SLOWEST.length : at;
    };
    return super.sort(tests).sort((one, other) => place(one) - place(other));
  }
};
