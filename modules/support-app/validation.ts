import { ACCESS_LEVELS } from "./access-level";
import { OPTIONAL_CAPABILITIES, type OptionalCapability } from "./capability";
import { claim } from "./claim";
import { Token } from "./framework";
import type { TemporaryCapability } from "./grant";
import {
  ACCOUNT_ID,
  DESCRIPTION,
  MAX_SESSION_DURATION,
  MAX_TAGS,
  PATH,
  POLICY_ARN,
  POLICY_NAME,
  ROLE_NAME,
  TAG_KEY,
  TAG_VALUE,
  type TextLimit,
} from "./limits";
import { isMapping } from "./mapping";
import { describe, oneOf, type Problem, unexpected } from "./problem";
import { SERVICE_QUOTAS_ROLE_MODES } from "./service-quotas-role";
import { POLICY_SOURCES, type SupportAppAccessProps } from "./support-app-access-props";
import { endOf, UNTIL } from "./until";

/** What can be left out, in words. */
export const WITHOUT_EXPECTED = `${oneOf(OPTIONAL_CAPABILITIES)}; view-cases can't be left out, since every other capability starts from viewing a case`;

// Stryker disable BooleanLiteral: only the keys are read
/** Every property, for callers without type checks. */
const PROPERTIES = Object.keys({
  access: true,
  without: true,
  until: true,
  temporarily: true,
  policy: true,
  serviceQuotasRole: true,
  account: true,
  roleName: true,
  policyName: true,
  description: true,
  policyDescription: true,
  path: true,
  permissionsBoundary: true,
  maxSessionDuration: true,
  tags: true,
  adopt: true,
  sourceAccountCondition: true,
  provider: true,
} satisfies Record<keyof SupportAppAccessProps, true>);

/** The properties of a temporary capability. */
const TEMPORARY_PROPERTIES = Object.keys({
  capability: true,
  until: true,
} satisfies Record<keyof TemporaryCapability, true>);
// Stryker restore BooleanLiteral

/** What can be granted temporarily, in words. */
export const TEMPORARY_EXPECTED = `${oneOf(OPTIONAL_CAPABILITIES)}; view-cases ends only with everything else, by the access level's own until`;

/**
 * Problems with each value on its own. The values that decide the access must be known at synthesis; in the others, a
 * token isn't checked, since only Terraform will know it.
 */
export function valueProblems(props: SupportAppAccessProps): Problem[] {
  const problems: Problem[] = [];
  const add = (path: Problem["path"], value: unknown, expected: string) =>
    problems.push(unexpected(path, value, expected));
  const checkNow = (property: keyof SupportAppAccessProps, valid: (value: unknown) => boolean, expected: string) => {
    const value: unknown = props[property];
    if (value !== undefined && !valid(value)) add([property], value, expected);
  };
  const checkChoice = (property: keyof SupportAppAccessProps, choices: readonly string[]) =>
    checkNow(property, (value) => choices.includes(value as string), oneOf(choices));
  const check = (property: keyof SupportAppAccessProps, valid: (value: unknown) => boolean, expected: string) =>
    checkNow(property, (value) => Token.isUnresolved(value) || valid(value), expected);
  const checkText = (property: keyof SupportAppAccessProps, limit: TextLimit) =>
    check(property, (value) => isText(value, limit), limit.expected);

  problems.push(...unknownProblems(props, PROPERTIES));
  if (props.access === undefined) add(["access"], undefined, oneOf(Object.keys(ACCESS_LEVELS)));
  checkChoice("access", Object.keys(ACCESS_LEVELS));
  checkChoice("policy", POLICY_SOURCES);
  checkChoice("serviceQuotasRole", SERVICE_QUOTAS_ROLE_MODES);
  checkNow("without", (value) => Array.isArray(value) && !Token.isUnresolved(value), "a list of capabilities");
  if (Array.isArray(props.without) && !Token.isUnresolved(props.without)) {
    for (const [index, capability] of props.without.entries()) {
      if (!OPTIONAL_CAPABILITIES.includes(capability)) add(["without", index], capability, WITHOUT_EXPECTED);
    }
  }
  checkNow("until", (value) => isText(value, UNTIL), UNTIL.expected);
  checkNow("temporarily", (value) => Array.isArray(value) && !Token.isUnresolved(value), "a list of capabilities");
  if (Array.isArray(props.temporarily) && !Token.isUnresolved(props.temporarily)) {
    for (const [index, one] of (props.temporarily as readonly unknown[]).entries()) {
      const path = ["temporarily", index];
      if (!isMapping(one)) {
        add(path, one, "a mapping of capability and until");
        continue;
      }
      const unknown = unknownProblems(one, TEMPORARY_PROPERTIES);
      problems.push(...unknown.map((problem) => ({ ...problem, path: [...path, ...problem.path] })));
      const { capability, until } = one;
      if (!OPTIONAL_CAPABILITIES.includes(capability as OptionalCapability))
        add([...path, "capability"], capability, TEMPORARY_EXPECTED);
      if (!isText(until, UNTIL)) add([...path, "until"], until, UNTIL.expected);
    }
  }
  checkNow("adopt", isBoolean, "true or false");
  checkNow("sourceAccountCondition", isBoolean, "true or false");
  checkText("account", ACCOUNT_ID);
  checkText("roleName", ROLE_NAME);
  checkText("policyName", POLICY_NAME);
  checkText("description", DESCRIPTION);
  checkText("policyDescription", DESCRIPTION);
  checkText("path", PATH);
  checkText("permissionsBoundary", POLICY_ARN);
  check("maxSessionDuration", isSessionDuration, MAX_SESSION_DURATION.expected);
  check("tags", isMapping, "a mapping of tag keys to tag values");
  if (isMapping(props.tags) && !Token.isUnresolved(props.tags)) {
    for (const [key, value] of Object.entries(props.tags)) {
      if (!isText(key, TAG_KEY)) add(["tags", key], key, TAG_KEY.expected);
      if (!Token.isUnresolved(value) && !isText(value, TAG_VALUE)) add(["tags", key], value, TAG_VALUE.expected);
    }
    problems.push(...tagSetProblems(props.tags).map(({ path, message }) => ({ path: ["tags", ...path], message })));
  }
  return problems;
}

