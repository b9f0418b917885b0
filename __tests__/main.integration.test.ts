import { spawnSync } from "node:child_process";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { CDKTF } from "./support/cdktf-cli";
import { contentsOf } from "./support/changes";
import { compiled } from "./support/compiled";
import { folderInTests, sharedFolder } from "./support/folder";
import { REMOVED_FOLDER, runInRemovedFolder } from "./support/removed-folder";
import { thoroughTest } from "./support/thorough";

const EXAMPLE = "__tests__/fixtures/environments.yaml";

/** What that becomes. */
const example = { folder: join(sharedFolder(), "out"), run: {} };
beforeAll(() => {
  example.run = run({ PATH: example.folder, CDKTF_OUTDIR: example.folder });
});

const folder = folderInTests();

/** Runs a program with nothing to find: no home and no AWS credentials. */
function spawned(program: string, args: readonly string[], environment: Record<string, string>) {
  const env = { TMPDIR: tmpdir(), SUPPORT_APP_ENVIRONMENTS: EXAMPLE, ...environment };
  const { status, stdout, stderr } = spawnSync(program, args, { env, encoding: "utf8" });
  return { status, stdout, stderr };
}

/** Runs the app as cdktf does, without Terraform. */
function run(environment: Record<string, string> = {}, ...args: string[]) {
  const env = { PATH: folder(), CDKTF_OUTDIR: folder("out"), ...environment };
  return spawned(process.execPath, [compiled("main.ts"), ...args], env);
}

/** Where npm and Node.js are. */
const withNode = () => ({ PATH: `${dirname(process.execPath)}:/usr/bin:/bin`, HOME: folder() });

test("the example becomes a stack per environment, without Terraform or AWS credentials, and a sentence says where", () => {
  const stderr = `Wrote the Terraform of 2 environments to ${JSON.stringify(example.folder)}.\n`;
  expect(example.run).toEqual({ status: 0, stdout: "", stderr });
  const names = ["production", "staging"];
  expect(Object.keys(contentsOf(example.folder))).toEqual([
    ...["manifest.json", "stacks"],
    ...names.flatMap((name) => ["", "/cdk.tf.json", "/environment.json"].map((path) => `stacks/${name}${path}`)),
  ]);
});

thoroughTest("npm run synth, README's main command, does the same", () => {
  const out = folder("cdktf.out");
  const environment = { ...withNode(), NODE_DISABLE_COMPILE_CACHE: "1" };
  const synth = spawned("npm", ["run", "--silent", "synth", "--", "--output", out], environment);
  const stderr = `Wrote the Terraform of 2 environments to ${JSON.stringify(out)}.\n`;
  expect(synth).toEqual({ status: 0, stdout: "", stderr });
  expect(contentsOf(out)).toEqual(contentsOf(example.folder));
});

thoroughTest("cdktf synth does the same, and prints nothing as an error", () => {
  const out = folder("cdktf.out");
  const environment = { ...withNode(), CHECKPOINT_DISABLE: "1", CI: "true" }; // no spinner
  const { status, stdout, stderr } = spawned(CDKTF, ["synth", "--output", out], environment);
  expect(status).toBe(0);
  expect(stdout).toContain("Generated Terraform code for the stacks: production, staging");
  expect(stdout + stderr).not.toContain("[ERROR]");
  expect(contentsOf(out)).toEqual(contentsOf(example.folder));
});

test("a bad file prints the errors that the page on troubleshooting shows, without a stack trace, and what an earlier run wrote stays", () => {
  const section = readFileSync("docs/troubleshooting.md", "utf8");
  const [, input = "", output = ""] = section.match(/```yaml\n(.*?)```.*?```text\n(.*?)```/s) ?? [];
  cpSync(example.folder, folder("out"), { recursive: true });
  const file = folder("environments.yaml");
  writeFileSync(file, input);
  const { status, stdout, stderr } = run({ SUPPORT_APP_ENVIRONMENTS: file });
  expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
  expect(stderr.replaceAll(file, "environments.yaml")).toBe(output);
  expect(contentsOf(folder("out"))).toEqual(contentsOf(example.folder));
});

test("in a folder that was removed, synthesizing says so, without a stack trace", () => {
  expect(runInRemovedFolder(compiled("main.ts"))).toEqual({ status: 1, printed: REMOVED_FOLDER });
});
