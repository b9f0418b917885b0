import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { readSynthesized } from "../cli/terraform/synthesized-folder";
import { CDKTF } from "./support/cdktf-cli";
import { compiled } from "./support/compiled";
import { thoroughTest } from "./support/thorough";

const EXAMPLE = "__tests__/fixtures/environments.yaml";

/** What that becomes. */
let example: { readonly folder: string; readonly run: ReturnType<typeof run> };
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "support-app-example-"));
  example = { folder: join(folder, "out"), run: run() };
});
afterAll(() => rmSync(dirname(example.folder), { recursive: true }));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "support-app-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Runs the app as cdktf does, with nothing to find: no Terraform, no home, no AWS credentials. */
function run(environment: Record<string, string> = {}, ...args: string[]) {
  return runProgram([compiled("main.ts")], environment, args);
}

function runProgram(program: readonly string[], environment: Record<string, string>, args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...program, ...args], {
    env: {
      PATH: folder,
      TMPDIR: tmpdir(),
      CDKTF_OUTDIR: join(folder, "out"),
      SUPPORT_APP_ENVIRONMENTS: EXAMPLE,
      ...environment,
    },
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}

function filesBelow(directory: string): Record<string, string> {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    files.map((file) => {
      const path = join(file.parentPath, file.name);
      return [path.slice(directory.length + 1), readFileSync(path, "utf8")];
    }),
  );
}

function environmentsFile(text: string): string {
  const file = join(folder, "environments.yaml");
  writeFileSync(file, text);
  return file;
}

/** What the page on troubleshooting shows of errors: a file, and what is said about it. */
function documentedError(): { input: string; output: string } {
  const section = readFileSync("docs/troubleshooting.md", "utf8");
  const [, input = "", output = ""] = section.match(/```yaml\n(.*?)```.*?```text\n(.*?)```/s) ?? [];
  return { input, output };
}

test("the example becomes a stack per environment, without Terraform or AWS credentials, and a sentence says where", () => {
  const stderr = `Wrote the Terraform of 2 environments to ${JSON.stringify(example.folder)}.\n`;
  expect(example.run).toEqual({ status: 0, stdout: "", stderr });
  expect(Object.keys(filesBelow(example.folder)).sort()).toEqual([
    "manifest.json",
    "stacks/production/cdk.tf.json",
    "stacks/staging/cdk.tf.json",
  ]);
});

test("npm run synth, README's main command, does the same", () => {
  const out = join(folder, "cdktf.out");
  const synth = spawnSync("npm", ["run", "--silent", "synth", "--", "--output", out], {
    env: {
      PATH: `${dirname(process.execPath)}:/usr/bin:/bin`,
      TMPDIR: tmpdir(),
      HOME: folder,
      NODE_DISABLE_COMPILE_CACHE: "1",
      SUPPORT_APP_ENVIRONMENTS: EXAMPLE,
    },
    encoding: "utf8",
  });
  const stderr = `Wrote the Terraform of 2 environments to ${JSON.stringify(out)}.\n`;
  expect(synth).toMatchObject({ status: 0, stdout: "", stderr });
  expect(filesBelow(out)).toEqual(filesBelow(example.folder));
});

test("an argument that isn't one is a sentence, which says which arguments there are", () => {
  const out = join(folder, "cdktf.out");
  expect(run({}, "--outputs", out)).toEqual({
    status: 2,
    stdout: "",
    stderr: `Received the arguments "--outputs" ${JSON.stringify(out)}, expected --output FOLDER, --hcl, both or none.\n`,
  });
});

thoroughTest("cdktf synth does the same, and prints nothing as an error", () => {
  const out = join(folder, "cdktf.out");
  const { status, stdout, stderr } = spawnSync(CDKTF, ["synth", "--output", out], {
    env: {
      PATH: `${dirname(process.execPath)}:/usr/bin:/bin`,
      TMPDIR: tmpdir(),
      HOME: folder,
      CHECKPOINT_DISABLE: "1",
      CI: "true", // no spinner
      SUPPORT_APP_ENVIRONMENTS: EXAMPLE,
    },
    encoding: "utf8",
  });
  expect(status).toBe(0);
  expect(stdout).toContain("Generated Terraform code for the stacks: production, staging");
  expect(stdout + stderr).not.toContain("[ERROR]");
  expect(filesBelow(out)).toEqual(filesBelow(example.folder));
});

test("a user's own resources in HCL are one sentence, and nothing is written", () => {
  const own = `
const { S3Bucket } = require("@cdktf/provider-aws/lib/s3-bucket");
require(${JSON.stringify(compiled("stacks/index.ts"))}).synthesize((stack) => {
  new S3Bucket(stack, "own");
});`;
  expect(runProgram(["--eval", own], { SYNTH_HCL_OUTPUT: "true" }, [])).toEqual({
    status: 1,
    stdout: "",
    stderr: expect.stringMatching(
      /^Received the type "aws_s3_bucket", expected one of aws_.+: only these are written as HCL\. Synthesize JSON, without --hcl\.\n$/,
    ),
  });
  expect(existsSync(join(folder, "out"))).toBe(false);
});

test("environments that adopt, or run in HCP Terraform, need no Terraform either", () => {
  const file = environmentsFile(`
defaults: { region: us-east-1, backend: { type: cloud, organization: acme } }
environments:
  test: { account: "111122223333", full: { adopt: true, service-quotas-role: adopt } }`);
  const stderr = `Wrote the Terraform of 1 environment to ${JSON.stringify(join(folder, "out"))}.\n`;
  expect(run({ SUPPORT_APP_ENVIRONMENTS: file })).toEqual({ status: 0, stdout: "", stderr });
  expect(filesBelow(join(folder, "out"))["stacks/test/cdk.tf.json"]).toContain('"import": [');
});

