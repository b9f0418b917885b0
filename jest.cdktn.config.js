const config = require("./jest.config");

const MODULES = "<rootDir>/node_modules/.cache/cdktn/node_modules";

/** The unit tests on cdktn, CDKTF's successor, instead of CDKTF. `npm run test:cdktn` installs it beforehand. */
/** @type {import("jest").Config} */
module.exports = {
  ...config,
  testMatch: ["<rootDir>/__tests__/{common,modules,stacks,cli}/**/*.test.ts"],
  testPathIgnorePatterns: ["\\.integration\\.test\\.ts$"],
  snapshotSerializers: ["<rootDir>/__tests__/support/run/as-cdktf.js"],
  moduleNameMapper: {
    "^cdktf(/.*)?$": `${MODULES}/cdktn$1`,
    "^@cdktf/provider-aws(/.*)?$": `${MODULES}/@cdktn/provider-aws$1`,
    "^constructs$": `${MODULES}/constructs`,
  },
};