/** Problems with the names of properties, for callers without type checks. */
export function unknownProblems(props: object, properties: readonly string[]): Problem[] {
  return Object.keys(props)
    .filter((property) => !properties.includes(property))
    .map((property) => unexpected([property], property, `one of the properties ${properties.join(", ")}`));
}

/** Problems with required texts. A token isn't checked. */
export function textProblems(props: object, limits: Readonly<Record<string, TextLimit>>): Problem[] {
  const values = props as Readonly<Record<string, unknown>>;
  return Object.entries(limits)
    .filter(([name, limit]) => !Token.isUnresolved(values[name]) && !isText(values[name], limit))
    .map(([name, limit]) => unexpected([name], values[name], limit.expected));
}

function isText(value: unknown, limit: TextLimit): boolean {
  return typeof value === "string" && limit.pattern.test(value);
}

function isBoolean(value: unknown): boolean {
  return typeof value === "boolean";
}

function isSessionDuration(value: unknown): boolean {
  const { min, max } = MAX_SESSION_DURATION;
  return Number.isInteger(value) && Number(value) >= min && Number(value) <= max;
}

/** Problems with a set of tags as a whole. IAM ignores the case of tag keys (IAM User Guide, tagging rules). */
export function tagSetProblems(tags: Readonly<Record<string, unknown>>): Problem[] {
  const problems: Problem[] = [];
  const keys = Object.keys(tags);
  if (keys.length > MAX_TAGS) {
    problems.push({
      path: [],
      message: `received ${keys.length} tags, expected at most ${MAX_TAGS}, the IAM limit for a role or a policy.`,
    });
  }
  const first = new Map<string, string>();
  for (const key of keys) {
    const twin = claim(first, key.toLowerCase(), key);
    if (twin === undefined) continue;
    problems.push({
      path: [key],
      message: `received the tag keys ${describe(twin)} and ${describe(key)}, expected keys that differ in more than case, which IAM ignores.`,
    });
  }
  return problems;
}

/**
 * Problems between values that are valid on their own.
 *
 * @param props the properties; the caller passes `undefined` for invalid ones
 * @param nameOf how the reader knows a property, if not by its own name
 */
