const { resolve, sep } = require("node:path");

/** Where tests and their support are. */
exports.TESTS = resolve(__dirname, "../..") + sep;

/** Whether test files share what they load: not where each is tried by itself, or where code changes meanwhile. */
exports.isShared = ({ watch, watchAll }) => process.env.ISOLATED !== "true" && !watch && !watchAll;
