import childProcess, { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packageOrigin } from "../../../../cli/commands/init/package-origin";
import { CommandError } from "../../../../cli/terminal/command-error";
import { checksum } from "../../../../common/checksum";
import { folderInTests } from "../../../support/folder";

const NAME = "cdktf-support-app-access";
const scratch = folderInTests();

function write(path: string, content: unknown): void {
  const file = scratch(path);
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
}

/** A package that is installed below a folder, as that folder's package.json says. */
function installed(specifier: string, section = "dependencies", parentFolder = "node_modules"): string {
  write("package.json", { [section]: { [NAME]: specifier } });
  write(`${parentFolder}/${NAME}/package.json`, { name: NAME, version: "1.2.3", files: ["dist"] });
  write(`${parentFolder}/${NAME}/dist/index.js`, "");
  return scratch(parentFolder, NAME);
}

/** The files of a packed copy, and its package.json. */
function contents(content: Buffer): { readonly files: readonly string[]; readonly manifest: object } {
  const tar = (...args: string[]) => execFileSync("tar", args, { input: content, encoding: "utf8" });
  return { files: tar("-tz").trim().split("\n").sort(), manifest: JSON.parse(tar("-xzO", "package/package.json")) };
}

/** A clone of the package, which is built by a script. */
function clone(prepare: string): string {
  const manifest = { name: NAME, version: "1.2.3", files: ["dist"], scripts: { prepare }, workspaces: ["other"] };
  write("clone/package.json", manifest);
  write("clone/source.ts", "");
  return scratch("clone");
}

test.each([
  ["npm", "1.2.3", "dependencies", "node_modules"],
  ["npx", "^1.2.3", "dependencies", "node_modules"],
  ["npm, for development", "latest", "devDependencies", "node_modules"],
  ["pnpm", "1.2.3", "optionalDependencies", `node_modules/.pnpm/${NAME}@1.2.3/node_modules`],
  ["pnpm, by its catalog", "catalog:", "dependencies", "node_modules"],
  ["npm, by another name", `npm:${NAME}@1.2.3`, "dependencies", "node_modules"],
])("what %s has installed from the registry needs its version, and no copy", (_, specifier, section, parentFolder) => {
  expect(packageOrigin(installed(specifier, section, parentFolder))).toEqual({ specifier: "1.2.3" });
});

test("in a workspace, the package is installed above, and the working directory names it", () => {
  write("node_modules/.keep", "");
  const folder = installed("1.2.3");
  write("package.json", { workspaces: ["access"] });
  write("access/package.json", { dependencies: { [NAME]: "1.2.3" } });
  expect(packageOrigin(folder, scratch("access"))).toEqual({ specifier: "1.2.3" });
});

test("a repository keeps its packed copy as it is", () => {
  const path = `vendor/${NAME}-1.2.3-${checksum("packed").slice(0, 8)}.tgz`;
  const folder = installed(`file:${path}`);
  write(path, "packed");
  expect(packageOrigin(folder)).toEqual({ specifier: `file:${path}`, copy: { path, content: Buffer.from("packed") } });
});

test.each([
  ["Git", "git+file:///clone"],
  ["a tarball", "file:../any.tgz"],
  ["a copy that has gone", `file:vendor/${NAME}-1.2.3-00000000.tgz`],
])("what came from %s is packed as it is installed, without building it", (_, specifier) => {
  const folder = installed(specifier);
  write(`node_modules/${NAME}/package.json`, { name: NAME, version: "1.2.3", scripts: { prepare: "mkdir -p dist" } });
  rmSync(join(folder, "dist"), { recursive: true });
  write("elsewhere/package.json", { dependencies: { [NAME]: "1.2.3" } }); // the nearest one counts
  expect(() => packageOrigin(folder, scratch("elsewhere"))).toThrow(
    new CommandError(
      "Can't pack this package for the repository: it has no folder dist, which npm ci builds. Nothing was written. In a clone, run npm ci first.",
    ),
  );
});

test("a clone is built and packed, whatever npm's settings are, without what only a clone needs", () => {
  const folder = clone("mkdir -p dist && touch dist/index.js");
  write("clone/.npmrc", "ignore-scripts=true\n");
  const { specifier, copy: { path, content } = { path: "", content: Buffer.of() } } = packageOrigin(folder);
  expect(contents(content)).toEqual({
    files: ["package/dist/index.js", "package/package.json"],
    manifest: { name: NAME, version: "1.2.3", files: ["dist"] },
  });
  const sum = checksum(content).slice(0, 8); // npm wouldn't install another file of the same name
  expect([specifier, path]).toEqual([`file:${path}`, `vendor/${NAME}-1.2.3-${sum}.tgz`]);
});

test("a clone that can't be built is an error that says what to do, and leaves nothing behind", () => {
  const npm = jest.spyOn(childProcess, "execFileSync").mockImplementation(() => {
    throw new Error("Command failed: npm run prepare");
  });
  expect(() => packageOrigin(clone("exit 1"))).toThrow(
    new CommandError(
      "Can't pack this package for the repository: Command failed: npm run prepare. Nothing was written. In a clone, run npm ci first.",
    ),
  );
  npm.mockRestore();
  expect(readdirSync(tmpdir()).filter((name) => name.startsWith("support-app-pack-"))).toEqual([]);
});
