import type { AccessLevel } from "../../modules/support-app/model/access-level";
import { CAPABILITY_WORDS, OPTIONAL_CAPABILITIES } from "../../modules/support-app/model/capability";
import { ACCOUNT_ID } from "../../modules/support-app/model/limits";
import { ACCESS_PROPERTIES, type AccessProperty, defaultOf } from "../../modules/support-app/model/properties";
import type { ServiceQuotasRoleMode } from "../../modules/support-app/model/service-quotas-role";
import { CHANNELS, REGISTERED_WORKSPACES } from "./channels";
import { type ModuleVariable, propertyVariable, variableName } from "./variable";

/** A property that becomes arguments as it is, and so a variable as it is. */
type ArgumentProperty = {
  [Name in AccessProperty]: (typeof ACCESS_PROPERTIES)[Name] extends { argument: object } ? Name : never;
}[AccessProperty];

/** The tags of every module. */
export const TAGS = propertyVariable("tags", ACCESS_PROPERTIES.tags, {}, "Tags of everything that can have tags.");

const CAPABILITIES = OPTIONAL_CAPABILITIES.map(
  (capability): ModuleVariable => ({
    name: variableName(capability),
    type: "bool",
    default: true,
    description: `Whether people in the channel can ${CAPABILITY_WORDS[capability]}.`,
  }),
);

/** Only a root may have import blocks: to adopt the role, a caller writes one there and sets `create`. */
const SERVICE_QUOTAS_MODES: readonly ServiceQuotasRoleMode[] = ["on-demand", "create", "existing"];

const SERVICE_QUOTAS_ROLE = propertyVariable(
  "service_quotas_role",
  { ...ACCESS_PROPERTIES.serviceQuotasRole, of: SERVICE_QUOTAS_MODES },
  ACCESS_PROPERTIES.serviceQuotasRole.byDefault,
  "Where the service-linked role AWSServiceRoleForServiceQuotas comes from: on-demand (people in the channel may create it with the first request), create (this module creates it) or existing (someone else manages it).",
);

/** A module doesn't know its account. */
const SOURCE_ACCOUNT = propertyVariable(
  "source_account",
  { kind: "text", limit: ACCOUNT_ID, words: "" },
  null,
  "The only account on whose behalf the Support App may assume the role (aws:SourceAccount). AWS doesn't document that the Support App sends this key; if it doesn't, the channel loses all access. Try it first.",
);

/** The variables of the module of an access level. */
export function levelVariables(level: AccessLevel): ModuleVariable[] {
  const isFull = level === "full";
  /** For the properties that aren't arguments. Only an environment's root has access that ends, or adopts. */
  const choices: Readonly<Record<Exclude<AccessProperty, ArgumentProperty>, readonly ModuleVariable[]>> = {
    without: isFull ? CAPABILITIES : [],
    until: [],
    temporarily: [],
    adopt: [],
    policy: [propertyVariable("policy", ACCESS_PROPERTIES.policy, ACCESS_PROPERTIES.policy.byDefault)],
    serviceQuotasRole: isFull ? [SERVICE_QUOTAS_ROLE] : [],
    sourceAccountCondition: [SOURCE_ACCOUNT],
  };
  const ofProperties = (Object.keys(ACCESS_PROPERTIES) as AccessProperty[]).flatMap((property) => {
    if (property === "tags") return [TAGS];
    if (!isArgument(property)) return choices[property];
    const value = ACCESS_PROPERTIES[property];
    return [propertyVariable(variableName(property), value, defaultOf(value, level) ?? null)];
  });
  return [CHANNELS, REGISTERED_WORKSPACES, ...ofProperties];
}

function isArgument(property: AccessProperty): property is ArgumentProperty {
  return "argument" in ACCESS_PROPERTIES[property];
}

/** The properties of an access that its module has as they are. */
export const ARGUMENT_PROPERTIES = (Object.keys(ACCESS_PROPERTIES) as AccessProperty[]).filter(isArgument);
