import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { messageOf } from "../../../modules/support-app/model/printable";
import { describePath } from "../../../modules/support-app/model/problem";
import { CommandError } from "../../terminal/command-error";
import { tell } from "../../terminal/print";
import { noTerraform, terraformBinary, terraformEnv, toldOfSignals } from "../../terraform/binary";

/** The beginning of a line about Terraform's progress. */
const PROGRESS = "- ";

/**
 * Runs Terraform in a folder, and prints its progress. A signal interrupts it, and it is waited for.
 *
 * @param advice what to do if it fails, as a sentence
 * @throws CommandError when it fails, with its output, or is interrupted
 */
export async function runTerraform(args: readonly string[], cwd: string, advice: string): Promise<void> {
  const binary = terraformBinary();
  let child: ChildProcess | undefined;
  let received: NodeJS.Signals | undefined;
  const interrupt = (signal: NodeJS.Signals) => {
    received = signal;
    child?.kill("SIGINT");
  };
  const [status, said] = await toldOfSignals(interrupt, async () => {
    const started = spawn(binary, args, { cwd, env: terraformEnv(), stdio: ["ignore", "pipe", "pipe"] });
    child = started;
    createInterface({ input: started.stdout }).on("line", (line) => {
      if (line.startsWith(PROGRESS)) tell(line);
    });
    const ended = new Promise<number | null>((done, failed) => started.on("error", failed).on("close", done));
    return Promise.all([ended, text(started.stderr)]);
  }).catch((error) => {
    throw noTerraform(binary, messageOf(error), "written");
  });
  if (received !== undefined) {
    throw new CommandError(
      `Received ${received}, expected no signal before everything is locked. Nothing was written. Run lock again.`,
    );
  }
  if (status === 0) return;
  throw new CommandError([
    `Can't lock the providers: ${describePath(binary)} ended with ${status === null ? "no exit status" : `the exit status ${status}`}. Nothing was written. ${advice} Terraform says:`,
    ...said.split(/\r?\n/).flatMap((line) => (line.trim() === "" ? [] : [line.trimEnd()])),
  ]);
}
