import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { withoutDigest } from "../../../../cli/terraform/stack";
import { type Draft, PLAN_FIXTURES, planOf, readPlanFixture, terraformOf } from "../../../support/plan-fixtures";
import { reviewingInTests } from "../../../support/reviewing";
import { synthesize } from "../../../support/synthesize";

const { scratch, review, reviewPlan, folderOf, fileOf } = reviewingInTests();
const folder = (terraform: Draft) => folderOf(terraform ? { paid: JSON.stringify(terraform) } : {});

const UPDATE = readPlanFixture("update");
const [UPDATE_BASE, UPDATE_HEAD] = [terraformOf(UPDATE.before), terraformOf(UPDATE.after)];

describe("real plans", () => {
  const OTHER = '  other: { account: "999999999999", region: us-east-1, read-only: {} }\n';

  async function reviewFixture(name: string): Promise<string> {
    const { before, after, plan } = readPlanFixture(name);
    // Terraform made these plans before there were digests.
    const [base = "", head = ""] = [before, after].map((yaml) => {
      const stacks = Object.entries(synthesize(yaml + OTHER));
      return folderOf(
        Object.fromEntries(stacks.map(([key, text]) => [key, JSON.stringify(withoutDigest(JSON.parse(text)))])),
      );
    });
    return (await review("--base", base, "--head", head, "--plan", `paid=${fileOf(plan)}`)).output;
  }

  test.each(PLAN_FIXTURES.filter((name) => name !== "destroy"))("%s", async (name) => {
    const report = await reviewFixture(name);
    expect(report).toMatchSnapshot();
    expect(report).not.toContain("The account differs from the code before this change");
  });

  test("drift is distinguished from changes of the code, and the report shows what breaks", async () => {
    expect(await reviewFixture("update")).not.toContain("Drift");
    expect(await reviewFixture("create")).not.toContain("Drift");
    const drift = await reviewFixture("drift");
    expect(drift).toContain("It removes `arn:aws:iam::aws:policy/AdministratorAccess`, which was added by hand.");
    expect(drift.match(/\*\*Drift\*\*/g)).toHaveLength(2);
    expect(await reviewFixture("rename")).toContain(
      "A channel that was configured by hand and uses the role can do nothing once it is removed.",
    );
    expect(await reviewFixture("adopt")).toContain("- imports `");
  });

  test("an attached policy is named", async () => {
    expect(await reviewFixture("create")).toContain(
      "- creates `aws_iam_role_policy_attachment.full`. It attaches `aws_iam_policy.full`.",
    );
    expect(await reviewFixture("rename")).toContain("It attaches `aws_iam_policy.full`. Whoever has the role loses");
  });

  test("a plan that destroys what --head no longer has is refused", async () => {
    const { before, plan } = readPlanFixture("destroy");
    const file = fileOf(plan);
    const args = ["--base", folder(terraformOf(before)), "--head", folder(undefined), "--plan", `paid=${file}`];
    expect(await review(...args)).toEqual({
      status: 1,
      output: `Received ${JSON.stringify(file)} for paid, expected a plan of an environment that --head has: Terraform does nothing to a removed environment. Leave the plan out.`,
    });
  });

  test("everything of a retired environment is deleted, and the report shows what breaks", async () => {
    const { before, plan } = readPlanFixture("destroy");
    const retired = terraformOf(before.replace("paid: {", "paid: { retired: true,"));
    const { status, output } = await reviewPlan(terraformOf(before), retired, planOf(retired, plan));
    expect(status).toBe(0);
    expect(output).toContain("✅ Access is narrowed in 1 environment");
    expect(output.match(/^- \*\*deletes\*\* .*$/gm)).toEqual([
      "- **deletes** `aws_cloudcontrolapi_resource.channel_T012ABCDEFG_C01`. People in the channel can't use the Support App until it is configured again.",
      "- **deletes** `aws_iam_policy.full`. Whatever else the policy is attached to loses it.",
      "- **deletes** `aws_iam_role.full`. A channel that was configured by hand and uses the role can do nothing once it is removed.",
      "- **deletes** `aws_iam_role_policies_exclusive.full`.",
      "- **deletes** `aws_iam_role_policy_attachment.full`. Whoever has the role loses what the policy allows.",
      "- **deletes** `aws_iam_role_policy_attachments_exclusive.full`.",
    ]);
  });
});

