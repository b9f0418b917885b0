import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { endpoint, type Identity, rootOf } from "./account";

/** A checkout of its own, so that nothing that is deployed here meets the state of somebody's project. */
export interface Project {
  readonly folder: string;
  /** What this is about, for those who watch. */
  readonly name: string;
}

/** How a command ended, and what it said. */
export interface Ended {
  /** The exit status. Null: killed. */
  readonly status: number | null;
  /** Both of its outputs, without colours and CDKTF's margin. */
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

const PARTS = ["main.ts", "stacks", "modules", "cli", "node_modules", "tsconfig.json", "package.json"];
const projects: Project[] = [];
const running = new Set<ChildProcess>();

/** Makes a project with these environments. */
export function createProject(name: string, environmentsYaml: string): Project {
  const folder = mkdtempSync(join(process.env.E2E_SCRATCH ?? tmpdir(), `${name}-`));
  for (const part of PARTS) symlinkSync(resolve(part), join(folder, part));
  cpSync("cdktf.json", join(folder, "cdktf.json"));
  const project = { folder, name };
  projects.push(project);
  writeEnvironments(project, environmentsYaml);
  return project;
}

/** Changes the project's environments. */
export function writeEnvironments({ folder }: Project, environmentsYaml: string): void {
  writeFileSync(join(folder, "environments.yaml"), environmentsYaml);
}

/** `cdktf deploy`. */
export function deploy(project: Project, environment: string, options: RunOptions): Promise<Ended> {
  return cdktf(project, ["deploy", environment, "--auto-approve"], options);
}

/** `cdktf deploy` that is expected to work. */
export async function deployed(project: Project, environment: string, options: RunOptions): Promise<string> {
  const { status, output } = await deploy(project, environment, options);
  if (status !== 0) throw new Error(`cdktf deploy ${environment} ended with exit status ${status}:\n${output}`);
  return output;
}

/** `cdktf diff`. */
export function diff(project: Project, environment: string, options: RunOptions): Promise<Ended> {
  return cdktf(project, ["diff", environment], options);
}

/** `cdktf destroy`. */
export function destroy(project: Project, environment: string, options: RunOptions): Promise<Ended> {
  return cdktf(project, ["destroy", environment, "--auto-approve"], options);
}

/** Runs CDKTF's command. The provider comes from a mirror, so the registry can't be asked to lock it. */
export function cdktf(project: Project, args: readonly string[], options: RunOptions): Promise<Ended> {
  return run(project, "cdktf", [...args, "--skip-provider-lock"], options);
}

/** Runs Terraform in an environment's folder, after CDKTF has. */
export function terraform(
  project: Project,
  environment: string,
  args: readonly string[],
  options: RunOptions,
): Promise<Ended> {
  const binary = process.env.TERRAFORM_BINARY_NAME || "terraform";
  return run(project, binary, [`-chdir=cdktf.out/stacks/${environment}`, ...args, "-no-color"], options);
}

/** Runs the support-app command. */
export function supportApp(project: Project, args: readonly string[], options: RunOptions): Promise<Ended> {
  return run(project, process.execPath, ["--require", "ts-node/register", "cli/support-app.ts", ...args], options);
}

/** Runs a command in a project, as somebody, with nothing else of this machine's AWS configuration. */
export function run(project: Project, command: string, args: readonly string[], options: RunOptions): Promise<Ended> {
  const { accessKeyId, secretAccessKey } = typeof options.as === "string" ? rootOf(options.as) : options.as;
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(AWS_|TF_(?!CLI_CONFIG_FILE$)|JEST_|SUPPORT_APP_)/.test(name),
  );
  const env = {
    ...Object.fromEntries(inherited),
    PATH: `${resolve("node_modules/.bin")}:${process.env.PATH}`,
    CI: "1",
    CHECKPOINT_DISABLE: "1",
    CDKTF_DISABLE_PLUGIN_CACHE_ENV: "1", // it would be in the home folder
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_ENDPOINT_URL: options.endpoint ?? endpoint(),
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    ...options.env,
  };
  const started = Date.now();
  const child = spawn(command, args, {
    cwd: project.folder,
    env,
    stdio: ["ignore", "pipe", "pipe"],
    detached: true, // a process group of its own, to be killed as a whole
  });
  running.add(child);
  const chunks: Buffer[] = [];
  const printed: Buffer[] = [];
  child.stdout?.on("data", (chunk) => printed.push(chunk));
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk) => chunks.push(chunk));
  options.onStart?.(child);
  return new Promise((done, failed) => {
    child.on("error", failed);
    child.on("close", (status) => {
      running.delete(child);
      const seconds = ((Date.now() - started) / 1000).toFixed(1);
      const outcome = status === 0 ? "" : `, exit status ${status ?? "none: killed"}`;
      process.stderr.write(`  ${project.name}: ${command} ${args.join(" ")} (${seconds} s${outcome})\n`);
      const stdout = Buffer.concat(printed).toString();
      done({ status, output: readable(Buffer.concat(chunks).toString(), args), stdout });
    });
  });
}

/** Kills a command with all that it started, which leaves none of them a moment to tidy up. */
export function killAll({ pid }: ChildProcess): void {
  const { stdout } = spawnSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" });
  const processes = stdout.split("\n").map((line) => line.trim().split(/\s+/).map(Number));
  const doomed = [pid];
  for (const parent of doomed) for (const [child, of] of processes) if (of === parent) doomed.push(child);
  for (const each of doomed) if (each !== undefined) kill(each);
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

/** Without colours, and without the environment's name that CDKTF writes before each line. */
function readable(output: string, args: readonly string[]): string {
  const margin = new RegExp(`^(${args.join("|").replace(/[^\w|-]/g, ".")}| {4,}) ?`, "gm");
  return stripVTControlCharacters(output).replace(margin, "");
}

process.on("SIGTERM", () => {
  removeProjects();
  process.exit(143);
});
