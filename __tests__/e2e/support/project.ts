import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { stripVTControlCharacters } from "node:util";
import { CDKTF } from "../../support/cdktf-cli";
import { endpoint, type Identity, rootOf } from "./account";
import { installed } from "./installed-package";

/** A repository as `init` writes it, with this package as it was built. */
export interface Project {
  readonly folder: string;
  /** What this is about, for those who watch. */
  readonly name: string;
}

/** How a command ended, and what it said. */
export interface Ended {
  /** The exit status. Null: killed. */
  readonly status: number | null;
  /** Both of its outputs, without colours. */
  readonly output: string;
  /** The first of them alone, as it is. */
  readonly stdout: string;
}

/** How to run a command. */
export interface RunOptions {
  /** The account's root, or somebody in it. */
  readonly as: string | Identity;
  /** AWS, if not the emulator itself. */
  readonly endpoint?: string;
  /** What else the command's environment has. Undefined values are taken out of it. */
  readonly env?: NodeJS.ProcessEnv;
  /** Told when the command has started. */
  readonly onStart?: (child: ChildProcess) => void;
}

/** What a project has of what `init` writes. */
const FILES = ["main.ts", "cdktf.json", "tsconfig.json"];
type Args = readonly string[];
const projects: Project[] = [];
const running = new Set<ChildProcess>();

/** Makes a project with these environments. */
export function createProject(name: string, environmentsYaml: string): Project {
  const folder = mkdtempSync(join(process.env.E2E_SCRATCH ?? tmpdir(), `${name}-`));
  for (const file of FILES) copyFileSync(join("cli/commands/init/files", file), join(folder, file));
  symlinkSync(installed(), join(folder, "node_modules"));
  const project = { folder, name };
  projects.push(project);
  writeEnvironments(project, environmentsYaml);
  return project;
}

/** Changes the project's environments. */
export function writeEnvironments({ folder }: Project, environmentsYaml: string): void {
  writeFileSync(join(folder, "environments.yaml"), environmentsYaml);
}

/** Synthesizes with the app, as `cdktf synth` does. */
export function synth(project: Project, options: RunOptions): Promise<Ended> {
  return run(project, process.execPath, ["--require", "ts-node/register", "main.ts"], options);
}

/** Synthesizes and deploys, as `cdktf deploy` does but for CDKTF's own words and its five seconds. */
export function deploy(project: Project, environment: string, options: RunOptions): Promise<Ended> {
  return synthAnd(project, environment, ["apply", "-auto-approve"], options);
}

/** A deploy that is expected to work. */
export async function deployed(project: Project, environment: string, options: RunOptions): Promise<string> {
  const { status, output } = await deploy(project, environment, options);
  if (status !== 0) throw new Error(`The deploy of ${environment} ended with exit status ${status}:\n${output}`);
  return output;
}

/** What a deploy said that it would do, before it did. */
export function planIn(output: string): string {
  return output.match(/^.*?^Plan: .*?$/ms)?.[0] ?? "";
}

/** Synthesizes and plans, as `cdktf diff` does. */
export function diff(project: Project, environment: string, options: RunOptions): Promise<Ended> {
  return synthAnd(project, environment, ["plan", "-input=false"], options);
}

/** Synthesizes and destroys, as `cdktf destroy` does. */
export function destroy(project: Project, environment: string, options: RunOptions): Promise<Ended> {
  return synthAnd(project, environment, ["destroy", "-auto-approve"], options);
}

/** `support-app deploy` itself. */
export function deployCommand(project: Project, environment: string, options: RunOptions): Promise<Ended> {
  return supportApp(project, ["deploy", environment, "--auto-approve"], options);
}

/** `cdktf deploy` itself. The provider comes from a mirror, so the registry can't be asked to lock it. */
export function cdktfDeploy(project: Project, environment: string, options: RunOptions): Promise<Ended> {
  return runCdktf(project, ["deploy", environment, "--auto-approve", "--skip-provider-lock"], options);
}

/** Runs CDKTF's command as it is. */
export function runCdktf(project: Project, args: Args, options: RunOptions): Promise<Ended> {
  return run(project, CDKTF, args, options);
}

/** Synthesizes and runs Terraform in the environment's folder, which it initializes where that is to be done. */
async function synthAnd(project: Project, environment: string, args: Args, options: RunOptions): Promise<Ended> {
  const { onStart: _, ...silent } = options;
  const synthesized = await synth(project, silent);
  if (synthesized.status !== 0) return synthesized;
  const initialized = await init(project, environment, silent);
  if (initialized.status !== 0) return initialized;
  const result = await terraform(project, environment, args, options);
  return { ...result, output: synthesized.output + initialized.output + result.output };
}

/** `terraform init`, unless that is done for this very backend and provider. */
export async function init(project: Project, environment: string, options: RunOptions): Promise<Ended> {
  const marker = join(project.folder, stackFolder(environment), ".terraform/initialized-for");
  if (existsSync(marker) && readFileSync(marker, "utf8") === settingsOf(project, environment)) {
    return { status: 0, output: "", stdout: "" };
  }
  const result = await terraform(project, environment, ["init", "-input=false"], options);
  if (result.status === 0) writeFileSync(marker, settingsOf(project, environment));
  return result;
}

