import { join } from "node:path";
import util from "node:util";
import { App, Tokenization } from "../../modules/support-app/framework";
import { InputError } from "../input-error";
import { resolve as fastResolve } from "./resolve";

/**
 * An app that writes nothing: CDKTF creates its output folder, with `stacks` in it, unless they exist, as they do here.
 *
 * @throws InputError if CDKTF_CONTEXT_JSON isn't a JSON object
 */
export function newApp(): App {
  try {
    return new App({ outdir: join(__dirname, "../..") });
  } catch (error) {
    if (!process.env.CDKTF_CONTEXT_JSON) throw error;
    throw new InputError(
      "Received a value that isn't a JSON object in CDKTF_CONTEXT_JSON, expected one, such as {}, or no value. Nothing was written. Correct it, or unset it.",
    ); // its value isn't repeated: it may be long
  }
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
