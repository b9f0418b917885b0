import { spawnSync } from "node:child_process";

const MB = 1e6;
const MICROSECONDS = 1e6;

/** What a process took. */
export interface Run {
  /** CPU time of the process, in seconds. */
  readonly cpu: number;
  /** Peak resident memory of the process, in MB. */
  readonly memory: number;
}

/** Runs a program of this project in a process of its own. */
export function measured(program: readonly string[], environment: Record<string, string> = {}): Run {
  const { status, stderr, output } = spawnSync(
    process.execPath,
    ["--require", "ts-node/register", "--require", "./__tests__/bench/report-usage.js", ...program],
    {
      env: { ...process.env, ...environment },
      stdio: ["ignore", "ignore", "pipe", "pipe"],
      encoding: "utf8",
    },
  );
  if (status !== 0) throw new Error(`${program.join(" ")} ended with ${status}: ${stderr}`);
  const { peak, cpu } = JSON.parse(output[3] ?? "") as { readonly peak: number; readonly cpu: number };
  return { cpu: cpu / MICROSECONDS, memory: (peak * 1024) / MB };
}
