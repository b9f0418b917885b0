#!/usr/bin/env node
import { runSupportApp } from "./program";

process.exitCode = runSupportApp(process.argv.slice(2));
