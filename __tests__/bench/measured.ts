import { spawnSync } from "node:child_process";
import { compiled } from "../support/compiled";

const MB = 1e6;
const MICROSECONDS = 1e6;

/** What a process took. */
export interface Run {
  /** CPU time of the process, in seconds. */
  readonly cpu: number;
  /** Peak resident memory of the process, in MB. */
  readonly memory: number;
}

/** Runs a program of this project, compiled as in the package. */
export function measured(
  [program = "", ...args]: readonly string[],
  environment: Record<string, string> = {},
  nodeOptions: readonly string[] = [],
): Run {
  const { status, stderr, output } = spawnSync(
    process.execPath,
    ["--require", "./__tests__/bench/report-usage.js", ...nodeOptions, compiled(program), ...args],
    {
      env: { ...process.env, ...environment },
      stdio: ["ignore", "ignore", "pipe", "pipe"],
      encoding: "utf8",
    },
  );
  if (status !== 0) throw new Error(`${program} ended with ${status}: ${stderr}`);
  const { peak, cpu } = JSON.parse(output[3] ?? "") as { readonly peak: number; readonly cpu: number };
  return { cpu: cpu / MICROSECONDS, memory: (peak * 1024) / MB };
}
