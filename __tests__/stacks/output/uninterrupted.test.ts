import { uninterrupted } from "../../../stacks/output/uninterrupted";

describe("the signals", () => {
  const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  const listeners = () => SIGNALS.map((signal) => process.listenerCount(signal));
  const soon = () => new Promise((resolve) => setImmediate(resolve));
  beforeEach(soon); // another test may have done work
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
