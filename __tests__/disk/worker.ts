/*
 * Synthesizes as often as it is told, in one process: starting one takes longer. It is told on its channel what to do, and
 * answers how that ended.
 */
import { execFileSync } from "node:child_process";
import fs from "node:fs";

/** What a worker is told to do. */
export interface Job {
  /** With what it runs main.ts. Undefined: it only runs the script. */
  readonly env?: Readonly<Record<string, string>>;
  /** The number of changes on the disk after which it kills itself. */
  readonly killAfter?: number;
  /** A script that it runs before, such as to mount something where it alone sees it. */
  readonly script?: string;
}

/** How it ended: what a process would have ended with, what it would have said, and how often it has changed the disk. */
export interface Done {
  readonly status: number;
  readonly output: string;
  readonly changes: number;
}

let changes = 0;
let killAfter: number | undefined;
for (const name of ["mkdirSync", "mkdtempSync", "renameSync", "rmSync", "rmdirSync", "writeFileSync"] as const) {
  const original = fs[name] as (...args: unknown[]) => unknown;
  const watched = (...args: unknown[]) => {
    try {
      return original(...args);
    } finally {
      if (++changes === killAfter) process.kill(process.pid, "SIGKILL");
    }
  };
  Object.assign(fs, { [name]: watched });
}

const said: string[] = [];
const { writeSync } = fs;
console.error = (text: string) => void said.push(text);
fs.writeSync = ((descriptor: number, ...rest: [Buffer]) => {
  if (descriptor > 2) return writeSync(descriptor, ...rest); // a file
  said.push(String(rest[0]).trimEnd());
  return rest[0].length;
}) as typeof fs.writeSync;

function run(job: Job): Done {
  Object.assign(process.env, job.env);
  if (job.script) execFileSync("sh", ["-e", "-c", job.script], { stdio: "inherit" });
  changes = 0;
  killAfter = job.killAfter;
  said.length = 0;
  process.exitCode = 0;
  try {
    if (job.env) {
      delete require.cache[require.resolve("../../main")];
      require("../../main");
    }
  } catch (error) {
    process.exitCode = 1;
    said.push(String((error as Error).stack));
  }
  return { status: Number(process.exitCode), output: said.join("\n"), changes };
}

process.on("message", (job: Job) => process.send?.(run(job)));
process.send?.("ready");
