import util from "node:util";

/**
 * Runs something with `util.isArray` as it was before Node.js deprecated it: CDKTF calls it for every output, of which
 * Node.js 22 warns, and which a later one may not have. It gets no fixes.
 */
export function withUtilIsArray<T>(run: () => T): T {
  const original = util.isArray;
  util.isArray = Array.isArray;
  try {
    return run();
  } finally {
    util.isArray = original;
  }
}
