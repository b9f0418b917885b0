import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type Framework, inNamesOf, packageFor } from "../../cli/commands/init/framework";
import { version } from "../../package.json";
import { devDependencies } from "../../packaging/cdktn.json";
import { linkedFile } from "../../packaging/links";
import { anchors, links } from "../docs/pages";
import { contentsOf } from "../support/changes";
import { installPacked, linkPackages, modulesWith, packedForBoth, REPOSITORY } from "../support/packed";
import { isThorough, thoroughTest } from "../support/thorough";

const BOTH: readonly Framework[] = ["cdktf", "cdktn"];
const other = (framework: Framework): Framework => (framework === "cdktf" ? "cdktn" : "cdktf");

/** What runs a repository's main.ts, and compiles a consumer. */
const TOOLS = ["@swc/core", "@types/node", "ts-node", "typescript"];

let scratch: string;
let tarballs: Readonly<Record<Framework, string>>;

beforeAll(() => {
  if (!isThorough) return; // the other framework is downloaded
  scratch = mkdtempSync(join(tmpdir(), "support-app-packages-"));
  tarballs = packedForBoth(scratch);
  for (const framework of BOTH) consumer(framework, [framework], [framework]);
}, 300_000);

afterAll(() => {
  if (isThorough) rmSync(scratch, { recursive: true, force: true });
});

/** A folder with our packages for some frameworks, and with some frameworks. */
function consumer(name: string, ours: readonly Framework[], frameworks: readonly Framework[]): string {
  const folder = join(scratch, name);
  for (const framework of ours) {
    installPacked(tarballs[framework], folder, modulesWith(framework));
  }
  // As npm names what it has installed from its registry.
  const dependencies = Object.fromEntries(ours.map((framework) => [packageFor(framework), version]));
  writeFileSync(join(folder, "package.json"), JSON.stringify({ dependencies }));
  for (const framework of BOTH.filter((one) => !frameworks.includes(one))) {
    for (const path of [framework, `@${framework}`])
      rmSync(join(folder, "node_modules", path), { recursive: true, force: true });
  }
  for (const framework of frameworks.filter((one) => !ours.includes(one))) {
    linkPackages(folder, [framework, `@${framework}/provider-aws`], modulesWith(framework));
  }
  return folder;
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
  join(scratch, framework, "node_modules", packageFor(framework), "dist/cli/support-app.js");

/** Terraform's JSON without the framework's metadata. */
function withoutVersions(text: string): Readonly<Record<string, unknown>> {
  const { "//": _, ...terraform } = JSON.parse(text);
  return terraform;
}

test.each(["", "acme", "acme/slack/access", "https://github.com/acme/slack-access"])(
  "without a repository to link to, no package is made: %p",
  (repository) => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ["--require", "ts-node/register", "packaging/packages.ts", "packed.tgz", "release"],
      { env: { ...process.env, GITHUB_REPOSITORY: repository }, encoding: "utf8" },
    );
    expect({ status, stdout, stderr }).toEqual({
      status: 1,
      stdout: "",
      stderr: `Received GITHUB_REPOSITORY="${repository}", expected OWNER/NAME, the repository on GitHub that the packages link to.\n`,
    });
  },
);

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
      "dist/cli/commands/init/files/.github/workflows/review.yml",
      "dist/cli/commands/init/files/README.md",
      "dist/cli/commands/init/files/main.ts",
      "dist/modules/support-app/aws-bindings.d.ts",
      "dist/modules/support-app/aws-bindings.js",
      "dist/modules/support-app/framework.d.ts",
      "dist/modules/support-app/framework.js",
      "docs/commands.md",
      "docs/deploying.md",
      "docs/rules.md",
      "docs/your-repository.md",
      "modules/support-app/README.md",
      "package.json",
    ]);
    const withoutRepository = (text: string | null = "") => text?.replaceAll(REPOSITORY, "") ?? "";
    for (const path of different.filter((one) => one !== "package.json")) {
      expect(withoutRepository(cdktn[path])).toBe(inNamesOf("cdktn", withoutRepository(cdktf[path])));
    }
    // What concerns both stays, and so does the way from one to the other.
    expect(cdktn["docs/frameworks.md"]).toMatch(
      /^\| the package +\| `cdktf-support-app-access` +\| `cdktn-support-app-access` +\|$/m,
    );
    expect(cdktf["docs/frameworks.md"]).toContain(
      "\nnpx cdktn-support-app-access@latest init --upgrade --framework cdktn\n",
    );
    expect(JSON.parse(cdktn["package.json"] ?? "")).toMatchObject({
      name: "cdktn-support-app-access",
      version,
      bin: { "cdktn-support-app-access": "dist/cli/support-app.js", "support-app": "dist/cli/support-app.js" },
      peerDependencies: { "@cdktn/provider-aws": "^25.7.0", cdktn: "^0.24.0", constructs: ">=10.6.0 <10.8.0" },
      engines: { node: ">=22.11" },
    });
    expect(cdktn["package.json"]).not.toMatch(/"@?cdktf[\w/-]*": "[\d^]/);
  },
);

