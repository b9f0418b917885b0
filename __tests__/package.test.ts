import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { bin, dependencies, name, peerDependencies, version } from "../package.json";
import { peopleCan } from "./support/access";
import { installPacked, linkPackages, packed } from "./support/packed";
import { parseTerraform } from "./support/synthesize";
import { thoroughTest } from "./support/thorough";

/** README's example of the library. */
const EXAMPLE = readFileSync("README.md", "utf8").match(/```ts\n(.*?)```/s)?.[1] ?? "";
const CONSUMER = EXAMPLE.replace(
  "app.synth();",
  `const capabilities: readonly Capability[] = watch.capabilities;
console.log(capabilities.join());
app.synth();`,
).replace("{ SupportAppAccess }", "{ type Capability, SupportAppAccess }");

/** The examples of the constructs' README, which are about a stack that the reader has. */
const CONSTRUCT_EXAMPLES = [...readFileSync("modules/support-app/README.md", "utf8").matchAll(/```ts\n(.*?)```/gs)].map(
  ([, example]) =>
    `import { App, TerraformStack } from "cdktf";\nconst stack = new TerraformStack(new App(), "support");\n${example}`,
);

/** What a project may write. */
const ACCEPTED: Readonly<Record<string, string>> = {
  "app.ts": CONSUMER,
  "main.ts": readFileSync("cli/commands/init/files/main.ts", "utf8"),
  ...Object.fromEntries(CONSTRUCT_EXAMPLES.map((example, index) => [`example-${index}.ts`, example])),
};

/** What a project may write that has it wrong, by file, and what is said of it. */
const REFUSED: Readonly<Record<string, [string, string]>> = {
  "access.ts": ['access: "admin"', "error TS2322: Type '\"admin\"' is not assignable to type '"],
  "without.ts": [
    'access: "full", without: ["view-cases"]',
    "Type '\"view-cases\"' is not assignable to type 'OptionalCapability'.",
  ],
  "read-only-without.ts": [
    'access: "read-only", without: ["live-chat"]',
    "'\"live-chat\"[]' is not assignable to type 'readonly OptionalCapability[] & OnlyWithFullAccess'.",
  ],
  "read-only-temporarily.ts": [
    'access: "read-only", temporarily: [{ capability: "live-chat", until: "2026-12-31" }]',
    "is not assignable to type 'readonly TemporaryCapability[] & OnlyWithFullAccess'.",
  ],
  "read-only-service-quotas-role.ts": [
    'access: "read-only", serviceQuotasRole: "create"',
    "Type '\"create\"' is not assignable to type '(ServiceQuotasRoleMode & OnlyWithFullAccess) | undefined'.",
  ],
  "adobt.ts": [
    'access: "full", adobt: true',
    "'adobt' does not exist in type 'FullAccessProps'. Did you mean to write 'adopt'?",
  ],
};

const TSC = require.resolve("typescript/bin/tsc");

/** Compilers, and the settings of projects. The last two have no types of Node.js: ours need none. */
const COMPILERS: Readonly<Record<string, readonly [compiler: string, options: object]>> = {
  "cdktf init": [
    TSC,
    // What `cdktf init --template=typescript` writes. Source: cdktf-cli 0.21.0.
    {
      alwaysStrict: true,
      declaration: true,
      experimentalDecorators: true,
      inlineSourceMap: true,
      inlineSources: true,
      lib: ["es2018"],
      module: "CommonJS",
      noEmitOnError: true,
      noFallthroughCasesInSwitch: true,
      noImplicitAny: true,
      noImplicitReturns: true,
      noImplicitThis: true,
      noUnusedLocals: true,
      noUnusedParameters: true,
      resolveJsonModule: true,
      strict: true,
      strictNullChecks: true,
      strictPropertyInitialization: true,
      stripInternal: true,
      target: "ES2018",
      incremental: true,
      skipLibCheck: true,
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
/** What each compiler says of the consumer's files. */
let compiled: Readonly<Record<string, string>>;

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
    const found = ofProject.map(([path]) => path).filter((path) => path.endsWith(`node_modules/${peer}`));
    expect(found).toEqual([`node_modules/${peer}`]);
  }
});

