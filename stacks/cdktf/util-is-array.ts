import util from "node:util";

/**
 * Runs something with `util.isArray` as it was before Node.js deprecated it: CDKTF calls it for every output. Node.js
 * 22 warns about it, and a later version may not have it. CDKTF gets no fixes.
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
