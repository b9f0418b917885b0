import { execFileSync, spawn } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** A job in which main.ts ran, and the variables that it could read. */
export interface Trace {
  readonly job: string;
  readonly variables: readonly string[];
}

/** What a main.ts begins with that notes where it runs: in the file that WORKFLOW_TRACES names. */
export const TRACING = `import { appendFileSync } from "node:fs";
const { GITHUB_JOB, CI_JOB_NAME, WORKFLOW_TRACES = "" } = process.env;
const job = GITHUB_JOB ?? CI_JOB_NAME;
appendFileSync(WORKFLOW_TRACES, JSON.stringify({ job, variables: Object.keys(process.env) }) + "\\n");
`;

/** What was noted in a file. */
export function tracesIn(file: string): readonly Trace[] {
  return readFileSync(file, "utf8")
    .split("\n")
    .filter(Boolean)
    .map((line): Trace => JSON.parse(line));
}

/** Makes a folder for PATH in which `npm ci` links what is installed already, and `terraform` is the one of the tests. */
export function makeTools(folder: string): void {
  mkdirSync(folder);
  copyFileSync(join(__dirname, "workflows/npm"), join(folder, "npm"));
  chmodSync(join(folder, "npm"), 0o755);
  // What it calls itself must not be this one again.
  const terraform = `#!/bin/sh\nPATH="${process.env.PATH}" exec "${process.env.TERRAFORM_BINARY_NAME ?? "terraform"}" "$@"\n`;
  writeFileSync(join(folder, "terraform"), terraform, { mode: 0o755 });
}

export function pick(...names: readonly string[]): NodeJS.ProcessEnv {
  return Object.fromEntries(names.map((variable) => [variable, process.env[variable]]));
}

export function whereIs(command: string): string {
  return execFileSync("which", [command], { encoding: "utf8" }).trim();
}

/** Only against what never ends. */
const MAX_MS = 1_200_000;

interface RunOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** The text at which somebody interrupts the program. */
  readonly interruptedAt?: string | undefined;
}

/** Runs a program that runs jobs, and returns all that it printed, whatever its status. */
export async function outputOf(command: string, args: readonly string[], options: RunOptions): Promise<string> {
  const { env, cwd, interruptedAt } = options;
  const child = spawn(command, args, { env, cwd, stdio: ["ignore", "pipe", "pipe"], timeout: MAX_MS });
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => chunks.push(chunk));
  if (interruptedAt !== undefined)
    child.stdout.on("data", (chunk: Buffer) => chunk.includes(interruptedAt) && child.kill("SIGINT"));
  await new Promise((resolve, reject) => child.on("error", reject).on("close", resolve));
  return Buffer.concat(chunks).toString();
}
