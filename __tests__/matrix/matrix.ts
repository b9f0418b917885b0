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
import semver from "semver";
import { FRAMEWORKS, type Framework, packageFor } from "../../cli/commands/init/framework";
import { markdownTable } from "../../cli/terminal/markdown";
import { REQUIRED_VERSION, REQUIRED_VERSION_S3 } from "../../stacks/required-versions";
import { newAccount } from "../e2e/support/account";
import { createBucket } from "../e2e/support/examples";
import { startEmulator } from "../e2e/support/ministack";
import {
  findAwsProvider,
  findTerraform,
  MissingPrerequisite,
  mirrorConfig,
  NoProvider,
} from "../e2e/support/prerequisites";
import { type RunOptions, removeProjects, run } from "../e2e/support/project";
import { NODES, type Node, nodeFromNpm } from "../support/node-from-npm";
import { packedForBoth } from "../support/packed";

/*
 * Tries the packed package on all that it is said to work with, and writes the results into the tables of docs/contributing/tested-versions.md:
 *
 *   npm run matrix               all of these
 *   npm run matrix -- pairs      every pair of library and Terraform on every Node.js, in an empty folder, to the end
 *   npm run matrix -- terraforms what each Terraform is used for, the oldest ones included
 *   npm run matrix -- bare       README's first commands with nothing but Node.js
 *   npm run matrix -- commands   the libraries' own commands on each Node.js, in a clone and in what init writes
 *   npm run matrix -- --check    CDKTF on the oldest Node.js and CDK Terrain on the newest, and no tables
 */

/** OpenTofu's name on the PATH, unless TOFU_BINARY_NAME has another. */
const TOFU = process.env.TOFU_BINARY_NAME || "tofu";
/** The oldest Terraforms that are said to work, as names or paths with colons between them. */
const OLDEST = (process.env.OLDEST_TERRAFORM_BINARY_NAMES || "").split(":").filter((name) => name !== "");

/** The Terraform that the modules require. */
const MODULES_VERSION =
  readFileSync("terraform/versions.tf", "utf8").match(/required_version = "(.*)"/)?.[1] ?? "no version";

/** What is said to work, from which version of Terraform and of OpenTofu. */
const NEEDS = {
  file: { Terraform: REQUIRED_VERSION, OpenTofu: ">= 1.10" },
  s3: { Terraform: REQUIRED_VERSION_S3, OpenTofu: ">= 1.10" },
  modules: { Terraform: MODULES_VERSION, OpenTofu: MODULES_VERSION },
  tests: { Terraform: ">= 1.7", OpenTofu: ">= 1.8" },
} as const;
type Use = keyof typeof NEEDS;

/** Runs a command of a package. */
const NPM_EXEC = ["npm", "exec", "--yes", "--prefer-offline"];

/** Where the tables are. */
const PAGE = "docs/contributing/tested-versions.md";

/** Where the page has the table of a part. */
const tableIn = (part: Part) => new RegExp(`(?<=<!-- matrix: ${part} -->\n).*?(?=<!-- /matrix -->)`, "s");

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
  /** Where the state is. */
  readonly state: "file" | "s3";
}

/** Terraform or OpenTofu. */
interface Terraform {
  readonly command: string;
  readonly product: "Terraform" | "OpenTofu";
  readonly version: string;
}

/** What is done, in order, by name. */
type Steps = Readonly<Record<string, () => Promise<unknown>>>;

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
  await works(scratch, [...NPM_EXEC, `--package=${tarballs[framework]}`, ...init], options);
  await works(folder, ["npm", "install", ...QUIET], options);
  return folder;
}

/** Does one after another until one fails. */
async function firstFailure(steps: Steps): Promise<Failure> {
  for (const [step, act] of Object.entries(steps)) {
    try {
      await act();
    } catch (error) {
      return { step, why: (error as Error).message };
    }
  }
  return undefined;
}

