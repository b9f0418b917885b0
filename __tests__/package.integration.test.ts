import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { name, peerDependencies } from "../package.json";
import { inNamesOf } from "../packaging/framework-names";
import { installPacked, linkPackages, packed } from "./support/packed";
import { thoroughTest } from "./support/thorough";

/** README's example of the library, as the package for CDKTF has it. */
const EXAMPLE = inNamesOf("cdktf", readFileSync("README.md", "utf8").match(/```ts\n(.*?)```/s)?.[1] ?? "");

/** The examples of the constructs' README, which are about a stack that the reader has. */
const CONSTRUCT_EXAMPLES = [...readFileSync("modules/support-app/README.md", "utf8").matchAll(/```ts\n(.*?)```/gs)].map(
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
    // The strictest of what `cdktf init --template=typescript` writes. Source: cdktf-cli 0.21.0.
    {
      ...{ strict: true, noImplicitReturns: true, noUnusedLocals: true, noUnusedParameters: true, stripInternal: true },
      ...{ declaration: true, lib: ["es2018"], module: "CommonJS", target: "ES2018", skipLibCheck: true },
    },
  ],
  node16: [TSC, { strict: true, module: "node16", moduleResolution: "node16", types: [] }],
  "bundler, TypeScript 7": [
    resolve("node_modules/typescript-native/bin/tsc"),
    { strict: true, module: "preserve", moduleResolution: "bundler", types: [], noEmit: true },
  ],
};

let scratch: string;
let consumer: string;
/** Where the packed package is installed. */
let installed: string;

test("cdktf, its AWS provider and constructs are peers, so that a project has each only once", () => {
  expect(Object.keys(peerDependencies).sort()).toEqual(["@cdktf/provider-aws", "cdktf", "constructs"]);
  // Development tools and CDKTF's command may have others below them.
  const {
    packages,
  }: Record<string, Record<string, { dev?: boolean; optional?: boolean }>> = JSON.parse(
    readFileSync("package-lock.json", "utf8"),
  );
  const ofProject = Object.entries(packages ?? {}).filter(
    ([path, { dev, optional }]) => !(dev || optional) || !path.includes("/node_modules/"),
  );
  for (const peer of Object.keys(peerDependencies)) {
    const copies = ofProject.map(([path]) => path).filter((path) => path.endsWith(`node_modules/${peer}`));
    expect(copies).toEqual([`node_modules/${peer}`]);
  }
});

describe("the packed package", () => {
  beforeAll(() => {
    scratch = mkdtempSync(join(tmpdir(), "support-app-consumer-"));
    consumer = join(scratch, "consumer");
    // Nothing else is found than what the package says that it needs. __tests__/e2e/init.e2e.ts lets npm install it.
    installed = installPacked(packed(scratch), consumer);
    linkPackages(consumer, ["@types/node", "undici-types"], "node_modules"); // as `cdktf init` installs them
    for (const [file, text] of Object.entries(SOURCES)) writeFileSync(join(consumer, file), text);
  }, 300_000);

  afterAll(() => rmSync(scratch, { recursive: true, force: true }));

  // That it brings its command, which publishes and deploys, is what `npm run matrix` shows.
  thoroughTest("brings neither CDKTF's command nor what only this repository needs", () => {
    const brought = JSON.parse(readFileSync(join(installed, "package.json"), "utf8"));
    const dependencies = { ...brought.dependencies, ...brought.optionalDependencies, ...brought.peerDependencies };
    expect(Object.keys(dependencies).filter((name) => name.endsWith("-cli"))).toEqual([]);
    expect(readdirSync(installed)).not.toContain("packaging");
  });

  thoroughTest(
    "importing the constructs, or the stacks, loads neither AWS's SDK nor the command's libraries, nor tools for HCL that hang beside their successors",
    () => {
      for (const entry of [name, `${name}/stacks`]) {
        const script = `require(${JSON.stringify(entry)}); console.log(Object.keys(require.cache).join("\\n"))`;
        const loaded = execFileSync(process.execPath, ["--eval", script], { cwd: consumer, encoding: "utf8" });
        expect(loaded).toContain("/modules/support-app/index.js\n");
        expect(loaded.split("\n").filter((path) => /aws-sdk|smithy|commander|hcl2json|hcl-tools/.test(path))).toEqual(
          [],
        );
      }
    },
  );

  thoroughTest.each(Object.entries(COMPILERS))(
    "README's examples and the main.ts of a new project compile with the settings of %s, and what types refuse doesn't",
    (_, [compiler, compilerOptions]) => {
      writeFileSync(join(consumer, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["**/*.ts"] }));
      expect(spawnSync(process.execPath, [compiler], { cwd: consumer, encoding: "utf8" }).stdout).toBe("");
    },
  );

  thoroughTest("README's example synthesizes a channel that can see cases, and no more", async () => {
    const { peopleCan }: typeof import("./support/access") = require("./support/access"); // as slow to load as the framework
    const { parseTerraform }: typeof import("./support/synthesize") = require("./support/synthesize");
    expect(execFileSync(process.execPath, ["app.js"], { cwd: consumer, encoding: "utf8" })).toBe("view-cases\n");
    const synthesized = readFileSync(join(consumer, "cdktf.out/stacks/support/cdk.tf.json"), "utf8");
    const terraform = await parseTerraform(synthesized, "json");
    expect(peopleCan(terraform, "watch")).toEqual(["see cases"]);
    expect(terraform.provider?.aws).toMatchObject({ allowed_account_ids: ["111122223333"] }); // no other is deployed to
    expect(terraform.terraform?.required_providers).toMatchObject({ aws: { version: ">= 5.100.0, < 7.0.0" } });
    expect(synthesized).not.toContain(consumer); // nor is any other path of this machine there
  });

  thoroughTest('README\'s example works as it is with "type": "module", to the same bytes', () => {
    const project = join(consumer, "module");
    mkdirSync(project);
    writeFileSync(join(project, "package.json"), JSON.stringify({ type: "module" }));
    writeFileSync(join(project, "main.js"), EXAMPLE); // without types, it is JavaScript
    execFileSync(process.execPath, ["main.js"], { cwd: project });
    const [fromModule, fromCommonJs] = [project, consumer].map((folder) =>
      readFileSync(join(folder, "cdktf.out/stacks/support/cdk.tf.json"), "utf8"),
    );
    expect(fromModule).toBe(fromCommonJs);
  });
});
