import * as z from "zod";
import { canonical } from "../../common/canonical";
import { type Fields, isFields } from "../../common/fields";
import { fieldsIn, textOf } from "../../common/json";
import { describe } from "../../common/problem";

/** What Terraform would do with a resource. */
export type PlannedAction = "create" | "update" | "replace" | "delete" | "import" | "forget";

/** A resource as a plan has it. */
export interface PlannedResource {
  /** In Terraform, with the index that `count` or `for_each` gives it. */
  readonly address: string;
  /** The address without the index. */
  readonly place: string;
  /** The address before a move. */
  readonly addressBefore: string;
  readonly type: string;
  /** Undefined: none that Terraform has. */
  readonly action?: PlannedAction | "no-op";
  /** Whether a replacement creates the new one before it deletes the old one. */
  readonly isCreatedFirst: boolean;
  readonly isImported: boolean;
  /** What is imported. Undefined: nothing, or something without an ID. */
  readonly importId?: string;
  /** Whether an interrupted replacement left it. */
  readonly isDeposed: boolean;
  /** Its attributes. Undefined: it doesn't exist. */
  readonly before?: Fields;
  readonly after?: Fields;
  /** Which attributes are known only after the deploy. */
  readonly unknown: unknown;
}

const CREATED_FIRST = '["create","delete"]';

const ACTIONS: ReadonlyMap<string, PlannedAction | "no-op"> = new Map([
  ['["no-op"]', "no-op"],
  ['["create"]', "create"],
  ['["update"]', "update"],
  ['["delete"]', "delete"],
  ['["forget"]', "forget"],
  ['["delete","create"]', "replace"],
  [CREATED_FIRST, "replace"],
]);

const entries = z.array(z.custom<Fields>(isFields));

/** A plan, as `terraform show -json` prints it. Minor versions of its format add and remove other sections. Source: Terraform, "JSON Output Format". */
export const planJson = z.looseObject({
  format_version: z.coerce.string().regex(/^1(\.|$)/),
  terraform_version: z.string().min(1).optional(),
  resource_changes: entries.optional(), // nothing is configured
  resource_drift: entries.default([]),
  output_changes: z.record(z.string(), z.custom<Fields>(isFields)).default({}),
  checks: entries.default([]),
});

export type PlanJson = z.infer<typeof planJson>;

/** A plan that can be applied whole. */
export const wholePlanJson = planJson
  .refine(({ errored = false }) => errored === false, { path: ["errored"] })
  .refine(({ complete = true }) => complete === true, { path: ["complete"] });

/** The resources in a section of a plan. */
export function plannedResources(section: readonly Fields[] = []): PlannedResource[] {
  return section.filter(({ mode }) => mode !== "data").map(readPlannedResource);
}

/** What a plan does that no known Terraform does, to follow "a plan that". Undefined: nothing. */
export function unknownActionIn(resources: readonly PlannedResource[]): string | undefined {
  const resource = resources.find(({ action }) => action === undefined);
  return (
    resource &&
    `does something unknown to ${describe(resource.address)}, expected Terraform's actions: create, update, delete, replace, forget or import. Use a version of Terraform that was tested.`
  );
}

/** Reads an entry of a plan's resource changes. */
export function readPlannedResource(entry: Fields): PlannedResource {
  const { actions, importing, before, after, after_unknown } = fieldsIn(entry.change);
  const address = textOf(entry.address);
  const addressBefore = textOf(entry.previous_address ?? address);
  const { id: importId } = fieldsIn(importing);
  const isImported = importing !== undefined && importing !== null;
  const actionsText = canonical(actions ?? null);
  const action = ACTIONS.get(actionsText);
  return {
    address,
    place: placeOf(address),
    addressBefore,
    type: textOf(entry.type),
    action: action === "no-op" && isImported ? "import" : action,
    isCreatedFirst: actionsText === CREATED_FIRST,
    isImported,
    isDeposed: entry.deposed !== undefined,
    importId: typeof importId === "string" ? importId : undefined,
    before: isFields(before) ? before : undefined,
    after: isFields(after) ? after : undefined,
    unknown: after_unknown,
  };
}

function placeOf(address: string): string {
  return (address.endsWith("]") && address.split("[", 1)[0]) || address;
}

/** A value in normal form: AWS stores an omitted value as an empty one. */
export function normalizeValue(value: unknown): string {
  const text = canonical(value ?? null);
  return ['""', "[]", "{}"].includes(text) ? "null" : text;
}