describe("the packed package", () => {
  beforeAll(() => {
    scratch = mkdtempSync(join(tmpdir(), "support-app-consumer-"));
    consumer = join(scratch, "consumer");
    // Nothing else is found than what the package says that it needs. __tests__/e2e/init.e2e.ts lets npm install it.
    installed = installPacked(packed(scratch), consumer);
    linkPackages(consumer, ["@types/node", "undici-types"], "node_modules"); // as `cdktf init` installs them
    for (const [file, text] of Object.entries(ACCEPTED)) writeFileSync(join(consumer, file), text);
    for (const [file, [props]] of Object.entries(REFUSED)) {
      writeFileSync(join(consumer, file), CONSUMER.replace('access: "read-only"', props));
    }
    compiled = Object.fromEntries(
      Object.entries(COMPILERS).map(([name, [compiler, compilerOptions]]) => {
        const include = ["**/*.ts"];
        writeFileSync(join(consumer, "tsconfig.json"), JSON.stringify({ compilerOptions, include }));
        return [name, spawnSync(process.execPath, [compiler], { cwd: consumer, encoding: "utf8" }).stdout];
      }),
    );
  }, 300_000);

  afterAll(() => rmSync(scratch, { recursive: true, force: true }));

  thoroughTest("doesn't bring CDKTF's command, which only this repository has", () => {
    const { dependencies, optionalDependencies, peerDependencies } = JSON.parse(
      readFileSync(join(installed, "package.json"), "utf8"),
    );
    const brought = Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies });
    expect(brought.filter((one) => one.endsWith("-cli"))).toEqual([]);
    expect(brought).toContain("cdktf");
    expect(readdirSync(installed)).not.toContain("packaging");
  });

  thoroughTest("brings the support-app command, and the libraries that it needs", () => {
    expect(Object.keys(dependencies).sort()).toEqual([
      "@aws-sdk/client-cloudcontrol",
      "@aws-sdk/client-iam",
      "@aws-sdk/client-organizations",
      "@aws-sdk/client-sts",
      "@aws-sdk/client-support",
      "@aws-sdk/credential-providers",
      "@aws-sdk/util-arn-parser",
      "@slack/web-api",
      "commander",
      "diff",
      "fastest-levenshtein",
      "p-limit",
      "semver",
      "yaml",
      "zod",
    ]);
    const command = join(consumer, "node_modules", name, bin["support-app"]);
    const supportApp = (...args: string[]) =>
      execFileSync(process.execPath, [command, ...args], {
        cwd: consumer,
        env: { ...process.env, SUPPORT_APP_ENVIRONMENTS: "" },
        encoding: "utf8",
        stdio: "pipe",
      });
    expect(readFileSync(command, "utf8")).toMatch(/^#!\/usr\/bin\/env node\n/);
    expect(supportApp("--help")).toContain("Usage: support-app [options] [command]");
    const environments = join(consumer, "environments.yaml");
    writeFileSync(
      environments,
      'environments: { test: { account: "111122223333", region: us-east-1, read-only: {} } }',
    );
    expect(supportApp("deployer-policy", "test")).toContain("arn:aws:iam::111122223333:role/AWSSupportAppReadOnlyRole");
    expect(supportApp("doctor", "--policy")).toContain("iam:GetRole");
    supportApp("publish", "--out", "published");
    const module = join(consumer, "published/modules/support-app-read-only");
    expect(readFileSync(join(module, "LICENSE"), "utf8")).toContain("Apache License");
    expect(readFileSync(join(module, "README.md"), "utf8")).toContain(`Version ${version}.`);
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

  thoroughTest.each(Object.keys(COMPILERS))(
    "README's examples and the main.ts of a new project compile with the settings of %s",
    (compiler) => {
      const errors = compiled[compiler]?.split("\n").filter((line) => /^\S/.test(line));
      expect(errors?.filter((line) => !Object.keys(REFUSED).some((file) => line.startsWith(`${file}(`)))).toEqual([]);
    },
  );

  thoroughTest("README's example synthesizes a channel that can see cases, and no more", async () => {
    expect(execFileSync(process.execPath, ["app.js"], { cwd: consumer, encoding: "utf8" })).toBe("view-cases\n");
    const synthesized = readFileSync(join(consumer, "cdktf.out/stacks/support/cdk.tf.json"), "utf8");
    const terraform = await parseTerraform(synthesized, "json");
    expect(peopleCan(terraform, "watch")).toEqual(["see cases"]);
    expect(terraform.provider?.aws).toMatchObject({ allowed_account_ids: ["111122223333"] }); // no other is deployed to
  });

  thoroughTest.each(Object.entries(REFUSED))("its types refuse what %s says", (file, [, message]) => {
    for (const said of Object.values(compiled)) {
      const [, ofFile] = said.split(new RegExp(`^${file}\\(`, "m"));
      expect(ofFile?.split(/^\S+\.ts\(/m)[0]).toContain(message);
    }
  });
});
