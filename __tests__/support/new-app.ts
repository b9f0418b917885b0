import { type App, Testing } from "cdktf";

/** An app whose folder is never written. CDKTF's own creates one in the temporary folder and leaves it there. */
export function newApp(): App {
  return Testing.app({ outdir: "unwritten" });
}
