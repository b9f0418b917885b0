import { z } from "zod";
import { canonical } from "../../common/canonical";
import { type Fields, isFields } from "../../common/fields";
import { fieldsIn, textOf } from "../../common/json";

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
  /** The place before a move. */
  readonly placeBefore: string;
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

/** The part of a plan with its resources. It is missing where nothing is configured. */
export const resourceChanges = z
  .array(z.custom<Fields>(isFields))
  .transform((resources) => resources.filter(({ mode }) => mode !== "data").map(readPlannedResource));

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
    ...{ address, place: placeOf(address), addressBefore, placeBefore: placeOf(addressBefore) },
    type: textOf(entry.type),
    action: action === "no-op" && isImported ? "import" : action,
    ...{ isCreatedFirst: actionsText === CREATED_FIRST, isImported, isDeposed: entry.deposed !== undefined },
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
