#!/usr/bin/env node
import { runSupportApp } from "./program";

// Whoever reads no further, such as a pager that is left, has what they wanted.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});

runSupportApp(process.argv.slice(2)).then((status) => {
  process.exitCode = status;
});
