import type { App } from "../../modules/support-app/framework";
import { Testing } from "./framework";

/** An app that leaves the disk alone. CDKTF creates its folder and `stacks` in it, unless they are there, as in this project. */
export function newApp(): App {
  return Testing.app({ outdir: "." });
}