/** Runs the steps of a cell. */
async function runCell(machine: Machine, { framework, terraform, node, state }: Cell): Promise<Failure> {
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
  const failure = await firstFailure({
    install: async () => {
      const installed = await install(machine, framework, options);
      const packages = join(installed, "node_modules"); // 100,000 files
      cpSync(installed, folder, { recursive: true, filter: (path) => path !== packages });
      symlinkSync(packages, join(folder, "node_modules"));
      const environments = readFileSync("__tests__/matrix/environments.yaml", "utf8");
      const bucket = state === "s3" ? await createBucket(account) : "";
      const defaults = `defaults: { backend: { type: s3, bucket: ${bucket}, region: us-east-1 } }\n`;
      writeFileSync(
        join(folder, "environments.yaml"),
        (state === "s3" ? defaults : "") + environments.replaceAll("111122223333", account),
      );
    },
    synth: () => works(folder, ["npm", "run", "--silent", "synth"], options),
    deploy: () => supportApp("deploy", "production", "--auto-approve"),
    "second plan": async () => {
      const output = await supportApp("diff", "production");
      if (!output.includes("No changes.")) throw new Error(`Expected no changes:\n${output}`);
    },
    "deploy of what changed": async () => {
      const output = await supportApp("deploy", "--changed", "--auto-approve");
      if (!output.includes("1 environment: 1 applied already.")) throw new Error(`Expected no change:\n${output}`);
    },
    destroy: () => supportApp("destroy", "production", "--auto-approve"),
  });
  if (failure === undefined) rmSync(folder, { recursive: true });
  return failure;
}

/** What `publish` writes for the cells' environment, in a folder of its own. */
async function published(machine: Machine, node: Node): Promise<string> {
  const path = { PATH: `${node.bin}:${process.env.PATH}` };
  const options: RunOptions = { as: newAccount(), endpoint: machine.endpoint, env: path };
  const folder = await install(machine, "cdktf", options);
  const out = join(mkdtempSync(join(machine.scratch, "published-")), "modules");
  await works(folder, ["npx", "--no", "--", "support-app", "publish", "--out", out], options);
  return out;
}

/** Runs Terraform in a folder of what was published. */
function publishedTerraform(machine: Machine, { command }: Terraform): (...args: string[]) => Promise<string> {
  const env = { TF_CLI_CONFIG_FILE: machine.config };
  const options: RunOptions = { as: newAccount(), endpoint: machine.endpoint, env };
  return (folder, ...args) => works(machine.scratch, [command, `-chdir=${folder}`, ...args, "-no-color"], options);
}

/** Deploys the examples that are published, plans them again and destroys them. */
async function runModules(machine: Machine, terraform: Terraform, node: Node): Promise<Failure> {
  const run = publishedTerraform(machine, terraform);
  const folder = join(await published(machine, node), "examples");
  for (const example of ["read-only", "full"]) {
    const root = join(folder, example);
    const failure = await firstFailure({
      init: () => run(root, "init", "-input=false"),
      deploy: () => run(root, "apply", "-input=false", "-auto-approve"),
      "second plan": () => run(root, "plan", "-input=false", "-detailed-exitcode"),
      destroy: () => run(root, "destroy", "-auto-approve"),
    });
    if (failure !== undefined) return failure;
  }
  return undefined;
}

/** Runs the tests that are published. */
async function runModuleTests(machine: Machine, terraform: Terraform, node: Node): Promise<Failure> {
  const run = publishedTerraform(machine, terraform);
  const folder = await published(machine, node);
  return firstFailure({ init: () => run(folder, "init", "-input=false"), test: () => run(folder, "test") });
}

/** README's first commands on a machine that has Node.js, a shell and nothing else: each line is a use of this project. */
const BARE = {
  "a clone of this repository: `npm ci && npm run synth`": bareClone,
  "`init` of the package for CDKTF, then `npm install && npm run synth`": (machine: Machine, node: Node) =>
    bareInit(machine, node, "cdktf"),
  "`init` of the package for CDK Terrain, then the same": (machine: Machine, node: Node) =>
    bareInit(machine, node, "cdktn"),
} as const;

/** Runs a command with an empty home, and nothing to find but Node.js, npm and a shell. */
async function bareRun(folder: string, { bin }: Node, ...command: readonly string[]): Promise<string> {
  const home = join(folder, "../home");
  const path = join(folder, "../bin");
  for (const directory of [home, path]) mkdirSync(directory, { recursive: true });
  if (!existsSync(join(path, "sh"))) symlinkSync("/bin/sh", join(path, "sh"));
  const { npm_config_registry, NODE_EXTRA_CA_CERTS, HTTPS_PROXY } = process.env; // how the registry is reached from here
  const env = { PATH: `${bin}:${path}`, HOME: home, npm_config_registry, NODE_EXTRA_CA_CERTS, HTTPS_PROXY };
  const [file = "", ...args] = command;
  const { status, stdout, stderr } = spawnSync(join(bin, file), args, { cwd: folder, env, encoding: "utf8" });
  if (status !== 0) throw new Error(`${command.join(" ")} ended with ${status}:\n${stdout}${stderr}`);
  return stderr;
}

