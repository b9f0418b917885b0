import { existsSync } from "node:fs";
import { resolve } from "node:path";

/** CDKTF's command, which npm installs here where it can run: on Node.js 20 and 22. */
export const CDKTF = resolve("node_modules/.bin/cdktf");

/** Whether CDKTF's command is installed. */
export function hasCdktf(): boolean {
  return existsSync(CDKTF);
}
