import { execFileSync, spawnSync } from "node:child_process";
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
import { FRAMEWORKS, type Framework } from "../../cli/init/framework";
import { markdownTable } from "../../cli/markdown";
import { newAccount } from "../e2e/account";
import { startEmulator } from "../e2e/ministack";
import { findAwsProvider, findTerraform, MissingPrerequisite, mirrorConfig, NoProvider } from "../e2e/prerequisites";
import { type RunOptions, run } from "../e2e/project";
import { packedForBoth } from "../support/packed";

/*
 * Tries every pair of library and Terraform on every Node.js: each from the packed package in an empty folder, to the end.
 *
 *   npm run matrix             all that this machine can run, and the table in README
 *   npm run matrix -- --check  the same, without the table
 */

const NODES = ["20", "22", "24"];
/** OpenTofu's name on the PATH, unless TOFU_BINARY_NAME has another. */
const TOFU = process.env.TOFU_BINARY_NAME || "tofu";

/** Where Node.js is kept, which takes long to get. */
const CACHE = resolve("node_modules/.cache/matrix");

/** Where README has the table. */
const TABLE = /(?<=<!-- matrix -->\n).*?(?=<!-- \/matrix -->)/s;

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
  readonly terraform: Terraform;
  readonly node: Node;
}

/** Terraform or OpenTofu. */
interface Terraform {
  readonly command: string;
  /** What it calls itself. */
  readonly version: string;
}

interface Node {
  readonly version: string;
  /** The folder that its commands are in. */
  readonly bin: string;
}

/** The step that failed, and what it said. Undefined: every step ended with 0. */
type Failure = { readonly step: string; readonly why: string } | undefined;

/** Runs a command in a folder, and returns what it says. */
async function works(folder: string, command: readonly string[], options: RunOptions): Promise<string> {
  const [file = "", ...args] = command;
  const { status, output } = await run({ folder, name: "matrix" }, file, args, options);
  if (status !== 0) throw new Error(`${command.join(" ")} ended with ${status}:\n${output}`);
  return output;
}

/** Installs what `init` writes once for each framework; all its cells have the same packages. */
async function install({ scratch, tarballs }: Machine, framework: Framework, options: RunOptions): Promise<string> {
  const folder = join(scratch, framework);
  if (existsSync(folder)) return folder;
  const init = ["--", "support-app", "init", folder, "--account", newAccount(), "--full"];
  await works(
    scratch,
    ["npm", "exec", "--yes", "--prefer-offline", `--package=${tarballs[framework]}`, ...init],
    options,
  );
  const quiet = ["--silent", "--no-audit", "--no-fund", "--prefer-offline"];
  await works(folder, ["npm", "install", ...quiet, "--save-exact", tarballs[framework]], options);
  return folder;
}

