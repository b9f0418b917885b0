import { join } from "node:path";
import util from "node:util";
import { App, Tokenization } from "../../modules/support-app/framework";
import { resolve as fastResolve } from "./resolve";

/** An app that writes nothing: CDKTF creates its output folder, with `stacks` in it, unless they exist, as they do here. */
export function newApp(): App {
  return new App({ outdir: join(__dirname, "../..") });
}

/**
 * Runs something in CDKTF without the stack trace that it takes of every token, which costs half of the time and half of
 * the memory of a large synthesis, and which none of our errors shows; with a faster `Tokenization.resolve`; and with
 * `util.isArray`, which it calls for every output and which a later Node.js may not have. CDKTF gets no fixes.
 * See docs/decisions/0003-inside-cdktf.md.
 */
export function withPatches<T>(run: () => T): T {
  const { captureStackTrace } = Error;
  const { isArray } = util;
  const { resolve } = Tokenization;
  Error.captureStackTrace = () => {};
  util.isArray = Array.isArray;
  Tokenization.resolve = fastResolve;
  try {
    return run();
  } finally {
    Error.captureStackTrace = captureStackTrace;
    util.isArray = isArray;
    Tokenization.resolve = resolve;
  }
}
