import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { DIGEST_OUTPUT } from "../../stacks/output/stack-digest";
import { newAccount } from "./support/account";
import { createProject, removeProjects, run, supportApp, synth, terraformIn } from "./support/project";

afterAll(removeProjects);

const account = newAccount();
const as = { as: account };
const CHANNELS = "channels: [{ name: oncall, workspace: T01, channel: C01 }]";
const YAML = `environments:\n  a: { account: "${account}", region: us-east-1, full: { ${CHANNELS} }, read-only: {} }\n`;

const project = createProject("publish", YAML);
beforeAll(async () => {
  expect(await supportApp(project, ["publish", "--out", "out"], as)).toMatchObject({ status: 0 });
});

test("what is published with the same input passes --check, fmt and sha256sum", async () => {
  expect(await supportApp(project, ["publish", "--check", "out"], as)).toMatchObject({ status: 0 });
  expect(await terraformIn(project, "out", ["fmt", "-check", "-recursive", "-diff"], as)).toMatchObject({ status: 0 });
  const sums = spawnSync("sha256sum", ["--check", "--quiet", "SHA256SUMS"], { cwd: join(project.folder, "out") });
  expect(sums.status).toBe(0);
});

test("an environment's root plans what CDKTF's own stack plans, but for the digest", async () => {
  expect(await synth(project, as)).toMatchObject({ status: 0 });
  const planned = async (folder: string) => {
    for (const args of [
      ["init", "-input=false"],
      ["plan", "-input=false", "-out=plan"],
    ]) {
      expect(await terraformIn(project, folder, args, as)).toMatchObject({ status: 0 });
    }
    return JSON.parse((await terraformIn(project, folder, ["show", "-json", "plan"], as)).stdout).planned_values;
  };
  const stackPlan = await planned("cdktf.out/stacks/a");
  expect(stackPlan.root_module.resources.length).toBeGreaterThan(10);
  const { [DIGEST_OUTPUT]: digest, ...outputs } = stackPlan.outputs; // it is of the stack's own deploys
  expect(digest).toBeDefined();
  expect(await planned("out/environments/a")).toEqual({ ...stackPlan, outputs });
  expect(await terraformIn(project, "out/environments/a", ["validate"], as)).toMatchObject({ status: 0 });
});

if (spawnSync("tflint", ["--version"]).status === 0) {
  test("tflint has nothing to say, with its recommended rules", async () => {
    const config = join(project.folder, "tflint.hcl");
    writeFileSync(config, 'plugin "terraform" {\n  enabled = true\n  preset  = "recommended"\n}\n');
    const linted = await run(project, "tflint", ["--chdir=out", "--recursive", `--config=${config}`], as);
    expect(linted).toMatchObject({ status: 0, output: "" });
    writeFileSync(join(project.folder, "out/environments/a/more.tf"), 'variable "unused" {}\n');
    const { status } = await run(project, "tflint", ["--chdir=out", "--recursive", `--config=${config}`], as);
    expect(status).toBe(2); // and it has, where there is something
  });
} else {
  process.stderr.write("There is no tflint on the PATH: what it says of the published files isn't checked.\n");
}

const checkov = ["--quiet", "--compact", "--skip-download", "--framework=terraform"]; // without a download of guidelines
if (spawnSync("checkov", ["--version"]).status === 0) {
  test("checkov finds nothing in what is published, but for what has a reason there", async () => {
    const checked = await run(project, "checkov", ["--directory=out", ...checkov], as);
    expect(checked).toMatchObject({
      status: 0,
      output: expect.stringMatching(/Passed checks: \d{2,}, Failed checks: 0, Skipped checks: 2/),
    });
    writeFileSync(join(project.folder, "out/more.tf"), 'resource "aws_sqs_queue" "a" {}\n');
    expect(await run(project, "checkov", ["--directory=out", ...checkov], as)).toMatchObject({ status: 1 }); // and it does, where there is something
  });
} else {
  process.stderr.write("There is no checkov on the PATH: what it says of the published files isn't checked.\n");
}
