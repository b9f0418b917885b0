import childProcess, { type SpawnOptions } from "node:child_process";
import { EventEmitter } from "node:events";
import { PassThrough } from "node:stream";

/** A process that isn't there: it does what a test says. */
export interface Spawned {
  readonly command: string;
  readonly args: readonly string[];
  readonly options: SpawnOptions;
  readonly pid: number;
  readonly stdout: PassThrough;
  readonly stderr: PassThrough;
  /** The signals that it was sent as a child. */
  readonly signals: NodeJS.Signals[];
  /** Ends it. */
  ends(status: number | null): void;
  /** Says that it couldn't be started. */
  fails(error: Error): void;
}

/** What is spawned within this process, in order, since the test began. To be called where tests are described. */
export function spawnedInTests(): Spawned[] {
  const children: Spawned[] = [];
  beforeEach(() => {
    children.length = 0;
    jest.spyOn(childProcess, "spawn").mockImplementation(((command: string, args: string[], options: SpawnOptions) => {
      const [stdout, stderr] = [new PassThrough(), new PassThrough()];
      const signals: NodeJS.Signals[] = [];
      const { stdio } = options as { stdio: readonly unknown[] };
      const child = Object.assign(new EventEmitter(), {
        pid: 1000 + children.length,
        stdout: stdio[1] === "pipe" ? stdout : null,
        stderr: stdio[2] === "pipe" ? stderr : null,
        kill: (signal: NodeJS.Signals) => signals.push(signal),
      });
      children.push({
        command,
        args,
        options,
        pid: child.pid,
        stdout,
        stderr,
        signals,
        ends: (status) => {
          stdout.end();
          stderr.end();
          child.emit("close", status);
        },
        fails: (error) => {
          stdout.end();
          stderr.end();
          child.emit("error", error);
        },
      });
      return child;
    }) as unknown as typeof childProcess.spawn);
  });
  afterEach(() => jest.restoreAllMocks());
  return children;
}
