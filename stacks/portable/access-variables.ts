import { POLICY_SOURCES } from "../../modules/support-app/model/access";
import { ACCESS_LEVELS, type AccessLevel } from "../../modules/support-app/model/access-level";
import {
  CAPABILITY_WORDS,
  OPTIONAL_CAPABILITIES,
  type OptionalCapability,
} from "../../modules/support-app/model/capability";
import {
  ACCOUNT_ID,
  MAX_SESSION_DURATION,
  MAX_TAGS,
  ONE_LATIN_LINE,
  PATH,
  POLICY_ARN,
  POLICY_NAME,
  ROLE_NAME,
  TAG_KEY_CHARACTERS,
  TAG_VALUE,
} from "../../modules/support-app/model/limits";
import type { ServiceQuotasRoleMode } from "../../modules/support-app/model/service-quotas-role";
import { CHANNELS_DESCRIPTION, channelValidations, REGISTERED_WORKSPACES } from "./channel-variables";
import { choiceVariable, hasForm, type ModuleVariable, type TextForm, textVariable, variable } from "./module-variable";

/**
 * The modes of the Service Quotas role that a module can have. Only a root may have import blocks, so to adopt the
 * role, a caller writes one there and sets `create`.
 */
const MODULE_SERVICE_QUOTAS_MODES: readonly ServiceQuotasRoleMode[] = ["on-demand", "create", "existing"];

/** The name of the variable for a capability. */
export function variableOf(capability: OptionalCapability): string {
  return capability.replaceAll("-", "_");
}

/** The variables of the module of an access level, in the order in which people read them. */
export function moduleVariables(access: AccessLevel): ModuleVariable[] {
  const level = ACCESS_LEVELS[access];
  return [
    ...(access === "full" ? CHOICES : []),
    // An object type would drop what it doesn't know, such as a misspelled notify.
    variable("channels", "any", {}, CHANNELS_DESCRIPTION, channelValidations("channels", "var.channels")),
    REGISTERED_WORKSPACES,
    choiceVariable(
      "policy",
      POLICY_SOURCES,
      "Which policy the role has: customer-managed (this module creates it) or aws-managed (AWS's own, which AWS may change at any time, and which can't be narrowed).",
    ),
    textVariable("role_name", level.roleName, ROLE_NAME, "Name of the role, unique in the account, ignoring case."),
    textVariable(
      "policy_name",
      level.policyName,
      POLICY_NAME,
      "Name of the policy, unique in the account, ignoring case.",
    ),
    variable(
      "path",
      "string",
      "/",
      "Path of the role and the policy. A change replaces both, so role_name and policy_name must change, too.",
      [{ condition: `length(var.path) <= 512 && ${hasForm(PATH_FORM, "var.path")}`, expected: PATH.expected }],
    ),
    textVariable("description", null, LATIN, "Description of the role."),
    textVariable(
      "policy_description",
      null,
      LATIN,
      "Description of the policy. IAM can't change it later: a change replaces the policy, so policy_name must change, too.",
    ),
    textVariable(
      "permissions_boundary",
      null,
      BOUNDARY,
      "ARN of the role's permissions boundary: a policy of the same account, or an AWS managed one. If it lacks an action, the channel loses that capability.",
    ),
    textVariable(
      "source_account",
      null,
      ACCOUNT_ID,
      "The only account on whose behalf the Support App may assume the role (aws:SourceAccount). AWS doesn't document that the Support App sends this key; if it doesn't, the channel loses all access. Try it first.",
    ),
    variable("max_session_duration", "number", min, "Longest session of the role, in seconds.", [
      {
        condition: `floor(var.max_session_duration) == var.max_session_duration && var.max_session_duration >= ${min} && var.max_session_duration <= ${max}`,
        expected: MAX_SESSION_DURATION.expected,
      },
    ]),
    TAGS,
  ];
}

const { min, max } = MAX_SESSION_DURATION;

/** The tags of every module. */
export const TAGS = variable("tags", "map(string)", {}, "Tags of everything that can have tags.", [
  {
    condition: `length(var.tags) <= ${MAX_TAGS}`,
    expected: `at most ${MAX_TAGS} tags, the IAM limit for a role or a policy`,
  },
  {
    condition: String.raw`alltrue([for key in keys(var.tags) : can(regex("^[\\p{L}\\p{Z}\\p{N}_.:/=+@-]{1,128}$", key)) && lower(substr(key, 0, 4)) != "aws:"])`,
    expected: `${TAG_KEY_CHARACTERS}, not beginning with aws:`,
  },
  {
    condition: `alltrue([for value in values(var.tags) : ${hasForm(TAG_VALUE, "value")}])`,
    expected: TAG_VALUE.expected,
  },
  {
    condition: "length(distinct([for key in keys(var.tags) : lower(key)])) == length(var.tags)",
    expected: "keys that differ in more than case, which IAM ignores",
  },
]);

/** Like the limit `PATH`, without its length. */
const PATH_FORM: TextForm = { pattern: "^(/[A-Za-z0-9.,+@=_-]+)*/$", expected: PATH.expected };

/** One line. It may look like a template: Terraform doesn't evaluate the values of variables. */
const LATIN: TextForm = {
  pattern: String.raw`^[ -\[\]-~\x{a1}-\x{ff}]{1,1000}$`,
  expected: `${ONE_LATIN_LINE}, without a backslash`,
};

/** The same for the limit `POLICY_ARN`. */
const BOUNDARY: TextForm = {
  pattern: String.raw`^arn:aws:iam::([0-9]{12}|aws):policy/([!-\[\]-~]{1,510}/)?[\w+=,.@-]{1,128}$`,
  expected: POLICY_ARN.expected,
};

/** What callers of the full module choose: capabilities, and where the Service Quotas role comes from. */
const CHOICES: readonly ModuleVariable[] = [
  ...OPTIONAL_CAPABILITIES.map((capability) =>
    variable(
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