describe("--plans", () => {
  const args = ["--base", folder(UPDATE_BASE), "--head", folder(UPDATE_HEAD)];
  const folderOfPlans = (plans: Readonly<Record<string, unknown>>) => {
    const path = join(scratch, `plans-${count++}`);
    for (const [name, plan] of Object.entries(plans)) {
      mkdirSync(join(path, name), { recursive: true });
      if (plan !== undefined) writeFileSync(join(path, name, "plan.json"), JSON.stringify(plan));
    }
    return path;
  };
  let count = 0;

  test("takes the plan of each environment from a folder of its name, and ignores others", async () => {
    const plans = folderOfPlans({ "plan-paid": UPDATE.plan, base: undefined, head: undefined });
    const { status, output } = await review(...args, "--plans", plans);
    expect(status).toBe(0);
    expect(output).toContain("- updates `aws_iam_policy.full` (`policy`).");
    expect(output).toBe((await review(...args, "--plan", `paid=${fileOf(UPDATE.plan)}`)).output);
  });

  test("may have no plan at all", async () => {
    const { status, output } = await review(...args, "--plans", folderOfPlans({ base: undefined }));
    expect(status).toBe(0);
    expect(output).not.toContain("Terraform\n");
  });

  test("is wrong with the plan of an unknown environment, or with a second plan of one", async () => {
    const unknown = folderOfPlans({ "plan-other": UPDATE.plan });
    expect(await review(...args, "--plans", unknown)).toEqual({
      status: 2,
      output: `Received the plan ${JSON.stringify(`other=${join(unknown, "plan-other/plan.json")}`)}, expected ENVIRONMENT=FILE, or plan-ENVIRONMENT/plan.json in a folder, with paid for ENVIRONMENT.`,
    });
    const given = `paid=${fileOf(UPDATE.plan)}`;
    const twice = ["--plan", given, "--plans", folderOfPlans({ "plan-paid": UPDATE.plan })];
    for (const plans of [twice, ["--plan", given, "--plan", given]]) {
      expect(await review(...args, ...plans)).toEqual({
        status: 2,
        output: "Received two plans of paid, expected only one. Leave one out.",
      });
    }
  });

  test("is an error without the plan in the folder", async () => {
    const plans = folderOfPlans({ "plan-paid": undefined });
    const { status, output } = await review(...args, "--plans", plans);
    expect(status).toBe(1);
    expect(output).toContain(`Can't read the plan ${JSON.stringify(join(plans, "plan-paid/plan.json"))}: ENOENT`);
  });
});

test("a plan may have unknown fields of a newer minor version, and nothing else is one", async () => {
  const newer = { ...UPDATE.plan, format_version: "1.99", more: {} };
  expect(await reviewPlan(UPDATE_BASE, UPDATE_HEAD, newer)).toMatchObject({ status: 0 });
  expect(await reviewPlan(UPDATE_BASE, UPDATE_HEAD, { format_version: "1.0", values: {} })).toEqual({
    status: 1,
    output: expect.stringContaining("with nothing for resource_changes, expected a complete plan of format 1.x."),
  });
});

describe("what a plan changes", () => {
  test.each([
    [
      "another deploy role",
      (yaml: string) => yaml.replace("region:", 'deploy-role: "arn:aws:iam::111122223333:role/b", region:'),
    ],
  ])("is drift beside %s", async (_, edit) => {
    const { before, after, plan } = readPlanFixture("drift");
    expect(edit(after)).not.toBe(after);
    const head = terraformOf(edit(after));
    const { output } = await reviewPlan(terraformOf(before), head, planOf(head, plan));
    expect(output.match(/\*\*[Dd]rift\*\*/g)).toHaveLength(2);
    expect(output).toMatch(/\*\*[Dd]rift\*\*.*`permissions_boundary`/);
  });

  test("is drift beside another AWS profile of whoever reads the state", async () => {
    const withProfile = (terraform: Draft, profile?: string) => {
      const draft = structuredClone(terraform);
      draft.terraform.backend = { s3: { bucket: "states", key: "paid", region: "us-east-1", profile } };
      return JSON.parse(JSON.stringify(draft));
    };
    const { before, after, plan } = readPlanFixture("drift");
    const head = withProfile(terraformOf(after), "ops");
    const { output } = await reviewPlan(withProfile(terraformOf(before)), head, planOf(head, plan));
    expect(output).toMatch(/\*\*[Dd]rift\*\*.*`permissions_boundary`/);
  });

  test("is nothing if a plan has no changes and nothing is configured", async () => {
    const nothing = terraformOf(UPDATE.before.replace("paid: {", "paid: { retired: true,"));
    const plan = planOf(nothing, { format_version: "1.2", planned_values: {} });
    const { status, output } = await reviewPlan(nothing, nothing, plan);
    expect(status).toBe(0);
    expect(output).toContain("Terraform would change nothing.");
  });
});
