import { cpSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  AttachRolePolicyCommand,
  CreateRoleCommand,
  DeleteRolePermissionsBoundaryCommand,
  PutRolePermissionsBoundaryCommand,
  PutRolePolicyCommand,
  UpdateAssumeRolePolicyCommand,
} from "@aws-sdk/client-iam";
import { policyText } from "../support/policy-text";
import { thoroughTest } from "../support/thorough";
import { changeByHand, iamIn, newAccount } from "./support/account";
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

let account: string;
let otherAccount: string;
beforeEach(() => {
  [account, otherAccount] = [newAccount(), newAccount()];
});
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

/** Synthesizes what was before, if it isn't the head of the last review, and what is after, plans, and reviews both together. */
async function review(project: Project, name: string, before: string, after: string): Promise<Ended> {
  const [base, head] = ["base", "head"].map((folder) => join(project.folder, folder)) as [string, string];
  rmSync(base, { recursive: true, force: true });
  const isLastHead = existsSync(head) && readFileSync(join(project.folder, "environments.yaml"), "utf8") === before;
  if (isLastHead) renameSync(head, base);
  else await synthesized(project, before, "base");
  if (before === after) cpSync(base, head, { recursive: true });
  else await synthesized(project, after, "head");
  const plan = await planned(project);
  keepFixture(name, { before, after, plan });
  return reviewed(project);
}

/** Synthesizes environments into cdktf.out, and copies that to a folder of that name. */
async function synthesized(project: Project, environments: string, name: "base" | "head"): Promise<void> {
  writeEnvironments(project, environments);
  expect(await synth(project, { as: account })).toMatchObject({ status: 0 });
  const [output, folder] = ["cdktf.out", name].map((path) => join(project.folder, path)) as [string, string];
  rmSync(folder, { recursive: true, force: true });
  // What Terraform has written there isn't synthesized.
  cpSync(output, folder, { recursive: true, filter: (path) => !/\/(\.terraform|plan)$/.test(path) });
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
  writeFileSync(
    file,
    `{
"before": ${JSON.stringify(paid(settle(before)))},
"after": ${JSON.stringify(paid(settle(after)))},
"plan": {
${JSON.stringify({ format_version, terraform_version, complete, errored }).slice(1, -1)},
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

const RENAMED = (boundary: string) =>
  yaml(
    `full: { permissions-boundary: "${boundary}", without: [live-chat], role-name: paid, policy-name: paid, ${CHANNELS} }`,
  );
const ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess";

test("the report says what real plans of a new environment, a change, a rename, the end and drift do", async () => {
  // GIVEN
  const boundary = await createBoundary(account);
  const full = yaml(`full: { permissions-boundary: "${boundary}", ${CHANNELS} }`);
  const narrower = full.replace(CHANNELS, `without: [live-chat], ${CHANNELS}`);
  const renamed = RENAMED(boundary);
  const project = createProject("review", full);

  // WHEN: it is new
  const created = await review(project, "create", yaml(""), full);
  expect(created).toMatchObject({
    status: 0,
    output: expect.stringContaining("## People gain access in 1 of 2 environments"),
  });
  expect(created.output).toMatch(
    /\*\*new: paid\*\* .* \| everyone in `#oncall` \(`C\w+` of `T\w+`\) \| \*\*view-cases, create-cases, /,
  );
  expect(created.output).toContain("| paid | creates | `aws_iam_role.full` | `role AWSSupportAppFullRole` |");
  expect(created.output).not.toContain("Changed by hand");
  await applied(project);

  // WHEN: its access changes
  const updated = await review(project, "update", full, narrower);
  expect(updated.output).toContain("## People lose access in 1 of 2 environments");
  expect(updated.output).toContain("| everyone in `#oncall` |  | live-chat |");
  expect(updated.output).toContain("| paid | changes | `aws_iam_policy.full` |");
  expect(updated.output).not.toContain("Changed by hand");
  await applied(project);

  // WHEN: its role is renamed
  const moved = await review(project, "rename", narrower, renamed);
  expect(moved.output).toContain("| role-name (full) | `AWSSupportAppFullRole` | `paid` |");
  expect(moved.output).toContain(
    "New names or paths of roles: `paid`. Channels that somebody configured by hand with such a role get its access, too.",
  );
  expect(moved.output).toContain("| paid | **replaces** | `aws_iam_role.full` |");
  expect(moved.output).toContain("| paid | changes | `aws_cloudcontrolapi_resource.channel_T012ABCDEFG_C01` |");
  await applied(project);

  // WHEN: it ends
  // Retired: an ordinary deploy takes everything away. Removed without that, everything stays.
  const retired = await review(project, "retired", renamed, renamed.replace("full:", "retired: true, full:"));
  expect(retired.output).toContain("- paid is retired: a deploy removes everything except the Service Quotas role.");
  expect(retired.output).toMatch(/\| everyone in `#oncall` \| {2}\| view-cases, /);
  expect(retired.output).toContain("| paid | **deletes** | `aws_iam_role.full` |");
  writeEnvironments(project, yaml(""));
  await synth(project, { as: account, env: { CDKTF_OUTDIR: "without" } });
  const removed = await supportApp(project, ["review", "--base", "base", "--head", "without"], { as: account });
  expect(removed.output).toContain("- paid is removed from the file: its role `paid` and `#oncall` stay in ");

  // WHEN: AWS was changed by hand
  const iam = iamIn(account);
  await iam.send(new AttachRolePolicyCommand({ RoleName: "paid", PolicyArn: ADMINISTRATOR }));
  await iam.send(new DeleteRolePermissionsBoundaryCommand({ RoleName: "paid" }));
  const drifted = await review(project, "drift", renamed, renamed);
  expect(drifted).toMatchObject({ status: 0, output: expect.stringContaining("## AWS was changed by hand in 1 of 2") });
  expect(drifted.output).toContain("| paid | `aws_iam_role.full, permissions_boundary` | none | `arn:aws:iam::");
  expect(drifted.output).toContain(`, without \`${ADMINISTRATOR}\` |`);
});

