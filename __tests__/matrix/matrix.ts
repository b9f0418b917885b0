import { type ExecFileException, execFile, spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { markdownTable } from "../../cli/markdown";
import { version } from "../../package.json";
import { newAccount } from "../e2e/account";
import { startEmulator } from "../e2e/ministack";
import { findAwsProvider, findTerraform, MissingPrerequisite, NoProvider } from "../e2e/prerequisites";

/*
 * Tries every pair of library and Terraform on every Node.js: each from the packed package in an empty folder, to the end.
 *
 *   npm run matrix             all that this machine can run, and the table in README
 *   npm run matrix -- --check  the same, without the table
 */

const FRAMEWORKS = ["cdktf", "cdktn"] as const;
const NODES = ["20", "22", "24"];
/** OpenTofu's name on the PATH, unless TOFU_BINARY_NAME has another. */
const TOFU = process.env.TOFU_BINARY_NAME || "tofu";

/** Where Node.js is kept, which takes long to get. */
const CACHE = resolve("node_modules/.cache/matrix");

/** Where README has the table. */
const TABLE = /(?<=<!-- matrix -->\n).*?(?=<!-- \/matrix -->)/s;

type Framework = (typeof FRAMEWORKS)[number];

/** What a cell runs on. */
interface Machine {
  readonly scratch: string;
  readonly endpoint: string;
  /** Terraform's CLI configuration, with the provider in a mirror. */
  readonly config: string;
  /** The packed package for each framework. */
  readonly tarballs: Readonly<Record<Framework, string>>;
}

/** One pair on one Node.js. */
interface Cell {
  readonly framework: Framework;
  /** Terraform's or OpenTofu's command. */
  readonly terraform: string;
  /** Node.js's version, and the folder that its commands are in. */
  readonly node: string;
  readonly bin: string;
}

/** The step that failed, and what it said. Undefined: every step ended with 0. */
type Failure = { readonly step: string; readonly why: string } | undefined;

async function run(command: readonly string[], cwd: string, env: NodeJS.ProcessEnv): Promise<string> {
  const [file = "", ...args] = command;
  try {
    const { stdout, stderr } = await promisify(execFile)(file, args, { cwd, env, maxBuffer: 1 << 26 });
    return stdout + stderr;
  } catch (error) {
    const { code, stdout, stderr } = error as ExecFileException;
    throw new Error(`${command.join(" ")} ended with ${code}:\n${stdout ?? ""}${stderr ?? ""}`);
  }
}

/** Installs what `init` writes once for each framework; all its cells have the same packages. */
async function install({ scratch, tarballs }: Machine, framework: Framework, env: NodeJS.ProcessEnv): Promise<string> {
  const folder = join(scratch, framework);
  if (existsSync(folder)) return folder;
  const init = ["--", "support-app", "init", folder, "--account", newAccount(), "--full"];
  await run(["npm", "exec", "--yes", "--prefer-offline", `--package=${tarballs[framework]}`, ...init], scratch, env);
  const quiet = ["--silent", "--no-audit", "--no-fund", "--prefer-offline"];
  await run(["npm", "install", ...quiet, "--save-exact", tarballs[framework]], folder, env);
  return folder;
}

/** Runs each step of a cell until one fails. */
async function runCell(machine: Machine, { framework, terraform, bin }: Cell): Promise<Failure> {
  const account = newAccount();
  const env: NodeJS.ProcessEnv = {
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(AWS|TF|npm|SUPPORT_APP)_/.test(name))),
    PATH: `${bin}:${process.env.PATH}`,
    TERRAFORM_BINARY_NAME: terraform,
    TF_CLI_CONFIG_FILE: machine.config,
    AWS_ENDPOINT_URL: machine.endpoint,
    AWS_ACCESS_KEY_ID: account,
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_EC2_METADATA_DISABLED: "true",
    CHECKPOINT_DISABLE: "1",
    CI: "true",
  };
  const folder = mkdtempSync(join(machine.scratch, "cell-"));
  const supportApp = (...args: string[]) => run(["npx", "--no", "--", "support-app", ...args], folder, env);
  const steps: Readonly<Record<string, () => Promise<unknown>>> = {
    install: async () => {
      const installed = await install(machine, framework, env);
      const packages = join(installed, "node_modules"); // 100,000 files
      cpSync(installed, folder, { recursive: true, filter: (path) => path !== packages });
      symlinkSync(packages, join(folder, "node_modules"));
      cpSync("__tests__/matrix/environments.yaml", join(folder, "environments.yaml"));
      const environments = join(folder, "environments.yaml");
      writeFileSync(environments, readFileSync(environments, "utf8").replaceAll("111122223333", account));
    },
    synth: () => run(["npm", "run", "--silent", "synth"], folder, env),
    deploy: () => supportApp("deploy", "production", "--auto-approve"),
    "second plan": async () => {
      const output = await supportApp("diff", "production");
      if (!output.includes("No changes.")) throw new Error(`Expected no changes:\n${output}`);
    },
    destroy: () => supportApp("destroy", "production", "--auto-approve"),
  };
  for (const [step, act] of Object.entries(steps)) {
    try {
      await act();
    } catch (error) {
      return { step, why: (error as Error).message };
    }
  }
  rmSync(folder, { recursive: true });
  return undefined;
}

