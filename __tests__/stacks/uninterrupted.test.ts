import { spawn } from "node:child_process";
import { once } from "node:events";
import { compiled } from "../support/compiled";

/** Reports its start, works for a while without yielding, and reports its end. */
const WORKING = `
  const { uninterrupted } = require(${JSON.stringify(compiled("stacks/uninterrupted.ts"))});
  const { readSync, writeSync } = require("node:fs");
  uninterrupted(() => {
    writeSync(1, "begun ");
    readSync(0, Buffer.alloc(1)); // until the test has sent its signal
    writeSync(1, "done");
  });
  setTimeout(() => writeSync(1, " and more"), 60_000);
`;

test.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
  "%s ends the process as usual, but only after the work is done",
  async (signal) => {
    const child = spawn(process.execPath, ["--eval", WORKING], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    let said = "";
    child.stdout.on("data", (chunk) => {
      said += chunk;
    });
    await once(child.stdout, "data");
    child.kill(signal);
    child.stdin.write("x");
    expect(await once(child, "close")).toEqual([null, signal]);
    expect(said).toBe("begun done");
  },
);
