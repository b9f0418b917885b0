import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type Framework, packageFor } from "../../cli/commands/init/framework";
import { version } from "../../package.json";
import { devDependencies } from "../../packaging/cdktn.json";
import { inNamesOf } from "../../packaging/framework-names";
import { contentsOf } from "../support/changes";
import { installPacked, linkPackages, modulesWith, packedForBoth, REPOSITORY } from "../support/packed";
import { isThorough, thoroughTest } from "../support/thorough";

const BOTH: readonly Framework[] = ["cdktf", "cdktn"];

/** README's example of the constructs. */
const EXAMPLE = readFileSync("README.md", "utf8").match(/```ts\n(.*?)```/s)?.[1] ?? "";

/** The examples of the constructs' README, which are about a stack that the reader has. Its stack with a test runs in readme.test.ts. */
const CONSTRUCT_EXAMPLES = [...readFileSync("modules/support-app/README.md", "utf8").matchAll(/```ts\n(.*?)```/gs)]
  .filter(([example]) => !example.includes("support-stack"))
  .map(
    ([, example]) =>
      `import { App, TerraformStack } from "cdktf";\nconst stack = new TerraformStack(new App(), "support");\n${example}`,
  );

/** What types refuse. A compiler reports each line that they accept. */
const REFUSED = [
  'access: "admin"',
  'access: "full", without: ["view-cases"]',
  'access: "read-only", without: ["live-chat"]',
  'access: "read-only", temporarily: [{ capability: "live-chat", until: "2026-12-31" }]',
  'access: "read-only", serviceQuotasRole: "create"',
  'access: "full", adobt: true',
].map((props, index) => `// @ts-expect-error\nnew SupportAppAccess(stack, "${index}", { ${props} });\n`);

/** What a project may write, by file. */
const SOURCES: Readonly<Record<string, string>> = {
  "app.ts": EXAMPLE.replace(
    "app.synth();",
    "const capabilities: readonly string[] = watch.capabilities;\nconsole.log(capabilities.join());\napp.synth();",
  ),
  "main.ts": readFileSync("cli/commands/init/files/main.ts", "utf8"),
  "refused.ts": `import { TerraformStack, App } from "cdktf";
import { SupportAppAccess } from "cdktf-support-app-access";
const stack = new TerraformStack(new App(), "support");
${REFUSED.join("")}`,
  ...Object.fromEntries(CONSTRUCT_EXAMPLES.map((example, index) => [`example-${index}.ts`, example])),
};

const TSC = require.resolve("typescript/bin/tsc");

/** Compilers, and the settings of projects. The last two have no types of Node.js: ours need none. */
const COMPILERS: Readonly<Record<string, readonly [compiler: string, options: object]>> = {
  "cdktf init": [
    TSC,
    // The strictest of what `cdktf init --template=typescript` writes, but with all types checked. Source: cdktf-cli 0.21.0.
    {
      strict: true,
      noImplicitReturns: true,
      noUnusedLocals: true,
      noUnusedParameters: true,
      stripInternal: true,
      declaration: true,
      lib: ["es2018"],
      module: "CommonJS",
      target: "ES2018",
      skipLibCheck: false,
    },
  ],
  node16: [TSC, { strict: true, module: "node16", moduleResolution: "node16", types: [] }],
  "bundler, TypeScript 7": [
    resolve("node_modules/typescript-native/bin/tsc"),
    { strict: true, module: "preserve", moduleResolution: "bundler", types: [], noEmit: true },
  ],
};

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

/** A folder with sources, a framework and our package for it, as npm names what it has installed from its registry. Nothing else is found. */
function consumer(framework: Framework): void {
  const folder = join(scratch, framework);
  installPacked(tarballs[framework], folder, modulesWith(framework));
  linkPackages(folder, ["@types/node", "undici-types"], "node_modules"); // as `cdktf init` installs them
  for (const [file, text] of Object.entries(SOURCES)) writeFileSync(join(folder, file), inNamesOf(framework, text));
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
    expect(Object.keys(cdktf).filter((path) => /^packaging|decisions|contributing/.test(path))).toEqual([]);
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
  "the package for %s depends on no other, and names its repository, to which npm resolves README's links",
  (framework) => {
    const folder = join(scratch, framework, "node_modules", packageFor(framework));
    const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    expect(manifest).not.toHaveProperty("dependencies");
    expect(manifest).toMatchObject({
      homepage: `https://github.com/${REPOSITORY}#readme`,
      repository: { type: "git", url: `git+https://github.com/${REPOSITORY}.git` },
      bugs: { url: `https://github.com/${REPOSITORY}/issues` },
    });
  },
);

thoroughTest.each(BOTH.flatMap((framework) => Object.keys(COMPILERS).map((name) => [framework, name] as const)))(
  "with %s, README's examples and the main.ts of a new project compile with the settings of %s, and what types refuse doesn't",
  (framework, name) => {
    const [compiler = "", compilerOptions = {}] = COMPILERS[name] ?? [];
    const cwd = join(scratch, framework);
    writeFileSync(join(cwd, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["*.ts"] }));
    expect(spawnSync(process.execPath, [compiler], { cwd, encoding: "utf8" }).stdout).toBe("");
  },
);

thoroughTest(
  "importing the constructs, or the stacks, loads neither AWS's SDK nor the command's libraries, nor tools for HCL that hang beside their successors",
  () => {
    for (const entry of [packageFor("cdktf"), `${packageFor("cdktf")}/stacks`]) {
      const script = `require(${JSON.stringify(entry)}); console.log(Object.keys(require.cache).join("\\n"))`;
      const loaded = works(join(scratch, "cdktf"), ["--eval", script]);
      expect(loaded).toContain("/modules/support-app/index.js\n");
      expect(loaded.split("\n").filter((path) => /aws-sdk|smithy|commander|hcl2json|hcl-tools/.test(path))).toEqual([]);
    }
  },
);

thoroughTest(
  'README\'s example synthesizes a channel that can see cases, and no more, with "type": "module" to the same bytes',
  () => {
    const { peopleCan }: typeof import("../support/access") = require("../support/access"); // as slow to load as the framework
    const { parseTerraform }: typeof import("../support/synthesize") = require("../support/synthesize");
    expect(works(join(scratch, "cdktf"), ["app.js"])).toBe("view-cases\n");
    const synthesized = readFileSync(join(scratch, "cdktf/cdktf.out/stacks/support/cdk.tf.json"), "utf8");
    const terraform = parseTerraform(synthesized);
    expect(peopleCan(terraform, "watch")).toEqual(["see cases"]);
    expect(terraform.provider?.aws).toMatchObject({ allowed_account_ids: ["111122223333"] }); // no other is deployed to
    expect(terraform.terraform?.required_providers).toMatchObject({ aws: { version: ">= 5.100.0, < 7.0.0" } });
    expect(synthesized).not.toContain(scratch); // nor is any other path of this machine there

    const project = join(scratch, "cdktf/module");
    mkdirSync(project);
    writeFileSync(join(project, "package.json"), JSON.stringify({ type: "module" }));
    writeFileSync(join(project, "main.js"), inNamesOf("cdktf", EXAMPLE)); // without types, it is JavaScript
    works(project, ["main.js"]);
    expect(readFileSync(join(project, "cdktf.out/stacks/support/cdk.tf.json"), "utf8")).toBe(synthesized);
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
