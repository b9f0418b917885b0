import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Plan, readPlan } from "../../../../cli/commands/review/plan";
import { CommandError } from "../../../../cli/terminal/command-error";
import type { Terraform } from "../../../../cli/terraform/synthesized-folder";
import { configurationOf } from "../../../support/plan-configuration";
import { CODE, EMPTY, edited } from "./small-stack";

let scratch: string;
let file: string;
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), "support-app-plan-"));
  file = join(scratch, "plan.json");
});
afterAll(() => rmSync(scratch, { recursive: true }));

/** A plan that changes that, made of that code. */
const planOf = (resource_changes: unknown, head: Terraform, more: object = {}) => ({
  ...{ format_version: "1.2", resource_changes, configuration: configurationOf(head) },
  ...more,
});

function read(plan: unknown, base: Terraform | undefined = CODE, head: Terraform | undefined = CODE): Plan {
  writeFileSync(file, typeof plan === "string" ? plan : JSON.stringify(plan));
  return readPlan("paid", file, base, head);
}

describe("anything but a complete plan of the code is refused", () => {
  const refused = (message: string, ...given: Parameters<typeof read>) =>
    expect(() => read(...given)).toThrow(new CommandError(message));
  const received = () => `Received ${JSON.stringify(file)}`;
  const EXPECTED = "expected a complete plan of format 1.x. Write it with `terraform show -json PLAN`.";

  test("a file that isn't there", () => {
    const missing = join(scratch, "missing.json");
    expect(() => readPlan("paid", missing, CODE, CODE)).toThrow(
      `Can't read the plan ${JSON.stringify(missing)}: ENOENT: no such file or directory, open '${missing}'. Check the name.`,
    );
  });

  test("a file that isn't JSON", () => {
    refused(`${received()} that is not JSON, ${EXPECTED.replace("complete plan of format 1.x", "plan")}`, "{");
  });

  test.each<[unknown, string]>([
    [[1], "a list"],
    [null, "nothing"],
    [7, "the number 7"],
    [{ resource_changes: [] }, "nothing for format_version"],
    [{ format_version: "1.2" }, "nothing for resource_changes"],
    [{ format_version: "2.0", resource_changes: [] }, '"2.0" for format_version'],
    [{ format_version: "11.0", planned_values: {} }, '"11.0" for format_version'],
    [planOf([], EMPTY, { errored: true }), "the boolean true for errored"],
    [planOf([], EMPTY, { complete: false }), "the boolean false for complete"],
    [planOf(null, CODE), "nothing for resource_changes"],
    [planOf({}, CODE), "an empty mapping for resource_changes"],
    [planOf([[]], CODE), "an empty list for resource_changes[0]"],
    [planOf([{}, 7], CODE), "the number 7 for resource_changes[1]"],
  ])("%j", (plan, part) => {
    refused(`${received()} with ${part}, ${EXPECTED}`, plan);
  });

  test("a plan of an environment that is removed", () => {
    writeFileSync(file, JSON.stringify(planOf([], CODE)));
    expect(() => readPlan("paid", file, CODE, undefined)).toThrow(
      `${received()} for paid, expected a plan of an environment that --head has: Terraform does nothing to a removed environment. Leave the plan out.`,
    );
  });

  test("a plan of other code", () => {
    const other = (what: string) =>
      `${received()} for paid, expected a plan of what --head has for it: ${what} is different. Plan what was synthesized, and give each environment its own plan.`;
    const renamed = edited(({ resource }) => (resource.aws_iam_role.full.name = "Other"));
    refused(other("name of aws_iam_role.full"), planOf([], CODE), CODE, renamed);
    const less = edited(({ resource }) => delete resource.aws_iam_role.full);
    refused(other("aws_iam_role.full"), planOf([], CODE), CODE, less);
    refused(other("aws_iam_role.full"), planOf([], CODE)); // Terraform lists what it doesn't change, too
  });

  test("but not a plan without resources, or of another minor version", () => {
    const changes = (...given: Parameters<typeof planOf>) => read(planOf(...given), EMPTY, EMPTY).changes;
    expect(changes(undefined, EMPTY, { planned_values: {} })).toEqual([]);
    expect(changes([], EMPTY, { format_version: "1.99" })).toEqual([]);
    expect(changes([], EMPTY, { format_version: 1 })).toEqual([]);
    expect(changes([], EMPTY, { errored: false, complete: true })).toEqual([]);
    expect(changes([{ address: "data.a.b", mode: "data", change: { actions: ["read"] } }], EMPTY)).toEqual([]);
  });
});
