/*
 * Builds dist, which the package publishes:
 *
 *   modules, common    the constructs, a file each, since whoever imports a class must get the same one
 *   support-app.js     the command and the stacks, with the libraries that they use
 *   clients.js         the clients of AWS and Slack, which take long to load, and which most commands don't need
 *   stacks             the entry point ./stacks
 *   *.d.ts             the types of both entry points
 *
 * No library is left to install but the framework, which an app must share with the package. bundled-packages.ts writes what is inside.
 */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { type BuildOptions, build, type Metafile, type Plugin } from "esbuild";
import { packageJson } from "../common/package-files";
import { writeBundledPackages } from "./bundled-packages";

const ROOT = resolve(__dirname, "..");
const DIST = join(ROOT, "dist");

const OPTIONS = {
  absWorkingDir: ROOT,
  bundle: true,
  platform: "node",
  target: "node20.12",
  metafile: true,
  preserveSymlinks: true, // the same paths, and so the same bytes, wherever node_modules is
  legalComments: "none", // they are in the notices
  external: Object.keys(packageJson().peerDependencies),
  logLevel: "warning",
} satisfies BuildOptions;

/** What the command takes from other files of dist. */
const otherFiles: Plugin = {
  name: "other-files",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^\.\.?\// }, ({ path, resolveDir }) => {
      const file = relative(ROOT, resolve(resolveDir, path));
      return /^(common|modules)\//.test(file) ? { path: `./${file}`, external: true } : undefined;
    });
    onResolve({ filter: /./, namespace: "clients" }, () => ({ path: "./clients", external: true }));
    onResolve({ filter: /^@aws-sdk\/(client|credential)-|^@slack\// }, ({ path }) => ({ path, namespace: "clients" }));
    onLoad({ filter: /./, namespace: "clients" }, ({ path }) => ({
      contents: `module.exports = require("./clients")[${JSON.stringify(path)}]();`,
    }));
  },
};

/** The command, which is also a file to take the stacks from. */
const COMMAND = `
if (require.main === module) require("./cli/support-app");
exports.stacks = () => require("./stacks");
`;

/** The clients that a bundle asks for. Each loads only then. */
function clientsOf({ inputs }: Metafile): string {
  const names = Object.keys(inputs).flatMap((input) =>
    input.startsWith("clients:") ? [input.slice("clients:".length)] : [],
  );
  return names
    .sort()
    .map((name) => `exports["${name}"] = () => require("${name}");`)
    .join("\n");
}

async function bundle(
  name: string,
  contents: string,
  options: Pick<BuildOptions, "plugins" | "banner"> = {},
): Promise<Metafile> {
  const stdin = { contents, resolveDir: ROOT };
  const { metafile } = await build({ ...OPTIONS, ...options, stdin, outfile: join(DIST, `${name}.js`) });
  return metafile;
}

/** The entry point of the stacks. Node.js reads the names, which it can't see otherwise, for `import`. */
async function writeStacksEntry(): Promise<void> {
  const entryPoints = ["stacks/index.ts"];
  const { metafile } = await build({ absWorkingDir: ROOT, entryPoints, format: "esm", metafile: true, write: false });
  const names = Object.values(metafile.outputs).flatMap((output) => output.exports);
  const lines = [
    'module.exports = require("../support-app.js").stacks();',
    `0 && (module.exports = { ${names.join(", ")} });`,
  ];
  writeFileSync(join(DIST, "stacks/index.js"), `${lines.join("\n")}\n`);
}

/** Removes what TypeScript wrote beside the types of the entry points and the constructs. */
function removeUnused(): void {
  const reachable = new Set<string>();
  const visit = (file: string) => {
    if (reachable.has(file)) return;
    reachable.add(file);
    for (const [, path = ""] of readFileSync(file, "utf8").matchAll(/"(\.\.?\/[^"]*)"/g)) {
      const target = join(dirname(file), path);
      visit(files.includes(`${target}.d.ts`) ? `${target}.d.ts` : join(target, "index.d.ts"));
    }
  };
  const files = readdirSync(DIST, { recursive: true, encoding: "utf8" }).map((path) => join(DIST, path));
  for (const entry of ["modules/support-app", "stacks"]) visit(join(DIST, entry, "index.d.ts"));
  for (const file of files.filter((candidate) => /\.(d\.ts|js)$/.test(candidate))) {
    const isUsed = file.endsWith(".d.ts") ? reachable.has(file) : !relative(DIST, file).startsWith("stacks/");
    if (!isUsed) rmSync(file);
  }
}

async function main(): Promise<void> {
  rmSync(DIST, { recursive: true, force: true });
  const compiler = join(ROOT, "node_modules/typescript-native/bin/tsc");
  execFileSync(process.execPath, [compiler, "--project", "tsconfig.build.json"], { cwd: ROOT, stdio: "inherit" });
  removeUnused();
  const command = await bundle("support-app", COMMAND, {
    plugins: [otherFiles],
    banner: { js: "#!/usr/bin/env node" },
  });
  const clients = await bundle("clients", clientsOf(command));
  await writeStacksEntry();
  writeBundledPackages([command, clients], ROOT, DIST);
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
