import { valueDifference } from "../../../../cli/commands/review/plan-code";
import { readPlannedResource } from "../../../../cli/commands/review/planned-resource";
import { constructShapeOf } from "../../../../cli/terraform/shapes";
import { readStack } from "../../../../cli/terraform/stack";
import { changeAt, type Draft, PLAN_FIXTURES, readPlanFixture, terraformOf } from "../../../support/plan-fixtures";

/** Real plans of environments that stay, and their code. */
const PLANS = new Map(
  PLAN_FIXTURES.filter((name) => name !== "destroy").map((name) => {
    const { after, plan } = readPlanFixture(name);
    return [name, { stack: readStack(terraformOf(after)), plan }] as const;
  }),
);

/** Where a real plan, after an edit, differs from what Terraform plans for its code. */
function differing(name: string, edit: (plan: Draft) => void = () => {}) {
  const { stack, plan: made } = PLANS.get(name) ?? { stack: readStack({}), plan: {} };
  const plan = { resource_changes: structuredClone(made.resource_changes) };
  edit(plan);
  const resources = (plan.resource_changes ?? []).filter(({ mode }: Draft) => mode !== "data");
  return valueDifference(resources.map(readPlannedResource), stack);
}

const ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess";
const POLICY = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}';

test.each([...PLANS.keys()])("a plan that Terraform has made is of its code: %s", (name) => {
  expect(differing(name)).toBeUndefined();
});

describe("no value of a plan can be another one", () => {
  test.each([...PLANS])("%s", (name, { stack: { blocks } }) => {
    const passed = [...blocks.values()].flatMap((block) => {
      const shape = block.isData ? {} : (constructShapeOf(block) ?? {});
      return Object.keys(shape).filter((argument) => {
        const forge = (value: unknown) => (plan: Draft) => {
          const change = changeAt(plan, block.address);
          change.after = { ...change.after, [argument]: value };
          change.after_unknown = { ...change.after_unknown, [argument]: false };
        };
        const odd = [POLICY, [ADMINISTRATOR], { a: "b" }, 7, true];
        return odd.some((value) => differing(name, forge(value)) === undefined);
      });
    });
    expect([...new Set(passed)]).toEqual(passed.length > 0 ? ["tags_all"] : []);
  });

  test.each<[string, string, (plan: Draft) => void]>([
    ["policy_arn", "create", (plan) => set(plan, "aws_iam_role_policy_attachment", { policy_arn: ADMINISTRATOR })],
    ["policy_arns", "create", (plan) => set(plan, ONLY_ATTACHED, { policy_arns: [ADMINISTRATOR] })],
    ["policy_arns", "update", (plan) => changed(plan, ONLY_ATTACHED).after.policy_arns.push(ADMINISTRATOR)],
    ["policy_names", "update", (plan) => set(plan, "aws_iam_role_policies_exclusive", { policy_names: ["theirs"] })],
    ["policy", "update", (plan) => set(plan, "aws_iam_policy", { policy: POLICY })],
    ["assume_role_policy", "update", (plan) => set(plan, "aws_iam_role", { assume_role_policy: POLICY })],
    ["permissions_boundary", "create", (plan) => set(plan, "aws_iam_role", { permissions_boundary: null })],
    ["permissions_boundary", "create", (plan) => later(plan, "aws_iam_role", "permissions_boundary")],
    ["managed_policy_arns", "update", (plan) => set(plan, "aws_iam_role", { managed_policy_arns: [ADMINISTRATOR] })],
    ["policy_arn", "update", (plan) => later(plan, "aws_iam_role_policy_attachment", "policy_arn")],
    ["policy_arn", "update", (plan) => set(plan, "aws_iam_policy", { arn: ADMINISTRATOR })],
    ["policy", "update", (plan) => later(plan, "aws_iam_policy", "policy")],
    ["role_arn", "create", (plan) => set(plan, CHANNEL, { role_arn: "arn:aws:iam::111122223333:role/admin" })],
    ["desired_state", "update", (plan) => set(plan, CHANNEL, { desired_state: '{"TeamId":"T1"}' })],
    ["desired_state", "create", (plan) => set(plan, CHANNEL, { desired_state: '{"TeamId":"T1"}' })],
  ])("%s, forged in the plan to %s", (argument, name, forge) => {
    expect(differing(name, forge)).toMatchObject({ argument });
  });

  test("the ARN of a policy, together with what refers to it", () => {
    const forge = (arn: string) => (plan: Draft) => {
      set(plan, "aws_iam_policy", { arn });
      set(plan, "aws_iam_role_policy_attachment", { policy_arn: arn });
      set(plan, ONLY_ATTACHED, { policy_arns: [arn] });
    };
    const { arn } = changeAt(readPlanFixture("update").plan, "aws_iam_policy.full").after;
    expect(differing("update", forge(arn))).toBeUndefined();
    expect(differing("update", forge(ADMINISTRATOR))).toMatchObject({ argument: "policy_arn" });
    expect(differing("update", forge(arn.replace("111122223333", "444455556666")))).toMatchObject({
      argument: "policy_arn",
    });
  });
});

