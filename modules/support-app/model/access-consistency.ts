import { duplicateOf } from "../../../common/duplicate-of";
import { describe, oneOf, type Problem, prependPath, repetitions } from "../../../common/problem";
import type { Access } from "./access";
import { OPTIONAL_CAPABILITIES } from "./capability";
import type { TemporaryCapability } from "./grant";
import { ACCOUNT_ID, MAX_TAGS } from "./limits";
import { endOf } from "./until";

/** What can be left out, in words. */
export const WITHOUT_EXPECTED = `${oneOf(OPTIONAL_CAPABILITIES)}; view-cases can't be left out, since every other capability starts from viewing a case`;

/** What can be granted temporarily, in words. */
export const TEMPORARY_EXPECTED = `${oneOf(OPTIONAL_CAPABILITIES)}; view-cases ends only with everything else, by the access level's own until`;

/** Problems with a set of tags as a whole. IAM ignores the case of tag keys (IAM User Guide, tagging rules). */
export function tagSetProblems(tags: Readonly<Record<string, unknown>>): Problem[] {
  const problems: Problem[] = [];
  const keys = Object.keys(tags);
  if (keys.length > MAX_TAGS) {
    const message = `received ${keys.length} tags, expected at most ${MAX_TAGS}, the IAM limit for a role or a policy.`;
    problems.push({ path: [], message });
  }
  const first = new Map<string, string>();
  for (const key of keys) {
    const twin = duplicateOf(first, key.toLowerCase(), key);
    if (twin === undefined) continue;
    const message = `received the tag keys ${describe(twin)} and ${describe(key)}, expected keys that differ in more than case, which IAM ignores.`;
    problems.push({ path: [key], message });
  }
  return problems;
}

/**
 * Problems between values that are valid on their own.
 *
 * @param props the properties; the caller passes `undefined` for invalid ones
 * @param nameOf how the reader knows a property, if not by its own name
 * @param describeValue how a message shows a value that only Terraform may know
 */
export function consistencyProblems(
  props: Access,
  nameOf: (property: keyof Access) => string = (property) => property,
  describeValue: (value: unknown) => string = describe,
): Problem[] {
  const problems: Problem[] = [];
  const add = (property: keyof Access, message: string) => problems.push({ path: [property], message });
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
    const refuse = (reason: string) =>
      add(property, `received ${describeValue(value)}, expected nothing: ${reason} ${nameOf(property)}.`);
    if (isReadOnly && ["without", "temporarily"].includes(property)) {
      refuse("read-only has only view-cases. Remove");
    } else if (property === "serviceQuotasRole" && (isReadOnly || !mayRequestQuotas)) {
      refuse("this access has no request-quota-increases, so it needs no Service Quotas role. Remove");
    } else if (isAwsManaged && (property !== "serviceQuotasRole" || mode !== "on-demand")) {
      refuse(`AWS's managed policy can't be changed. Set ${nameOf("policy")} to customer-managed, or remove`);
    }
  }
  problems.push(...prependPath(["without"], repetitions(without, "capability")));
  if (!isReadOnly && !isAwsManaged) problems.push(...temporaryProblems(props.until, without, temporarily, nameOf));
  const byAccount = [
    props.adopt && !isAwsManaged && nameOf("adopt"),
    mode === "adopt" && nameOf("serviceQuotasRole"),
    props.sourceAccountCondition && nameOf("sourceAccountCondition"),
  ].filter(Boolean);
  if (byAccount.length > 0 && props.account === undefined) {
    const expected = `${ACCOUNT_ID.expected}, which is required for ${byAccount.join(" and ")}`;
    add("account", `received nothing, expected ${expected}.`);
  }
  const boundaryAccount = String(props.permissionsBoundary).match(/^arn:aws:iam::(\d{12}):/)?.[1];
  if (boundaryAccount && ACCOUNT_ID.pattern.test(props.account ?? "") && boundaryAccount !== props.account) {
    const expected = `one of ${props.account} or an AWS managed policy, since IAM accepts no other boundary`;
    add("permissionsBoundary", `received a policy of the account ${boundaryAccount}, expected ${expected}.`);
  }
  return problems;
}

/**
 * Problems with temporary capabilities. `without` must have each, so that removing one after its end grants nothing.
 */
function temporaryProblems(
  until: string | undefined,
  without: readonly (string | undefined)[],
  temporarily: readonly (Partial<TemporaryCapability> | undefined)[],
  nameOf: (property: keyof Access) => string,
): Problem[] {
  const capabilities = temporarily.map((temporary) => temporary?.capability);
  return temporarily.flatMap(({ capability, until: ownUntil } = {}, index): Problem[] => {
    const problems: Problem[] = [];
    const add = (property: keyof TemporaryCapability, message: string) =>
      problems.push({ path: ["temporarily", index, property], message });
    if (capability !== undefined && capabilities.indexOf(capability) < index) {
      add("capability", `received ${describe(capability)} a second time, expected each capability once.`);
    } else if (capability !== undefined && !without.includes(capability) && !without.includes(undefined)) {
      const expected = `a capability that is also in ${nameOf("without")}: any other is already granted without an end. Add it to ${nameOf("without")}, or remove it here`;
      add("capability", `received ${describe(capability)}, expected ${expected}.`);
    }
    if (until !== undefined && ownUntil !== undefined && endOf(ownUntil) >= endOf(until)) {
      const expected = `an earlier end than ${nameOf("until")} (${until}), when everything ends. Set an earlier one, or remove the capability from ${nameOf("without")} and from here`;
      add("until", `received ${describe(ownUntil)}, expected ${expected}.`);
    }
    return problems;
  });
}
