import { codeDifference } from "../../../../cli/commands/review/plan-code";
import { readStack } from "../../../../cli/terraform/stack";
import type { Terraform } from "../../../../cli/terraform/synthesized-folder";
import { configurationOf } from "../../../support/plan-configuration";
import { type Draft, PLAN_FIXTURES, planOf, readPlanFixture, terraformOf } from "../../../support/plan-fixtures";
import { reviewingInTests } from "../../../support/reviewing";

const { review, reviewPlan, folderOf, fileOf } = reviewingInTests();
const folder = (terraform: Draft) => folderOf({ paid: JSON.stringify(terraform) });

const UPDATE = readPlanFixture("update");
const [UPDATE_BASE, UPDATE_HEAD] = [terraformOf(UPDATE.before), terraformOf(UPDATE.after)];

describe("the configuration of a plan in these tests matches a real one", () => {
  test.each(PLAN_FIXTURES)("%s", (name) => {
    const { before, after, plan } = readPlanFixture(name);
    const code = terraformOf(name === "destroy" ? before : after);
    const configuration = JSON.parse(JSON.stringify(configurationOf(code)));
    expect(plan.configuration).toMatchObject(configuration);
    const { blocks } = readStack(code);
    expect(codeDifference(plan, code, blocks)).toBeUndefined(); // nor has the real one anything more
    expect(codeDifference({ configuration }, code, blocks)).toBeUndefined();
  });
});

