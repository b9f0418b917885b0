import { z } from "zod";
import { type Fields, isFields } from "../../../common/fields";
import { describePath } from "../../../common/problem";
import { CommandError } from "../../terminal/command-error";
import { readJsonFile, wrongPart } from "../../terminal/json-file";
import { withPlanRole } from "../../terraform/plan-role";
import { resourceChanges } from "../../terraform/planned-resource";
import { readStack, type Stack } from "../../terraform/stack";
import type { SynthesizedStack } from "../../terraform/synthesized-folder";
import { type AccessDrift, driftOf } from "./access-drift";
import { checkResults, foreignCheck, type TerraformCheck } from "./check-results";
import { type OutsideChange, outsideChanges } from "./outside-changes";
import { codeDifference, resourceDifference } from "./plan-code";
import { type PlannedChange, plannedChanges } from "./planned-changes";

const WRITE = "Write it with `terraform show -json PLAN`.";

/** What a plan would do in an environment. */
export interface Plan {
  readonly changes: readonly PlannedChange[];
  /** What was changed outside Terraform. */
  readonly outside: readonly OutsideChange[];
  /** The checks of the code that didn't pass. */
  readonly checks: readonly TerraformCheck[];
  /** What it gives and takes beyond the change of the code. Undefined: nothing that needs an approval. */
  readonly drift?: AccessDrift;
}

/** The parts of a plan that are read. Minor versions of its format add and remove others. */
const planFile = z
  .looseObject({
    format_version: z.coerce.string().regex(/^1(\.|$)/),
    errored: z.literal(false).optional(),
    complete: z.literal(true).optional(),
    resource_changes: resourceChanges.optional(),
    resource_drift: resourceChanges.optional(),
    checks: z.array(z.custom<Fields>(isFields)).optional(),
    planned_values: z.unknown().optional(),
  })
  .refine((plan) => plan.resource_changes ?? "planned_values" in plan, { path: ["resource_changes"] }); // a state has neither

/** How a plan's configuration differs from a stack, which may be planned as its plan-role. */
function stackDifference(plan: Fields, { terraform, blocks, environment }: Stack): string | undefined {
  const difference = codeDifference(plan, terraform, blocks);
  if (difference === undefined) return undefined;
  return codeDifference(plan, withPlanRole(terraform, environment), blocks) && difference;
}

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
  base: SynthesizedStack | undefined,
  head: SynthesizedStack,
): Plan {
  const plan = readJsonFile(
    file,
    (reason) => `Can't read the plan ${describePath(file)}: ${reason}. Check the name.`,
    () => `Received ${describePath(file)} that is not JSON, expected a plan. ${WRITE}`, // which may have secrets
  );
  const result = planFile.safeParse(plan);
  if (!result.success) {
    throw new CommandError(
      `Received ${describePath(file)} with ${wrongPart(plan, result.error)}, expected a complete plan of format 1.x. ${WRITE}`,
    );
  }
  const [before, after] = [base && readStack(environment, base), readStack(environment, head)];
  const { resource_changes: resources = [], resource_drift: driftedResources = [], checks = [] } = result.data;
  const otherFolder =
    stackDifference(result.data, after) ??
    resourceDifference(resources, after) ??
    foreignCheck(checks, after.terraform);
  if (otherFolder !== undefined) {
    throw new CommandError(
      `Received ${describePath(file)} for ${environment}, expected a plan of what --head has for it: ${otherFolder} is different. Plan what was synthesized, and give each environment its own plan.`,
    );
  }
  const planChanges = plannedChanges(resources, before, after);
  const changesOutside = outsideChanges(driftedResources);
  return {
    ...{ changes: planChanges, outside: changesOutside, checks: checkResults(checks, after.terraform, planChanges) },
    drift: driftOf(resources, planChanges, before, after, changesOutside),
  };
}
