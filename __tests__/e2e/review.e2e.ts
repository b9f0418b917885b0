import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { UpdateResourceCommand } from "@aws-sdk/client-cloudcontrol";
import {
  AttachRolePolicyCommand,
  CreateRoleCommand,
  DeleteRolePermissionsBoundaryCommand,
  PutRolePermissionsBoundaryCommand,
  PutRolePolicyCommand,
  UpdateAssumeRolePolicyCommand,
} from "@aws-sdk/client-iam";
import { DIGEST_OUTPUT } from "../../stacks/output/stack-digest";
import { policyText } from "../support/policy-text";
import { thoroughTest } from "../support/thorough";
import { cloudControlIn, iamIn, newAccount } from "./support/account";
import { createBoundary, trustIn } from "./support/examples";
import {
  createProject,
  deployed,
  type Ended,
  init,
  type Project,
  removeProjects,
  supportApp,
  synth,
  terraform,
  writeEnvironments,
} from "./support/project";

afterAll(removeProjects);

const account = newAccount();
const otherAccount = newAccount();
const yaml = (paid: string) => `environments:
  other: { account: "${otherAccount}", region: us-east-1, read-only: {} }
${paid === "" ? "" : `  paid: { account: "${account}", region: us-east-1, ${paid} }\n`}`;
const CHANNELS = "channels: [{ name: oncall, workspace: T012ABCDEFG, channel: C01 }]";

/** The trust policy of a role that is assumed on behalf of another account. */
const TRUST_ABROAD = policyText({
  Effect: "Allow",
  Action: "sts:AssumeRole",
  Principal: { Service: "supportapp.amazonaws.com" },
  Condition: { StringEquals: { "aws:SourceAccount": "999999999999" } },
});

/** Synthesizes what was before and what is after, plans, and reviews both together. */
async function review(project: Project, name: string, before: string, after: string): Promise<Ended> {
  await synthesized(project, before, "base");
  await synthesized(project, after, "head");
  const plan = await planned(project);
  keepFixture(name, { before, after, plan });
  return reviewed(project);
}

/** Synthesizes environments into cdktf.out, and into a folder of that name. */
async function synthesized(project: Project, environments: string, name: "base" | "head"): Promise<void> {
  writeEnvironments(project, environments);
  rmSync(join(project.folder, name), { recursive: true, force: true });
  for (const CDKTF_OUTDIR of ["cdktf.out", name]) {
    expect(await synth(project, { as: account, env: { CDKTF_OUTDIR } })).toMatchObject({ status: 0 });
  }
}

/** Plans what is in cdktf.out, as JSON, and keeps it in plan.json. */
async function planned(project: Project): Promise<string> {
  const as = { as: account };
  expect(await init(project, "paid", as)).toMatchObject({ status: 0 });
  expect(await terraform(project, "paid", ["plan", "-input=false", "-out=plan"], as)).toMatchObject({ status: 0 });
  const { stdout } = await terraform(project, "paid", ["show", "-json", "plan"], as);
  writeFileSync(join(project.folder, "plan.json"), stdout);
  return stdout;
}

/** Does what was planned last. */
async function applied(project: Project): Promise<void> {
  expect(await terraform(project, "paid", ["apply", "plan"], { as: account })).toMatchObject({ status: 0 });
}

/** Reviews what was kept, with the plan. */
function reviewed(project: Project): Promise<Ended> {
  const args = ["review", "--base", "base", "--head", "head", "--plan", "paid=plan.json"];
  return supportApp(project, args, { as: account });
}

/** With E2E_FIXTURES=__tests__/cli/commands/review/plans, regenerates the plans there. */
function keepFixture(name: string, { before, after, plan }: Record<"before" | "after" | "plan", string>): void {
  const file = join(process.env.E2E_FIXTURES ?? "", `${name}.json`);
  if (!process.env.E2E_FIXTURES || !existsSync(file)) return;
  const settle = (text: string) => text.replaceAll(account, "111122223333");
  const paid = (text: string) =>
    `environments:\n${text
      .split("\n")
      .filter((line) => line.startsWith("  paid"))
      .join("\n")}\n`;
  const { format_version, terraform_version, complete, errored, ...planContent } = JSON.parse(settle(plan));
  const { provider_config, root_module } = planContent.configuration;
  const { [DIGEST_OUTPUT]: _, ...outputs } = root_module.outputs; // which has this run's account
  writeFileSync(
    file,
    `{
"before": ${JSON.stringify(paid(settle(before)))},
"after": ${JSON.stringify(paid(settle(after)))},
"plan": {
${JSON.stringify({ format_version, terraform_version, complete, errored }).slice(1, -1)},
"configuration": {
"provider_config": ${JSON.stringify(provider_config)},
"root_module": {
"outputs": ${JSON.stringify(outputs)},
"resources": ${jsonLines(root_module.resources)}
}},
"resource_changes": ${jsonLines(planContent.resource_changes)},
"resource_drift": ${jsonLines(planContent.resource_drift)},
"checks": ${jsonLines(planContent.checks)}
}
}
`,
  );
}

