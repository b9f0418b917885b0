import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checksum } from "../../../cli/checksum";
import { CommandError } from "../../../cli/command-error";
import { COPIES, packageOrigin } from "../../../cli/init/package-origin";

const NAME = "cdktf-support-app-access";
let scratch: string;
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), "support-app-origin-"));
});
afterEach(() => rmSync(scratch, { recursive: true }));

function write(path: string, content: unknown): void {
  const file = join(scratch, path);
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
}

/** A package that is installed below a folder, as that folder's package.json says. */
function installed(specifier: string, section = "dependencies", below = "node_modules"): string {
  write("package.json", { [section]: { [NAME]: specifier } });
  write(`${below}/${NAME}/package.json`, { name: NAME, version: "1.2.3", files: ["dist"] });
  write(`${below}/${NAME}/dist/index.js`, "");
  return join(scratch, below, NAME);
}

/** The files of a packed copy. */
function contents(content: Buffer): string[] {
  const options = { input: content, encoding: "utf8" } as const;
  return execFileSync("tar", ["-tz"], options).trim().split("\n").sort();
}

test.each([
  ["npm", "1.2.3", "dependencies", "node_modules"],
  ["npx", "^1.2.3", "dependencies", "node_modules"],
  ["npm, for development", "latest", "devDependencies", "node_modules"],
  ["pnpm", "1.2.3", "optionalDependencies", `node_modules/.pnpm/${NAME}@1.2.3/node_modules`],
])("what %s has installed from the registry needs its version, and no copy", (_, specifier, section, below) => {
  expect(packageOrigin(installed(specifier, section, below))).toEqual({ specifier: "1.2.3" });
});

test("a tarball is copied as it is, under a name that changes with its content", () => {
  const folder = installed("file:packed/any.tgz");
  write("packed/any.tgz", "one");
  const path = `vendor/${NAME}-1.2.3-${checksum("one").slice(0, 8)}.tgz`;
  expect(packageOrigin(folder)).toEqual({ specifier: `file:${path}`, copy: { path, content: Buffer.from("one") } });
  expect(path).toMatch(COPIES);
  write("packed/any.tgz", "other");
  expect(packageOrigin(folder).copy?.path).not.toBe(path);
});

test.each([
  ["Git", "git+file:///clone"],
  ["GitHub", "github:owner/name"],
  ["an address", "https://example.com/package.tgz"],
  ["a tarball that has gone", "file:gone.tgz"],
])("what came from %s is packed as it is installed", (_, specifier) => {
  const { copy } = packageOrigin(installed(specifier));
  expect(contents(copy?.content ?? Buffer.of())).toEqual(["package/dist/index.js", "package/package.json"]);
});

test("a clone is built and packed", () => {
  const scripts = { prepare: "mkdir dist && touch dist/index.js" };
  write("clone/package.json", { name: NAME, version: "1.2.3", files: ["dist"], scripts });
  write("clone/source.ts", "");
  const { specifier, copy } = packageOrigin(join(scratch, "clone"));
  expect(contents(copy?.content ?? Buffer.of())).toEqual(["package/dist/index.js", "package/package.json"]);
  expect(specifier).toBe(`file:${copy?.path}`);
});

test("a clone that can't be built is an error that says what to do, with npm's own", () => {
  const scripts = { prepare: "echo no compiler >&2; exit 1" };
  write("clone/package.json", { name: NAME, version: "1.2.3", scripts });
  const folder = join(scratch, "clone");
  expect(() => packageOrigin(folder)).toThrow(CommandError);
  expect(() => packageOrigin(folder)).toThrow(
    new RegExp(
      `^Can't pack "${folder}" for the repository: npm pack failed\\. Nothing was written\\. In a clone, run npm ci first\\.\n[^]*no compiler`,
    ),
  );
  expect(readFileSync(join(folder, "package.json"), "utf8")).toBe(
    JSON.stringify({ name: NAME, version: "1.2.3", scripts }),
  );
});
