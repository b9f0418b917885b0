import { z } from "zod";
import { canonical } from "../../../common/canonical";
import { checksum } from "../../../common/checksum";
import { type Fields, isFields } from "../../../common/fields";
import { fieldsIn, parseJsonIfAny } from "../../../common/json";
import { CommandError } from "../../terminal/command-error";

/** A plan that isn't the one that somebody approved. */
export class PlanRefused extends CommandError {}

/**
 * What a plan was made from, and what follows from its changes. Any other section counts, known or not.
 * Source: Terraform, "JSON Output Format".
 */
const WITHOUT_EFFECT = [
  ...["format_version", "terraform_version", "timestamp", "variables", "configuration", "prior_state"],
  ...["planned_values", "resource_drift", "relevant_attributes", "checks", "applyable", "complete", "errored"],
];

/** A plan that can be applied whole. */
const wholePlan = z.looseObject({
  format_version: z.string().regex(/^1\./),
  errored: z.literal(false).optional(),
  complete: z.literal(true).optional(),
  resource_changes: z.array(z.custom<Fields>(isFields)).default([]),
  output_changes: z.record(z.string(), z.custom<Fields>(isFields)).default({}),
});

/**
 * The digest of all that a plan changes, whoever plans, and when: equal only for equal changes.
 *
 * @param text what `terraform show -json` prints
 * @throws CommandError when that isn't a whole plan
 */
export function planDigest(text: string): string {
  const result = wholePlan.safeParse(parseJsonIfAny(text));
  if (!result.success)
    throw new CommandError(
      "Received something other than a whole plan of format 1.x from terraform show, expected one to compare. Nothing was changed. Use a version of Terraform or OpenTofu that was tested.",
    );
  const { resource_changes: resources, output_changes: outputs, ...sections } = result.data;
  const otherSections = Object.entries(sections).filter(([name]) => !WITHOUT_EFFECT.includes(name));
  return digestOf(
    resources.filter(isChange).map(canonical).sort(),
    Object.entries(outputs).filter(([, { actions }]) => !isNoOp(actions)),
    otherSections,
  );
}

function digestOf(
  resources: readonly string[],
  outputs: readonly (readonly [string, unknown])[],
  otherSections: readonly (readonly [string, unknown])[],
): string {
  return checksum(canonical([resources, Object.fromEntries(outputs), Object.fromEntries(otherSections)]));
}

/** The digest of a plan that changes nothing. */
export const NOTHING_PLANNED = digestOf([], [], []);

/** Whether Terraform would do something, in AWS or in the state alone: a move or an import. */
function isChange({ change, previous_address }: Fields): boolean {
  const { actions, importing } = fieldsIn(change);
  return !isNoOp(actions) || (importing ?? undefined) !== undefined || previous_address !== undefined;
}

function isNoOp(actions: unknown): boolean {
  return canonical(actions) === '["no-op"]';
}