/** A list in JSON, an entry a line. */
function jsonLines(entries: readonly unknown[] = []): string {
  return `[\n${entries.map((entry) => JSON.stringify(entry)).join(",\n")}\n]`;
}

test("the report says what real plans of a new environment, a change, a rename, drift, an import and the end do", async () => {
  const boundary = await createBoundary(account);
  const full = `full: { permissions-boundary: "${boundary}", ${CHANNELS} }`;
  const narrower = `full: { permissions-boundary: "${boundary}", without: [live-chat], ${CHANNELS} }`;
  const renamed = `full: { permissions-boundary: "${boundary}", without: [live-chat], role-name: paid, policy-name: paid, ${CHANNELS} }`;
  const project = createProject("review", yaml(full));
  const as = { as: account };

  const created = await review(project, "create", yaml(""), yaml(full));
  expect(created).toMatchObject({
    status: 0,
    output: expect.stringContaining("## People gain access in 1 of 2 environments"),
  });
  expect(created.output).toMatch(/\*\*new: paid\*\* .* \| everyone in `#oncall` \| \*\*view-cases, create-cases, /);
  expect(created.output).toContain("| paid | creates | `aws_iam_role.full` | `role AWSSupportAppFullRole` |");
  expect(created.output).not.toContain("Changed by hand");
  await applied(project);

  const updated = await review(project, "update", yaml(full), yaml(narrower));
  expect(updated.output).toContain("## People lose access in 1 of 2 environments");
  expect(updated.output).toContain("| everyone in `#oncall` |  | live-chat |");
  expect(updated.output).toContain("| paid | changes | `aws_iam_policy.full` |");
  expect(updated.output).not.toContain("Changed by hand");
  await applied(project);

  const moved = await review(project, "rename", yaml(narrower), yaml(renamed));
  expect(moved.output).toContain("| role-name (full) | `AWSSupportAppFullRole` | `paid` |");
  expect(moved.output).toContain(
    "New names or paths of roles: `paid`. Channels that somebody configured by hand with such a role get its access, too.",
  );
  expect(moved.output).toContain("| paid | **replaces** | `aws_iam_role.full` |");
  expect(moved.output).toContain("| paid | changes | `aws_cloudcontrolapi_resource.channel_T012ABCDEFG_C01` |");
  await applied(project);

  const iam = iamIn(account);
  const RoleName = "paid";
  const PolicyArn = "arn:aws:iam::aws:policy/AdministratorAccess";
  await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn }));
  await iam.send(new DeleteRolePermissionsBoundaryCommand({ RoleName }));
  const drifted = await review(project, "drift", yaml(renamed), yaml(renamed));
  expect(drifted).toMatchObject({ status: 0, output: expect.stringContaining("## AWS was changed by hand in 1 of 2") });
  expect(drifted.output).toContain("| paid | `aws_iam_role.full, permissions_boundary` | none | `arn:aws:iam::");
  expect(drifted.output).toContain(`, without \`${PolicyArn}\` |`);

  // What people can't do now, and can after the deploy, is shown as the file and AWS have it.
  await applied(project);
  const PolicyName = "by-hand";
  const PolicyDocument = policyText({ Action: "support:ResolveCase", Effect: "Deny", Resource: "*" });
  for (const [name, change, words] of [
    ["drift-widens", () => iam.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument })), "by-hand"],
    [
      "drift-boundary",
      () => iam.send(new PutRolePermissionsBoundaryCommand({ RoleName, PermissionsBoundary: PolicyArn })),
      "permissions_boundary",
    ],
    [
      "drift-trust",
      () => iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: TRUST_ABROAD })),
      "assume_role_policy",
    ],
  ] as const) {
    await change();
    const byHand = await review(project, name, yaml(renamed), yaml(renamed));
    expect(byHand).toMatchObject({
      status: 0,
      output: expect.stringMatching(new RegExp(`### Changed by hand[\\s\\S]*${words}`)),
    });
    await applied(project);
  }

  const giveRole = (role: string) => {
    const PatchDocument = JSON.stringify([{ op: "add", path: "/ChannelRoleArn", value: role }]);
    const TypeName = "AWS::SupportApp::SlackChannelConfiguration";
    const command = new UpdateResourceCommand({ TypeName, Identifier: "T012ABCDEFG|C01", PatchDocument });
    return cloudControlIn(account).send(command);
  };
  const admin = `arn:aws:iam::${account}:role/admin`;
  await giveRole(admin);
  const byHand = await review(project, "drift-channel", yaml(renamed), yaml(renamed));
  expect(byHand.output).toMatch(new RegExp(`check\\.channel_T012ABCDEFG_C01.*#oncall.*${admin}`));
  await giveRole(`arn:aws:iam::${account}:role/paid`);

  // An import of another role's attachment, which Terraform would take off that role.
  await iam.send(
    new CreateRoleCommand({ RoleName: "Theirs", AssumeRolePolicyDocument: trustIn("supportapp.amazonaws.com") }),
  );
  await iam.send(new AttachRolePolicyCommand({ RoleName: "Theirs", PolicyArn }));
  await synthesized(project, yaml(renamed), "head");
  const stack = join(project.folder, "cdktf.out/stacks/paid/cdk.tf.json");
  const importing = JSON.parse(readFileSync(stack, "utf8"));
  importing.resource.aws_iam_role_policy_attachment.more = {
    role: "${aws_iam_role.full.name}",
    policy_arn: "${aws_iam_policy.full.arn}",
  };
  importing.import = [{ to: "aws_iam_role_policy_attachment.more", id: `Theirs/${PolicyArn}` }];
  for (const folder of ["cdktf.out", "head"]) {
    writeFileSync(join(project.folder, folder, "stacks/paid/cdk.tf.json"), JSON.stringify(importing));
  }
  await planned(project);
  const imported = await reviewed(project);
  expect(imported.output).toContain("## Read this yourself: 1 of 2 environments has more than environments.yaml says");
  for (const address of ["import", "aws_iam_role_policy_attachment.more"])
    expect(imported.output).toContain(`| \`${address}\` | added: `);

  // Retired: an ordinary deploy takes everything away. Removed without that, everything stays.
  const retired = await review(project, "retired", yaml(renamed), yaml(`retired: true, ${renamed}`));
  expect(retired.output).toContain("- paid is retired: a deploy removes everything except the Service Quotas role.");
  expect(retired.output).toMatch(/\| everyone in `#oncall` \| {2}\| view-cases, /);
  expect(retired.output).toContain("| paid | **deletes** | `aws_iam_role.full` |");
  await synthesized(project, yaml(""), "head");
  const removed = await supportApp(project, ["review", "--base", "base", "--head", "head"], as);
  expect(removed.output).toContain("- paid is removed from the file: its role `paid` and `#oncall` stay in ");
});

