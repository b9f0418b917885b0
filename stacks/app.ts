import { dirname } from "node:path";
import { App } from "cdktf";

/** An app that leaves the disk alone: CDKTF makes its output folder and `stacks` in it, unless they are there, as here. */
export function newApp(): App {
  return new App({ outdir: dirname(__dirname) });
}
