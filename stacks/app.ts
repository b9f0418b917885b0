import { dirname } from "node:path";
import { App, CONTEXT_ENV } from "../modules/support-app/framework";

/** An invalid context for CDKTF. The message is complete, and written for people. */
export class ContextError extends Error {
  constructor() {
    super(
      "Received a value that isn't a JSON object in CDKTF_CONTEXT_JSON, expected one, such as {}, or no value. Nothing was written. Correct it, or unset it.",
    );
  }
}

/**
 * An app that writes nothing: CDKTF creates its output folder, with `stacks` in it, unless they exist, as they do here.
 *
 * @throws ContextError if CDKTF_CONTEXT_JSON isn't a JSON object
 */
export function newApp(): App {
  try {
    return new App({ outdir: dirname(__dirname) });
  } catch (error) {
    throw process.env[CONTEXT_ENV] ? new ContextError() : error; // its value isn't repeated: it may be long
  }
}
