import { Token } from "cdktf";
import { ACCESS_LEVELS } from "./access-level";
import { OPTIONAL_CAPABILITIES } from "./capability";
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
import { SERVICE_QUOTAS_ROLE_MODES } from "./service-quotas-role";
import { POLICY_SOURCES, type SupportAppAccessProps } from "./support-app-access-props";

/** One thing that is wrong with the properties. */
export interface Problem {
  /** Where it is: the property, then the key or index inside it. */
  readonly path: readonly (string | number)[];
  /** What was received, what was expected and, where it is not plain, what to do: one or two sentences without a subject. */
  readonly message: string;
}

/** Longest piece of a received value that an error message repeats. */
const MAX_RECEIVED = 60;

/** A received value as an error message shows it. */
export function describe(value: unknown): string {
  if (typeof value === "string") {
    return value.length > MAX_RECEIVED
      ? `${JSON.stringify(`${value.slice(0, MAX_RECEIVED)}…`)} (${value.length} characters)`
      : JSON.stringify(value);
  }
  if (value === null || value === undefined) return "nothing";
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (typeof value === "object") return "a mapping";
  return `the ${typeof value} ${String(value)}`;
}

/** Words for one of the given choices. */
export function oneOf(choices: readonly string[]): string {
  return choices.length === 1 ? `${choices[0]}` : `one of ${choices.join(", ")}`;
}

/** What can be left out, in words. */
export const WITHOUT_EXPECTED = `${oneOf(OPTIONAL_CAPABILITIES)}; view-cases can't be left out, since all others start from a case that is seen`;

/** Notes who is the first to have a key, and tells who was before. */
export function claim<Key, Owner>(owners: Map<Key, Owner>, key: Key, owner: Owner): Owner | undefined {
  const first = owners.get(key);
  if (first === undefined) owners.set(key, owner);
  return first;
}

function isText(value: unknown, limit: TextLimit): boolean {
  return typeof value === "string" && limit.pattern.test(value);
}

/**
 * What is wrong with each value by itself. A value that holds a token is not looked at: Terraform will know it, not we.
 */
export function valueProblems(props: SupportAppAccessProps): Problem[] {
  const problems: Problem[] = [];
  const check = (path: Problem["path"], value: unknown, valid: boolean, expected: string) => {
    if (value !== undefined && !Token.isUnresolved(value) && !valid) {
      problems.push({ path, message: `received ${describe(value)}, expected ${expected}.` });
    }
  };
  const checkText = (path: Problem["path"], value: unknown, limit: TextLimit) =>
    check(path, value, isText(value, limit), limit.expected);
  const checkChoice = (path: Problem["path"], value: unknown, choices: readonly string[]) =>
    check(path, value, choices.includes(value as string), oneOf(choices));

  checkChoice(["access"], props.access ?? null, Object.keys(ACCESS_LEVELS));
  checkChoice(["policy"], props.policy, POLICY_SOURCES);
  checkChoice(["serviceQuotasRole"], props.serviceQuotasRole, SERVICE_QUOTAS_ROLE_MODES);
  props.without?.forEach((capability, index) => {
    check(["without", index], capability, OPTIONAL_CAPABILITIES.includes(capability), WITHOUT_EXPECTED);
  });
  checkText(["account"], props.account, ACCOUNT_ID);
  checkText(["roleName"], props.roleName, ROLE_NAME);
  checkText(["policyName"], props.policyName, POLICY_NAME);
  checkText(["description"], props.description, DESCRIPTION);
  checkText(["policyDescription"], props.policyDescription, DESCRIPTION);
  checkText(["path"], props.path, PATH);
  checkText(["permissionsBoundary"], props.permissionsBoundary, POLICY_ARN);
  const duration = props.maxSessionDuration;
  const { min, max, expected } = MAX_SESSION_DURATION;
  check(
    ["maxSessionDuration"],
    duration,
    Number.isInteger(duration) && Number(duration) >= min && Number(duration) <= max,
    expected,
  );
  if (props.tags !== undefined && !Token.isUnresolved(props.tags)) {
    for (const [key, value] of Object.entries(props.tags)) {
      checkText(["tags", key], key, TAG_KEY);
      checkText(["tags", key], value, TAG_VALUE);
    }
    problems.push(...tagSetProblems(props.tags).map(({ path, message }) => ({ path: ["tags", ...path], message })));
  }
  return problems;
}

/** What is wrong with a set of tags as a whole. IAM compares tag keys without regard to case (IAM User Guide, tagging rules). */
export function tagSetProblems(tags: Readonly<Record<string, unknown>>): Problem[] {
  const problems: Problem[] = [];
  const keys = Object.keys(tags);
  if (keys.length > MAX_TAGS) {
    problems.push({
      path: [],
      message: `received ${keys.length} tags, expected at most ${MAX_TAGS}, which is all that IAM keeps on a role or a policy.`,
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
 * What is wrong between values that are right by themselves.
 *
 * @param props the properties; those that are wrong by themselves are left out by the caller
 * @param nameOf how the reader knows a property: its own name here, its key in environments.yaml
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
  const mode = props.serviceQuotasRole;

  const isReadOnly = props.access === "read-only";
  const isAwsManaged = props.policy === "aws-managed";
  const toNarrow = `or set ${nameOf("policy")} to customer-managed`;

  if (leftOut && isReadOnly) {
    add(
      "without",
      `received ${leftOut}, expected nothing to leave out: read-only has view-cases alone. Remove ${nameOf("without")}.`,
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
  if (mode !== undefined && (isReadOnly || without.includes("request-quota-increases"))) {
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
    props.adopt && nameOf("adopt"),
    mode === "adopt" && nameOf("serviceQuotasRole"),
    props.sourceAccountCondition && nameOf("sourceAccountCondition"),
  ].filter(Boolean);
  if (byAccount.length > 0 && props.account === undefined) {
    add(
      "account",
      `received nothing, expected ${ACCOUNT_ID.expected}, which ${byAccount.join(" and ")} can't do without.`,
    );
  }
  const boundaryAccount = props.permissionsBoundary?.match(/^arn:aws:iam::(\d{12}):/)?.[1];
  if (boundaryAccount && props.account && !Token.isUnresolved(props.account) && boundaryAccount !== props.account) {
    add(
      "permissionsBoundary",
      `received a policy of the account ${boundaryAccount}, expected one of ${props.account} or an AWS managed policy, since IAM takes no other as a boundary.`,
    );
  }
  return problems;
}
