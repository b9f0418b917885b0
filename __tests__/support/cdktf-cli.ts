import { join } from "node:path";
import { devDependencies } from "../../package.json";
import { installed } from "./installed";

/** Installs CDKTF's command, and returns the folder that has it. It isn't this project's: on Node.js 24, installing it needs a compiler. */
export function cdktfCli(): string {
  return join(installed("cdktf-cli", { "cdktf-cli": devDependencies.cdktf }), ".bin");
}
