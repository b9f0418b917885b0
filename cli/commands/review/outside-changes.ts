import { canonical } from "../../../common/canonical";
import type { Fields } from "../../../common/fields";
import { fieldsIn, parseJsonIfAny } from "../../../common/json";
import { isKnownType } from "../../terraform/additions";
import { normalizeValue, type PlannedResource } from "../../terraform/planned-resource";

/** What somebody changed or deleted since Terraform wrote its state, whether or not the plan changes it back. */
export interface OutsideChange {
  /** In Terraform. */
  readonly address: string;
  /** `unsupported`: something else, or of a type that this review doesn't know. It may affect access. */
  readonly action: "update" | "delete" | "unsupported";
  /** The attributes that were changed. */
  readonly attributes: readonly string[];
}

/** What follows from other resources of the stack, which have drift of their own. */
const DERIVED: ReadonlyMap<string, readonly string[]> = new Map([
  ["aws_iam_role", ["managed_policy_arns", "inline_policy"]],
  ["aws_iam_policy", ["attachment_count"]],
]);

/**
 * What was changed outside Terraform.
 *
 * @param drifted the `resource_drift` of a plan
 */
export function outsideChanges(drifted: readonly PlannedResource[]): OutsideChange[] {
  return drifted.flatMap(({ address, type, action, before, after }): OutsideChange[] => {
    const isKnown = isKnownType(type);
    if (action === "no-op" && canonical(before ?? null) === canonical(after ?? null)) return []; // only moved
    if (isKnown && action === "delete") return [{ address, action, attributes: [] }];
    if (!isKnown || action !== "update" || !before || !after)
      return [
        { address, action: "unsupported", attributes: changedAttributes(type, fieldsIn(before), fieldsIn(after)) },
      ];
    const attributes = changedAttributes(type, before, after);
    return attributes.length > 0 ? [{ address, action, attributes }] : [];
  });
}

function changedAttributes(type: string, before: Fields, after: Fields): string[] {
  const ignoredAttributes = ["tags_all", ...(DERIVED.get(type) ?? [])];
  return Object.keys({ ...before, ...after })
    .sort()
    .filter((name) => !ignoredAttributes.includes(name) && normalizeText(before[name]) !== normalizeText(after[name]));
}

/** A value in normal form. AWS may write JSON another way each time. */
function normalizeText(value: unknown): string {
  return normalizeValue(typeof value === "string" ? (parseJsonIfAny(value) ?? value) : value);
}
