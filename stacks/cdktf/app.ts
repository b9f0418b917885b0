import { resolve } from "node:path";
import { App, CONTEXT_ENV } from "../../modules/support-app/framework";
import { InputError } from "../input-error";

/**
 * An app that writes nothing: CDKTF creates its output folder, with `stacks` in it, unless they exist, as they do here.
 *
 * @throws InputError if CDKTF_CONTEXT_JSON isn't a JSON object
 */
export function newApp(): App {
  try {
    return new App({ outdir: resolve(__dirname, "../..") });
  } catch (error) {
    if (!process.env[CONTEXT_ENV]) throw error;
    throw new InputError(
      "Received a value that isn't a JSON object in CDKTF_CONTEXT_JSON, expected one, such as {}, or no value. Nothing was written. Correct it, or unset it.",
    ); // its value isn't repeated: it may be long
  }
}
