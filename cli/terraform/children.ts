import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { isatty } from "node:tty";
import { attempt } from "../../common/disk-error";
import { CommandError } from "../terminal/command-error";
import { printError } from "../terminal/print";
import { INTERRUPTED, withSignalListener } from "./binary";

const STDIN = 0;

/** A command that a signal has stopped. */
export class Interrupted extends CommandError {
  override readonly status = INTERRUPTED;
}

/** How a child process ended, and its output if that was requested. */
export interface ChildResult {
  /** Null: ended by a signal. */
  readonly status: number | null;
  readonly stdout: string;
}

/** Child processes that are interrupted together with this one, and waited for. */
export interface Children {
  /** Aborted by the first signal, which is the reason. */
  readonly stop: AbortSignal;
  /** Runs a command with this process's own output, or with `stdout: "pipe"` to read it. */
  run(command: string, args: readonly string[], options: ChildOptions): Promise<ChildResult>;
}

/** How to run a child process. */
export interface ChildOptions extends Pick<SpawnOptions, "cwd" | "env" | "shell"> {
  readonly stdout?: "inherit" | "pipe";
  /** File descriptor for its output; it gets no input. Not a pipe: the child may outlive this process. */
  readonly log?: number;
  /** Whether a first Ctrl-C lets the child finish. */
  readonly mustFinish?: boolean;
}

/** Whether there is a terminal to ask on. */
export function isTerminal(): boolean {
  return isatty(STDIN);
}

/** Runs something with child processes that a signal interrupts in order, instead of killing them. */
export function withChildren<T>(run: (children: Children) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const running = new Set<RunningChild>();
  const interrupt = (signal: NodeJS.Signals) => {
    const isFirst = !controller.signal.aborted;
    controller.abort(signal); // the reason stays the first signal
    if (running.size === 0) return;
    const waits = ({ mustFinish }: RunningChild) => isFirst && mustFinish && signal !== "SIGTERM"; // CI runners kill soon after SIGTERM
    printError(`Received ${signal}: waiting for ${[...running].some(waits) ? CHANGES : OPERATION}`);
    for (const childRun of running) if (!waits(childRun)) handOn(childRun, signal);
  };
  const runChild = async (
    command: string,
    args: readonly string[],
    { stdout = "inherit", log, mustFinish = false, ...options }: ChildOptions,
  ) => {
    // A session of its own: a signal to this whole group, such as Ctrl-C, would reach Terraform without us, or twice.
    const detached = mustFinish || !isTerminal();
    const stdio = [log ? "ignore" : "inherit", stdout === "pipe" ? stdout : (log ?? stdout), log ?? "inherit"] as const;
    const child = spawn(command, args, { ...options, detached, stdio: [...stdio] });
    const childRun: RunningChild = { child, mustFinish, detached };
    running.add(childRun);
    const exit = new Promise<number | null>((resolve, reject) => child.on("error", reject).on("close", resolve));
    try {
      const [status, output] = await Promise.all([exit, child.stdout ? text(child.stdout) : ""]);
      return { status, stdout: output };
    } finally {
      running.delete(childRun);
    }
  };
  return withSignalListener(interrupt, () => run({ stop: controller.signal, run: runChild }));
}

const CHANGES =
  "Terraform to finish these changes, so that none is lost. A second signal interrupts it: resources that AWS is creating then may be missing from its state.";
const OPERATION =
  "the current operation to stop. Resources that AWS is creating right now may be missing from Terraform's state. Another signal ends Terraform at once, and it may lose more.";

interface RunningChild {
  readonly child: ChildProcess;
  readonly mustFinish: boolean;
  /** Whether it is in a session of its own. */
  readonly detached: boolean;
}

function handOn({ child: { pid }, detached }: RunningChild, signal: NodeJS.Signals): void {
  if (pid === undefined || (!detached && signal === "SIGINT")) return; // the terminal has sent it already
  attempt(() => process.kill(detached ? -pid : pid, "SIGINT")); // it may have ended already
}
