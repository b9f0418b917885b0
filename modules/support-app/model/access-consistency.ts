import { duplicateOf } from "../../../common/duplicate-of";
import { oneOf } from "../../../common/problem";
import type { Access } from "./access";
import { OPTIONAL_CAPABILITIES } from "./capability";
import { type Conflict, conflictsInside, type NoEffect, repetitions } from "./conflict";
import type { TemporaryCapability } from "./grant";
import { ACCOUNT_ID, MAX_TAGS } from "./limits";
import { endOf } from "./until";

/** What can be left out, in words. */
export const WITHOUT_EXPECTED = `${oneOf(OPTIONAL_CAPABILITIES)}; view-cases can't be left out, since every other capability starts from viewing a case`;

/** What can be granted temporarily, in words. */
export const TEMPORARY_EXPECTED = `${oneOf(OPTIONAL_CAPABILITIES)}; view-cases ends only with everything else, by the access level's own until`;

/** Conflicts in a set of tags as a whole. IAM ignores the case of tag keys (IAM User Guide, tagging rules). */
export function tagSetConflicts(tags: Readonly<Record<string, unknown>>): Conflict[] {
  const conflicts: Conflict[] = [];
  const keys = Object.keys(tags);
  if (keys.length > MAX_TAGS) conflicts.push({ kind: "too-many", path: [], of: "tags", count: keys.length });
  const first = new Map<string, string>();
  for (const key of keys) {
    const twin = duplicateOf(first, key.toLowerCase(), key);
    if (twin !== undefined) conflicts.push({ kind: "same-tag", path: [key], keys: [twin, key] });
  }
  return conflicts;
}

/**
 * Conflicts between values that are valid on their own.
 *
 * @param props the properties; the caller passes `undefined` for invalid ones
 */
export function accessConflicts(props: Access): Conflict[] {
  const conflicts: Conflict[] = [];
  const without: readonly (string | undefined)[] = props.without ?? [];
  const temporarily: readonly (Partial<TemporaryCapability> | undefined)[] = props.temporarily ?? [];
  const mode = props.serviceQuotasRole;
  const isReadOnly = props.access === "read-only";
  const isAwsManaged = props.policy === "aws-managed";
  const mayRequestQuotas =
    !without.includes("request-quota-increases") ||
    temporarily.some((temporary) => temporary?.capability === "request-quota-increases");
  const narrowing: Partial<Record<keyof Access, string | undefined>> = {
    without: without.filter(Boolean).join(", "),
    until: props.until,
    temporarily: temporarily.flatMap((temporary) => temporary?.capability ?? []).join(", "),
    serviceQuotasRole: mode,
    policyName: props.policyName,
    policyDescription: props.policyDescription,
  };
  for (const [property, value] of Object.entries(narrowing) as [keyof Access, string | undefined][]) {
    if (!value) continue;
    const refuse = (reason: NoEffect) =>
      conflicts.push({ kind: "no-effect", path: [property], property, value, reason });
    if (isReadOnly && ["without", "temporarily"].includes(property)) {
      refuse("read-only");
    } else if (property === "serviceQuotasRole" && (isReadOnly || !mayRequestQuotas)) {
      refuse("no-quota-increases");
    } else if (isAwsManaged && (property !== "serviceQuotasRole" || mode !== "on-demand")) {
      refuse("aws-managed");
    }
  }
  conflicts.push(...conflictsInside(["without"], repetitions(without, "capability")));
  if (!isReadOnly && !isAwsManaged) conflicts.push(...temporaryConflicts(props.until, without, temporarily));
  const needing: readonly (readonly [keyof Access, boolean | undefined])[] = [
    ["adopt", props.adopt && !isAwsManaged],
    ["serviceQuotasRole", mode === "adopt"],
    ["sourceAccountCondition", props.sourceAccountCondition],
  ];
  const needingProperties = needing.flatMap(([property, needsAccount]) => (needsAccount ? [property] : []));
  if (needingProperties.length > 0 && props.account === undefined)
    conflicts.push({ kind: "account-needed", path: ["account"], by: needingProperties });
  const boundaryAccount = String(props.permissionsBoundary).match(/^arn:aws:iam::(\d{12}):/)?.[1];
  const { account = "" } = props;
  if (boundaryAccount && ACCOUNT_ID.pattern.test(account) && boundaryAccount !== account) {
    conflicts.push({ kind: "boundary-elsewhere", path: ["permissionsBoundary"], account, boundaryAccount });
  }
  return conflicts;
}

/**
 * Conflicts of temporary capabilities. `without` must have each, so that removing one after its end grants nothing.
 */
function temporaryConflicts(
  until: string | undefined,
  without: readonly (string | undefined)[],
  temporarily: readonly (Partial<TemporaryCapability> | undefined)[],
): Conflict[] {
  const capabilities = temporarily.map((temporary) => temporary?.capability);
  return temporarily.flatMap(({ capability, until: ownUntil } = {}, index): Conflict[] => {
    const conflicts: Conflict[] = [];
    const pathOf = (property: keyof TemporaryCapability) => ["temporarily", index, property];
    if (capability !== undefined && capabilities.indexOf(capability) < index) {
      conflicts.push({ kind: "repeated", path: pathOf("capability"), item: capability, of: "capability" });
    } else if (capability !== undefined && !without.includes(capability) && !without.includes(undefined)) {
      conflicts.push({ kind: "granted-anyway", path: pathOf("capability"), capability });
    }
    if (until !== undefined && ownUntil !== undefined && endOf(ownUntil) >= endOf(until)) {
      conflicts.push({ kind: "ends-too-late", path: pathOf("until"), until: ownUntil, all: until });
    }
    return conflicts;
  });
}
