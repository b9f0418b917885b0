import childProcess, { type SpawnOptions } from "node:child_process";
import { EventEmitter } from "node:events";
import { PassThrough } from "node:stream";

/** How a process ends, and its output. */
interface Ended {
  readonly status: number;
  readonly stdout?: string;
}

/** Runs a function instead of each process that is spawned. */
export function spawnInstead(run: (args: readonly string[], options: SpawnOptions) => Promise<Ended>): void {
  jest.spyOn(childProcess, "spawn").mockImplementation(((_: string, args: string[], options: SpawnOptions) => {
    const stdout = (options.stdio as readonly unknown[])[1] === "pipe" ? new PassThrough() : null;
    const child = Object.assign(new EventEmitter(), { stdout });
    run(args, options).then(({ status, stdout: printed = "" }) => {
      stdout?.end(printed);
      child.emit("close", status);
    });
    return child;
  }) as unknown as typeof childProcess.spawn);
}