thoroughTest.each(BOTH)(
  "the package for %s names its repository, and every link on its pages can be followed: README's on npm's website, the others' also in the package",
  (framework) => {
    const folder = join(scratch, framework, "node_modules", packageFor(framework));
    expect(JSON.parse(readFileSync(join(folder, "package.json"), "utf8"))).toMatchObject({
      homepage: `https://github.com/${REPOSITORY}#readme`,
      repository: { type: "git", url: `git+https://github.com/${REPOSITORY}.git` },
      bugs: { url: `https://github.com/${REPOSITORY}/issues` },
    });
    const pages = Object.keys(contentsOf(folder)).filter((path) => path.endsWith(".md") && !path.startsWith("dist/"));
    expect(pages).toContain("README.md");
    expect(pages.filter((page) => /decisions|mutation|releasing/.test(page))).toEqual([]);
    const deadEnds = pages.flatMap((page) =>
      links(join(folder, page))
        .filter((link) => {
          if (link.startsWith("#")) return !anchors(join(folder, page)).includes(link.slice(1));
          const file = linkedFile(page, link);
          return file !== undefined && (page === "README.md" || !existsSync(join(folder, file)));
        })
        .map((link) => `${page}: ${link}`),
    );
    expect(deadEnds).toEqual([]);
    const readme = links(join(folder, "README.md"));
    expect(readme).toContain(`https://github.com/${REPOSITORY}/blob/v${version}/docs/deploying.md#credentials`);
    expect(readme).toContain(`https://raw.githubusercontent.com/${REPOSITORY}/v${version}/docs/images/access-page.png`);
  },
);

thoroughTest(
  "README's example compiles with --strict and makes the same Terraform with either, but for the provider's release",
  () => {
    const written = BOTH.map((framework) => {
      const folder = join(scratch, framework);
      const readme = readFileSync(join(folder, "node_modules", packageFor(framework), "README.md"), "utf8");
      writeFileSync(join(folder, "app.ts"), readme.match(/```ts\n(.*?)```/s)?.[1] ?? "");
      expect(readFileSync(join(folder, "app.ts"), "utf8")).toContain(`from "${framework}"`);
      expect(works(folder, [require.resolve("typescript/bin/tsc"), "--strict", "app.ts"])).toBe("");
      works(folder, ["app.js"]);
      // Its provider has the release of the bindings, and its backend is in this folder.
      const { terraform, ...rest } = withoutVersions(
        readFileSync(join(folder, "cdktf.out/stacks/support/cdk.tf.json"), "utf8"),
      );
      expect(terraform).toMatchObject({
        required_providers: { aws: { version: framework === "cdktf" ? "6.25.0" : "6.66.0" } },
      });
      return rest;
    });
    expect(written[1]).toEqual(written[0]);
  },
);

thoroughTest.each(["json", "hcl"])("environments become the same Terraform with either framework: %s", (notation) => {
  const written = BOTH.map((framework) => {
    const folder = join(scratch, framework);
    rmSync(join(folder, "cdktf.out"), { recursive: true, force: true });
    cpSync("__tests__/fixtures/environments.yaml", join(folder, "environments.yaml"));
    const script = `require("${packageFor(framework)}/stacks").synthesize()`;
    works(folder, ["--eval", script], { SYNTH_HCL_OUTPUT: String(notation === "hcl"), SUPPORT_APP_ENVIRONMENTS: "" });
    const stacks = join(folder, "cdktf.out/stacks");
    return readdirSync(stacks).map((name) => {
      if (notation === "hcl") return readFileSync(join(stacks, name, "cdk.tf"), "utf8");
      return withoutVersions(readFileSync(join(stacks, name, "cdk.tf.json"), "utf8"));
    });
  });
  expect(written[0]?.length).toBeGreaterThan(0);
  expect(written[1]).toEqual(written[0]);
});

