import { resolve } from "node:path";
import util from "node:util";
import { App } from "../../modules/support-app/framework";

/** An app that writes nothing: CDKTF creates its output folder, with `stacks` in it, unless they exist, as they do here. */
export function newApp(): App {
  return new App({ outdir: resolve(__dirname, "../..") });
}

/**
 * Runs something in CDKTF without the stack trace that it takes of every token, which costs half of the time and half of
 * the memory of a large synthesis, and which none of our errors shows; and with `util.isArray`, which it calls for every
 * output. Node.js 22 warns about `util.isArray`, and a later version may not have it. CDKTF gets no fixes.
 * See docs/decisions/0003-inside-cdktf.md.
 */
export function withPatches<T>(run: () => T): T {
  const { captureStackTrace } = Error;
  const { isArray } = util;
  Error.captureStackTrace = () => {};
  util.isArray = Array.isArray;
  try {
    return run();
  } finally {
    Error.captureStackTrace = captureStackTrace;
    util.isArray = isArray;
  }
}
