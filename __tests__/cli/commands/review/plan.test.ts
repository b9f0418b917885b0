import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { readPlan } from "../../../../cli/commands/review/plan";
import type { Plan } from "../../../../cli/commands/review/review";
import { CommandError } from "../../../../cli/terminal/command-error";
import type { SynthesizedStack } from "../../../../cli/terraform/synthesized-folder";
import { ACCOUNT, type Draft, edited, set, stackOf } from "../../../support/edited-stack";
import { sharedFolder } from "../../../support/folder";
import { configurationOf } from "../../../support/plan-configuration";

const scratch = sharedFolder();
const file = join(scratch, "plan.json");
const CODE = stackOf("full: {}");
const EMPTY = stackOf("full: {}, retired: true");

/** A plan that changes that, made of that code. */
const planOf = (resource_changes: unknown, { terraform }: SynthesizedStack, overrides: object = {}) => ({
  format_version: "1.2",
  resource_changes,
  configuration: configurationOf(terraform),
  ...overrides,
});

function readAsPlan(plan: unknown, base: SynthesizedStack | undefined = CODE, head: SynthesizedStack = CODE): Plan {
  writeFileSync(file, JSON.stringify(plan));
  return readPlan("paid", file, base, head);
}

describe("anything but a complete plan of the code is refused", () => {
  const refused = (message: string, ...args: Parameters<typeof readAsPlan>) =>
    expect(() => readAsPlan(...args)).toThrow(new CommandError(message));
  const received = () => `Received ${JSON.stringify(file)}`;
  const EXPECTED = "expected a complete plan of format 1.x. Write it with `terraform show -json PLAN`.";

  test.each<[unknown, string]>([
    [[1], "a list"],
    [null, "nothing"],
    [7, "the number 7"],
    [{ resource_changes: [] }, "nothing for format_version"],
    [{ format_version: "2.0", resource_changes: [] }, '"2.0" for format_version'],
    [{ format_version: "1.0", values: {} }, "nothing for resource_changes"], // a state
    [{ format_version: "11.0", planned_values: {} }, '"11.0" for format_version'],
    [planOf([], EMPTY, { complete: false }), "the boolean false for complete"],
    [planOf(null, CODE), "nothing for resource_changes"],
    [planOf({}, CODE), "an empty mapping for resource_changes"],
    [planOf([[]], CODE), "an empty list for resource_changes[0]"],
    [planOf([{}, 7], CODE), "the number 7 for resource_changes[1]"],
  ])("anything but a complete plan of the code is refused: %j", (plan, part) => {
    refused(`${received()} with ${part}, ${EXPECTED}`, plan);
  });

  test("a plan of other code is refused", () => {
    const differenceIn = (part: string) =>
      `${received()} for paid, expected a plan of what --head has for it: ${part} is different. Plan what was synthesized, and give each environment its own plan.`;
    const renamed = stackOf("full: { role-name: Other, policy-name: AWSSupportAppFullRolePolicy }");
    refused(differenceIn("name of aws_iam_role.full"), planOf([], CODE), CODE, renamed);
    refused(differenceIn("aws_iam_role.full"), planOf([], CODE)); // Terraform lists what it doesn't change, too
  });

  test("a plan that assumes the plan-role of --head, or its deploy-role, is of its code; with any other role, it isn't", () => {
    const roleOf = (name: string) => `arn:aws:iam::${ACCOUNT}:role/${name}`;
    const deployed = `full: {}, retired: true, deploy-role: "${roleOf("deploys")}"`;
    const head = stackOf(`${deployed}, plan-role: "${roleOf("plans")}"`);
    const planAs = (...roles: string[]) =>
      planOf(
        [],
        edited(head, (draft) => {
          draft.provider.aws[0].assume_role = roles.map((role) => ({ role_arn: role }));
        }),
      );
    for (const name of ["plans", "deploys"])
      expect(readAsPlan(planAs(roleOf(name)), head, head)).toMatchObject({ changes: [] });
    const otherRole = `${received()} for paid, expected a plan of what --head has for it: assume_role of provider.aws is different. Plan what was synthesized, and give each environment its own plan.`;
    for (const plan of [planAs(roleOf("other")), planAs(), planAs(roleOf("plans"), roleOf("other"))])
      refused(otherRole, plan, head, head);
    refused(otherRole, planAs(roleOf("plans")), head, stackOf(deployed)); // which the base alone has
    const otherRegion = edited(head, (draft) => {
      Object.assign(draft.provider.aws[0], { region: "eu-west-1", assume_role: [{ role_arn: roleOf("plans") }] });
    });
    expect(() => readAsPlan(planOf([], otherRegion), head, head)).toThrow(CommandError);
  });

  test("a plan has the results of the code's own checks", () => {
    const checking = edited(EMPTY, (draft) => set(draft, "check oncall", { assert: [] }));
    const results = (name: string) => {
      const address = { kind: "check", name, to_display: `check.${name}` };
      return [{ address, status: "fail", instances: [{ status: "fail", problems: [{ message: "other" }] }] }];
    };
    const plan = (name: string) => planOf([], checking, { checks: results(name) });
    expect(readAsPlan(plan("oncall"), checking, checking)).toMatchObject({
      changes: [],
      byHand: [{ address: "check.oncall", messages: ["other"] }],
    });
    const differenceIn = (part: string) =>
      `${received()} for paid, expected a plan of what --head has for it: ${part} is different. Plan what was synthesized, and give each environment its own plan.`;
    refused(differenceIn("check.theirs"), plan("theirs"), checking, checking);
    refused(differenceIn("check.oncall"), plan("oncall"), checking, EMPTY);
    refused(`${received()} with the number 7 for checks[0], ${EXPECTED}`, planOf([], EMPTY, { checks: [7] }));
    refused(
      `${received()} with an empty list for resource_drift[0], ${EXPECTED}`,
      planOf([], EMPTY, { resource_drift: [[]] }),
    );
  });

  test("a plan without resources, or of another minor version, is accepted", () => {
    const changes = (...args: Parameters<typeof planOf>) => readAsPlan(planOf(...args), EMPTY, EMPTY).changes;
    expect(changes(undefined, EMPTY, { planned_values: {} })).toEqual([]);
    expect(changes([], EMPTY, { format_version: "1.99" })).toEqual([]);
    expect(changes([], EMPTY, { format_version: 1 })).toEqual([]);
    expect(changes([], EMPTY, { errored: false, complete: true })).toEqual([]);
    expect(changes([{ address: "data.a.b", mode: "data", change: { actions: ["read"] } }], EMPTY)).toEqual([]);
  });
});

