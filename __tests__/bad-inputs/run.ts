import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { runSupportApp } from "../../cli/program";
import { parseEnvironments } from "../../stacks/environments/environments";
import { contentsOf } from "../support/changes";
import { synthesizeInto } from "../support/synthesize";

/** The content of a path: a file's text, or something else. */
export type Content =
  | string
  | { readonly base64: string }
  | { readonly link: string }
  | { readonly folder: true }
  | { readonly remove: true }
  /** A pipe, and somebody who reads from it. */
  | { readonly fifo: true }
  /** A text many times, with # as its number from 0, between two texts. */
  | { readonly repeated: string; readonly times: number; readonly before?: string; readonly after?: string }
  /** Nested lists, between two texts. */
  | { readonly nested: number; readonly before?: string; readonly after?: string };

/** A bad input of the command, and how it ends. */
export interface BadInput {
  readonly what: string;
  /** What follows the command's name; by default a command that reads environments.yaml. `DIR` stands for a fresh folder, also in the other fields. */
  readonly args?: readonly string[];
  /** The content of environments.yaml in it, unless it is a good one. */
  readonly environments?: Content;
  /** What else is in the folder, by path. */
  readonly files?: Readonly<Record<string, Content>>;
  /** Whether `base` and `head` are there, as synthesized from the good environments. */
  readonly synthesized?: boolean;
  /** Null: not set. */
  readonly env?: Readonly<Record<string, string | null>>;
  /** Default: 1. */
  readonly status?: number;
  /** Everything that is printed, on both streams. */
  readonly says: string;
  /** What it writes anyway, by path. */
  readonly changes?: readonly string[];
}

/** Valid environments. */
const GOOD = `environments:
  a: { account: "111122223333", region: us-east-1, full: { channels: [{ name: oncall, workspace: T1, channel: C1 }] } }
  b: { account: "222233334444", region: us-east-1, read-only: {}, deploy-role: "arn:aws:iam::222233334444:role/terraform" }
  old: { account: "333344445555", region: us-east-1, retired: true }
`;

/** Variables that would change how a command behaves, whoever runs these tests. */
const FOREIGN = /^(SUPPORT_APP_|AWS_|GITHUB_|GITLAB_|CI_|CDKTF_|SLACK_|SYNTH_|TF_)/;

/** What Node.js adds to a place in JSON since version 22. */
const PLACE_IN_JSON = / \(line \d+ column \d+\)/;

/** How a command ended. */
export interface Ended {
  readonly status: number;
  readonly printed: string;
  /** What it has written, changed or removed in the folder and among temporary files. */
  readonly changed: readonly string[];
}

/** Runs the command with an input in a folder of its own. */
export async function run(input: BadInput, printed: string[]): Promise<Ended> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "support-app-bad-")));
  const environment = { ...process.env };
  try {
    const place = (text: string) => text.replaceAll("DIR", join(folder, "here"));
    const temporary = join(folder, "temporary");
    for (const name of ["here", "temporary"]) mkdirSync(join(folder, name));
    write(join(folder, "here"), "environments.yaml", input.environments ?? GOOD);
    if (input.synthesized)
      for (const name of ["base", "head"]) cpSync(synthesized(), join(folder, "here", name), { recursive: true });
    for (const [path, content] of Object.entries(input.files ?? {})) write(join(folder, "here"), path, content);
    for (const name of Object.keys(process.env)) if (FOREIGN.test(name)) delete process.env[name];
    process.env.TMPDIR = temporary;
    process.env.SUPPORT_APP_ENVIRONMENTS = join(folder, "here", "environments.yaml");
    for (const [name, value] of Object.entries(input.env ?? {})) if (value !== null) process.env[name] = place(value);
    const before = contentsOf(folder);
    printed.length = 0;
    const status = await runSupportApp((input.args ?? ["permissions", "deploy", "a"]).map(place));
    const after = contentsOf(folder);
    const changed = Object.keys({ ...before, ...after }).filter((path) => before[path] !== after[path]);
    const lines = printed.map((line) => line.replace(PLACE_IN_JSON, ""));
    return { status, printed: lines.join("\n").replaceAll(join(folder, "here"), "DIR"), changed };
  } finally {
    for (const reader of readers.splice(0)) reader.kill();
    for (const name of Object.keys(process.env)) if (!(name in environment)) delete process.env[name];
    Object.assign(process.env, environment);
    rmSync(folder, { recursive: true });
  }
}

/** Those that read from pipes. */
const readers: ChildProcess[] = [];

let synthesizedFolder: string | undefined;

/** The good environments, synthesized. */
function synthesized(): string {
  if (synthesizedFolder === undefined) {
    synthesizedFolder = mkdtempSync(join(tmpdir(), "support-app-good-"));
    synthesizeInto(synthesizedFolder, parseEnvironments(GOOD, "environments.yaml"));
  }
  return synthesizedFolder;
}

/** For afterAll. */
export function removeSynthesized(): void {
  if (synthesizedFolder !== undefined) rmSync(synthesizedFolder, { recursive: true });
}

function write(folder: string, path: string, content: Content): void {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  rmSync(file, { recursive: true, force: true });
  if (typeof content === "string") writeFileSync(file, content);
  else if ("base64" in content) writeFileSync(file, Buffer.from(content.base64, "base64"));
  else if ("link" in content) symlinkSync(content.link, file);
  else if ("folder" in content) mkdirSync(file);
  else if ("fifo" in content) {
    execFileSync("mkfifo", [file]);
    readers.push(spawn("cat", [file], { stdio: "ignore" }));
  } else if ("repeated" in content) {
    const { before = "", repeated, times, after = "" } = content;
    const lines = Array.from({ length: times }, (_, index) => repeated.replaceAll("#", String(index)));
    writeFileSync(file, `${before}${lines.join("")}${after}`);
  } else if ("nested" in content) {
    const { before = "", nested, after = "" } = content;
    writeFileSync(file, `${before}${"[".repeat(nested)}${"]".repeat(nested)}${after}`);
  }
}
