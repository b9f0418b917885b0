import { spawn } from "node:child_process";
import { once } from "node:events";
import { uninterrupted } from "../../../stacks/output/uninterrupted";
import { compiled } from "../../support/compiled";

/** Reports its start, works for a while without yielding, and reports its end. */
const WORKING = `
  const { uninterrupted } = require(${JSON.stringify(compiled("stacks/output/uninterrupted.ts"))});
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

describe("the signals", () => {
  const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  const listeners = () => SIGNALS.map((signal) => process.listenerCount(signal));
  const soon = () => new Promise((resolve) => setImmediate(resolve));
  /** The listeners while work is done. */
  const meanwhile = () => uninterrupted(listeners);
  /** Each signal has a listener, and no second one: that one decides for itself. */
  const heard = (before: readonly number[]) => before.map((count) => Math.max(1, count));

  test("are heard while the work is done, and not much longer", async () => {
    const before = listeners();
    expect(meanwhile()).toEqual(heard(before));
    await soon();
    expect(listeners()).toEqual(before);
    const fail = () => {
      throw new TypeError("inside");
    };
    expect(() => uninterrupted(fail)).toThrow(TypeError);
    await soon();
    expect(listeners()).toEqual(before);
  });

  test("are left to another listener", async () => {
    const own = () => {};
    process.on("SIGHUP", own);
    try {
      const before = listeners();
      expect(meanwhile()).toEqual(heard(before));
      await soon();
      expect(listeners()).toEqual(before);
    } finally {
      process.off("SIGHUP", own);
    }
  });

  test("that arrive meanwhile are sent again, once nobody listens", async () => {
    const before = listeners();
    const sent: unknown[] = [];
    jest.spyOn(process, "kill").mockImplementation((...args) => {
      sent.push([...args, ...listeners()]);
      return true;
    });
    try {
      uninterrupted(() => process.emit("SIGHUP", "SIGHUP"));
      expect(sent).toEqual([[process.pid, "SIGHUP", ...before]]);
    } finally {
      jest.restoreAllMocks();
    }
    await soon();
  });
});
