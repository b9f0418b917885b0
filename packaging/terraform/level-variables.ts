import type { AccessLevel } from "../../modules/support-app/model/access-level";
import {
  CAPABILITY_WORDS,
  OPTIONAL_CAPABILITIES,
  type OptionalCapability,
} from "../../modules/support-app/model/capability";
import { ACCOUNT_ID, MAX_TAGS, TAG_KEY, TAG_VALUE } from "../../modules/support-app/model/limits";
import {
  ACCESS_PROPERTIES,
  type AccessProperty,
  defaultOf,
  type Property,
  wordsOf,
} from "../../modules/support-app/model/properties";
import type { ServiceQuotasRoleMode } from "../../modules/support-app/model/service-quotas-role";
import { channelsVariable, REGISTERED_WORKSPACES } from "./channel-variables";
import {
  choiceVariable,
  expectedOf,
  integerVariable,
  isWithin,
  type ModuleVariable,
  moduleVariable,
  textVariable,
} from "./variable";

/**
 * The modes of the Service Quotas role that a module can have. Only a root may have import blocks, so to adopt the
 * role, a caller writes one there and sets `create`.
 */
const MODULE_SERVICE_QUOTAS_MODES: readonly ServiceQuotasRoleMode[] = ["on-demand", "create", "existing"];

/** The name of the variable for a capability. */
export function variableOf(capability: OptionalCapability): string {
  return capability.replaceAll("-", "_");
}

/** The name of the variable for a property. */
export function variableOfProperty(property: string): string {
  return property.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** The variables of the module of an access level, in the order in which people read them. */
export function moduleVariables(access: AccessLevel): ModuleVariable[] {
  return [
    ...(access === "full" ? CHOICES : []),
    channelsVariable(),
    REGISTERED_WORKSPACES,
    ...(Object.keys(ACCESS_PROPERTIES) as AccessProperty[]).flatMap((property) => propertyVariables(property, access)),
  ];
}

/** The properties of an access that its module has as they are. */
export const PASSED_PROPERTIES = (Object.keys(ACCESS_PROPERTIES) as AccessProperty[]).filter(
  (property) => "argument" in ACCESS_PROPERTIES[property],
);

/** The variables for a property: none for what a module can't have, or has in another form. */
function propertyVariables(property: AccessProperty, access: AccessLevel): ModuleVariable[] {
  const value: Property = ACCESS_PROPERTIES[property];
  const name = variableOfProperty(property);
  const words = wordsOf(value, variableOfProperty);
  if (property === "policy") return [choiceVariable(name, ACCESS_PROPERTIES[property].of, POLICY_WORDS)];
  if (property === "sourceAccountCondition") return [SOURCE_ACCOUNT];
  if (!PASSED_PROPERTIES.includes(property)) return [];
  const byDefault = defaultOf(value, access);
  switch (value.kind) {
    case "text":
      return [textVariable(name, (byDefault as string | undefined) ?? null, value.limit, words)];
    case "integer":
      return [integerVariable(name, byDefault as number, value.limit, words)];
    case "flag":
      return [moduleVariable(name, "bool", byDefault as boolean, words)];
    case "tags":
      return [TAGS];
    default:
      throw new Error(`A module has no variables of the kind ${value.kind}, which ${property} is.`);
  }
}

const POLICY_WORDS =
  "Which policy the role has: customer-managed (this module creates it) or aws-managed (AWS's own, which AWS may change at any time, and which can't be narrowed).";

/** A module doesn't know its account. */
const SOURCE_ACCOUNT = textVariable(
  "source_account",
  null,
  ACCOUNT_ID,
  "The only account on whose behalf the Support App may assume the role (aws:SourceAccount). AWS doesn't document that the Support App sends this key; if it doesn't, the channel loses all access. Try it first.",
);

/** The tags of every module. */
export const TAGS = moduleVariable("tags", "map(string)", {}, "Tags of everything that can have tags.", [
  {
    condition: `length(var.tags) <= ${MAX_TAGS}`,
    expected: `at most ${MAX_TAGS} tags, the IAM limit for a role or a policy`,
  },
  {
    condition: `alltrue([for key in keys(var.tags) : ${isWithin(TAG_KEY, "key")} && lower(substr(key, 0, 4)) != "aws:"])`,
    expected: expectedOf(TAG_KEY),
  },
  {
    condition: `alltrue([for value in values(var.tags) : ${isWithin(TAG_VALUE, "value")}])`,
    expected: TAG_VALUE.expected,
  },
  {
    condition: "length(distinct([for key in keys(var.tags) : lower(key)])) == length(var.tags)",
    expected: "keys that differ in more than case, which IAM ignores",
  },
]);

/** What callers of the full module choose: capabilities, and where the Service Quotas role comes from. */
const CHOICES: readonly ModuleVariable[] = [
  ...OPTIONAL_CAPABILITIES.map((capability) =>
    moduleVariable(
      variableOf(capability),
      "bool",
      true,
      `Whether people in the channel can ${CAPABILITY_WORDS[capability]}.`,
    ),
  ),
  choiceVariable(
    "service_quotas_role",
    MODULE_SERVICE_QUOTAS_MODES,
    "Where the service-linked role AWSServiceRoleForServiceQuotas comes from: on-demand (people in the channel may create it with the first request), create (this module creates it) or existing (someone else manages it).",
  ),
];
