import { describePath } from "../../modules/support-app/model/problem";
import { CommandError } from "../terminal/command-error";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Terraform, or the binary to use instead. */
export function terraformBinary(): string {
  return process.env.TERRAFORM_BINARY_NAME || "terraform";
}

/** Terraform's environment variables. It doesn't check for a newer version of itself. */
export function terraformEnv(): NodeJS.ProcessEnv {
  return { ...process.env, CHECKPOINT_DISABLE: "1" };
}

/** The error of a Terraform that can't be run. */
export function noTerraform(binary: string, why: string, nothing: "written" | "changed"): CommandError {
  return new CommandError(
    `Can't run Terraform as ${describePath(binary)} (${why}). Nothing was ${nothing}. Install Terraform, or set TERRAFORM_BINARY_NAME to another binary.`,
  );
}

/** Runs something with a listener for signals, which then don't end this process. */
export async function withSignalListener<T>(
  listener: (signal: NodeJS.Signals) => void,
  run: () => Promise<T>,
): Promise<T> {
  for (const signal of SIGNALS) process.on(signal, listener);
  try {
    return await run();
  } finally {
    for (const signal of SIGNALS) process.off(signal, listener);
  }
}