thoroughTest(
  "the report says what real plans do after any change by hand, and with an import of another role's attachment",
  async () => {
    const RoleName = "paid";
    const iam = iamIn(account);
    const renamed = RENAMED(await createBoundary(account));
    const project = createProject("review-by-hand", renamed);
    await deployed(project, "paid", { as: account });

    // What people can't do now, and can after the deploy, is shown as the file and AWS have it.
    const PolicyName = "by-hand";
    const PolicyDocument = policyText({ Action: "support:ResolveCase", Effect: "Deny", Resource: "*" });
    const boundary = { RoleName, PermissionsBoundary: ADMINISTRATOR };
    const trust = { RoleName, PolicyDocument: TRUST_ABROAD };
    for (const [words, change] of [
      ["by-hand", () => iam.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument }))],
      ["permissions_boundary", () => iam.send(new PutRolePermissionsBoundaryCommand(boundary))],
      ["assume_role_policy", () => iam.send(new UpdateAssumeRolePolicyCommand(trust))],
    ] as const) {
      await change();
      expect(await review(project, words, renamed, renamed)).toMatchObject({
        status: 0,
        output: expect.stringMatching(new RegExp(`### Changed by hand[\\s\\S]*${words}`)),
      });
      await applied(project);
    }

    const admin = `arn:aws:iam::${account}:role/admin`;
    await changeByHand(account, "AWS::SupportApp::SlackChannelConfiguration", { ChannelRoleArn: admin });
    const byHand = await review(project, "channel", renamed, renamed);
    expect(byHand.output).toMatch(new RegExp(`check\\.channel_T012ABCDEFG_C01.*#oncall.*${admin}`));

    // Terraform would take the attachment off the other role.
    await iam.send(
      new CreateRoleCommand({ RoleName: "Theirs", AssumeRolePolicyDocument: trustIn("supportapp.amazonaws.com") }),
    );
    await iam.send(new AttachRolePolicyCommand({ RoleName: "Theirs", PolicyArn: ADMINISTRATOR }));
    const importing = JSON.parse(readFileSync(join(project.folder, "head/stacks/paid/cdk.tf.json"), "utf8"));
    importing.resource.aws_iam_role_policy_attachment.more = {
      role: "${aws_iam_role.full.name}",
      policy_arn: "${aws_iam_policy.full.arn}",
    };
    importing.import = [{ to: "aws_iam_role_policy_attachment.more", id: `Theirs/${ADMINISTRATOR}` }];
    for (const folder of ["cdktf.out", "head"]) {
      writeFileSync(join(project.folder, folder, "stacks/paid/cdk.tf.json"), JSON.stringify(importing));
    }
    await planned(project);
    const imported = await reviewed(project);
    expect(imported.output).toContain(
      "## Read this yourself: 1 of 2 environments has more than environments.yaml says",
    );
    for (const address of ["import", "aws_iam_role_policy_attachment.more"])
      expect(imported.output).toContain(`| \`${address}\` | added: `);
  },
);

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
