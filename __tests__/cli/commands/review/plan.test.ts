import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { readPlan } from "../../../../cli/commands/review/plan";
import type { Plan } from "../../../../cli/commands/review/review";
import { CommandError } from "../../../../cli/terminal/command-error";
import type { SynthesizedStack } from "../../../../cli/terraform/synthesized-folder";
import { fieldsIn } from "../../../../common/json";
import { ACCOUNT, type Draft, edited, set, stackOf } from "../../../support/edited-stack";
import { sharedFolder } from "../../../support/folder";
import { planOf as planMadeOf } from "../../../support/plan-fixtures";

const scratch = sharedFolder();
const file = join(scratch, "plan.json");
const CODE = stackOf("full: {}");
const EMPTY = stackOf("full: {}, retired: true");

/** A plan that changes that, made of that stack. */
const planOf = (resource_changes: unknown, stack: SynthesizedStack, overrides: object = {}) =>
  planMadeOf(stack, { format_version: "1.2", resource_changes, ...overrides });

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

  const OTHER_STACK = `${received()} for paid, expected a plan of the stack that --head has for it: its output support_app_digest has another digest. Plan what was synthesized, and give each environment its own plan.`;

  test("a plan of another stack is refused", () => {
    const renamed = stackOf("full: { role-name: Other, policy-name: AWSSupportAppFullRolePolicy }");
    refused(OTHER_STACK, planOf([], CODE), CODE, renamed);
    refused(OTHER_STACK, { ...planOf([], CODE), output_changes: {} }); // such as of a destroy, or of another app
    // What a stack says of itself isn't believed: its digest is made again.
    const lying = edited(renamed, (draft) => {
      set(draft, "output support_app_digest", fieldsIn(CODE.terraform.output).support_app_digest);
    });
    refused(OTHER_STACK, planOf([], CODE), CODE, lying);
  });

  test("a plan of the same stack by another role is of it: which role plans isn't in the stack", () => {
    const planning = stackOf(`full: {}, plan-role: "arn:aws:iam::${ACCOUNT}:role/plans"`);
    expect(readAsPlan(planOf([], CODE), CODE, planning)).toMatchObject({ changes: [] });
  });

  test("a plan that does something unknown is refused", () => {
    const change = { address: "aws_iam_role.full", type: "aws_iam_role", change: { actions: ["rewrite"] } };
    refused(
      `${received()} for paid, which does something unknown to "aws_iam_role.full", expected Terraform's actions: create, update, delete, replace, forget or import. Use a version of Terraform that was tested.`,
      planOf([change], CODE),
    );
  });

  test("a plan has the results of the stack's own checks", () => {
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