/** What `terraform init` looks at. */
function settingsOf({ folder }: Project, environment: string): string {
  const file = join(folder, stackFolder(environment), "cdk.tf.json");
  return existsSync(file) ? JSON.stringify(JSON.parse(readFileSync(file, "utf8")).terraform) : "";
}

function stackFolder(environment: string): string {
  return `cdktf.out/stacks/${environment}`;
}

/** Runs Terraform in an environment's folder, after it was synthesized. */
export function terraform(project: Project, environment: string, args: Args, options: RunOptions): Promise<Ended> {
  return terraformIn(project, stackFolder(environment), args, options);
}

/** Runs Terraform in a folder of the project. */
export function terraformIn(project: Project, folder: string, args: Args, options: RunOptions): Promise<Ended> {
  const binary = options.env?.TERRAFORM_BINARY_NAME || process.env.TERRAFORM_BINARY_NAME || "terraform";
  return run(project, binary, [`-chdir=${folder}`, ...args, "-no-color"], options);
}

/** Runs the support-app command. */
export function supportApp(project: Project, args: Args, options: RunOptions): Promise<Ended> {
  return run(project, "support-app", args, options);
}

/** Runs a command in a project, as somebody, with nothing else of this machine's AWS configuration. */
export function run(project: Project, command: string, args: Args, options: RunOptions): Promise<Ended> {
  const started = Date.now();
  const child = spawn(command, args, {
    cwd: project.folder,
    env: envOf(options),
    stdio: ["ignore", "pipe", "pipe"],
    detached: true, // a process group of its own, to be killed as a whole
  });
  running.add(child);
  const chunks: Buffer[] = [];
  const printed: Buffer[] = [];
  child.stdout?.on("data", (chunk) => printed.push(chunk));
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk) => chunks.push(chunk));
  options.onStart?.(child);
  return new Promise((fulfill, failed) => {
    child.on("error", failed);
    child.on("close", (status) => {
      running.delete(child);
      report(project, [command, ...args], started, status);
      const output = stripVTControlCharacters(Buffer.concat(chunks).toString());
      fulfill({ status, output, stdout: Buffer.concat(printed).toString() });
    });
  });
}

/** A command's environment: nothing of this machine's AWS configuration, nor what Terraform is told here. */
function envOf(options: RunOptions): NodeJS.ProcessEnv {
  const { accessKeyId, secretAccessKey } = typeof options.as === "string" ? rootOf(options.as) : options.as;
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(AWS_|TF_(?!CLI_CONFIG_FILE$)|JEST_|SUPPORT_APP_)/.test(name),
  );
  return {
    ...Object.fromEntries(inherited),
    PATH: [join(installed(), ".bin"), resolve("node_modules/.bin"), process.env.PATH].join(":"),
    CI: "1",
    CHECKPOINT_DISABLE: "1",
    CDKTF_DISABLE_PLUGIN_CACHE_ENV: "1", // it would be in the home folder
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_ENDPOINT_URL: options.endpoint ?? endpoint(),
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    TMPDIR: process.env.E2E_SCRATCH ?? tmpdir(), // what is killed leaves its files
    GOGC: "off", // Terraform and the provider end before the memory is missed
    GOMEMLIMIT: "1GiB",
    GOMAXPROCS: "1", // several of them run in parallel
    ...options.env,
  };
}

/** Says what was done, and how long it took. */
function report({ name }: Project, command: readonly string[], started: number, status: number | null): void {
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  const outcome = status === 0 ? "" : `, exit status ${status ?? "none: killed"}`;
  process.stderr.write(`  ${name}: ${command.join(" ")} (${seconds} s${outcome})\n`);
}

/** Kills a command with all that it started, which leaves none of them a moment to tidy up. */
export function killAll(child: ChildProcess): void {
  for (const pid of familyOf(child)) kill(pid);
}

/** Waits until a command has ended with all that it had started by now. */
export async function familyGone(child: ChildProcess): Promise<void> {
  const family = new Set(familyOf(child));
  while (runningProcesses().some(({ pid }) => family.has(pid))) await sleep(50);
}

function familyOf({ pid }: ChildProcess): number[] {
  const processes = runningProcesses();
  const family = pid === undefined ? [] : [pid];
  for (const parent of family)
    for (const descendant of processes) if (descendant.parent === parent) family.push(descendant.pid);
  return family;
}

function runningProcesses(): { readonly pid: number; readonly parent: number }[] {
  const { stdout } = spawnSync("ps", ["-A", "-o", "pid=,ppid=,stat="], { encoding: "utf8" });
  return stdout.split("\n").flatMap((line) => {
    const [pid, parent, state = ""] = line.trim().split(/\s+/);
    return state === "" || state.startsWith("Z") ? [] : [{ pid: Number(pid), parent: Number(parent) }];
  });
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended already.
  }
}

/** Ends what still runs and removes the projects. For afterAll. */
export function removeProjects(): void {
  for (const child of running) killAll(child);
  for (const { folder } of projects.splice(0)) rmSync(folder, { recursive: true, force: true });
}
