import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { AttachRolePolicyCommand, CreateRoleCommand, DeleteRolePermissionsBoundaryCommand } from "@aws-sdk/client-iam";
import { iamIn, newAccount } from "./account";
import { createBoundary, trustIn } from "./examples";
import {
  createProject,
  deployed,
  type Ended,
  type Project,
  removeProjects,
  run,
  supportApp,
  terraform,
  writeEnvironments,
} from "./project";

afterAll(removeProjects);

const account = newAccount();
const another = newAccount();
const yaml = (paid: string) => `environments:
  other: { account: "${another}", region: us-east-1, read-only: {} }
${paid === "" ? "" : `  paid: { account: "${account}", region: us-east-1, ${paid} }\n`}`;
const CHANNELS = "channels: [{ name: oncall, workspace: T012ABCDEFG, channel: C01 }]";

/** Synthesizes what was before and what is after, plans, and reviews both together. */
async function review(
  project: Project,
  name: string,
  before: string,
  after: string,
  planned: readonly string[] = [],
): Promise<Ended> {
  const synth = async (environments: string) => {
    writeEnvironments(project, environments);
    rmSync(join(project.folder, "cdktf.out"), { recursive: true, force: true });
    expect(await run(project, "cdktf", ["synth"], { as: account })).toMatchObject({ status: 0 });
  };
  const keep = (name: string) =>
    cpSync(join(project.folder, "cdktf.out"), join(project.folder, name), { recursive: true });
  await synth(before);
  for (const name of ["base", "head"]) rmSync(join(project.folder, name), { recursive: true, force: true });
  keep("base");
  await synth(after);
  keep("head");
  if (!after.includes("paid:")) await synth(before); // what is to be destroyed is planned where it still is
  const as = { as: account };
  expect(await terraform(project, "paid", ["init", "-input=false"], as)).toMatchObject({ status: 0 });
  expect(await terraform(project, "paid", ["plan", "-input=false", "-out=plan", ...planned], as)).toMatchObject({
    status: 0,
  });
  const { output } = await terraform(project, "paid", ["show", "-json", "plan"], as);
  const plan = output.slice(output.indexOf("{"), output.lastIndexOf("}") + 1);
  writeFileSync(join(project.folder, "plan.json"), plan);
  keepFixture(name, { before, after, plan });
  return supportApp(project, ["review", "--base", "base", "--head", "head", "--plan", "paid=plan.json"], as);
}

/** With E2E_FIXTURES=FOLDER, writes down what the unit tests work with. */
function keepFixture(name: string, { before, after, plan }: Record<"before" | "after" | "plan", string>): void {
  const folder = process.env.E2E_FIXTURES;
  if (!folder) return;
  const settle = (text: string) => text.replaceAll(account, "111122223333");
  const paid = (text: string) =>
    `environments:\n${text
      .split("\n")
      .filter((line) => line.startsWith("  paid"))
      .join("\n")}\n`;
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, `${name}.json`),
    `${JSON.stringify({ before: paid(settle(before)), after: paid(settle(after)), plan: JSON.parse(settle(plan)) }, null, 1)}\n`,
  );
}

test("a real plan of a new environment, a change, a rename, drift and the end: the report says what happens", async () => {
  const boundary = await createBoundary(account);
  const full = `full: { permissions-boundary: "${boundary}", ${CHANNELS} }`;
  const narrower = `full: { permissions-boundary: "${boundary}", without: [live-chat], ${CHANNELS} }`;
  const renamed = `full: { permissions-boundary: "${boundary}", without: [live-chat], role-name: paid, policy-name: paid, ${CHANNELS} }`;
  const project = createProject("review", yaml(full));
  const as = { as: account };

  const created = await review(project, "create", yaml(""), yaml(full));
  expect(created).toMatchObject({ status: 3, output: expect.stringContaining("`paid`: broadened") });
  expect(created.output).toMatch(/People in `#oncall` .* \*\*gain\*\* view-cases, create-cases/);
  expect(created.output).toContain("- creates `aws_iam_role.full`.");
  expect(created.output).not.toContain("Drift");
  await deployed(project, "paid", as);

  const updated = await review(project, "update", yaml(full), yaml(narrower));
  expect(updated).toMatchObject({ status: 0, output: expect.stringContaining("`paid`: narrowed") });
  expect(updated.output).toMatch(/People in `#oncall` .* \*\*lose\*\* live-chat/);
  expect(updated.output).toContain("- updates `aws_iam_policy.full` (`policy`).");
  expect(updated.output).not.toContain("Drift");
  await deployed(project, "paid", as);

  const moved = await review(project, "rename", yaml(narrower), yaml(renamed));
  expect(moved).toMatchObject({ status: 0, output: expect.stringContaining("`paid`: moved") });
  expect(moved.output).toContain("- **replaces** `aws_iam_role.full`");
  expect(moved.output).toContain(
    "A channel that was configured by hand and uses the role can do nothing once it is gone.",
  );
  expect(moved.output).toContain("- updates `aws_cloudcontrolapi_resource.channel_T012ABCDEFG_C01`");
  await deployed(project, "paid", as);

  const RoleName = "paid";
  const PolicyArn = "arn:aws:iam::aws:policy/AdministratorAccess";
  await iamIn(account).send(new AttachRolePolicyCommand({ RoleName, PolicyArn }));
  await iamIn(account).send(new DeleteRolePermissionsBoundaryCommand({ RoleName }));
  const drifted = await review(project, "drift", yaml(renamed), yaml(renamed));
  expect(drifted).toMatchObject({ status: 0, output: expect.stringContaining("Nobody's access changes") });
  expect(drifted.output).toContain(
    "- **Drift**, which the code doesn't change: updates `aws_iam_role.full` (`permissions_boundary`).",
  );
  expect(drifted.output).toContain(`takes off \`${PolicyArn}\`, which was put there by hand.`);

  const ended = await review(project, "destroy", yaml(renamed), yaml(""), ["-destroy"]);
  expect(ended).toMatchObject({ status: 0, output: expect.stringContaining("`paid`: narrowed") });
  expect(ended.output).toMatch(/People in `#oncall` .* \*\*lose\*\* view-cases/);
  expect(ended.output).toContain("- **deletes** `aws_iam_role.full`.");
});

test("a real plan of an adoption says what is imported, and what goes", async () => {
  const RoleName = "AWSSupportAppReadOnlyRole";
  await iamIn(account).send(
    new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trustIn("supportapp.amazonaws.com") }),
  );
  for (const name of ["AWSSupportAppReadOnlyAccess", "AdministratorAccess"]) {
    await iamIn(account).send(new AttachRolePolicyCommand({ RoleName, PolicyArn: `arn:aws:iam::aws:policy/${name}` }));
  }
  const adopted = await review(
    createProject("review-adopt", ""),
    "adopt",
    yaml(""),
    yaml("read-only: { adopt: true, policy: aws-managed }"),
  );
  expect(adopted.output).toContain("- imports `aws_iam_role.read_only`.");
  expect(adopted.output).toContain(
    "takes off `arn:aws:iam::aws:policy/AdministratorAccess`, which was put there by hand.",
  );
  expect(adopted.output).not.toContain("- creates");
});
