import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Plan, readPlan } from "../../../../cli/commands/review/plan";
import { CommandError } from "../../../../cli/terminal/command-error";
import type { SynthesizedStack } from "../../../../cli/terraform/synthesized-folder";
import { ACCOUNT, type Draft, edited, set, stackOf } from "../../../support/edited-stack";
import { sharedFolder } from "../../../support/folder";
import { configurationOf } from "../../../support/plan-configuration";
import { policyText } from "../../../support/policy-text";
import { isThorough } from "../../../support/thorough";

const scratch = sharedFolder();
const file = join(scratch, "plan.json");
const CODE = stackOf("full: {}");
const EMPTY = stackOf("full: {}, retired: true");

/** A plan that changes that, made of that code. */
const planOf = (resource_changes: unknown, { terraform }: SynthesizedStack, overrides: object = {}) => ({
  ...{ format_version: "1.2", resource_changes, configuration: configurationOf(terraform) },
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
      ...{ changes: [], outside: [], checks: [{ address: "check.oncall", status: "fail", messages: ["other"] }] },
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

  test("drift that a plan can't explain is unsupported, and needs an approval", () => {
    const drifted = (type: string, actions: readonly string[]) => {
      const change = { actions, before: { name: "a" }, after: { name: "b" } };
      return readAsPlan(
        planOf([], EMPTY, { resource_drift: [{ address: `${type}.a`, mode: "managed", type, change }] }),
        EMPTY,
        EMPTY,
      );
    };
    const unsupported = { address: "aws_iam_user.a", action: "unsupported", attributes: ["name"] };
    expect(drifted("aws_iam_user", ["update"])).toMatchObject({
      ...{ outside: [unsupported], drift: { verdict: "unknown", approved: [{}, {}, { unsupported: [unsupported] }] } },
    });
    expect(drifted("aws_iam_role", ["read"])).toMatchObject({ drift: { verdict: "unknown" } });
    const plan = drifted("aws_sns_topic", ["update"]);
    expect(plan).toMatchObject({ outside: [{ action: "update", attributes: ["name"] }], drift: undefined });
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

describe("a plan with any one field replaced", () => {
  const ARN = `arn:aws:iam::${ACCOUNT}:policy/AWSSupportAppFullRolePolicy`;
  const role = "AWSSupportAppFullRole";
  const statement = { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "supportapp.amazonaws.com" } };
  const DENYING = policyText({ Action: "support:*", Resource: "*", Effect: "Deny" });
  const VALUES: Readonly<Record<string, object>> = {
    aws_iam_role: {
      ...{ arn: "arn:x", name: role, path: "/", assume_role_policy: policyText(statement) },
      managed_policy_arns: [ARN],
    },
    aws_iam_policy: { arn: ARN, policy: policyText({ Action: "support:*", Resource: "*", Effect: "Allow" }) },
    aws_iam_role_policy_attachment: { role, policy_arn: ARN },
    aws_iam_role_policy_attachments_exclusive: { role_name: role, policy_arns: [ARN] },
    aws_iam_role_policies_exclusive: { role_name: role, policy_names: [] },
  };
  const unchanged = { actions: ["no-op"], before: {}, after: {} };
  /** A plan in an account where the policy is another one. */
  const plan = planOf(
    [
      { address: "terraform_data.support_app_place", mode: "managed", type: "terraform_data", change: unchanged },
      ...Object.entries(VALUES).map(([type, after]) => {
        const isDrift = type === "aws_iam_policy";
        const before = isDrift ? { ...after, policy: DENYING } : after;
        const change = { actions: [isDrift ? "update" : "no-op"], before, after, after_unknown: {} };
        return { address: `${type}.full`, mode: "managed", type, change };
      }),
    ],
    CODE,
  );

  /** Every field in a value, by its path. */
  function pathsIn(value: unknown, path: readonly string[] = []): (readonly string[])[] {
    const children = typeof value === "object" && value !== null ? Object.entries(value) : [];
    const paths = children.flatMap(([key, child]) => pathsIn(child, [...path, key]));
    return path.length > 0 ? [path, ...paths] : paths;
  }

  function replaced(path: readonly string[], value: unknown): unknown {
    const copy = structuredClone(plan) as Draft;
    const parent = path.slice(0, -1).reduce((node, key) => node[key], copy);
    parent[path.at(-1) ?? ""] = value;
    return copy;
  }

  test("a plan with any one field replaced needs an approval as before, or is refused", () => {
    const needsApproval = (plan: unknown) => {
      try {
        return readAsPlan(plan).drift !== undefined;
      } catch (error) {
        if (error instanceof CommandError) return "refused";
        throw error;
      }
    };
    expect(needsApproval(plan)).toBe(true);
    const paths = pathsIn(plan);
    expect(paths.length).toBeGreaterThan(100);
    const odd: readonly unknown[] = [undefined, null, 7, "x", [], {}, { toString: 1 }];
    // Each field with one of the values in turn, and each week with all of them.
    const quiet = paths.flatMap((path, index) =>
      (isThorough ? odd : [odd[index % odd.length]])
        .filter((value) => needsApproval(replaced(path, value)) === false)
        .map((value) => [path, value]),
    );
    expect(quiet).toEqual([]);
  });
});
