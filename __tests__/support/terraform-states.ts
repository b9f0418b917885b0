import type { SpawnOptions } from "node:child_process";
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeSync } from "node:fs";
import os, { tmpdir } from "node:os";
import { basename, join } from "node:path";
import type { State } from "../../cli/terraform/state";
import { spawnInstead } from "./spawned-instead";

/** What stands in for Terraform's states, and what happens to them. */
export interface States {
  /** Each state as text, by the file, the bucket and key, or the address. */
  readonly places: Map<string, string>;
  /** What was run: `ENVIRONMENT: state pull`. */
  readonly calls: string[];
  /** Commands that fail, such as `state push ENVIRONMENT`. */
  readonly fails: Set<string>;
  /** What happens while a command runs. */
  readonly meanwhile: Map<string, () => unknown>;
  /** The arguments of the last command that isn't a push. */
  args: readonly string[];
  /** The backend of the last command, and the variables that it had. */
  backend: unknown;
  env: NodeJS.ProcessEnv;
}

/** Gives each test a project's folder, in which it runs, and a Terraform that pulls and pushes states in memory. */
export function statesInTests(): States {
  const root = process.cwd();
  const before = { ...process.env };
  const states: States = {
    ...{ places: new Map<string, string>(), calls: [] as string[], fails: new Set<string>() },
    ...{ meanwhile: new Map<string, () => unknown>(), args: [], backend: undefined, env: {} },
  };
  const { places, calls, fails, meanwhile } = states;
  let folder: string;

  const run = async (args: readonly string[], { cwd, env = {}, stdio }: SpawnOptions) => {
    const name = basename(String(cwd));
    const command = args[0] === "init" ? "init" : args.slice(0, 2).join(" ");
    calls.push(`${name}: ${command}`);
    const { terraform } = JSON.parse(readFileSync(join(String(cwd), "main.tf.json"), "utf8"));
    const [settings] = Object.values<{ path?: string; address?: string; bucket?: string; key?: string }>(
      terraform.backend,
    );
    const place = settings?.path ?? settings?.address ?? `${settings?.bucket}/${settings?.key}`;
    Object.assign(states, { backend: terraform.backend, env, args: command === "state push" ? states.args : args });
    await meanwhile.get(`${command} ${name}`)?.();
    const log = (stdio as readonly unknown[])[2];
    const says = (text: string) => typeof log === "number" && writeSync(log, `${text}\n`);
    if (fails.has(`${command} ${name}`)) {
      says(`Error: ${command}`);
      return { status: 1 };
    }
    const text = places.get(place) ?? "";
    if (command === "init" && text !== "") {
      says("Error: no provider");
      return { status: 1 };
    }
    if (command !== "state push") return { status: 0, stdout: command === "state pull" ? text : "" };
    const next = readFileSync(String(args.at(-1)), "utf8");
    if (text !== "" && !follows(JSON.parse(next), JSON.parse(text))) return { status: 1 };
    places.set(place, next);
    return { status: 0 };
  };

  beforeEach(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), "support-app-states-")));
    process.chdir(folder);
    process.env = { ...before };
    jest.spyOn(os, "tmpdir").mockReturnValue(folder);
    for (const name of ["TERRAFORM_BINARY_NAME", "SUPPORT_APP_ENVIRONMENTS", "SUPPORT_APP_ONLY"])
      delete process.env[name];
    for (const collection of [places, fails, meanwhile]) collection.clear();
    calls.length = 0;
    spawnInstead(run);
  });
  afterEach(() => {
    jest.restoreAllMocks();
    process.chdir(root);
    process.env = { ...before };
    rmSync(folder, { recursive: true });
  });
  return states;
}

/** Whether Terraform writes a state over another one. */
function follows(next: State, { serial, lineage }: State): boolean {
  return next.lineage === lineage && next.serial > serial;
}

/** A state's resource, as Terraform writes it. */
export function stateResource(name: string, account = "111122223333", overrides: object = {}): object {
  const attributes = { id: name, arn: `arn:aws:iam::${account}:role/${name}` };
  return {
    ...{ mode: "managed", type: "aws_iam_role", name },
    provider: 'provider["registry.terraform.io/hashicorp/aws"]',
    instances: [{ schema_version: 0, attributes }],
    ...overrides,
  };
}

/** A state with resources. */
export function stateWith(resources: readonly object[], serial = 3, lineage = "lineage"): State {
  const stateResources = resources as State["resources"];
  return { version: 4, serial, lineage, outputs: { digest: { value: "a" } }, resources: stateResources };
}
