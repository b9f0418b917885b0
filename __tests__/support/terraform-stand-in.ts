import childProcess, { type SpawnOptions } from "node:child_process";
import { EventEmitter } from "node:events";
import { existsSync, readFileSync, writeFileSync, writeSync } from "node:fs";
import { basename, join } from "node:path";
import { PassThrough } from "node:stream";
import { emptyAwsInTests } from "./answering-aws";
import { folderInTests } from "./folder";

/**
 * Gives each test a project of its own, in which functions stand in for the app and for Terraform, with an AWS without anything. What
 * is applied is the stack's file cdk.tf.json.
 */
export function standInForTerraform() {
  emptyAwsInTests();
  const folder = folderInTests({ isReal: true, isWorkingDirectory: true });
  const before = { ...process.env };
  const states = new Map<string, string>();
  const [calls, envs] = [[] as string[], [] as NodeJS.ProcessEnv[]];
  const [fails, drifted, meanwhile] = [new Set<string>(), new Set<string>(), new Map<string, () => unknown>()];

  const run = async (args: readonly string[], { cwd, env = {}, stdio }: SpawnOptions) => {
    const [command = ""] = args;
    envs.push(env);
    if (cwd === undefined) {
      calls.push(`app: ${env.CDKTF_OUTDIR} ${env.SUPPORT_APP_ONLY ?? "all"}`);
      return { status: 0, stdout: "" };
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
    writeFileSync("cdktf.json", JSON.stringify({ app: "app" }));
    delete process.env.SUPPORT_APP_ENVIRONMENTS;
    for (const list of [calls, envs]) list.length = 0;
    for (const collection of [states, fails, meanwhile, drifted]) collection.clear();
    jest.spyOn(childProcess, "spawn").mockImplementation(((_: string, args: string[], options: SpawnOptions) => {
      const stdout = (options.stdio as readonly unknown[])[1] === "pipe" ? new PassThrough() : null;
      const child = Object.assign(new EventEmitter(), { stdout });
      run(args, options).then(({ status, stdout: printed }) => {
        stdout?.end(printed);
        child.emit("close", status);
      });
      return child;
    }) as unknown as typeof childProcess.spawn);
  });
  afterEach(() => {
    jest.restoreAllMocks();
    process.env = { ...before };
  });
  return {
    folder,
    /** What was run, such as `ENVIRONMENT: init -input=false`, with PLAN for the plan's file, or `app: FOLDER ENVIRONMENTS`. */
    calls,
    /** The variables of each of them. */
    envs,
    /** Commands that fail, such as `apply ENVIRONMENT`. */
    fails,
    /** What happens while such a command runs. */
    meanwhile,
    /** Environments that somebody has changed by hand. */
    drifted,
  };
}

/** The state that an apply of a stack leaves. */
function stateOf({ output, resource }: Readonly<Record<string, Readonly<Record<string, object>>>>): string {
  const resources = Object.entries(resource ?? {}).flatMap(([type, blocks]) =>
    Object.keys(blocks).map((name) => ({
      mode: "managed",
      type,
      name,
      provider: "P",
      instances: [{ attributes: {} }],
    })),
  );
  const check_results = [{ config_addr: "output.support_app_digest", status: "pass" }];
  return JSON.stringify({ version: 4, serial: 1, lineage: "L", outputs: output, resources, check_results });
}