/** Node.js as npm has it. Undefined: it can't be got. */
async function nodeOf(major: string): Promise<{ readonly node: string; readonly bin: string } | undefined> {
  const folder = join(CACHE, `node-${major}`);
  mkdirSync(folder, { recursive: true });
  const bin = join(folder, "node_modules/.bin");
  try {
    if (!existsSync(bin))
      await run(["npm", "install", "--silent", "--no-audit", "--prefix", folder, `node@${major}`], folder, process.env);
    return { node: (await run([join(bin, "node"), "--version"], folder, {})).trim().slice(1), bin };
  } catch {
    return undefined;
  }
}

/** What a Terraform calls itself. Undefined: there is none. */
function versionOf(terraform: string): string | undefined {
  const env = { ...process.env, CHECKPOINT_DISABLE: "1", TF_CLI_CONFIG_FILE: "/dev/null" };
  const { stdout } = spawnSync(terraform, ["version"], { encoding: "utf8", env });
  return stdout?.match(/^(\S+ v\S+)$/m)?.[1]?.replace(" v", " ");
}

const REGISTRIES = ["registry.terraform.io", "registry.opentofu.org"];

/** A mirror in which OpenTofu finds the provider, too, below its own registry's name. They follow links to packages alone. */
function mirrorForBoth(config: string, scratch: string): string {
  const [, mirror = ""] = readFileSync(config, "utf8").match(/path = "(.*)"/) ?? [];
  const [from = mirror] = REGISTRIES.map((registry) => join(mirror, registry, "hashicorp/aws")).filter(existsSync);
  for (const registry of REGISTRIES) {
    const to = join(scratch, "mirror", registry, "hashicorp/aws");
    for (const name of readdirSync(from)) {
      const packages = statSync(join(from, name)).isDirectory() ? readdirSync(join(from, name)) : [""];
      mkdirSync(packages[0] === "" ? to : join(to, name), { recursive: true });
      for (const one of packages) symlinkSync(join(from, name, one), join(to, name, one));
    }
  }
  const file = join(scratch, "terraform.rc");
  const path = JSON.stringify(join(scratch, "mirror"));
  writeFileSync(file, `provider_installation {\n  filesystem_mirror {\n    path = ${path}\n  }\n}\n`);
  return file;
}

/** Packs both packages. */
async function pack(scratch: string): Promise<Machine["tarballs"]> {
  await run(["npm", "pack", "--silent", "--pack-destination", scratch], ".", process.env);
  const tarball = (framework: Framework) => join(scratch, `${framework}-support-app-access-${version}.tgz`);
  await run(
    [process.execPath, "--require", "ts-node/register", "packaging/cdktn.ts", tarball("cdktf")],
    ".",
    process.env,
  );
  return { cdktf: tarball("cdktf"), cdktn: tarball("cdktn") };
}

/** The table of all cells: what each came to. */
function tableOf(outcomes: ReadonlyMap<Cell, Failure>): string {
  const cells = [...outcomes.keys()];
  const nodes = [...new Set(cells.map(({ node }) => node))];
  const pairs = new Set(cells.map(({ framework, terraform }) => JSON.stringify([framework, versionOf(terraform)])));
  const rows = [...pairs].map((pair) => [
    ...JSON.parse(pair),
    ...nodes.map((node) => {
      const cell = cells.find(
        (one) => one.node === node && JSON.stringify([one.framework, versionOf(one.terraform)]) === pair,
      );
      const failure = cell && outcomes.get(cell);
      return failure ? `fails: ${failure.step}` : "works";
    }),
  ]);
  return markdownTable(["library", "Terraform or OpenTofu", ...nodes.map((node) => `Node.js ${node}`)], rows);
}

async function main(isCheck: boolean): Promise<number> {
  const scratch = mkdtempSync(join(tmpdir(), "support-app-matrix-"));
  const undo: (() => void)[] = [() => rmSync(scratch, { recursive: true, force: true })];
  try {
    const terraforms = ["terraform", TOFU].filter((one) => versionOf(one) !== undefined);
    const machine: Machine = {
      scratch,
      config: mirrorForBoth(
        findAwsProvider(findTerraform(), scratch, resolve("node_modules/.cache/terraform-providers")),
        scratch,
      ),
      endpoint: await startEmulator(join(scratch, "ministack.log"), (stop) => undo.push(stop)),
      tarballs: await pack(scratch),
    };
    const outcomes = new Map<Cell, Failure>();
    for (const major of NODES) {
      const found = await nodeOf(major);
      if (found === undefined) console.error(`SKIPPED Node.js ${major}: npm can't install it.`);
      for (const framework of found ? FRAMEWORKS : []) {
        for (const terraform of terraforms) {
          const cell: Cell = { framework, terraform, ...(found as { node: string; bin: string }) };
          const started = Date.now();
          const failure = await runCell(machine, cell);
          outcomes.set(cell, failure);
          const seconds = ((Date.now() - started) / 1000).toFixed(1);
          console.error(
            `${framework}, ${versionOf(terraform)}, Node.js ${cell.node}: ${failure?.step ?? "works"} (${seconds} s)`,
          );
          if (failure) console.error(failure.why);
        }
      }
    }
    const table = tableOf(outcomes);
    console.log(table);
    if (!isCheck)
      writeFileSync(
        "README.md",
        readFileSync("README.md", "utf8").replace(TABLE, () => `\n${table}\n`),
      );
    return [...outcomes.values()].some((failure) => failure !== undefined) ? 1 : 0;
  } finally {
    for (const step of undo.reverse()) step();
  }
}

main(process.argv.includes("--check")).then(
  (status) => process.exit(status),
  (error) => {
    console.error(error instanceof MissingPrerequisite ? error.message : error);
    process.exit(error instanceof NoProvider ? 77 : 1);
  },
);