describe("a user's repository", () => {
  const repository = () => join(scratch, "repository");
  const init = (framework: Framework, ...args: string[]) => run(repository(), [command(framework), "init", ...args]);

  beforeEach(() => {
    if (isThorough) mkdirSync(repository());
  });
  afterEach(() => {
    if (isThorough) rmSync(repository(), { recursive: true });
  });

  /** Its text files, and its package.json as npm reads it. */
  function files(): Record<string, unknown> {
    const { "package.json": manifest, ...texts } = contentsOf(repository());
    return { ...texts, "package.json": JSON.parse(manifest ?? "") };
  }

  /** What its main.ts makes, with the packages of that framework installed. */
  function synthesized(framework: Framework): unknown {
    const modules = join(repository(), "node_modules");
    cpSync(join(scratch, framework, "node_modules"), modules, { recursive: true, verbatimSymlinks: true });
    linkPackages(repository(), TOOLS, "node_modules");
    works(repository(), ["--require", "ts-node/register", "main.ts"]);
    const text = readFileSync(join(repository(), "cdktf.out/stacks/production/cdk.tf.json"), "utf8");
    for (const made of [modules, join(repository(), "cdktf.out")]) rmSync(made, { recursive: true });
    return withoutVersions(text);
  }

  thoroughTest("is written for cdktn by the package for cdktn, with the versions that it supports", () => {
    expect(init("cdktn").stdout).toContain("Put your account into environments.yaml");
    const content = JSON.parse(readFileSync(join(repository(), "package.json"), "utf8"));
    expect(content.dependencies).toEqual({
      "@cdktn/provider-aws": devDependencies["@cdktn/provider-aws"],
      cdktn: devDependencies.cdktn,
      "cdktn-support-app-access": version,
      constructs: devDependencies.constructs,
    });
    expect(Object.keys(content.devDependencies)).toEqual(["@types/node", "ts-node", "typescript"]);
    expect(Object.values(files()).join("\n")).not.toMatch(/cdktf(-support-app-access|-cli| deploy)|@cdktf/);
    expect(synthesized("cdktn")).toMatchObject({ resource: { aws_iam_role: { read_only: {} } } });
  });

  thoroughTest.each(BOTH)(
    "moves from %s to the other one and back with one command each, and makes the same Terraform",
    (from) => {
      const to = other(from);
      init(from);
      const main = join(repository(), "main.ts");
      writeFileSync(
        main,
        `import { CloudwatchLogGroup } from "@${from}/provider-aws/lib/cloudwatch-log-group";
import { Fn } from '${from}';
import { synthesize } from "${packageFor(from)}/stacks";

// As in cdktf.json: what is said of ${from} stays.
synthesize((stack) => void new CloudwatchLogGroup(stack, "log", { name: Fn.lower("Support") }));
`,
      );
      const before = files();
      const terraform = synthesized(from);

      const refused = init(to, "--upgrade");
      expect(refused.status).toBe(1);
      expect(refused.stderr).toBe(
        `Received a repository that depends on ${packageFor(from)}, expected a repository that depends on ${packageFor(to)}, which is running. To move it from ${from} to ${to}, add --framework ${to}. To stay with ${from}, run ${packageFor(from)}.\n`,
      );
      expect(files()).toEqual(before);
      const checked = init(to, "--check", "--framework", to);
      expect(checked.status).toBe(1);
      expect(checked.stderr).toContain(`main.ts: names packages of ${from}\n`);
      expect(files()).toEqual(before);

      const { status, stdout } = init(to, "--upgrade", "--framework", to);
      expect(status).toBe(0);
      for (const line of [
        ".github/workflows/review.yml: rewritten",
        "environments.yaml: now names the packages of",
        "main.ts: now names the packages of",
        `package.json: dependencies no longer has ${packageFor(from)}`,
        `package.json: dependencies now has ${packageFor(to)} ${version}`,
        `Moved from ${from} to ${to}.`,
        "Review the changes, then run: npm install && npm run synth",
      ]) {
        expect(stdout).toContain(line);
      }
      expect(readFileSync(main, "utf8")).toContain(
        `from '${to}';\nimport { synthesize } from "${packageFor(to)}/stacks";`,
      );
      expect(readFileSync(main, "utf8")).toContain(`what is said of ${from} stays`);
      expect(synthesized(to)).toEqual(terraform);
      expect(init(to, "--check").stdout).toBe(`Everything is as version ${version} writes it.\n`);

      expect(init(from, "--upgrade", "--framework", from).status).toBe(0);
      expect(files()).toEqual(before);
      expect(synthesized(from)).toEqual(terraform);
    },
  );

  thoroughTest.each(BOTH)("for the other framework names the package to install: %s", (framework) => {
    const asked = other(framework);
    const { status, stderr } = init(framework, "--framework", asked);
    expect(status).toBe(2);
    expect(stderr).toBe(
      `Received --framework ${asked}, expected ${framework}, which ${packageFor(framework)} is for. Run the same command of ${packageFor(asked)} ${version}, from npm or its tarball.\n`,
    );
    expect(files).toThrow();
  });
});

