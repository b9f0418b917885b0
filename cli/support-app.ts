#!/usr/bin/env node
import { tell } from "./print";
import { runSupportApp } from "./program";

// Whatever nobody waits for any more, such as a credential process that hangs, doesn't keep this one.
runSupportApp(process.argv.slice(2)).then(
  (status) => process.exit(status),
  (error) => {
    tell(String(error instanceof Error ? error.stack : error).split("\n")); // a mistake of ours
    process.exit(1);
  },
);
