import { dirname } from "node:path";
import { App, CONTEXT_ENV } from "../modules/support-app/framework";

/** A context for CDKTF that is none. The message is for a person, and complete. */
export class ContextError extends Error {
  constructor() {
    super(
      "Received something else than an object in JSON in CDKTF_CONTEXT_JSON, expected one, such as {}, or nothing. Nothing was written. Correct it, or unset it.",
    );
  }
}

/**
 * An app that leaves the disk alone: CDKTF makes its output folder and `stacks` in it, unless they are there, as here.
 *
 * @throws ContextError where CDKTF couldn't take what CDKTF_CONTEXT_JSON holds
 */
export function newApp(): App {
  try {
    return new App({ outdir: dirname(__dirname) });
  } catch (error) {
    throw process.env[CONTEXT_ENV] ? new ContextError() : error; // what it holds isn't repeated: it may be long
  }
}