thoroughTest(
  "the report says what real plans do that let go of a Service Quotas role, or adopt roles with what is imported, and what goes",
  async () => {
    const full = (mode: string) =>
      yaml(`full: { role-name: Quotas, policy-name: Quotas, service-quotas-role: ${mode} }`);
    const project = createProject("review-quotas", full("create"));
    await deployed(project, "paid", { as: account });
    const handedBack = await review(project, "quotas", full("create"), full("existing"));
    expect(handedBack.output).toContain("| service-quotas-role (full) | `create` | `existing` |");
    expect(handedBack.output).toContain("| paid | stops managing | `aws_iam_service_linked_role.service_quotas` |");
    expect(handedBack.output).not.toContain("deletes");

    const RoleName = "AWSSupportAppReadOnlyRole";
    const iam = iamIn(account);
    await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trustIn("supportapp.amazonaws.com") }));
    for (const name of ["AWSSupportAppReadOnlyAccess", "AdministratorAccess"]) {
      await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn: `arn:aws:iam::aws:policy/${name}` }));
    }
    const adopting = yaml("read-only: { adopt: true, policy: aws-managed }");
    const adopted = await review(createProject("review-adopt", ""), "adopt", yaml(""), adopting);
    expect(adopted.output).toContain("- paid imports the role `AWSSupportAppReadOnlyRole`.");
    expect(adopted.output).toContain("| paid | imports | `aws_iam_role.read_only` |");
    expect(adopted.output).toContain(", without `arn:aws:iam::aws:policy/AdministratorAccess` |");
    expect(adopted.output.match(/^\| paid \| creates .*$/gm)).toEqual([
      expect.stringContaining("`terraform_data.support_app_place`"),
    ]);
  },
);
