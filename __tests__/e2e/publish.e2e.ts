import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ACCESS_LEVELS, capabilitiesOf, LEVELS } from "../../modules/support-app/model/access-level";
import { actionsOf, CAPABILITIES } from "../../modules/support-app/model/capability";
import { DIGEST_OUTPUT } from "../../stacks/output/stack-digest";
import { sample } from "../support/thorough";
import { allowedActions, newAccount, type Role, readChannels, readRole } from "./support/account";
import { createProject, removeProjects, run, supportApp, synth, terraformIn } from "./support/project";

afterAll(removeProjects);

const account = newAccount();
const as = { as: account };
const CHANNELS = "channels: [{ name: oncall, workspace: T01, channel: C01 }]";
const YAML = `environments:\n  a: { account: "${account}", region: us-east-1, full: { ${CHANNELS} }, read-only: {} }\n`;

/** A root with a file that configures its provider, as Terragrunt writes one. */
const SHARED = "shared/environments/a";
const OTHER_PROVIDER = 'provider "aws" {\n  region              = "eu-west-1"\n  allowed_account_ids = []\n}\n';

const project = createProject("publish", YAML);
beforeAll(async () => {
  expect(await supportApp(project, ["publish", "--out", "out", "--cloudformation"], as)).toMatchObject({ status: 0 });
  expect(await synth(project, as)).toMatchObject({ status: 0 });
  const args = ["publish", "--out", "shared", "--backend", "none", "--provider", "none"];
  expect(await supportApp(project, args, as)).toMatchObject({ status: 0 });
  writeFileSync(join(project.folder, SHARED, "provider.tf"), OTHER_PROVIDER);
});

/** What Terraform plans in a folder. */
async function planned(folder: string) {
  for (const args of [
    ["init", "-input=false"],
    ["plan", "-input=false", "-out=plan"],
  ]) {
    expect(await terraformIn(project, folder, args, as)).toMatchObject({ status: 0 });
  }
  return JSON.parse((await terraformIn(project, folder, ["show", "-json", "plan"], as)).stdout).planned_values;
}

test("what is published with the same input passes --check, fmt and sha256sum", async () => {
  expect(await supportApp(project, ["publish", "--check", "--out", "out"], as)).toMatchObject({ status: 0 });
  expect(await terraformIn(project, "out", ["fmt", "-check", "-recursive", "-diff"], as)).toMatchObject({ status: 0 });
  const sums = spawnSync("sha256sum", ["--check", "--quiet", "SHA256SUMS"], { cwd: join(project.folder, "out") });
  expect(sums.status).toBe(0);
});

test("an environment's root plans what CDKTF's own stack plans, but for the digest", async () => {
  const stackPlan = await planned("cdktf.out/stacks/a");
  expect(stackPlan.root_module.resources.length).toBeGreaterThan(10);
  const { [DIGEST_OUTPUT]: digest, ...outputs } = stackPlan.outputs; // it is of the stack's own deploys
  expect(digest).toBeDefined();
  for (const folder of ["out/environments/a", SHARED]) expect(await planned(folder)).toEqual({ ...stackPlan, outputs });
});

test("a root whose provider another file configures changes its own account and region alone, whatever the file says", async () => {
  expect(await terraformIn(project, SHARED, ["apply", "-input=false", "plan"], as)).toMatchObject({ status: 0 });
  expect(Object.keys(await readChannels(account))).toEqual(["C01"]); // in us-east-1
  for (const option of sample(["-refresh=true", "-refresh-only", "-destroy"], 3, 2)) {
    const stranger = await terraformIn(project, SHARED, ["plan", option], { as: newAccount() });
    expect(stranger).toMatchObject({ status: 1, output: expect.stringContaining("AWS account ID not allowed") });
  }
});

test("people with the roles that CloudFormation creates from the template can do what their access level says", async () => {
  // The emulator's conditions have no pseudo parameters, and its CloudFormation no types of the Support App.
  const place: Record<string, string> = { "AWS::AccountId": account, "AWS::Region": "us-east-1" };
  const template = JSON.parse(readFileSync(join(project.folder, "out/stack-set.template.json"), "utf8"), (_, value) =>
    value?.Type?.startsWith("AWS::SupportApp::") ? undefined : (place[value?.Ref] ?? value),
  );
  writeFileSync(join(project.folder, "template.json"), JSON.stringify(template));
  const stack = "--region us-east-1 --stack-name access";
  const create = `aws cloudformation create-stack ${stack} --template-body file://template.json --capabilities CAPABILITY_NAMED_IAM && aws cloudformation wait stack-create-complete ${stack}`;
  expect(await run(project, "sh", ["-c", create], as)).toMatchObject({ status: 0 });
  for (const level of LEVELS) {
    const role = await readRole(account, ACCESS_LEVELS[level].roleName);
    const actions = await allowedActions(role as Role, actionsOf(CAPABILITIES));
    expect([level, actions.sort()]).toEqual([level, actionsOf(capabilitiesOf(level)).sort()]);
  }
});

if (spawnSync("cfn-lint", ["--version"]).status === 0) {
  test("cfn-lint finds nothing in the template", async () => {
    expect(await run(project, "cfn-lint", ["out/stack-set.template.json"], as)).toMatchObject({
      status: 0,
      output: "",
    });
    writeFileSync(join(project.folder, "wrong.json"), '{ "Resources": { "A": { "Type": "AWS::IAM::Role" } } }');
    expect(await run(project, "cfn-lint", ["wrong.json"], as)).toMatchObject({ status: 2 }); // and it does, where there is something
  });
} else {
  process.stderr.write("There is no cfn-lint on the PATH: what it says of the published template isn't checked.\n");
}

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
