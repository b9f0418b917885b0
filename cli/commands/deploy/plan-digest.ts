import { canonical } from "../../../common/canonical";
import { checksum } from "../../../common/checksum";
import type { Fields } from "../../../common/fields";
import { groupByKey } from "../../../common/group-by-key";
import { fieldsIn, textOf } from "../../../common/json";
import type { PlanRecord } from "../../findings/planned-report";
import { CommandError } from "../../terminal/command-error";
import { type PlanJson, wholePlanJson } from "../../terraform/plan";

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

/**
 * The digests of all that a plan changes, whoever plans, and when: equal only for equal changes.
 *
 * @throws CommandError when it isn't a whole plan
 */
export function planRecord(plan: PlanJson): PlanRecord {
  if (!wholePlanJson.safeParse(plan).success)
    throw new CommandError(
      "Received a part of a plan from terraform show, expected a whole one to compare. Nothing was changed. Plan without -target.",
    );
  const { resource_changes: resources = [], output_changes: outputs, terraform_version: version, ...sections } = plan;
  const byAddress = groupByKey(resources.filter(isChange), ({ address }) => textOf(address));
  return recordOf(version, {
    resource: [...byAddress].map(([address, entries]) => [address, entries.map(canonical).sort()]),
    output: Object.entries(outputs).filter(([, { actions }]) => !isNoOp(actions)),
    section: Object.entries(sections).filter(([name]) => !WITHOUT_EFFECT.includes(name)),
  });
}

type Kind = PlanRecord["changes"][number]["kind"];

function recordOf(
  version: string | undefined,
  parts: Partial<Readonly<Record<Kind, readonly (readonly [name: string, content: unknown])[]>>>,
): PlanRecord {
  const changes = (["resource", "output", "section"] as const).flatMap((kind) =>
    (parts[kind] ?? [])
      .map(([name, content]) => ({ kind, name, digest: checksum(canonical(content)) }))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
  );
  return { digest: checksum(canonical(changes)), version, changes };
}

/** A plan that changes nothing, without Terraform. */
export const NOTHING_PLANNED = recordOf(undefined, {});

/** How a plan differs from the approved one, in words: what they change, and the versions of Terraform. */
export function planDifferences(approvedPlan: PlanRecord, plan: PlanRecord): string[] {
  const words = ({ kind, name }: PlanRecord["changes"][number]) => (kind === "resource" ? name : `${kind} ${name}`);
  const isIn = (digests: PlanRecord["changes"], change: object) =>
    digests.some((digest) => canonical(digest) === canonical(change));
  const differing = [
    ...approvedPlan.changes.filter((change) => !isIn(plan.changes, change)),
    ...plan.changes.filter((change) => !isIn(approvedPlan.changes, change)),
  ];
  const [before, after] = [approvedPlan.version, plan.version];
  const isOtherVersion = before !== undefined && after !== undefined && before !== after;
  return [
    ...new Set(differing.map((change) => `${words(change)} differs`)),
    ...(isOtherVersion ? [`planned with Terraform ${before}, deployed with ${after}`] : []),
  ];
}

/** Whether Terraform would do something, in AWS or in the state alone: a move or an import. */
function isChange({ change, previous_address }: Fields): boolean {
  const { actions, importing } = fieldsIn(change);
  return !isNoOp(actions) || (importing ?? undefined) !== undefined || previous_address !== undefined;
}

function isNoOp(actions: unknown): boolean {
  return canonical(actions) === '["no-op"]';
}
