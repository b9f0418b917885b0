import { describeProp, isToken } from "./format-problem";
import { type Construct, type IConstruct, TerraformProvider, TerraformStack } from "./framework";
import { POLICY_SOURCES } from "./model/access";
import { TEMPORARY_EXPECTED, tagSetProblems, WITHOUT_EXPECTED } from "./model/access-consistency";
import { LEVELS } from "./model/access-level";
import { OPTIONAL_CAPABILITIES } from "./model/capability";
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
import { NOTIFY_EVENTS, NOTIFY_SEVERITIES } from "./model/notify";
import { inside, isMapping, oneOf, type Problem } from "./model/problem";
import { SERVICE_QUOTAS_ROLE_MODES } from "./model/service-quotas-role";
import { UNTIL } from "./model/until";
import type { SupportAppAccessProps } from "./support-app-access";

/** Finds the problems of a value on its own. */
export type Check = (value: unknown) => Problem[];

/** Checks each property, and refuses any other, for callers without type checks. */
export function propProblems(props: object, checks: Readonly<Record<string, Check>>): Problem[] {
  const properties = Object.keys(checks);
  const unknown = Object.keys(props).filter((property) => !properties.includes(property));
  const known = `one of the properties ${properties.join(", ")}`;
  return [
    ...unknown.flatMap((property) => inside([property], unexpected(property, known))),
    ...Object.entries(checks).flatMap(([property, check]) =>
      inside([property], check((props as Readonly<Record<string, unknown>>)[property])),
    ),
  ];
}

function unexpected(value: unknown, expected: string): Problem[] {
  return [{ path: [], message: `received ${describeProp(value)}, expected ${expected}.` }];
}

function expecting(expected: string, isValid: (value: unknown) => boolean): Check {
  return (value) => (isValid(value) ? [] : unexpected(value, expected));
}

/** A value that may be left out. */
export function optional(check: Check): Check {
  return (value) => (value === undefined ? [] : check(value));
}

/** A value that may also be a token, which isn't checked, since only Terraform will know it. */
function orToken(check: Check): Check {
  return (value) => (isToken(value) ? [] : check(value));
}

function knownText({ pattern, expected }: TextLimit): Check {
  return expecting(expected, (value) => typeof value === "string" && pattern.test(value));
}

/** A text, or a token. */
export function text(limit: TextLimit): Check {
  return orToken(knownText(limit));
}

function choice(choices: readonly string[], expected = oneOf(choices)): Check {
  return expecting(expected, (value) => choices.includes(value as string));
}

function list(item: Check, expected: string): Check {
  return (value) =>
    Array.isArray(value) && !isToken(value)
      ? Array.from(value, (one, index) => inside([index], item(one))).flat()
      : unexpected(value, expected);
}

function mapping(checks: Readonly<Record<string, Check>>, expected: string): Check {
  return (value) => (isMapping(value) ? propProblems(value, checks) : unexpected(value, expected));
}

/** An element of the construct's own stack: Terraform finds no other. */
export function inStackOf(
  construct: Construct,
  expected: string,
  isExpected: (value: unknown) => value is IConstruct,
): Check {
  const stack = TerraformStack.of(construct);
  return (value) => {
    if (!isExpected(value)) return unexpected(value, expected);
    if (TerraformStack.of(value) === stack) return [];
    return unexpected(value, `${expected} of the construct's own stack, ${describeProp(stack.node.path)}`);
  };
}

/** The account of a construct. */
export interface ProviderProps {
  /**
   * The provider of the account, for a stack with aliased providers. Must be in the same stack.
   *
   * @default - the stack's default AWS provider
   */
  readonly provider?: TerraformProvider;
}

/** The provider of a construct. */
export function providerOf(construct: Construct): Check {
  const isAws = (value: unknown): value is TerraformProvider =>
    TerraformProvider.isTerraformProvider(value) && value.terraformResourceType === "aws";
  return optional(inStackOf(construct, "an AwsProvider", isAws));
}

/** A notification setting, if there is one. */
export const notifyCheck: Check = optional(
  mapping(
    { severity: choice(NOTIFY_SEVERITIES), on: optional(list(choice(NOTIFY_EVENTS), "a list of events")) },
    "a mapping with severity and on",
  ),
);

function tagProblems(tags: unknown): Problem[] {
  if (!isMapping(tags)) return unexpected(tags, "a mapping of tag keys to tag values");
  const ofEach = Object.entries(tags).flatMap(([key, value]) =>
    inside([key], [...knownText(TAG_KEY)(key), ...text(TAG_VALUE)(value)]),
  );
  return [...ofEach, ...tagSetProblems(tags)];
}

const { min, max, expected: sessionDuration } = MAX_SESSION_DURATION;
const isFlag = optional(expecting("true or false", (value) => typeof value === "boolean"));

/** The properties of an access but its provider. Those that decide the access must be known at synthesis. */
export const ACCESS_CHECKS: Readonly<Record<Exclude<keyof SupportAppAccessProps, "provider">, Check>> = {
  access: choice(LEVELS),
  without: optional(list(choice(OPTIONAL_CAPABILITIES, WITHOUT_EXPECTED), "a list of capabilities")),
  until: optional(knownText(UNTIL)),
  temporarily: optional(
    list(
      mapping(
        { capability: choice(OPTIONAL_CAPABILITIES, TEMPORARY_EXPECTED), until: knownText(UNTIL) },
        "a mapping of capability and until",
      ),
      "a list of capabilities",
    ),
  ),
  policy: optional(choice(POLICY_SOURCES)),
  serviceQuotasRole: optional(choice(SERVICE_QUOTAS_ROLE_MODES)),
  account: optional(text(ACCOUNT_ID)),
  roleName: optional(text(ROLE_NAME)),
  policyName: optional(text(POLICY_NAME)),
  description: optional(text(DESCRIPTION)),
  policyDescription: optional(text(DESCRIPTION)),
  path: optional(text(PATH)),
  permissionsBoundary: optional(text(POLICY_ARN)),
  maxSessionDuration: optional(
    orToken(
      expecting(sessionDuration, (value) => Number.isInteger(value) && Number(value) >= min && Number(value) <= max),
    ),
  ),
  tags: optional(orToken(tagProblems)),
  adopt: isFlag,
  sourceAccountCondition: isFlag,
};
