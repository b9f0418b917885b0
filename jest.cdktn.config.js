const [unit] = require("./jest.config").projects;

const MODULES = "<rootDir>/node_modules/.cache/cdktn/node_modules";

/** The unit tests on cdktn, CDKTF's successor, instead of CDKTF. `npm run test:cdktn` installs it beforehand. */
/** @type {import("jest").Config} */
module.exports = {
  ...unit,
  maxWorkers: "100%",
  testMatch: ["<rootDir>/__tests__/{common,modules,stacks,cli,packaging/terraform}/**/!(*.integration).test.ts"],
  snapshotSerializers: ["<rootDir>/__tests__/support/run/as-cdktf.js"],
  moduleNameMapper: {
    "^cdktf(/.*)?$": `${MODULES}/cdktn$1`,
    "^@cdktf/provider-aws(/.*)?$": `${MODULES}/@cdktn/provider-aws$1`,
    "^constructs$": `${MODULES}/constructs`,
  },
};
