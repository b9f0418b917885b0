#!/usr/bin/env node
import { tell } from "./print";

// Whatever nobody waits for any more, such as a credential process that hangs, doesn't keep this one.
run().then(
  (status) => process.exit(status),
  (error) => {
    tell(String(error instanceof Error ? error.stack : error).split("\n")); // a mistake of ours, or a peer that is missing
    process.exit(1);
  },
);

async function run(): Promise<number> {
  const { runSupportApp }: typeof import("./program") = require("./program"); // here, where its errors are told
  return runSupportApp(process.argv.slice(2));
}
