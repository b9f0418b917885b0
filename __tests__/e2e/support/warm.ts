import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";

/** One run of the app or of the support-app command, with all that a process of its own would have. */
export interface Job {
  readonly script: "main.ts" | "cli/support-app.ts";
  readonly args: readonly string[];
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
}

/** How a job ended, and what it printed. */
export interface JobEnded {
  /** The exit status. Null: killed. */
  readonly status: number | null;
  readonly stdout: string;
  /** Both outputs. */
  readonly output: string;
}

/** What the warm process prints at the end of a job, to both outputs, after the exit status that it sends. */
export const END_OF_JOB = "\0";

let warm: ChildProcess | undefined;
let last: Promise<unknown> = Promise.resolve();

/** Runs a script in a process that has loaded it before: a start of Node.js takes a second for that. One job at a time. */
export function runWarm(job: Job): Promise<JobEnded> {
  const result = last.then(() => send(job));
  last = result;
  return result;
}

/** Ends the process, if there is one. */
export function endWarm(): void {
  warm?.kill("SIGKILL");
  warm = undefined;
}

function start(): ChildProcess {
  const options = { execArgv: ["--require", "ts-node/register"], silent: true };
  return fork(join(__dirname, "warm-process.ts"), options);
}

function send(job: Job): Promise<JobEnded> {
  warm ??= start();
  const child = warm;
  const stdout: Buffer[] = [];
  const outputChunks: Buffer[] = [];
  const text = (chunks: Buffer[]) => Buffer.concat(chunks).toString().replaceAll(END_OF_JOB, "");
  return new Promise((resolve) => {
    let status: number | null = null;
    let open = 3; // both outputs and the status
    const finish = () => {
      child.removeAllListeners();
      for (const stream of [child.stdout, child.stderr]) stream?.removeAllListeners("data");
      resolve({ status, stdout: text(stdout), output: text(outputChunks) });
    };
    const onData = (keep: Buffer[][]) => (chunk: Buffer) => {
      for (const chunks of keep) chunks.push(chunk);
      if (chunk.includes(END_OF_JOB) && --open === 0) finish();
    };
    child.stdout?.on("data", onData([stdout, outputChunks]));
    child.stderr?.on("data", onData([outputChunks]));
    child.on("message", (told: number) => {
      status = told;
      if (--open === 0) finish();
    });
    child.on("close", (told) => {
      status = told;
      warm = undefined;
      finish();
    });
    child.send(job);
  });
}