/** An empty folder in one that is empty, too. */
function bareFolder({ scratch }: Machine, name: string): string {
  const folder = join(mkdtempSync(join(scratch, "bare-")), name);
  mkdirSync(folder);
  return folder;
}

/** Synthesizes, says nothing, and has the environment. */
async function bareSynth(folder: string, node: Node): Promise<void> {
  const said = await bareRun(folder, node, "npm", "run", "--silent", "synth");
  if (!/^Wrote the Terraform of \d environments? to "cdktf\.out"\.\n$/.test(said))
    throw new Error(`Expected no warnings:\n${said}`);
  if (!existsSync(join(folder, "cdktf.out/stacks/production/cdk.tf.json"))) throw new Error("Expected a stack.");
}

/** Puts what this repository's last commit has into a folder. */
function cloneInto(folder: string): void {
  const archive = execFileSync("git", ["archive", "HEAD"], { maxBuffer: 1 << 28 });
  execFileSync("tar", ["-x", "-C", folder], { input: archive });
}

async function bareClone(machine: Machine, node: Node): Promise<Failure> {
  const folder = bareFolder(machine, "clone");
  cloneInto(folder);
  const failure = await firstFailure({
    "npm ci": () => bareRun(folder, node, "npm", "ci", ...QUIET),
    synth: () => bareSynth(folder, node),
  });
  rmSync(join(folder, ".."), { recursive: true });
  return failure;
}

async function bareInit(machine: Machine, node: Node, framework: Framework): Promise<Failure> {
  const folder = bareFolder(machine, "slack-access");
  const tarball = machine.tarballs[framework];
  const init = [packageFor(framework), "init", ".", "--account", newAccount(), "--region", "us-east-1"];
  const failure = await firstFailure({
    init: () => bareRun(folder, node, "npx", "--yes", `--package=${tarball}`, "--", ...init),
    "npm install": () => bareRun(folder, node, "npm", "install", ...QUIET),
    synth: () => bareSynth(folder, node),
  });
  rmSync(join(folder, ".."), { recursive: true });
  return failure;
}

/** A library's own command: where it is tried, and the Node.js that its package needs. */
interface OwnCommand {
  readonly what: string;
  /** In words, and as a range. */
  readonly needs: string;
  readonly nodes: string;
  readonly environment: string;
  /** What a user runs to get there, in a new folder. */
  readonly prepare: (machine: Machine, folder: string, account: string, options: RunOptions) => Promise<unknown>;
}

const QUIET = ["--silent", "--no-audit", "--no-fund", "--prefer-offline"];

const OWN_COMMANDS: Readonly<Record<Framework, OwnCommand>> = {
  cdktf: {
    what: "`npx cdktf deploy`, in a clone of this repository",
    needs: "20 or 22",
    nodes: ">=20 <23",
    environment: "staging",
    prepare: async (_, folder, account, options) => {
      cloneInto(folder);
      const file = join(folder, "environments.yaml");
      writeFileSync(file, readFileSync(file, "utf8").replace("111122223333", account));
      await works(folder, ["npm", "ci", ...QUIET], options);
    },
  },
  cdktn: {
    what: "`npx cdktn deploy`, in what `init --cdktn-cli` writes",
    needs: "22.19 or newer",
    nodes: ">=22.19",
    environment: "production",
    prepare: async ({ tarballs }, folder, account, options) => {
      const init = `-- support-app init . --cdktn-cli --account ${account}`.split(" ");
      await works(folder, [...NPM_EXEC, `--package=${tarballs.cdktn}`, ...init], options);
      await works(folder, ["npm", "install", ...QUIET], options);
    },
  },
};

