/** Whether test files share what they load: not where coverage is counted file by file, or where code changes meanwhile. */
exports.isShared = ({ collectCoverage, watch, watchAll }) => !collectCoverage && !watch && !watchAll;
