import type { ChildProcess } from "node:child_process";
import { type Ended, familyGone, type RunOptions } from "./project";
import { type Answer, type Call, startProxy } from "./proxy";

/**
 * Runs a command through a proxy that may answer its calls, or end it during one of them. Afterwards, nothing of it is under way.
 *
 * @param fault what to answer instead of the emulator, and how to end the command
 */
export async function runThroughProxy(
  run: (options: Pick<RunOptions, "endpoint" | "onStart">) => Promise<Ended>,
  fault: (call: Call, end: (interrupt: (child: ChildProcess) => void) => void) => Answer | undefined,
): Promise<Ended> {
  let child: ChildProcess | undefined;
  let exit: Promise<void> | undefined;
  const end = (interrupt: (child: ChildProcess) => void) => {
    if (child === undefined) return;
    exit = familyGone(child);
    interrupt(child);
  };
  const proxy = await startProxy((call) => fault(call, end));
  const onStart = (started: ChildProcess) => {
    child = started;
  };
  const result = await run({ endpoint: proxy.endpoint, onStart });
  await exit;
  await proxy.settled();
  await proxy.close();
  return result;
}