/** Deploys with a library's own command, plans again and destroys. Nothing that works is printed as an error. */
async function runOwnCommand(machine: Machine, framework: Framework, node: Node): Promise<Failure> {
  const { environment, prepare } = OWN_COMMANDS[framework];
  const account = newAccount();
  const folder = mkdtempSync(join(machine.scratch, "command-"));
  const env = { PATH: `${node.bin}:${process.env.PATH}`, TF_CLI_CONFIG_FILE: machine.config };
  const options: RunOptions = { as: account, endpoint: machine.endpoint, env };
  const command = async (...args: string[]) => {
    const output = await works(folder, ["npx", "--no", "--", framework, ...args, "--skip-provider-lock"], options);
    if (output.includes("[ERROR]")) throw new Error(`Expected no error:\n${output}`);
    return output;
  };
  const failure = await firstFailure({
    install: () => prepare(machine, folder, account, options),
    deploy: () => command("deploy", environment, "--auto-approve"),
    "second plan": async () => {
      const output = await command("diff", environment);
      if (!output.includes("No changes.")) throw new Error(`Expected no changes:\n${output}`);
    },
    destroy: () => command("destroy", environment, "--auto-approve"),
  });
  if (failure === undefined) rmSync(folder, { recursive: true });
  return failure;
}

/** A table of what is tried: what a row is about, and what each of its cells runs, or says instead. */
interface Table {
  readonly header: readonly string[];
  readonly rows: readonly {
    readonly title: readonly string[];
    readonly cells: readonly (string | (() => Promise<Failure>))[];
  }[];
}

/** What came of trying. */
interface Tried {
  readonly failures: readonly Failure[];
  readonly table: string;
}

async function tryAll({ header, rows }: Table): Promise<Tried> {
  const failures: Failure[] = [];
  const printed: string[][] = [];
  for (const { title, cells } of rows) {
    const row = [...title];
    for (const cell of cells) {
      if (typeof cell === "string") {
        row.push(cell);
        continue;
      }
      const started = Date.now();
      const failure = await cell();
      const outcome = failure ? `fails: ${failure.step}` : "works";
      const seconds = ((Date.now() - started) / 1000).toFixed(1);
      console.error(`${title.join(", ")}, ${header[row.length]}: ${outcome} (${seconds} s)`);
      if (failure) console.error(failure.why);
      failures.push(failure);
      row.push(outcome);
    }
    printed.push(row);
  }
  return { failures, table: markdownTable([...header], printed) };
}

/** The libraries' own commands on each Node.js on which they can run. */
function commandsTable(machine: Machine, nodes: readonly Node[]): Table {
  const rows = FRAMEWORKS.map((framework) => {
    const { what: title, needs, nodes: supported } = OWN_COMMANDS[framework];
    const cells = nodes.map((node) =>
      semver.satisfies(node.version, supported) ? () => runOwnCommand(machine, framework, node) : `needs ${needs}`,
    );
    return { title: [title], cells };
  });
  return { header: ["command", ...nodes.map(nodeTitle)], rows };
}

/** What each Terraform is used for. */
function terraformsTable(machine: Machine, node: Node, terraforms: readonly Terraform[]): Table {
  const rows = terraforms.map((terraform) => {
    const cell = (state: Cell["state"]) => () => runCell(machine, { framework: "cdktf", terraform, node, state });
    const uses: Readonly<Record<Use, () => Promise<Failure>>> = {
      file: cell("file"),
      s3: cell("s3"),
      modules: () => runModules(machine, terraform, node),
      tests: () => runModuleTests(machine, terraform, node),
    };
    const cells = (Object.keys(uses) as Use[]).map((use) =>
      isSupported(use, terraform) ? uses[use] : `needs ${NEEDS[use][terraform.product]}`,
    );
    return { title: [`${terraform.product} ${terraform.version}`], cells };
  });
  return { header: ["Terraform or OpenTofu", "state in a file", "state in S3", "modules", "the modules' tests"], rows };
}

/** README's first commands with nothing but Node.js. */
function bareTable(machine: Machine, nodes: readonly Node[]): Table {
  const rows = Object.entries(BARE).map(([title, run]) => ({
    title: [title],
    cells: nodes.map((node) => () => run(machine, node)),
  }));
  return { header: ["with nothing else", ...nodes.map(nodeTitle)], rows };
}

/** Every pair on its library's Node.js. */
function pairsTable(
  machine: Machine,
  nodesOf: Readonly<Record<Framework, readonly Node[]>>,
  terraforms: readonly Terraform[],
): Table {
  const nodes = [...new Set(Object.values(nodesOf).flat())];
  const rows = FRAMEWORKS.flatMap((framework) =>
    terraforms.map((terraform) => ({
      title: [framework, `${terraform.product} ${terraform.version}`],
      cells: nodes.map((node) =>
        nodesOf[framework].includes(node)
          ? () => runCell(machine, { framework, terraform, node, state: "file" })
          : "each Monday",
      ),
    })),
  );
  return { header: ["library", "Terraform or OpenTofu", ...nodes.map(nodeTitle)], rows };
}

