import tty from "node:tty";
import {
  type ChildOptions,
  type Children,
  Interrupted,
  isTerminal,
  withChildren,
} from "../../../../cli/commands/deploy/children";
import { printedInTests } from "../../../support/printed";
import { type Spawned, spawnedInTests } from "../../../support/spawned";

const printed = printedInTests();
const spawned = spawnedInTests();
let onTerminal: boolean;
let now: number;
let kill: jest.SpiedFunction<typeof process.kill>;
beforeEach(() => {
  onTerminal = false;
  now = 1_000_000;
  jest.spyOn(tty, "isatty").mockImplementation((descriptor) => descriptor === 0 && onTerminal);
  jest.spyOn(Date, "now").mockImplementation(() => now);
  kill = jest.spyOn(process, "kill").mockReturnValue(true);
});

/** Runs children until all of them have ended with 0, and does something meanwhile. */
async function running(options: readonly ChildOptions[], meanwhile: (all: Spawned[], stop: AbortSignal) => void) {
  return withChildren(async ({ run, stop }) => {
    const all = options.map((one) => run("terraform", ["plan"], one));
    meanwhile(spawned, stop);
    for (const child of spawned) child.ends(0);
    return Promise.all(all);
  });
}

/** What was sent to which process: a negative number is a group. */
const sent = () => kill.mock.calls.splice(0).map(([pid, signal]) => `${signal} ${pid}`);
const said = () => printed.splice(0);

const WAITING =
  "waiting for Terraform to finish these changes, so that none is lost. A second signal interrupts it: resources that AWS is creating then may be missing from its state.";
const STOPPING =
  "waiting for the current operation to stop. A second signal ends it at once, and Terraform may lose state.";
const AGAIN =
  "again: resources that AWS is creating right now may be missing from Terraform's state. Another signal ends Terraform at once, and it may lose more.";

test("an interrupted command ends as in a shell", () => {
  expect(new Interrupted("Received SIGINT.").status).toBe(130);
});

test("a question needs a terminal to read from", () => {
  expect(isTerminal()).toBe(false);
  onTerminal = true;
  expect(isTerminal()).toBe(true);
});

describe("a child", () => {
  test.each<[string, ChildOptions, stdio: readonly unknown[]]>([
    ["has this process's input and output", {}, ["inherit", "inherit", "inherit"]],
    ["may be read", { stdout: "pipe" }, ["inherit", "pipe", "inherit"]],
    ["writes into a log, and can't ask", { log: 7 }, ["ignore", 7, 7]],
    ["may be read beside a log", { stdout: "pipe", log: 7 }, ["ignore", "pipe", 7]],
  ])("%s", async (_, options, stdio) => {
    await running([{ ...options, cwd: "stacks/one", env: { A: "b" }, shell: true }], () => {});
    const [{ command, args, options: given } = {} as Spawned] = spawned;
    expect({ command, args, ...given }).toEqual({
      ...{ command: "terraform", args: ["plan"], cwd: "stacks/one", env: { A: "b" }, shell: true },
      ...{ detached: true, stdio },
    });
  });

  test.each([
    [false, false, true],
    [false, true, true],
    [true, false, false],
    [true, true, true],
  ])("on a terminal: %s, that mustFinish: %s, has a session of its own: %s", async (terminal, mustFinish, detached) => {
    onTerminal = terminal;
    await running([{ mustFinish }], ([child]) => expect(child?.options.detached).toBe(detached));
  });

  test("says how it ended, and what it printed if that is read", async () => {
    const ended = await running([{ stdout: "pipe" }, {}], ([child]) => child?.stdout.write("{}\n"));
    expect(ended).toEqual([
      { status: 0, stdout: "{}\n" },
      { status: 0, stdout: "" },
    ]);
    const killed = await withChildren(({ run }) => {
      const one = run("terraform", [], {});
      spawned.at(-1)?.ends(null);
      return one;
    });
    expect(killed).toEqual({ status: null, stdout: "" });
  });

  test("that can't be started is an error, and counts as ended", async () => {
    await withChildren(async ({ run }) => {
      const one = run("terraform", [], {});
      spawned[0]?.fails(new Error("spawn terraform ENOENT"));
      await expect(one).rejects.toThrow("spawn terraform ENOENT");
      process.emit("SIGINT", "SIGINT");
    });
    expect([sent(), said()]).toEqual([[], []]);
  });
});

describe("a signal", () => {
  test("stops what would follow, and says nothing where nothing runs", async () => {
    await withChildren(async ({ stop }: Children) => {
      expect(stop.aborted).toBe(false);
      process.emit("SIGTERM", "SIGTERM");
      now += 5000;
      process.emit("SIGINT", "SIGINT");
      expect([stop.aborted, stop.reason]).toEqual([true, "SIGTERM"]);
    });
    expect([sent(), said()]).toEqual([[], []]);
  });

  test("interrupts the whole group of a child", async () => {
    await running([{}], () => process.emit("SIGHUP", "SIGHUP"));
    expect([sent(), said()]).toEqual([["SIGINT -1000"], [`Received SIGHUP: ${STOPPING}`]]);
  });

  test("lets changes complete the first time, interrupts them the second, and ends Terraform the third", async () => {
    await running([{ mustFinish: true }], () => {
      process.emit("SIGINT", "SIGINT");
      expect([sent(), said()]).toEqual([[], [`Received SIGINT: ${WAITING}`]]);
      for (let times = 0; times < 2; times++) {
        now += 1000;
        process.emit("SIGINT", "SIGINT");
        expect([sent(), said()]).toEqual([["SIGINT -1000"], [`Received SIGINT ${AGAIN}`]]);
      }
    });
  });

  test("is the same one for a second: npm forwards a copy", async () => {
    await running([{ mustFinish: true }], () => {
      process.emit("SIGINT", "SIGINT");
      now += 999;
      process.emit("SIGINT", "SIGINT");
    });
    expect([sent(), said()]).toEqual([[], [`Received SIGINT: ${WAITING}`]]);
  });

  test("of a CI runner, which kills soon afterwards, interrupts changes at once", async () => {
    await running([{ mustFinish: true }], () => process.emit("SIGTERM", "SIGTERM"));
    expect([sent(), said()]).toEqual([["SIGINT -1000"], [`Received SIGTERM: ${STOPPING}`]]);
  });

  test("interrupts a plan beside changes that complete", async () => {
    await running([{ mustFinish: true }, {}], () => process.emit("SIGINT", "SIGINT"));
    expect([sent(), said()]).toEqual([["SIGINT -1001"], [`Received SIGINT: ${WAITING}`]]);
  });

  test.each<[NodeJS.Signals, string[]]>([
    ["SIGINT", []],
    ["SIGTERM", ["SIGINT 1000"]],
  ])("that a terminal has sent to the child already isn't sent again: %s", async (signal, expected) => {
    onTerminal = true;
    await running([{}], () => process.emit(signal, signal));
    expect(sent()).toEqual(expected);
  });

  test("for a child that has just ended is no error", async () => {
    kill.mockImplementation(() => {
      throw new Error("kill ESRCH");
    });
    await expect(running([{}], () => process.emit("SIGINT", "SIGINT"))).resolves.toEqual([{ status: 0, stdout: "" }]);
  });
});