/** Runs each step of a cell until one fails. */
async function runCell(machine: Machine, { framework, terraform, node }: Cell): Promise<Failure> {
  const account = newAccount();
  const folder = mkdtempSync(join(machine.scratch, "cell-"));
  const options: RunOptions = {
    as: account,
    endpoint: machine.endpoint,
    env: {
      PATH: `${node.bin}:${process.env.PATH}`,
      TERRAFORM_BINARY_NAME: terraform.command,
      TF_CLI_CONFIG_FILE: machine.config,
    },
  };
  const supportApp = (...args: string[]) => works(folder, ["npx", "--no", "--", "support-app", ...args], options);
  const steps: Readonly<Record<string, () => Promise<unknown>>> = {
    install: async () => {
      const installed = await install(machine, framework, options);
      const packages = join(installed, "node_modules"); // 100,000 files
      cpSync(installed, folder, { recursive: true, filter: (path) => path !== packages });
      symlinkSync(packages, join(folder, "node_modules"));
      const environments = readFileSync("__tests__/matrix/environments.yaml", "utf8");
      writeFileSync(join(folder, "environments.yaml"), environments.replaceAll("111122223333", account));
    },
    synth: () => works(folder, ["npm", "run", "--silent", "synth"], options),
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

/** Node.js as npm has it. None: it can't be got. */
function nodeOf(major: string): Node[] {
  const folder = join(CACHE, `node-${major}`);
  mkdirSync(folder, { recursive: true });
  const bin = join(folder, "node_modules/.bin");
  try {
    if (!existsSync(bin)) {
      execFileSync("npm", ["install", "--silent", "--no-audit", "--prefix", folder, `node@${major}`]);
    }
    const version = execFileSync(join(bin, "node"), ["--version"], { encoding: "utf8" });
    return [{ version: version.trim().slice(1), bin }];
  } catch {
    console.error(`SKIPPED Node.js ${major}: npm can't install it.`);
    return [];
  }
}

/** A Terraform by its command. None: it isn't there. */
function terraformOf(command: string): Terraform[] {
  const env = { ...process.env, CHECKPOINT_DISABLE: "1", TF_CLI_CONFIG_FILE: "/dev/null" };
  const { stdout } = spawnSync(command, ["version"], { encoding: "utf8", env });
  const [, name, version] = stdout?.match(/^(\S+) v(\S+)$/m) ?? [];
  return name === undefined ? [] : [{ command, version: `${name} ${version}` }];
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
  return mirrorConfig(scratch, join(scratch, "mirror"));
}

/** The table of all cells: what each came to. */
function tableOf(
  nodes: readonly Node[],
  terraforms: readonly Terraform[],
  outcomes: ReadonlyMap<Cell, Failure>,
): string {
  const outcomeOf = (framework: Framework, terraform: Terraform, node: Node) => {
    const isIt = (cell: Cell) => cell.framework === framework && cell.terraform === terraform && cell.node === node;
    const [, failure] = [...outcomes].find(([cell]) => isIt(cell)) ?? [];
    return failure ? `fails: ${failure.step}` : "works";
  };
  const rows = FRAMEWORKS.flatMap((framework) =>
    terraforms.map((terraform) => [
      framework,
      terraform.version,
      ...nodes.map((node) => outcomeOf(framework, terraform, node)),
    ]),
  );
  return markdownTable(["library", "Terraform or OpenTofu", ...nodes.map(({ version }) => `Node.js ${version}`)], rows);
}

async function main(isCheck: boolean): Promise<number> {
  const scratch = mkdtempSync(join(tmpdir(), "support-app-matrix-"));
  const undo: (() => void)[] = [() => rmSync(scratch, { recursive: true, force: true })];
  try {
    const terraforms = ["terraform", TOFU].flatMap(terraformOf);
    const nodes = NODES.flatMap(nodeOf);
    const cache = resolve("node_modules/.cache/terraform-providers");
    const machine: Machine = {
      scratch,
      config: mirrorForBoth(findAwsProvider(findTerraform(), scratch, cache), scratch),
      endpoint: await startEmulator(join(scratch, "ministack.log"), (stop) => undo.push(stop)),
      tarballs: packedForBoth(scratch),
    };
    const cells = nodes.flatMap((node) =>
      FRAMEWORKS.flatMap((framework) => terraforms.map((terraform): Cell => ({ framework, terraform, node }))),
    );
    const outcomes = new Map<Cell, Failure>();
    for (const cell of cells) {
      const started = Date.now();
      const failure = await runCell(machine, cell);
      outcomes.set(cell, failure);
      const seconds = ((Date.now() - started) / 1000).toFixed(1);
      const { framework, terraform, node } = cell;
      const outcome = failure ? `fails: ${failure.step}` : "works";
      console.error(`${framework}, ${terraform.version}, Node.js ${node.version}: ${outcome} (${seconds} s)`);
      if (failure) console.error(failure.why);
    }
    const table = tableOf(nodes, terraforms, outcomes);
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