/** A Node.js. None: npm can't install it. */
function nodeOf(major: string): Node[] {
  try {
    return [nodeFromNpm(major)];
  } catch {
    console.error(`SKIPPED Node.js ${major}: npm can't install it.`);
    return [];
  }
}

/** A Terraform by its command. None: it isn't there. */
function terraformOf(command: string): Terraform[] {
  const env = { ...process.env, CHECKPOINT_DISABLE: "1", TF_CLI_CONFIG_FILE: "/dev/null" };
  const { stdout } = spawnSync(command, ["version"], { encoding: "utf8", env });
  const [, product, version = ""] = stdout?.match(/^(\S+) v(\S+)$/m) ?? [];
  return product === "Terraform" || product === "OpenTofu" ? [{ command, product, version }] : [];
}

/** Whether it is said to work with this one. */
function isSupported(use: Use, { product, version }: Terraform): boolean {
  return semver.satisfies(semver.coerce(version) ?? version, NEEDS[use][product]);
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
      for (const packageName of packages) symlinkSync(join(from, name, packageName), join(to, name, packageName));
    }
  }
  return mirrorConfig(scratch, join(scratch, "mirror"));
}

function nodeTitle({ version }: Node): string {
  return `Node.js ${version}`;
}

type Part = "pairs" | "terraforms" | "bare" | "commands";

async function main(parts: readonly Part[], isCheck: boolean): Promise<number> {
  const scratch = mkdtempSync(join(tmpdir(), "support-app-matrix-"));
  const undo: (() => void)[] = [() => rmSync(scratch, { recursive: true, force: true })];
  try {
    const terraforms = ["terraform", TOFU].flatMap(terraformOf);
    const nodes = Object.keys(NODES).flatMap(nodeOf);
    const [oldest, newest] = [nodes[0], nodes.at(-1)];
    if (oldest === undefined || newest === undefined)
      throw new MissingPrerequisite("Received no Node.js from npm, expected one. Connect to its registry.");
    const cache = resolve("node_modules/.cache/terraform-providers");
    const endpoint = await startEmulator(join(scratch, "ministack.log"), (stop) => undo.push(stop));
    process.env.AWS_ENDPOINT_URL = endpoint; // for what the end-to-end tests have
    const machine: Machine = {
      scratch,
      config: mirrorForBoth(findAwsProvider(findTerraform(), scratch, cache), scratch),
      endpoint,
      tarballs: packedForBoth(scratch),
    };
    const tables: Readonly<Record<Part, Table>> = {
      pairs: pairsTable(
        machine,
        isCheck ? { cdktf: [oldest], cdktn: [newest] } : { cdktf: nodes, cdktn: nodes },
        terraforms,
      ),
      terraforms: terraformsTable(machine, newest, [...OLDEST.flatMap(terraformOf), ...terraforms]),
      bare: bareTable(machine, nodes),
      commands: commandsTable(machine, nodes),
    };
    const failures: Failure[] = [];
    for (const part of parts) {
      const tried = await tryAll(tables[part]);
      failures.push(...tried.failures);
      console.log(tried.table);
      if (isCheck) continue;
      const page = readFileSync(PAGE, "utf8");
      writeFileSync(
        PAGE,
        page.replace(tableIn(part), () => `\n${tried.table}\n`),
      );
    }
    return failures.some((failure) => failure !== undefined) ? 1 : 0;
  } finally {
    for (const step of undo.reverse()) step();
  }
}

process.on("SIGTERM", () => {
  removeProjects();
  process.exit(143);
});
const PARTS: readonly Part[] = ["pairs", "terraforms", "bare", "commands"];
const [argument] = process.argv.slice(2);
const part = PARTS.find((candidate) => candidate === argument);
if (argument !== undefined && argument !== "--check" && part === undefined) {
  console.error(`Received ${argument}, expected --check or one of ${PARTS.join(", ")}.`);
  process.exit(2);
}
const isCheck = argument === "--check";
main(isCheck ? ["pairs"] : part === undefined ? PARTS : [part], isCheck).then(
  (status) => process.exit(status),
  (error) => {
    console.error(error instanceof MissingPrerequisite ? error.message : error);
    process.exit(error instanceof NoProvider ? 77 : 1);
  },
);