export function ruleProblems(
  props: SupportAppAccessProps,
  nameOf: (property: keyof SupportAppAccessProps) => string = (property) => property,
): Problem[] {
  const problems: Problem[] = [];
  const add = (property: keyof SupportAppAccessProps, message: string, ...inside: (string | number)[]) =>
    problems.push({ path: [property, ...inside], message });
  const without: readonly (string | undefined)[] = props.without ?? [];
  const leftOut = without.filter(Boolean).join(", ");
  const temporarily: readonly (Partial<TemporaryCapability> | undefined)[] = props.temporarily ?? [];
  const givenForATime = temporarily.flatMap((one) => one?.capability ?? []).join(", ");
  const mode = props.serviceQuotasRole;

  const isReadOnly = props.access === "read-only";
  const isAwsManaged = props.policy === "aws-managed";
  const toNarrow = `or set ${nameOf("policy")} to customer-managed`;

  if (leftOut && isReadOnly) {
    add(
      "without",
      `received ${leftOut}, expected nothing to leave out: read-only has only view-cases. Remove ${nameOf("without")}.`,
    );
  } else if (leftOut && isAwsManaged) {
    add(
      "without",
      `received ${leftOut}, expected nothing to leave out: AWS's managed policy can't be narrowed. Remove ${nameOf("without")}, ${toNarrow}.`,
    );
  }
  without.forEach((capability, index) => {
    if (capability !== undefined && without.indexOf(capability) < index) {
      add("without", `received ${describe(capability)} a second time, expected each capability once.`, index);
    }
  });
  if (props.until !== undefined && isAwsManaged) {
    add(
      "until",
      `received ${describe(props.until)}, expected no end: AWS's managed policy can't be narrowed. Remove ${nameOf("until")}, ${toNarrow}.`,
    );
  }
  if (givenForATime && (isReadOnly || isAwsManaged)) {
    const why = isReadOnly ? "read-only has only view-cases" : "AWS's managed policy gives everything already";
    const orNarrow = isReadOnly ? "" : `, ${toNarrow}`;
    add(
      "temporarily",
      `received ${givenForATime}, expected no temporary capability: ${why}. Remove ${nameOf("temporarily")}${orNarrow}.`,
    );
  } else {
    problems.push(...temporaryProblems(props.until, without, temporarily, nameOf));
  }
  const mayRequestQuotas =
    !without.includes("request-quota-increases") ||
    temporarily.some((one) => one?.capability === "request-quota-increases");
  if (mode !== undefined && (isReadOnly || !mayRequestQuotas)) {
    add(
      "serviceQuotasRole",
      `received ${describe(mode)}, expected no mode: this access has no request-quota-increases, so it needs no Service Quotas role. Remove ${nameOf("serviceQuotasRole")}.`,
    );
  } else if (mode !== undefined && mode !== "on-demand" && isAwsManaged) {
    add(
      "serviceQuotasRole",
      `received ${describe(mode)}, expected on-demand: AWS's managed policy always lets the channel create the Service Quotas role. Remove ${nameOf("serviceQuotasRole")}, ${toNarrow}.`,
    );
  }
  for (const property of ["policyName", "policyDescription"] as const) {
    if (!isAwsManaged || props[property] === undefined) continue;
    add(
      property,
      `received ${describe(props[property])}, expected nothing: AWS's managed policy has a name and a description of its own. Remove ${nameOf(property)}, ${toNarrow}.`,
    );
  }
  const byAccount = [
    props.adopt && !isAwsManaged && nameOf("adopt"),
    mode === "adopt" && nameOf("serviceQuotasRole"),
    props.sourceAccountCondition && nameOf("sourceAccountCondition"),
  ].filter(Boolean);
  if (byAccount.length > 0 && props.account === undefined) {
    add(
      "account",
      `received nothing, expected ${ACCOUNT_ID.expected}, which is required for ${byAccount.join(" and ")}.`,
    );
  }
  const boundaryAccount = String(props.permissionsBoundary).match(/^arn:aws:iam::(\d{12}):/)?.[1];
  if (boundaryAccount && props.account && !Token.isUnresolved(props.account) && boundaryAccount !== props.account) {
    add(
      "permissionsBoundary",
      `received a policy of the account ${boundaryAccount}, expected one of ${props.account} or an AWS managed policy, since IAM accepts no other boundary.`,
    );
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
  nameOf: (property: keyof SupportAppAccessProps) => string,
): Problem[] {
  const capabilities = temporarily.map((one) => one?.capability);
  return temporarily.flatMap(({ capability, until: ownUntil } = {}, index): Problem[] => {
    const problems: Problem[] = [];
    const add = (property: keyof TemporaryCapability, message: string) =>
      problems.push({ path: ["temporarily", index, property], message });
    if (capability !== undefined && capabilities.indexOf(capability) < index) {
      add("capability", `received ${describe(capability)} a second time, expected each capability once.`);
    } else if (capability !== undefined && !without.includes(capability) && !without.includes(undefined)) {
      add(
        "capability",
        `received ${describe(capability)}, expected a capability that is also in ${nameOf("without")}: any other is already granted without an end. Add it to ${nameOf("without")}, or remove it here.`,
      );
    }
    if (until !== undefined && ownUntil !== undefined && endOf(ownUntil) >= endOf(until)) {
      add(
        "until",
        `received ${describe(ownUntil)}, expected an earlier end than ${nameOf("until")} (${until}), when everything ends. Set an earlier one, or remove the capability from ${nameOf("without")} and from here.`,
      );
    }
    return problems;
  });
}
