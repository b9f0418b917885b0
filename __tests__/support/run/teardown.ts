import { readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname } from "node:path";
import type { Config } from "jest";

/** Caches of Node.js tools, which they keep in the temporary folder, one for each user. */
const CACHES = /^(swc-native|v8-compile-cache)-/;

/** Nothing else may be left, but by files whose tests all have other names than `-t` says: Jest makes their folders, and removes nothing. */
export default function teardown({ testNamePattern }: Pick<Config, "testNamePattern">): void {
  const leftovers = readdirSync(tmpdir()).filter((name) => !CACHES.test(name));
  rmSync(dirname(tmpdir()), { recursive: true });
  if (process.env.THOROUGH !== "true") {
    // On stderr: on stdout may be `--json`.
    console.error(
      "\nThis was a sample. `THOROUGH=true bash .ci/run` tries every case, `npm run e2e` deploys: CONTRIBUTING.md.",
    );
  }
  if (leftovers.length > 0 && !testNamePattern)
    throw new Error(`The tests left ${leftovers.join(", ")} in the temporary folder, expected nothing.`);
}