thoroughTest("of two notations in one folder, Terraform finds the last alone", () => {
  cpSync(example.folder, join(folder, "out"), { recursive: true });
  run({}, "--hcl");
  expect(readdirSync(join(folder, "out/stacks/staging")).sort()).toEqual(["cdk.tf", "metadata.json"]);
  run();
  expect(readdirSync(join(folder, "out/stacks/staging")).sort()).toEqual(["cdk.tf.json", "metadata.json"]);
});

thoroughTest("two runs give the same files, wherever they run", () => {
  run({ TZ: "Asia/Tokyo", LC_ALL: "tr_TR.UTF-8" });
  expect(filesBelow(join(folder, "out"))).toEqual(filesBelow(example.folder));
});

test("a bad file: the whole list of errors, exit status 1, no stack trace, and what an earlier run wrote stays", () => {
  const { input, output } = documentedError();
  cpSync(example.folder, join(folder, "out"), { recursive: true });
  const file = environmentsFile(input);
  const { status, stdout, stderr } = run({ SUPPORT_APP_ENVIRONMENTS: file });
  expect(status).toBe(1);
  expect(stdout).toBe("");
  expect(stderr.replaceAll(file, "environments.yaml")).toBe(output);
  expect(filesBelow(join(folder, "out"))).toEqual(filesBelow(example.folder));
});

thoroughTest("SUPPORT_APP_ENVIRONMENTS chooses the file", () => {
  const file = environmentsFile('environments:\n  other: { account: "111122223333", region: us-east-1, full: {} }');
  run({ SUPPORT_APP_ENVIRONMENTS: file });
  expect(readdirSync(join(folder, "out/stacks"))).toEqual(["other"]);
});

test("an environment that has left the file loses its folder, and is named", () => {
  cpSync(example.folder, join(folder, "out"), { recursive: true });
  const file = environmentsFile('environments:\n  staging: { account: "111122223333", region: us-east-1, full: {} }');
  expect(run({ SUPPORT_APP_ENVIRONMENTS: file }).stderr).toBe(
    `Wrote the Terraform of 1 environment to ${JSON.stringify(join(folder, "out"))}. Removed the folders of other environments: production.\n`,
  );
  expect(readdirSync(join(folder, "out/stacks"))).toEqual(["staging"]);
});

test("the provider lock file beside the environments is beside each stack", () => {
  const file = environmentsFile(readFileSync(EXAMPLE, "utf8"));
  writeFileSync(join(folder, ".terraform.lock.hcl"), "locked");
  expect(run({ SUPPORT_APP_ENVIRONMENTS: file }).status).toBe(0);
  const { "stacks/production/.terraform.lock.hcl": one, "stacks/staging/.terraform.lock.hcl": other } = filesBelow(
    join(folder, "out"),
  );
  expect([one, other]).toEqual(["locked", "locked"]);
});

thoroughTest(
  "a provider lock file that can't be read: one sentence, exit status 1, and what an earlier run wrote stays",
  () => {
    cpSync(example.folder, join(folder, "out"), { recursive: true });
    const file = environmentsFile(readFileSync(EXAMPLE, "utf8"));
    const lock = join(folder, ".terraform.lock.hcl");
    symlinkSync("nowhere", lock);
    expect(run({ SUPPORT_APP_ENVIRONMENTS: file })).toEqual({
      status: 1,
      stdout: "",
      stderr: `Received "${lock}", expected a readable provider lock file of at most 1000000 bytes, or none, but: it is a broken link. Nothing was written. Move it away, and write a new one with support-app lock.\n`,
    });
    expect(filesBelow(join(folder, "out"))).toEqual(filesBelow(example.folder));
  },
);

test("a folder that can't be written: one sentence, exit status 1 and no stack trace", () => {
  writeFileSync(join(folder, "out"), "a file where a folder should be");
  expect(run()).toEqual({
    status: 1,
    stdout: "",
    stderr: `Can't write the output folder "${join(folder, "out")}": EEXIST: file already exists, in "${join(folder, "out")}". Nothing was changed. Something else is there: move it away, or choose another folder.\n`,
  });
});

test("the review refuses what a killed run has left, and the next run replaces all of it", () => {
  cpSync(example.folder, join(folder, "out"), { recursive: true });
  const before = filesBelow(join(folder, "out"));
  mkdirSync(join(folder, `out/.synthesizing/.synthesizing-${spawnSync("true").pid}-abcdef`), { recursive: true });
  writeFileSync(join(folder, "out/stacks/staging/cdk.tf.json"), "older");
  expect(() => readSynthesized(join(folder, "out"))).toThrow(
    `Received "${join(folder, "out/.synthesizing")}", expected`,
  );
  expect(run().status).toBe(0);
  expect(filesBelow(join(folder, "out"))).toEqual(before);
  expect(readdirSync(join(folder, "out")).sort()).toEqual(["manifest.json", "stacks"]);
});

test("an unexpected error isn't hidden", () => {
  const broken = join(folder, "broken.js");
  const cdktf = JSON.stringify(require.resolve("cdktf"));
  writeFileSync(broken, `require(${cdktf}).Manifest.prototype.writeToFile = () => { throw new Error("unforeseen"); };`);
  const { status, stderr } = run({ NODE_OPTIONS: `--require ${JSON.stringify(broken)}` });
  expect(status).toBe(1);
  expect(stderr).toContain("Error: unforeseen\n    at ");
  expect(existsSync(join(folder, "out"))).toBe(false);
});
