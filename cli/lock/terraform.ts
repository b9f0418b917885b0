import { type ChildProcessByStdio, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { messageOf } from "../../modules/support-app/printable";
import { describePath } from "../../modules/support-app/problem";
import { CommandError } from "../command-error";
import { tell } from "../print";
import { noTerraform, terraformBinary, terraformEnv, toldOfSignals } from "../terraform-binary";

/** The beginning of a line about Terraform's progress. */
const PROGRESS = "- ";

/** Runs something that a signal aborts instead of killing, so that it leaves nothing behind. */
export async function stoppable<T>(run: (stop: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const stop = (signal: NodeJS.Signals) => {
    const message = `Received ${signal}, expected no signal before everything is locked. Nothing was written. Run lock again.`;
    controller.abort(new CommandError(message));
  };
  return toldOfSignals(stop, () => run(controller.signal));
}

/**
 * Runs Terraform in a folder, and prints its progress.
 *
 * @param advice what to do if it fails, as a sentence
 * @throws CommandError when it fails, with its output, or is stopped
 */
export async function runTerraform(
  args: readonly string[],
  folder: string,
  stop: AbortSignal,
  advice: string,
): Promise<void> {
  const binary = terraformBinary();
  const cannotRun = (error: unknown) => noTerraform(binary, messageOf(error), "written");
  let child: ChildProcessByStdio<null, Readable, Readable>;
  try {
    child = spawn(binary, args, { cwd: folder, env: terraformEnv(), stdio: ["ignore", "pipe", "pipe"] });
  } catch (error) {
    throw cannotRun(error); // such as ELOOP, which isn't an event
  }
  stop.addEventListener("abort", () => child.kill("SIGINT"));
  createInterface({ input: child.stdout }).on("line", (line) => {
    if (line.startsWith(PROGRESS)) tell(line);
  });
  const [status, said] = await Promise.all([
    new Promise<number | null>((ended, failed) => child.on("error", failed).on("close", ended)),
    text(child.stderr),
  ]).catch((error) => {
    throw cannotRun(error);
  });
  stop.throwIfAborted();
  if (status === 0) return;
  throw new CommandError([
    `Can't lock the providers: ${describePath(binary)} ended with ${status === null ? "no exit status" : `the exit status ${status}`}. Nothing was written. ${advice} Terraform says:`,
    ...said.split(/\r?\n/).flatMap((line) => (line.trim() === "" ? [] : [line.trimEnd()])),
  ]);
}
