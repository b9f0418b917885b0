import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { messageOf } from "../../modules/support-app/printable";
import { describePath } from "../../modules/support-app/problem";
import { CommandError } from "../command-error";
import { tell } from "../print";
import { noTerraform, terraformBinary, terraformEnv, toldOfSignals } from "../terraform-binary";

/** How Terraform begins a line that says what it has just done. */
const PROGRESS = "- ";

/** Runs something that is told of a signal instead of being cut off by it, so that it leaves nothing behind. */
export async function stoppable<T>(run: (stop: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const stop = (signal: NodeJS.Signals) => {
    const message = `Received ${signal}, expected none before all is locked. Nothing was written. Run lock again.`;
    controller.abort(new CommandError(message));
  };
  return toldOfSignals(stop, () => run(controller.signal));
}

/**
 * Runs Terraform in a folder, and tells what it does.
 *
 * @throws CommandError where it fails, with what it says, or is stopped
 */
export async function runTerraform(args: readonly string[], folder: string, stop: AbortSignal): Promise<void> {
  const binary = terraformBinary();
  const child = spawn(binary, args, { cwd: folder, env: terraformEnv(), stdio: ["ignore", "pipe", "pipe"] });
  stop.addEventListener("abort", () => child.kill("SIGINT"));
  createInterface({ input: child.stdout }).on("line", (line) => {
    if (line.startsWith(PROGRESS)) tell(line);
  });
  const [status, said] = await Promise.all([
    new Promise<number | null>((ended, failed) => child.on("error", failed).on("close", ended)),
    text(child.stderr),
  ]).catch((error) => {
    throw noTerraform(binary, messageOf(error), "written");
  });
  stop.throwIfAborted();
  if (status === 0) return;
  throw new CommandError([
    `Received ${status === null ? "no exit status" : `the exit status ${status}`} from ${describePath(binary)}, expected that it reaches the providers and gets their checksums. Nothing was written. Run it where the registry can be reached, or take them from a filesystem mirror with --mirror FOLDER. Terraform says:`,
    ...said.split(/\r?\n/).flatMap((line) => (line.trim() === "" ? [] : [line.trimEnd()])),
  ]);
}