test("each resource of ours is told in words, and what an interrupted replacement left, too", () => {
  const { terraform } = CODE;
  const addresses = Object.entries(terraform.resource as Draft).flatMap(([type, blocks]) =>
    Object.keys(blocks as object).map((name) => ({ address: `${type}.${name}`, type })),
  );
  const created = { actions: ["create"], before: null, after: { name: "a" }, after_unknown: {} };
  const resources = addresses.map((resource) => ({ ...resource, mode: "managed", change: created }));
  const deposed = { actions: ["delete"], before: { name: "a" }, after: null };
  const leftover = {
    address: "aws_iam_role.full",
    type: "aws_iam_role",
    mode: "managed",
    deposed: "a",
    change: deposed,
  };
  const { changes } = readAsPlan(planOf([...resources, leftover], CODE));
  expect(changes.map(({ action, address, words }) => [action, address, words])).toEqual([
    ["create", "aws_iam_role.full", "role AWSSupportAppFullRole"],
    ["create", "aws_iam_policy.full", "policy AWSSupportAppFullRolePolicy"],
    ["create", "aws_iam_role_policy_attachment.full", "the policy of role AWSSupportAppFullRole"],
    ["create", "aws_iam_role_policy_attachments_exclusive.full", "no other policy on role AWSSupportAppFullRole"],
    ["create", "aws_iam_role_policies_exclusive.full", "no inline policy in role AWSSupportAppFullRole"],
    ["create", "terraform_data.support_app_place", "what remembers the account and the region"],
    ["delete", "aws_iam_role.full", "left over"],
  ]);
});
