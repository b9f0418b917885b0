/*
 * Makes the two packages of a release, for CDKTF and for cdktn, its successor, from what `npm pack` has written:
 *
 *   GITHUB_REPOSITORY=OWNER/NAME node --require ts-node/register packaging/packages.ts TARBALL FOLDER
 *
 * Both name the repository, to which npm's website resolves README's relative links. The code is the same,
 * except for the two files that import the framework. Otherwise only names and package.json differ.
 */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { FRAMEWORKS, type Framework } from "../cli/commands/init/framework";
import cdktn from "./cdktn.json";
import { inNamesOf } from "./framework-names";

/** What names the framework, in each package its own. docs/frameworks.md names both. */
const NAMING = [
  /^dist\/modules\/support-app\/(framework|aws-bindings)\./,
  /^cli\/commands\/init\/files\/.*\.(json|md|ts|yml)$/,
  /^(modules\/support-app\/)?README\.md$/,
  /^docs\/(?!frameworks)[\w-]+\.md$/,
];

function makePackages(tarball: string, folder: string, repository: string): void {
  const unpackedFolder = mkdtempSync(join(tmpdir(), "support-app-packages-"));
  try {
    execFileSync("tar", ["-xzf", tarball, "-C", unpackedFolder, "--strip-components=1"]);
    const manifest = JSON.parse(readFileSync(join(unpackedFolder, "package.json"), "utf8"));
    mkdirSync(folder, { recursive: true });
    cpSync(join(unpackedFolder, "dist/sbom.cdx.json"), join(folder, "sbom.cdx.json"));
    for (const framework of FRAMEWORKS) {
      for (const path of readdirSync(unpackedFolder, { recursive: true, encoding: "utf8" })) {
        const file = join(unpackedFolder, path);
        if (NAMING.some((pattern) => pattern.test(path)))
          writeFileSync(file, inNamesOf(framework, readFileSync(file, "utf8")));
      }
      const content = { ...manifestFor(framework, manifest), ...repositoryFields(repository) };
      writeFileSync(join(unpackedFolder, "package.json"), `${JSON.stringify(content, null, 2)}\n`);
      execFileSync("npm", ["pack", "--silent", "--ignore-scripts", "--pack-destination", resolve(folder)], {
        cwd: unpackedFolder,
        stdio: ["ignore", "ignore", "inherit"],
      });
    }
  } finally {
    rmSync(unpackedFolder, { recursive: true });
  }
}

/** Without what only this repository needs. `init` reads the versions in devDependencies. */
function manifestFor(framework: Framework, manifests: Readonly<Record<string, object>>): object {
  const { scripts: _, workspaces: __, allowScripts: ___, ...manifest } = manifests;
  if (framework === "cdktf") return manifest;
  const ofBoth = Object.entries(manifest.devDependencies ?? {}).filter(([name]) => !/^@?cdktf/.test(name));
  return { ...manifest, ...cdktn, devDependencies: { ...Object.fromEntries(ofBoth), ...cdktn.devDependencies } };
}

/** What npm's page links to, and without which npm refuses provenance. */
function repositoryFields(repository: string): object {
  const url = `https://github.com/${repository}`;
  return {
    homepage: `${url}#readme`,
    repository: { type: "git", url: `git+${url}.git` },
    bugs: { url: `${url}/issues` },
  };
}

if (require.main === module) {
  const [tarball = "", folder = ""] = process.argv.slice(2);
  const { GITHUB_REPOSITORY = "" } = process.env;
  if (/^[\w.-]+\/[\w.-]+$/.test(GITHUB_REPOSITORY)) makePackages(tarball, folder, GITHUB_REPOSITORY);
  else throw new Error("Expected OWNER/NAME in GITHUB_REPOSITORY, the repository on GitHub that the packages name.");
}