test("an argument in another form than the constructs' makes the environment unknown, whatever is planned for it", () => {
  const { after, plan } = readPlanFixture("update");
  const code = terraformOf(after);
  code.resource.aws_iam_role.full.permissions_boundary = "arn:aws:iam::111122223333:policy/${aws_sns_topic.a.name}";
  expect(valueDifference(plan.resource_changes.map(readPlannedResource), readStack(code))).toBeUndefined();
});

const ONLY_ATTACHED = "aws_iam_role_policy_attachments_exclusive";
const CHANNEL = "aws_cloudcontrolapi_resource";

/** The change of the first resource of a type, which is one. */
function changed({ resource_changes }: Draft, type: string): Draft {
  const { change } = resource_changes.find((one: Draft) => one.type === type);
  if (change.actions[0] === "no-op") change.actions = ["update"];
  return change;
}

function set(plan: Draft, type: string, values: object): void {
  const change = changed(plan, type);
  Object.assign(change.after, values);
  for (const name of Object.keys(values)) delete change.after_unknown[name];
}

function later(plan: Draft, type: string, name: string): void {
  const change = changed(plan, type);
  delete change.after[name];
  change.after_unknown[name] = true;
}

describe("Terraform lists what the code has, once, and removes only what it hasn't", () => {
  const ADDRESS = "aws_cloudcontrolapi_resource.channel_T012ABCDEFG_C01";
  const resource = (plan: Draft) => plan.resource_changes.find(({ address }: Draft) => address === ADDRESS);
  const more =
    (address: string, change: object, by: object = {}) =>
    (plan: Draft) =>
      plan.resource_changes.push({ address, mode: "managed", type: address.split(".")[0], change, ...by });

  test.each<[string, (plan: Draft) => void]>([
    [
      "a missing resource",
      (plan) => (plan.resource_changes = plan.resource_changes.filter((one: Draft) => one !== resource(plan))),
    ],
    ["a resource that is deleted", (plan) => (resource(plan).change.actions = ["delete"])],
    ["a resource that is let go of", (plan) => (resource(plan).change.actions = ["forget"])],
    ["a resource that stands twice", (plan) => plan.resource_changes.push(structuredClone(resource(plan)))],
    ["a resource without a change", (plan) => delete resource(plan).change],
  ])("%s", (_, edit) => {
    expect(differing("update", edit)).toMatchObject({ address: ADDRESS });
  });

  test.each([["create"], ["update"], ["no-op"]])("something else to %s", (action) => {
    const address = "aws_iam_role_policy_attachment.more";
    expect(differing("update", more(address, { actions: [action], after: { policy_arn: ADMINISTRATOR } }))).toEqual({
      address,
    });
  });

  test.each([
    "aws_iam_role_policy_attachment.full[0]",
    "module.x.aws_iam_role_policy_attachment.full",
    "data.aws_iam_policy_document.full",
  ])("something that only looks like the code's, at %s", (address) => {
    const change = { actions: ["create"], before: null, after: { policy_arn: ADMINISTRATOR } };
    const forged = { type: "aws_iam_role_policy_attachment" };
    expect(differing("update", more(address, change, forged))).toEqual({ address });
  });

  test("a resource of another type", () => {
    expect(differing("update", (plan) => (resource(plan).type = "aws_iam_role"))).toMatchObject({ address: ADDRESS });
  });

  test.each<[string, unknown]>([
    ["delete", ["delete"]],
    ["none", []],
    ["two at once", ["forget", "no-op"]],
    ["a text", "update"],
    ["create", ["create"]],
  ])("an action that isn't what happens to the values: %s", (_, actions) => {
    expect(differing("update", (plan) => (resource(plan).change.actions = actions))).toMatchObject({
      address: ADDRESS,
    });
  });

  test("an import that isn't in the code, and a list that only AWS decides and isn't known", () => {
    const importing = { id: "T012ABCDEFG|C01" };
    expect(differing("update", (plan) => (resource(plan).change.importing = importing))).toMatchObject({
      address: ADDRESS,
    });
    const unknown = (plan: Draft) => later(plan, "aws_iam_role", "managed_policy_arns");
    expect(differing("update", unknown)).toBeDefined();
  });

  test.each<[string, (plan: Draft) => void]>([
    ["something else is deleted", more("aws_iam_role.old", { actions: ["delete"], before: {}, after: null })],
    ["something else is let go of", more("aws_iam_role.old", { actions: ["forget"], before: {}, after: null })],
    [
      "what an interrupted replacement left is deleted",
      more(ADDRESS, { actions: ["delete"], before: {}, after: null }, { deposed: "00000001" }),
    ],
  ])("but %s", (_, edit) => {
    expect(differing("update", edit)).toBeUndefined();
  });
});
