import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { messageOf } from "../../modules/support-app/printable";
import { describePath } from "../../modules/support-app/problem";
import { CommandError } from "../command-error";
import { tell } from "../print";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** How Terraform begins a line that says what it has just done. */
const PROGRESS = "- ";

/**
 * Runs Terraform in a folder, and tells what it does. A signal that would end this process ends Terraform first.
 *
 * @throws CommandError where it fails, with what it says
 */
export async function runTerraform(args: readonly string[], folder: string): Promise<void> {
  const binary = process.env.TERRAFORM_BINARY_NAME || "terraform";
  const env = { ...process.env, CHECKPOINT_DISABLE: "1" };
  const child = spawn(binary, args, { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] });
  let received: NodeJS.Signals | undefined;
  const stop = (signal: NodeJS.Signals) => {
    received = signal;
    child.kill(signal);
  };
  for (const signal of SIGNALS) process.on(signal, stop);
  createInterface({ input: child.stdout }).on("line", (line) => {
    if (line.startsWith(PROGRESS)) tell(line);
  });
  try {
    const [status, said] = await Promise.all([
      new Promise<number | null>((ended, failed) => child.on("error", failed).on("close", ended)),
      text(child.stderr),
    ]);
    if (received !== undefined) {
      throw new CommandError(
        `Received ${received}, expected none before all is locked. Nothing was written. Run lock again.`,
      );
    }
    if (status === 0) return;
    throw new CommandError([
      `Received ${status === null ? "no exit status" : `the exit status ${status}`} from ${describePath(binary)}, expected that it reaches the providers and gets their checksums. Nothing was written. Run it where the registry can be reached, or take them from a filesystem mirror with --mirror FOLDER. Terraform says:`,
      ...said.split(/\r?\n/).flatMap((line) => (line.trim() === "" ? [] : [line.trimEnd()])),
    ]);
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw new CommandError(
      `Received no Terraform by the name of ${describePath(binary)} (${messageOf(error)}), expected one that runs. Nothing was written. Install Terraform, or name another binary in TERRAFORM_BINARY_NAME.`,
    );
  } finally {
    for (const signal of SIGNALS) process.off(signal, stop);
  }
}
