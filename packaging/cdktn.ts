/*
 * Makes the package for cdktn, CDKTF's successor, from the packed one for CDKTF, and writes it to the same folder:
 *
 *   node --require ts-node/register packaging/cdktn.ts FOLDER/cdktf-support-app-access-1.2.0.tgz
 *
 * The code is the same, except for the two files that import the framework. Otherwise only names and package.json
 * differ.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { inNamesOf } from "../cli/init/framework";
import cdktn from "./cdktn.json";

/** Files that name the framework. */
const FILES = [
  "dist/modules/support-app/framework.js",
  "dist/modules/support-app/framework.d.ts",
  "dist/modules/support-app/aws-bindings.js",
  "dist/modules/support-app/aws-bindings.d.ts",
  "README.md",
  "modules/support-app/README.md",
];
/** Pages that name it, other than those about both. Decisions are about both, too. */
const PAGES = "docs";
const ABOUT_BOTH = ["frameworks.md", "releasing.md"];
const INIT_FILES = "dist/cli/init/files";

const [tarball] = process.argv.slice(2);
if (tarball === undefined) throw new Error("Received no tarball, expected one that npm has packed.");
const folder = mkdtempSync(join(tmpdir(), "support-app-cdktn-"));
try {
  execFileSync("tar", ["-xzf", tarball, "-C", folder, "--strip-components=1"]);
  const initFiles = readdirSync(join(folder, INIT_FILES), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const pages = readdirSync(join(folder, PAGES)).filter((name) => name.endsWith(".md") && !ABOUT_BOTH.includes(name));
  const paths = [...FILES, ...pages.map((name) => join(PAGES, name))];
  for (const file of [...paths.map((path) => join(folder, path)), ...initFiles]) {
    writeFileSync(file, inNamesOf("cdktn", readFileSync(file, "utf8")));
  }
  const manifest = join(folder, "package.json");
  const { devDependencies, ...cdktf } = JSON.parse(readFileSync(manifest, "utf8"));
  const others = Object.fromEntries(Object.entries(devDependencies).filter(([name]) => !/^@?cdktf/.test(name)));
  const content = { ...cdktf, ...cdktn, devDependencies: { ...others, ...cdktn.devDependencies } };
  writeFileSync(manifest, `${JSON.stringify(content, null, 2)}\n`);
  execFileSync("npm", ["pack", "--silent", "--ignore-scripts", "--pack-destination", resolve(dirname(tarball))], {
    cwd: folder,
    stdio: ["ignore", "ignore", "inherit"],
  });
} finally {
  rmSync(folder, { recursive: true });
}
