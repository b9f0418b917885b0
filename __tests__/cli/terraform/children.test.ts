import tty from "node:tty";
import { type ChildOptions, Interrupted, isTerminal, withChildren } from "../../../cli/terraform/children";
import { printedInTests } from "../../support/printed";
import { type Spawned, spawnedInTests } from "../../support/spawned";

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
async function running(options: readonly ChildOptions[], meanwhile: (children: Spawned[], stop: AbortSignal) => void) {
  return withChildren(async ({ run, stop }) => {
    const runs = options.map((childOptions) => run("terraform", ["plan"], childOptions));
    meanwhile(spawned, stop);
    for (const child of spawned) child.ends(0);
    return Promise.all(runs);
  });
}

/** What was sent to which process, and printed: a negative number is a group. */
const effects = () => [...kill.mock.calls.splice(0).map(([pid, signal]) => `${signal} ${pid}`), ...printed.splice(0)];

const WAITING =
  "waiting for Terraform to finish these changes, so that none is lost. A second signal interrupts it: resources that AWS is creating then may be missing from its state.";
const STOPPING =
  "waiting for the current operation to stop. Resources that AWS is creating right now may be missing from Terraform's state. Another signal ends Terraform at once, and it may lose more.";

test("an interrupted command ends as in a shell", () => {
  expect(new Interrupted("Received SIGINT.").status).toBe(130);
});

test.each<[string, ChildOptions, isOnTerminal: boolean, detached: boolean, stdio: readonly unknown[]]>([
  ["has this process's input and output", {}, true, false, ["inherit", "inherit", "inherit"]],
  ["has a session of its own without a terminal", {}, false, true, ["inherit", "inherit", "inherit"]],
  ["has its own session while it must finish", { mustFinish: true }, true, true, ["inherit", "inherit", "inherit"]],
  ["may be read", { stdout: "pipe" }, true, false, ["inherit", "pipe", "inherit"]],
  ["writes into a log, and can't ask", { log: 7 }, true, false, ["ignore", 7, 7]],
  ["may be read beside a log", { stdout: "pipe", log: 7 }, true, false, ["ignore", "pipe", 7]],
])("a child process %s", async (_, options, isOnTerminal, detached, stdio) => {
  onTerminal = isOnTerminal;
  expect(isTerminal()).toBe(isOnTerminal);
  await running([{ ...options, cwd: "stacks/one", env: { A: "b" }, shell: true }], () => {});
  const [{ command, args, options: spawnOptions } = {} as Spawned] = spawned;
  expect({ command, args, ...spawnOptions }).toEqual({
    command: "terraform",
    args: ["plan"],
    cwd: "stacks/one",
    env: { A: "b" },
    shell: true,
    detached,
    stdio,
  });
});

test("a child's end and, if it is read, its output are known", async () => {
  const results = await running([{ stdout: "pipe" }, {}], ([child]) => child?.stdout.write("{}\n"));
  expect(results).toEqual(["{}\n", ""].map((stdout) => ({ status: 0, stdout })));
});

test("a child that can't be started is an error, and counts as ended", async () => {
  await withChildren(async ({ run, stop }) => {
    const child = run("terraform", [], {});
    spawned[0]?.fails(new Error("spawn terraform ENOENT"));
    await expect(child).rejects.toThrow("spawn terraform ENOENT");
    for (const signal of ["SIGTERM", "SIGINT"] as const) {
      process.emit(signal, signal);
      now += 5000;
    }
    expect([stop.aborted, stop.reason]).toEqual([true, "SIGTERM"]);
  });
  expect(effects()).toEqual([]);
});

type Signals = readonly (readonly [signal: NodeJS.Signals, after: number])[];
test.each<[string, readonly ChildOptions[], Signals, effects: readonly string[], isOnTerminal?: boolean]>([
  ["interrupts the whole group of a child", [{}], [["SIGHUP", 0]], ["SIGINT -1000", `Received SIGHUP: ${STOPPING}`]],
  [
    "lets changes complete the first time, and interrupts them after that",
    [{ mustFinish: true }],
    [0, 1000, 1000].map((after) => ["SIGINT", after]),
    ["SIGINT -1000", "SIGINT -1000", ...[WAITING, STOPPING, STOPPING].map((words) => `Received SIGINT: ${words}`)],
  ],
  [
    "is the same one for a second: npm forwards a copy",
    [{ mustFinish: true }],
    [0, 999].map((after) => ["SIGINT", after]),
    [`Received SIGINT: ${WAITING}`],
  ],
  [
    "of a CI runner, which kills soon afterwards, interrupts changes at once",
    [{ mustFinish: true }],
    [["SIGTERM", 0]],
    ["SIGINT -1000", `Received SIGTERM: ${STOPPING}`],
  ],
  ["interrupts a plan", [{ mustFinish: true }, {}], [["SIGINT", 0]], ["SIGINT -1001", `Received SIGINT: ${WAITING}`]],
  ["isn't sent again if the terminal has sent it", [{}], [["SIGINT", 0]], [`Received SIGINT: ${STOPPING}`], true],
  ["that no terminal sends is sent", [{}], [["SIGTERM", 0]], ["SIGINT 1000", `Received SIGTERM: ${STOPPING}`], true],
])("a signal %s", async (_, options, signals, expected, isOnTerminal = false) => {
  onTerminal = isOnTerminal;
  await running(options, () => {
    for (const [signal, after] of signals) {
      now += after;
      process.emit(signal, signal);
    }
  });
  expect(effects()).toEqual(expected);
});

test("a signal for a child that has just ended is no error", async () => {
  kill.mockImplementation(() => {
    throw new Error("kill ESRCH");
  });
  await expect(running([{}], () => process.emit("SIGINT", "SIGINT"))).resolves.toEqual([{ status: 0, stdout: "" }]);
});
