import type { SpawnOptions } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { spawnInstead } from "./spawned-instead";

/** Variables that would choose something other than what is in the project, or print more. */
const FOREIGN = [
  "TERRAFORM_BINARY_NAME",
  "SUPPORT_APP_ENVIRONMENTS",
  "CDKTF_OUTDIR",
  "TF_PLUGIN_CACHE_DIR",
  "GITHUB_ACTIONS",
];

/** A project in which functions stand in for the app and for Terraform. Commands are named as `apply ENVIRONMENT`. */
export interface StandIn {
  readonly folder: string;
  /** What was run, such as `ENVIRONMENT: init -input=false`, with PLAN for the plan's file, or `app: FOLDER ENVIRONMENTS`. */
  readonly calls: string[];
  /** The variables of each of them. */
  readonly envs: NodeJS.ProcessEnv[];
  /** Commands that fail. */
  readonly fails: Set<string>;
  /** What Terraform prints as data of an environment whose plan fails. */
  /** What happens while a command runs. */
  readonly meanwhile: Map<string, () => unknown>;
  /** Environments that somebody has changed by hand. */
  readonly drifted: Set<string>;
}

/** Gives each test a project of its own, in which it runs. What is applied is the stack's file cdk.tf.json. */
export function standInForTerraform(): StandIn {
  const root = process.cwd();
  const before = { ...process.env };
  const states = new Map<string, string>();
  const standIn = {
    ...{ folder: "", calls: [] as string[], envs: [] as NodeJS.ProcessEnv[], fails: new Set<string>() },
    ...{ meanwhile: new Map<string, () => unknown>(), drifted: new Set<string>() },
  };
  const { calls, envs, fails, meanwhile, drifted } = standIn;

  const run = async (args: readonly string[], { cwd, env = {}, stdio }: SpawnOptions) => {
    const [command = ""] = args;
    envs.push(env);
    if (cwd === undefined) {
      calls.push(`app: ${env.CDKTF_OUTDIR} ${env.SUPPORT_APP_ONLY ?? "all"}`);
      return { status: 0 };
    }
    const name = basename(String(cwd));
    calls.push(`${name}: ${args.map((arg) => arg.replace(/(?<=^|=)\/.*\/plan$/, "PLAN")).join(" ")}`);
    const log = (stdio as readonly unknown[])[1];
    if (typeof log === "number") writeSync(log, `${name} says ${command}\n`);
    await meanwhile.get(`${command} ${name}`)?.();
    if (fails.has(`${command} ${name}`)) return { status: 1, stdout: "" };
    const file = join(String(cwd), "cdk.tf.json");
    const code = existsSync(file) ? readFileSync(file, "utf8") : "";
    if (command === "apply") states.set(name, code);
    const isChanged = drifted.has(name) || states.get(name) !== code;
    const state = states.get(name);
    const plan = {
      format_version: "1.2",
      output_changes: isChanged ? { code: { actions: ["update"], before: drifted.has(name), after: code } } : {},
    };
    return {
      status: args.includes("-detailed-exitcode") && isChanged ? 2 : 0,
      stdout:
        command === "show" ? JSON.stringify(plan) : command === "state" && state ? stateOf(JSON.parse(state)) : "",
    };
  };

  beforeEach(() => {
    standIn.folder = realpathSync(mkdtempSync(join(tmpdir(), "support-app-stand-in-")));
    writeFileSync(join(standIn.folder, "cdktf.json"), JSON.stringify({ app: "app" }));
    process.chdir(standIn.folder);
    process.env = { ...before };
    for (const name of FOREIGN) delete process.env[name];
    for (const list of [calls, envs]) list.length = 0;
    for (const collection of [states, fails, meanwhile, drifted]) collection.clear();
    spawnInstead(run);
  });
  afterEach(() => {
    jest.restoreAllMocks();
    process.chdir(root);
    process.env = { ...before };
    rmSync(standIn.folder, { recursive: true });
  });
  return standIn;
}

/** The state that an apply of a stack leaves. */
function stateOf({ output, resource }: Readonly<Record<string, Readonly<Record<string, object>>>>): string {
  const resources = Object.entries(resource ?? {}).flatMap(([type, blocks]) =>
    Object.keys(blocks).map((name) => ({
      ...{ mode: "managed", type, name, provider: "P", instances: [{ attributes: {} }] },
    })),
  );
  const check_results = [{ config_addr: "output.support_app_digest", status: "pass" }];
  return JSON.stringify({ version: 4, serial: 1, lineage: "L", outputs: output, resources, check_results });
}
