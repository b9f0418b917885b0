import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { dependencies, devDependencies, name, peerDependencies, version } from "../package.json";
import { peopleCan } from "./support/access";
import { parseTerraform } from "./support/synthesize";

/** README's example of the library. */
const EXAMPLE = readFileSync("README.md", "utf8").match(/```ts\n(.*?)```/s)?.[1] ?? "";
const CONSUMER = EXAMPLE.replace(
  "app.synth();",
  `const capabilities: readonly Capability[] = watch.capabilities;
console.log(capabilities.join());
app.synth();`,
).replace("{ SupportAppAccess }", "{ type Capability, SupportAppAccess }");
const TSC = resolve("node_modules/.bin/tsc");

let consumer: string;

beforeAll(() => {
  consumer = mkdtempSync(join(tmpdir(), "support-app-consumer-"));
  execFileSync("npm", ["pack", "--silent", "--pack-destination", consumer]);
  const peers = Object.keys(peerDependencies) as (keyof typeof peerDependencies)[];
  writeFileSync(join(consumer, "package.json"), "{}");
  execFileSync(
    "npm",
    [
      "install",
      "--silent",
      "--prefer-offline",
      `${name}-${version}.tgz`,
      ...peers.map((peer) => `${peer}@${devDependencies[peer]}`),
    ],
    { cwd: consumer },
  );
}, 300_000);

afterAll(() => rmSync(consumer, { recursive: true, force: true }));

function compile(program: string) {
  writeFileSync(join(consumer, "app.ts"), program);
  return spawnSync(TSC, ["--strict", "app.ts"], { cwd: consumer, encoding: "utf8" });
}

test("cdktf, its AWS provider and constructs are peers, so that a project has each only once", () => {
  expect(Object.keys(peerDependencies).sort()).toEqual(["@cdktf/provider-aws", "cdktf", "constructs"]);
  const installed = JSON.parse(readFileSync(join(consumer, "package-lock.json"), "utf8"));
  const all = Object.keys(installed.packages).map((path) => path.replace(/^.*node_modules\//, ""));
  for (const peer of Object.keys(peerDependencies)) expect(all.filter((one) => one === peer)).toHaveLength(1);
});

test("brings the support-app command, and the libraries that it needs", () => {
  expect(Object.keys(dependencies).sort()).toEqual([
    "@aws-sdk/client-cloudcontrol",
    "@aws-sdk/client-iam",
    "@aws-sdk/client-sts",
    "@aws-sdk/client-support",
    "@aws-sdk/util-arn-parser",
    "@cdktf/hcl-tools",
    "@octokit/request",
    "commander",
    "fastest-levenshtein",
    "p-limit",
    "semver",
    "yaml",
    "zod",
  ]);
  const bin = join(consumer, "node_modules/.bin/support-app");
  expect(execFileSync(bin, ["--help"], { encoding: "utf8" })).toContain("Usage: support-app [options] [command]");
  const environments = join(consumer, "environments.yaml");
  writeFileSync(environments, 'environments: { test: { account: "111122223333", region: us-east-1, read-only: {} } }');
  const policy = execFileSync(bin, ["deployer-policy", "test"], { cwd: consumer, encoding: "utf8" });
  expect(policy).toContain("arn:aws:iam::111122223333:role/AWSSupportAppReadOnlyRole");
  expect(execFileSync(bin, ["doctor", "--policy"], { cwd: consumer, encoding: "utf8" })).toContain("iam:GetRole");
  execFileSync(bin, ["publish", "--out", "published"], { cwd: consumer, stdio: "ignore" });
  const module = join(consumer, "published/modules/support-app-read-only");
  expect(readFileSync(join(module, "LICENSE"), "utf8")).toContain("Apache License");
  expect(readFileSync(join(module, "README.md"), "utf8")).toContain(`Version ${version}.`);
});

test("README's example compiles with plain tsc --strict and synthesizes a channel that can see cases, and no more", async () => {
  expect(compile(CONSUMER)).toMatchObject({ status: 0, stdout: "" });
  expect(execFileSync(process.execPath, ["app.js"], { cwd: consumer, encoding: "utf8" })).toBe("view-cases\n");
  const synthesized = readFileSync(join(consumer, "cdktf.out/stacks/support/cdk.tf.json"), "utf8");
  expect(peopleCan(await parseTerraform(synthesized, "json"), "watch")).toEqual(["see cases"]);
});

test.each([
  ['access: "admin"', "Type '\"admin\"' is not assignable to type 'AccessLevel'."],
  ['access: "full", without: ["view-cases"]', "Type '\"view-cases\"' is not assignable to type 'OptionalCapability'."],
  [
    'access: "full", adobt: true',
    "'adobt' does not exist in type 'SupportAppAccessProps'. Did you mean to write 'adopt'?",
  ],
])("its types refuse { %s }", (props, message) => {
  const { status, stdout } = compile(CONSUMER.replace('access: "read-only"', props));
  expect(status).not.toBe(0);
  expect(stdout).toContain(message);
});
