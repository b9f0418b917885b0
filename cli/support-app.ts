#!/usr/bin/env node
import { printError } from "./terminal/print";

// Exit even if something abandoned is still running, such as a credential process that hangs.
run().then(
  (status) => process.exit(status),
  (error) => {
    printError(String(error instanceof Error ? error.stack : error).split("\n")); // a bug, or a missing peer
    process.exit(1);
  },
);

async function run(): Promise<number> {
  const { runSupportApp }: typeof import("./program") = require("./program"); // here, so that its errors are printed
  return runSupportApp(process.argv.slice(2));
}
