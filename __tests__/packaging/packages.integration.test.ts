import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Framework, packageFor } from "../../cli/commands/init/framework";
import { version } from "../../package.json";
import { devDependencies } from "../../packaging/cdktn.json";
import { inNamesOf } from "../../packaging/framework-names";
import { contentsOf } from "../support/changes";
import { installPacked, modulesWith, packedForBoth, REPOSITORY } from "../support/packed";
import { isThorough, thoroughTest } from "../support/thorough";

const BOTH: readonly Framework[] = ["cdktf", "cdktn"];

let scratch: string;
let tarballs: Readonly<Record<Framework, string>>;

beforeAll(() => {
  if (!isThorough) return; // the other framework is downloaded
  scratch = mkdtempSync(join(tmpdir(), "support-app-packages-"));
  tarballs = packedForBoth(scratch);
  BOTH.forEach(consumer);
}, 300_000);

afterAll(() => {
  if (isThorough) rmSync(scratch, { recursive: true, force: true });
});

/** A folder with a framework and our package for it, as npm names what it has installed from its registry. */
function consumer(framework: Framework): void {
  const folder = join(scratch, framework);
  installPacked(tarballs[framework], folder, modulesWith(framework));
  writeFileSync(join(folder, "package.json"), JSON.stringify({ dependencies: { [packageFor(framework)]: version } }));
}

/** Runs Node.js in a consumer's folder. */
function run(folder: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  return spawnSync(process.execPath, args, { cwd: folder, env: { ...process.env, ...env }, encoding: "utf8" });
}

/** The same, expecting success. */
function works(folder: string, args: readonly string[], env?: NodeJS.ProcessEnv): string {
  const { status, stdout, stderr } = run(folder, args, env);
  expect({ args, status, stderr }).toMatchObject({ status: 0 });
  return stdout;
}

const command = (framework: Framework) =>
  join(scratch, framework, "node_modules", packageFor(framework), "dist/support-app.js");

/** Terraform's JSON without the framework's metadata. */
function withoutVersions(text: string): Readonly<Record<string, unknown>> {
  const { "//": _, ...terraform } = JSON.parse(text);
  return terraform;
}

thoroughTest("without a repository to link to, no package is made", () => {
  const args = ["--require", "ts-node/register", "packaging/packages.ts", "packed.tgz", "release"];
  const { status, stderr } = run(".", args, { GITHUB_REPOSITORY: "acme" });
  expect(status).toBe(1);
  expect(stderr).toContain("Expected OWNER/NAME in GITHUB_REPOSITORY");
});

thoroughTest(
  "the two packages have the same files, which differ in names, package.json and the framework that they load",
  () => {
    const filesOf = (framework: Framework): Record<string, string | null> =>
      contentsOf(join(scratch, framework, "node_modules", packageFor(framework)));
    const [cdktf, cdktn] = [filesOf("cdktf"), filesOf("cdktn")];
    expect(Object.keys(cdktn).sort()).toEqual(Object.keys(cdktf).sort());
    const different = Object.keys(cdktf).filter((path) => cdktf[path] !== cdktn[path]);
    expect(different.sort()).toEqual([
      "README.md",
      "cli/commands/init/files/.github/CI.md",
      "cli/commands/init/files/.github/dependabot.yml",
      "cli/commands/init/files/.github/workflows/review.yml",
      "cli/commands/init/files/.gitlab-ci.yml",
      "cli/commands/init/files/.gitlab/CI.md",
      "cli/commands/init/files/README.md",
      "cli/commands/init/files/main.ts",
      "dist/modules/support-app/aws-bindings.d.ts",
      "dist/modules/support-app/aws-bindings.js",
      "dist/modules/support-app/framework.d.ts",
      "dist/modules/support-app/framework.js",
      "docs/commands.md",
      "docs/deploying.md",
      "docs/gitlab.md",
      "docs/rules.md",
      "docs/your-repository.md",
      "modules/support-app/README.md",
      "package.json",
    ]);
    for (const path of different.filter((candidate) => candidate !== "package.json")) {
      expect(cdktn[path]).toBe(inNamesOf("cdktn", cdktf[path] ?? ""));
    }
    // What concerns both stays, and so does the way from one to the other.
    expect(cdktn["docs/frameworks.md"]).toMatch(
      /^\| the package +\| `cdktf-support-app-access` +\| `cdktn-support-app-access` +\|$/m,
    );
    expect(cdktf["docs/frameworks.md"]).toContain("\nnpx cdktn-support-app-access@latest init --upgrade\n");
    expect(JSON.parse(cdktn["package.json"] ?? "")).toMatchObject({
      name: "cdktn-support-app-access",
      version,
      bin: { "cdktn-support-app-access": "dist/support-app.js", "support-app": "dist/support-app.js" },
      peerDependencies: { "@cdktn/provider-aws": "^25.7.0", cdktn: "^0.24.0", constructs: ">=10.6.0 <10.8.0" },
      engines: { node: ">=22.11" },
    });
    expect(cdktn["package.json"]).not.toMatch(/"@?cdktf[\w/-]*": "[\d^]/);
  },
);

thoroughTest.each(BOTH)(
  "the package for %s names its repository, to which npm resolves README's links",
  (framework) => {
    const folder = join(scratch, framework, "node_modules", packageFor(framework));
    expect(JSON.parse(readFileSync(join(folder, "package.json"), "utf8"))).toMatchObject({
      homepage: `https://github.com/${REPOSITORY}#readme`,
      repository: { type: "git", url: `git+https://github.com/${REPOSITORY}.git` },
      bugs: { url: `https://github.com/${REPOSITORY}/issues` },
    });
    const pages = Object.keys(contentsOf(folder)).filter((path) => path.endsWith(".md"));
    expect(pages).toContain("README.md");
    expect(pages.filter((page) => /decisions|contributing/.test(page))).toEqual([]);
  },
);

thoroughTest("environments become the same Terraform with either framework", () => {
  const [cdktf, cdktn] = BOTH.map((framework) => {
    const folder = join(scratch, framework);
    rmSync(join(folder, "cdktf.out"), { recursive: true, force: true });
    cpSync("__tests__/fixtures/environments.yaml", join(folder, "environments.yaml"));
    const script = `require("${packageFor(framework)}/stacks").synthesize()`;
    works(folder, ["--eval", script], { SUPPORT_APP_ENVIRONMENTS: "" });
    const texts = Object.entries(contentsOf(join(folder, "cdktf.out/stacks"))).filter(([path]) =>
      path.endsWith(".json"),
    );
    return texts.map(([path, text]) => [path, withoutVersions(text ?? "")]);
  });
  expect(cdktf?.length).toBeGreaterThan(0);
  expect(cdktn).toEqual(cdktf);
});

thoroughTest("a new repository of the package for cdktn has only names and versions of cdktn", () => {
  const folder = join(scratch, "repository");
  mkdirSync(folder);
  expect(works(folder, [command("cdktn"), "init"])).toContain("With your account in environments.yaml, run: ");
  const { "package.json": manifest, ...texts } = contentsOf(folder);
  expect(JSON.parse(manifest ?? "")).toMatchObject({
    dependencies: { "cdktn-support-app-access": version },
    devDependencies,
  });
  expect(Object.values(texts).join("\n")).not.toMatch(/cdktf(-support-app-access|-cli| deploy)|@cdktf/);
});
