import { canonical } from "../../../common/canonical";
import { type Fields, isFields } from "../../../common/fields";
import { fieldsIn, listIfAny, parseJsonIfAny, textOf } from "../../../common/json";
import { normalizeValue, type PlannedResource } from "../../terraform/plan";
import type { ChangeByHand } from "./review";

/** What follows from other resources of the stack, which have changes of their own. */
const DERIVED = ["tags_all", "managed_policy_arns", "inline_policy", "attachment_count"];

/**
 * What somebody changed in AWS since Terraform wrote its state, whether or not the plan changes it back.
 *
 * @param drifted the `resource_drift` of a plan: what the state says, and what is in AWS
 * @param resources what the plan has for each resource, as the file says
 * @param checks the results of the stack's checks, which compare what Terraform doesn't
 */
export function changesByHand(
  drifted: readonly PlannedResource[],
  resources: readonly PlannedResource[],
  checks: readonly Fields[],
): ChangeByHand[] {
  const planned = new Map(resources.map((resource) => [resource.address, resource]));
  return [
    ...drifted.flatMap((resource) => attributesOf(resource, planned.get(resource.address))),
    ...checks.flatMap(failureOf),
  ];
}

function attributesOf({ address, before, after }: PlannedResource, planned?: PlannedResource): ChangeByHand[] {
  if (!before || !after) return [{ address, live: after, file: before, messages: [] }];
  // What the plan leaves as it is in AWS isn't what the file says.
  const fileValue = (name: string) => {
    const value = planned?.after?.[name] ?? before[name];
    return normalizeText(value) === normalizeText(after[name]) ? before[name] : value;
  };
  return Object.keys({ ...before, ...after })
    .sort()
    .filter((name) => !DERIVED.includes(name) && normalizeText(before[name]) !== normalizeText(after[name]))
    .flatMap((name) => nestedChanges(address, name, after[name], fileValue(name)));
}

/** The keys that differ in two mappings in JSON, or all of a value. */
function nestedChanges(address: string, attribute: string, live: unknown, file: unknown): ChangeByHand[] {
  const [inAws, inFile] = [live, file].map(parsed);
  if (!isFields(inAws) || !isFields(inFile)) return [{ address, attribute, live, file, messages: [] }];
  return Object.keys({ ...inAws, ...inFile }).flatMap((key) =>
    canonical(inAws[key] ?? null) === canonical(inFile[key] ?? null)
      ? []
      : [{ address, attribute: `${attribute}.${key}`, live: inAws[key], file: inFile[key], messages: [] }],
  );
}

/** A value in normal form. AWS may write JSON another way each time. */
function normalizeText(value: unknown): string {
  return normalizeValue(parsed(value));
}

function parsed(value: unknown): unknown {
  return typeof value === "string" ? (parseJsonIfAny(value) ?? value) : value;
}

/** A check that fails, or can't be evaluated. */
function failureOf({ address, status, instances }: Fields): ChangeByHand[] {
  const { kind, name } = fieldsIn(address);
  if (kind !== "check" || !["fail", "error"].includes(textOf(status))) return [];
  const messages = listIfAny(instances).flatMap((instance) =>
    listIfAny(fieldsIn(instance).problems).map((problem) => textOf(fieldsIn(problem).message)),
  );
  const unknown = status === "error" ? ["It can't be evaluated, so whether AWS is as the file says is unknown."] : [];
  return [{ address: `check.${textOf(name)}`, messages: [...unknown, ...messages] }];
}
