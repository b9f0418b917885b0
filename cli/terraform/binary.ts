import { describePath } from "../../common/problem";
import { CommandError } from "../terminal/command-error";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** npm forwards signals that this process may have received, too: within this time, in milliseconds, it is the same one. */
const SAME_SIGNAL_MS = 1000;

/** Terraform, or the binary to use instead. */
export function terraformBinary(): string {
  return process.env.TERRAFORM_BINARY_NAME || "terraform";
}

/** Terraform's environment variables. It doesn't check for a newer version of itself, or advise what to run next. */
export function terraformEnv(): NodeJS.ProcessEnv {
  return { TF_IN_AUTOMATION: "1", ...process.env, CHECKPOINT_DISABLE: "1" };
}

/** The error of a Terraform that can't be run. */
export function noTerraform(binary: string, reason: string): CommandError {
  return new CommandError(
    `Can't run Terraform as ${describePath(binary)} (${reason}). Nothing was changed. Install Terraform, or set TERRAFORM_BINARY_NAME to another binary.`,
  );
}

/** Exit status after a signal, as in a shell. */
export const INTERRUPTED = 130;

/** Runs something with a listener for signals, which then don't end this process. */
export async function withSignalListener<T>(
  listener: (signal: NodeJS.Signals) => void,
  run: () => Promise<T>,
): Promise<T> {
  let last = Number.NEGATIVE_INFINITY;
  const listen = (signal: NodeJS.Signals) => {
    if (Date.now() - last < SAME_SIGNAL_MS) return;
    last = Date.now();
    listener(signal);
  };
  for (const signal of SIGNALS) process.on(signal, listen);
  try {
    return await run();
  } finally {
    for (const signal of SIGNALS) process.off(signal, listen);
  }
}
