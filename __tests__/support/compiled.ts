import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import { transformFileSync } from "@swc/core";

const ROOT = resolve(__dirname, "../..");
const EXAMPLES = ["library", "own-stack", "environments"].map((name) => `examples/${name}/main.ts`);
const BENCH = ["bare", "environments", "read"].map((name) => `__tests__/bench/${name}.ts`);
const SOURCES = ["main.ts", "common", "modules", "stacks", "cli", "__tests__/disk/worker.ts", ...EXAMPLES, ...BENCH];

/** Where a process of its own runs a source file: compiled in this run of the tests, in the layout of the published package. */
export function compiled(source: string): string {
  const { COMPILED_SOURCES: folder } = process.env;
  if (folder === undefined) throw new Error("Received no COMPILED_SOURCES, expected that setup.ts has set it.");
  if (!existsSync(folder)) compileInto(folder);
  return join(folder, "dist", source.replace(/\.ts$/, ".js"));
}

/** Other workers may do the same: the first one's is kept. */
function compileInto(folder: string): void {
  const temporaryFolder = mkdtempSync(`${folder}-`);
  for (const name of ["package.json", "LICENSE", "cli", "stacks", "terraform", "node_modules"])
    symlinkSync(join(ROOT, name), join(temporaryFolder, name));
  for (const path of SOURCES.flatMap(filesOf)) {
    const target = join(temporaryFolder, "dist", path);
    mkdirSync(dirname(target), { recursive: true });
    if (!path.endsWith(".ts")) copyFileSync(join(ROOT, path), target);
    else writeFileSync(target.replace(/ts$/, "js"), javascriptOf(join(ROOT, path)));
  }
  try {
    renameSync(temporaryFolder, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
    rmSync(temporaryFolder, { recursive: true });
  }
}

function filesOf(path: string): string[] {
  if (path.endsWith(".ts")) return [path];
  const entries = readdirSync(join(ROOT, path), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return files.map((file) => file.slice(ROOT.length + 1));
}

function javascriptOf(file: string): string {
  const { code } = transformFileSync(file, {
    swcrc: false,
    jsc: { parser: { syntax: "typescript" }, target: "es2022" },
    module: { type: "commonjs" },
  });
  return code;
}
