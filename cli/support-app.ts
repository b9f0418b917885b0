#!/usr/bin/env node
import { tell } from "./print";
import { runSupportApp } from "./program";

runSupportApp(process.argv.slice(2)).then(
  (status) => {
    process.exitCode = status;
  },
  (error) => {
    tell(String(error instanceof Error ? error.stack : error).split("\n")); // a mistake of ours
    process.exitCode = 1;
  },
);
