import { describePath } from "../../../modules/support-app/model/problem";
import { CommandError } from "../../terminal/command-error";
import { type Fields, isFields, textOf } from "../../terminal/json";
import { readJsonFile } from "../../terminal/json-file";
import { readStack } from "../../terraform/stack";
import type { Terraform } from "../../terraform/synthesized-folder";
import { type Drift, driftOf } from "./drift";
import { codeDifference, valueDifference } from "./plan-code";
import { type PlannedChange, plannedChanges } from "./planned-changes";
import { readPlannedResource } from "./planned-resource";

/** What a plan would do in an environment. */
export interface Plan {
  readonly changes: readonly PlannedChange[];
  /** What it gives and takes beyond the change of the code. Undefined: nothing that needs an approval. */
  readonly drift?: Drift;
}

/** The supported major version of Terraform's plan format. Minor versions add and remove fields. */
const MAJOR_VERSION = "1";

/**
 * Reads a plan and compares it with the code change.
 *
 * @param file what `terraform show -json` has printed
 * @param base the code before the change. Undefined: there was none
 * @throws CommandError for a plan of other code than `head`
 */
export function readPlan(
  environment: string,
  file: string,
  base: Terraform | undefined,
  head: Terraform | undefined,
): Plan {
  const plan = readMapping(file);
  const version = textOf(plan.format_version ?? "");
  const [major] = version.split(".");
  if (major !== MAJOR_VERSION || !("resource_changes" in plan || "planned_values" in plan)) {
    throw new CommandError(
      `Received ${describePath(file)} of format ${describePath(version)}, expected a plan of format ${MAJOR_VERSION}.x. Write it with \`terraform show -json PLAN\`.`,
    );
  }
  if (plan.errored === true || plan.complete === false) {
    throw new CommandError(
      `Received ${describePath(file)} of a plan that ${plan.errored === true ? "failed" : "is not complete"}, expected a complete one. Plan again.`,
    );
  }
  const changes = plan.resource_changes ?? []; // Terraform leaves it out where nothing is configured
  if (plan.resource_changes === null || !Array.isArray(changes) || !changes.every(isFields)) {
    throw new CommandError(
      `Received ${describePath(file)} whose resource_changes aren't a list of mappings, expected a plan. Write it with \`terraform show -json PLAN\`.`,
    );
  }
  if (!head) {
    throw new CommandError(
      `Received ${describePath(file)} for ${environment}, expected a plan of an environment that --head has: Terraform does nothing to one that is removed. Leave the plan out.`,
    );
  }
  const resources = changes.filter(({ mode }) => mode !== "data").map(readPlannedResource);
  const [before, after] = [base && readStack(base), readStack(head)];
  const other = codeDifference(plan, head, after.blocks) ?? valueDifference(resources, after);
  if (other) {
    const what = other.argument === undefined ? other.address : `${other.argument} of ${other.address}`;
    throw new CommandError(
      `Received ${describePath(file)} for ${environment}, expected a plan of what --head has for it: ${what} is different. Plan what was synthesized, and give each environment its own plan.`,
    );
  }
  const planned = plannedChanges(resources, before, after);
  return { changes: planned, drift: driftOf(resources, planned, before, after) };
}

function readMapping(file: string): Fields {
  const broken = () =>
    `Received ${describePath(file)} that is not a JSON mapping, expected a plan. Write it with \`terraform show -json PLAN\`.`;
  const missing = (why: string) =>
    `Received the plan ${describePath(file)}, expected a file that can be read, but: ${why}. Check the name.`;
  const plan = readJsonFile(file, missing, broken);
  if (isFields(plan)) return plan;
  throw new CommandError(broken());
}