describe("a project with the other framework", () => {
  thoroughTest.each(BOTH)("alone gets the name of the framework that ours for %s needs", (framework) => {
    const folder = consumer(`without-${framework}`, [framework], [other(framework)]);
    const sentence = `${framework} isn't installed. Run: npm install ${framework}`;
    for (const entry of [packageFor(framework), `${packageFor(framework)}/stacks`]) {
      const { status, stderr } = run(folder, ["--eval", `require("${entry}")`]);
      expect(status).toBe(1);
      expect(stderr).toContain(sentence);
      expect(stderr).not.toMatch(/^ +at /m);
    }
    const installed = join(folder, "node_modules", packageFor(framework), "dist/cli/support-app.js");
    const environments = { SUPPORT_APP_ENVIRONMENTS: resolve("__tests__/fixtures/environments.yaml") };
    const publish = () => run(folder, [installed, "publish", "--out", "out"], environments); // which makes Terraform
    expect(publish()).toMatchObject({ status: 1, stdout: "", stderr: `${sentence}\n` });
  });

  thoroughTest.each(BOTH)(
    "next to the framework of our package for %s gets the place where the two are mixed",
    (framework) => {
      const asked = other(framework);
      const folder = consumer(`mixed-${framework}`, [framework], BOTH);
      // What the other framework needs has to be the same as what ours needs, as npm would have it.
      const errorOf = (script: string) => run(folder, ["--eval", script], { SUPPORT_APP_ENVIRONMENTS: "" }).stderr;
      const construct = (name: string, props: object) =>
        errorOf(`const { App, TerraformStack } = require("${asked}");
const ours = require("${packageFor(framework)}");
new ours.${name}(new TerraformStack(new App(), "support"), "it", ${JSON.stringify(props)});`);
      for (const [name, props] of Object.entries({
        SupportAppAccess: { access: "full" },
        SlackWorkspace: { workspace: "T012ABCDEFG" },
        AccountAlias: { alias: "a" },
      })) {
        expect(construct(name, props)).toContain(
          `${name} "support/it", scope: received a stack of ${asked}, expected one of ${framework}, which ${packageFor(framework)} supports. Install ${packageFor(asked)} and import that instead, or create the stack with ${framework}.\n`,
        );
      }
      writeFileSync(
        join(folder, "environments.yaml"),
        'environments: { test: { account: "111122223333", region: us-east-1, read-only: {} } }',
      );
      const added = errorOf(`const { CloudwatchLogGroup } = require("@${asked}/provider-aws/lib/cloudwatch-log-group");
require("${packageFor(framework)}/stacks").synthesize((stack) => void new CloudwatchLogGroup(stack, "log", {}));`);
      expect(added).toContain(
        `Received "test/log" of ${asked}, expected resources of ${framework}. Import it from @${framework}/provider-aws, or from another package for ${framework}.\n`,
      );
    },
  );
});
