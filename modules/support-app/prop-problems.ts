import { isToken, unexpectedProp } from "./construct-problems";
import { POLICY_SOURCES } from "./model/access";
import { ACCESS_LEVELS } from "./model/access-level";
import { TEMPORARY_EXPECTED, tagSetProblems, WITHOUT_EXPECTED } from "./model/access-rules";
import { OPTIONAL_CAPABILITIES, type OptionalCapability } from "./model/capability";
import type { TemporaryCapability } from "./model/grant";
import {
  ACCOUNT_ID,
  DESCRIPTION,
  MAX_SESSION_DURATION,
  PATH,
  POLICY_ARN,
  POLICY_NAME,
  ROLE_NAME,
  TAG_KEY,
  TAG_VALUE,
  type TextLimit,
} from "./model/limits";
import { isMapping } from "./model/mapping";
import { NOTIFY_EVENTS, NOTIFY_SEVERITIES, type Notify } from "./model/notify";
import { oneOf, type Problem } from "./model/problem";
import { SERVICE_QUOTAS_ROLE_MODES } from "./model/service-quotas-role";
import { UNTIL } from "./model/until";
import type { SupportAppAccessProps } from "./support-app-access";

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

/**
 * Problems with each value on its own. The values that decide the access must be known at synthesis; in the others, a
 * token isn't checked, since only Terraform will know it.
 */
export function valueProblems(props: SupportAppAccessProps): Problem[] {
  const problems: Problem[] = [];
  const add = (path: Problem["path"], value: unknown, expected: string) =>
    problems.push(unexpectedProp(path, value, expected));
  const checkNow = (property: keyof SupportAppAccessProps, valid: (value: unknown) => boolean, expected: string) => {
    const value: unknown = props[property];
    if (value !== undefined && !valid(value)) add([property], value, expected);
  };
  const checkChoice = (property: keyof SupportAppAccessProps, choices: readonly string[]) =>
    checkNow(property, (value) => choices.includes(value as string), oneOf(choices));
  const check = (property: keyof SupportAppAccessProps, valid: (value: unknown) => boolean, expected: string) =>
    checkNow(property, (value) => isToken(value) || valid(value), expected);
  const checkText = (property: keyof SupportAppAccessProps, limit: TextLimit) =>
    check(property, (value) => isText(value, limit), limit.expected);

  problems.push(...unknownProblems(props, PROPERTIES));
  if (props.access === undefined) add(["access"], undefined, oneOf(Object.keys(ACCESS_LEVELS)));
  checkChoice("access", Object.keys(ACCESS_LEVELS));
  checkChoice("policy", POLICY_SOURCES);
  checkChoice("serviceQuotasRole", SERVICE_QUOTAS_ROLE_MODES);
  checkNow("without", (value) => Array.isArray(value) && !isToken(value), "a list of capabilities");
  if (Array.isArray(props.without) && !isToken(props.without)) {
    for (const [index, capability] of props.without.entries()) {
      if (!OPTIONAL_CAPABILITIES.includes(capability)) add(["without", index], capability, WITHOUT_EXPECTED);
    }
  }
  checkNow("until", (value) => isText(value, UNTIL), UNTIL.expected);
  checkNow("temporarily", (value) => Array.isArray(value) && !isToken(value), "a list of capabilities");
  if (Array.isArray(props.temporarily) && !isToken(props.temporarily)) {
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
  if (isMapping(props.tags) && !isToken(props.tags)) {
    for (const [key, value] of Object.entries(props.tags)) {
      if (!isText(key, TAG_KEY)) add(["tags", key], key, TAG_KEY.expected);
      if (!isToken(value) && !isText(value, TAG_VALUE)) add(["tags", key], value, TAG_VALUE.expected);
    }
    problems.push(...tagSetProblems(props.tags).map(({ path, message }) => ({ path: ["tags", ...path], message })));
  }
  return problems;
}

/** Problems with the names of properties, for callers without type checks. */
export function unknownProblems(props: object, properties: readonly string[]): Problem[] {
  return Object.keys(props)
    .filter((property) => !properties.includes(property))
    .map((property) => unexpectedProp([property], property, `one of the properties ${properties.join(", ")}`));
}

/** Problems with required texts. A token isn't checked. */
export function textProblems(props: object, limits: Readonly<Record<string, TextLimit>>): Problem[] {
  const values = props as Readonly<Record<string, unknown>>;
  return Object.entries(limits)
    .filter(([name, limit]) => !isToken(values[name]) && !isText(values[name], limit))
    .map(([name, limit]) => unexpectedProp([name], values[name], limit.expected));
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

/** Problems with each value of a notification setting on its own. */
export function notifyValueProblems(notify: Notify): Problem[] {
  if (!isMapping(notify)) return [unexpectedProp([], notify, "a mapping with severity and on")];
  const { severity, on = [] } = notify as Notify;
  const problems = unknownProblems(notify, ["severity", "on"]);
  if (!NOTIFY_SEVERITIES.includes(severity)) {
    problems.push(unexpectedProp(["severity"], severity, oneOf(NOTIFY_SEVERITIES)));
  }
  if (!Array.isArray(on) || isToken(on)) return [...problems, unexpectedProp(["on"], on, "a list of events")];
  for (const [index, event] of on.entries()) {
    if (!NOTIFY_EVENTS.includes(event)) problems.push(unexpectedProp(["on", index], event, oneOf(NOTIFY_EVENTS)));
  }
  return problems;
}