describe("a plan must be of what --head has", () => {
  const refused = async (plan: Draft, what: string, head: Terraform = UPDATE_HEAD) => {
    const file = fileOf(plan);
    const args = ["--base", folder(UPDATE_BASE), "--head", folder(head), "--plan", `paid=${file}`];
    expect(await review(...args)).toEqual({
      status: 1,
      output: `Received ${JSON.stringify(file)} for paid, expected a plan of what --head has for it: ${what} is different. Plan what was synthesized, and give each environment its own plan.`,
    });
  };
  const ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess";
  const constant = (value: unknown) => ({ constant_value: value });
  const resourceIn = ({ root_module }: Draft, address: string): Draft =>
    root_module.resources.find((one: Draft) => one.address === address);

  test("and not of code that attaches AdministratorAccess", async () => {
    const plan = structuredClone(UPDATE.plan);
    const address = "aws_iam_role_policy_attachment.admin";
    const values = { role: "AWSSupportAppFullRole", policy_arn: ADMINISTRATOR };
    const type = "aws_iam_role_policy_attachment";
    plan.resource_changes.push({
      address,
      mode: "managed",
      type,
      change: { actions: ["create"], before: null, after: values },
    });
    const head = structuredClone(UPDATE_HEAD);
    head.resource[type].admin = { role: "${aws_iam_role.full.name}", policy_arn: ADMINISTRATOR };
    await refused(planOf(head, plan), address);
    const { output } = await reviewPlan(UPDATE_BASE, head, planOf(head, plan));
    expect(output).toContain(`- creates \`${address}\`. It attaches \`${ADMINISTRATOR}\`.`);
  });

  test.each<[string, string, (configuration: Draft) => void]>([
    [
      "another policy that stays attached",
      "policy_arns of aws_iam_role_policy_attachments_exclusive.full",
      (configuration) =>
        resourceIn(
          configuration,
          "aws_iam_role_policy_attachments_exclusive.full",
        ).expressions.policy_arns.constant_value.push(ADMINISTRATOR),
    ],
    [
      "an additional resource",
      "aws_iam_user.more",
      ({ root_module }) => root_module.resources.push({ address: "aws_iam_user.more", expressions: {} }),
    ],
    ["a missing resource", "aws_iam_role.full", ({ root_module }) => root_module.resources.splice(2, 1)],
    [
      "no resources",
      "aws_cloudcontrolapi_resource.channel_T012ABCDEFG_C01",
      ({ root_module }) => delete root_module.resources,
    ],
    [
      "an additional data source",
      "data.external.more",
      ({ root_module }) => root_module.resources.push({ address: "data.external.more", expressions: {} }),
    ],
    [
      "an additional output",
      "output.more",
      ({ root_module }) => Object.assign(root_module.outputs, { more: { expression: constant("a") } }),
    ],
    [
      "another value of an output",
      "value of output.full_role_arn",
      ({ root_module }) => Object.assign(root_module.outputs.full_role_arn.expression, constant("a")),
    ],
    [
      "an additional provider",
      "provider.random",
      ({ provider_config }) => Object.assign(provider_config, { random: {} }),
    ],
    [
      "an additional provider of another region",
      "provider.aws.west",
      ({ provider_config }) =>
        Object.assign(provider_config, { "aws.west": { expressions: { region: constant("us-west-2") } } }),
    ],
    ["no provider", "provider.aws", (configuration) => delete configuration.provider_config],
    [
      "another account",
      "allowed_account_ids of provider.aws",
      ({ provider_config }) =>
        Object.assign(provider_config.aws.expressions.allowed_account_ids, constant(["999999999999"])),
    ],
    [
      "another role to assume",
      "assume_role of provider.aws",
      ({ provider_config }) =>
        Object.assign(provider_config.aws.expressions, {
          assume_role: [{ role_arn: constant("arn:aws:iam::111122223333:role/a") }],
        }),
    ],
    [
      "a module call",
      "module.more",
      ({ root_module }) => Object.assign(root_module, { module_calls: { more: { source: "./more" } } }),
    ],
    [
      "a variable",
      "variable.more",
      ({ root_module }) => Object.assign(root_module, { variables: { more: { default: 1 } } }),
    ],
    [
      "a count",
      "count of aws_iam_role.full",
      (configuration) =>
        Object.assign(resourceIn(configuration, "aws_iam_role.full"), { count_expression: constant(2) }),
    ],
    [
      "a for_each",
      "for_each of aws_iam_role.full",
      (configuration) =>
        Object.assign(resourceIn(configuration, "aws_iam_role.full"), { for_each_expression: constant({ a: 1 }) }),
    ],
    [
      "a provisioner",
      "provisioner of aws_iam_role.full",
      (configuration) =>
        Object.assign(resourceIn(configuration, "aws_iam_role.full"), {
          provisioners: [{ type: "local-exec", expressions: { command: constant("true") } }],
        }),
    ],
    [
      "an additional argument",
      "description of aws_iam_role.full",
      (configuration) =>
        Object.assign(resourceIn(configuration, "aws_iam_role.full").expressions, { description: constant("a") }),
    ],
    [
      "a missing argument",
      "permissions_boundary of aws_iam_role.full",
      (configuration) => delete resourceIn(configuration, "aws_iam_role.full").expressions.permissions_boundary,
    ],
    [
      "an argument without a value",
      "name of aws_iam_role.full",
      (configuration) =>
        Object.assign(resourceIn(configuration, "aws_iam_role.full").expressions, {
          name: { references: ["local.a"] },
        }),
    ],
    [
      "an additional statement",
      "statement of data.aws_iam_policy_document.full",
      (configuration) =>
        resourceIn(configuration, "data.aws_iam_policy_document.full").expressions.statement.push({
          actions: constant(["*"]),
          resources: constant(["*"]),
        }),
    ],
    [
      "another condition",
      "statement of data.aws_iam_policy_document.full",
      (configuration) =>
        Object.assign(resourceIn(configuration, "data.aws_iam_policy_document.full").expressions.statement[1], {
          condition: [],
        }),
    ],
  ])("and not of code with %s", async (_, what, edit) => {
    const plan = structuredClone(UPDATE.plan);
    edit(plan.configuration);
    await refused(plan, what);
  });

  test("and not of no code at all", async () => {
    await refused({ format_version: "1.2", planned_values: {} }, "provider.aws");
  });

  test("and not of another environment", async () => {
    const { after, plan } = UPDATE;
    const other = terraformOf(after).resource;
    const head = terraformOf(after.replaceAll("111122223333", "999999999999"));
    expect(head.resource).not.toEqual(other);
    await refused(plan, "allowed_account_ids of provider.aws", head);
  });

  test.each<[string, (terraform: Draft) => void]>([
    ["count", ({ resource }) => Object.assign(resource.aws_iam_role.full, { count: 1 })],
    ["for_each", ({ resource }) => Object.assign(resource.aws_iam_role.full, { for_each: ["a"] })],
    ["another provider", ({ terraform }) => Object.assign(terraform.required_providers, { random: { source: "a/b" } })],
    ["a provider of another name", ({ provider }) => provider.aws.push({ alias: "west", region: "us-west-2" })],
  ])("and is, where that has %s itself", async (_, edit) => {
    const head = structuredClone(UPDATE_HEAD);
    edit(head);
    const { status, output } = await reviewPlan(UPDATE_BASE, head, planOf(head, UPDATE.plan));
    expect(status).toBe(3); // unsupported, which is another matter
    expect(output).toContain("- updates `aws_iam_policy.full` (`policy`).");
  });

  test("and never is, where that runs a program", async () => {
    const head = structuredClone(UPDATE_HEAD);
    head.resource.aws_iam_role.full.provisioner = [{ "local-exec": { command: "true" } }];
    await refused(planOf(head, UPDATE.plan), "provisioner of aws_iam_role.full", head);
  });
});
