import * as z from "zod";
import { LEVELS } from "../../../modules/support-app/model/access-level";
import { CAPABILITIES } from "../../../modules/support-app/model/capability";
import {
  BUCKET,
  GITLAB_STATES,
  MAX_SESSION_DURATION,
  NO_TEMPLATE,
  PATH,
  POLICY_RESOURCE,
  REGIONS,
  SLACK_WORKSPACE,
  type TextLimit,
  TIER_NAME,
} from "../../../modules/support-app/model/limits";
import { type BackendType, SLACK_PROPERTIES } from "../../../modules/support-app/model/properties";
import { SERVICE_QUOTAS_ROLE_MODES } from "../../../modules/support-app/model/service-quotas-role";
import { shapeOf } from "../yaml/property-schemas";
import { choice, demand, integer, mapping, namedBy, sequence, tagsOf, tagValue, text } from "../yaml/schema-values";

/*
 * Every message here continues the sentence "received …, expected …", which the loader begins.
 */

/** A boundary for any account: the end of the ARN of a policy in that account, or the ARN of an AWS managed one. */
const BOUNDARY: TextLimit = {
  pattern: new RegExp(`^${NO_TEMPLATE}(arn:aws:iam::aws:)?${POLICY_RESOURCE}$`),
  expected:
    "the end of the ARN of a policy of the environment's own account, such as policy/boundary, or the ARN of an AWS managed policy",
};

/** An organization as {@link cloudOrganization} names it. */
const HOSTED_ORGANIZATION: TextLimit = {
  pattern: /^(?!app\.terraform\.io\/)(?:[a-z0-9.:-]{1,259}\/)?[A-Za-z0-9][\w-]{0,254}$/,
  expected: "an organization of HCP Terraform, such as acme, or of another host, such as tfe.example.com/acme",
};

/** More days than any end can be away: years have four digits and begin with 20. */
const MAX_DAYS = 36_525;

/** More than anybody lists by hand. */
const MAX_LISTED = 1000;

/** The value of a required tag: a blank value is no value. */
const givenValue = tagValue.regex(/\S/, { error: "a tag value that isn't blank" });

/** A list of the only allowed values, at least one. */
function someOf<T extends z.ZodType>(item: T, expected: string, noun: string, description: string) {
  return sequence(item, expected, MAX_LISTED, `${noun}s`, description).refine(({ length }) => length > 0, {
    error: `at least one ${noun}. Leave it out for any`,
    when: ({ value }) => Array.isArray(value),
  });
}

/** What a tag must have. */
const tagRule = z
  .strictObject(
    {
      values: someOf(givenValue, "a list of tag values", "value", "The only allowed values. Default: any.").optional(),
    },
    { error: "{} for any value, or the values that it may have, such as { values: [platform] }" },
  )
  .meta({ description: "A required tag, with a value that isn't blank." });

function capabilityList(description: string) {
  return sequence(
    choice(CAPABILITIES, "A capability."),
    "a list of capabilities, such as [view-cases]",
    CAPABILITIES.length,
    "capabilities, each once",
    description,
  );
}

/** What is allowed of each type of backend. */
const BACKEND_RULES = {
  local: mapping({}, {}, "State in the folder state/ is allowed."),
  s3: mapping(
    {},
    { buckets: someOf(text(BUCKET, "A bucket."), "a list of buckets", "bucket", "The only buckets. Default: any.") },
    "State in an S3 bucket is allowed.",
  ),
  cloud: mapping(
    {},
    {
      organizations: someOf(
        text(HOSTED_ORGANIZATION, "An organization."),
        "a list of organizations",
        "organization",
        "The only organizations. Default: any.",
      ),
    },
    "State in HCP Terraform or Terraform Enterprise is allowed.",
  ),
  http: mapping(
    {},
    {
      addresses: someOf(
        text(GITLAB_STATES, "The states of a project."),
        "a list of addresses",
        "address",
        "The only addresses. Default: any.",
      ),
    },
    "State in a GitLab project is allowed.",
  ),
} satisfies Record<BackendType, z.ZodType>;

const backendRule = mapping({}, BACKEND_RULES, "The only types of backend that may keep the state.").refine(
  (types) => Object.keys(types).length > 0,
  {
    error: `at least one of ${Object.keys(BACKEND_RULES).join(", ")}`,
    when: ({ issues }) => issues.length === 0, // an unknown key isn't in types
  },
);

const ruleSet = mapping(
  {},
  {
    "access-levels": sequence(
      choice(LEVELS, "An access level."),
      "a list of access levels, such as [read-only]",
      LEVELS.length,
      "access levels, each once",
      "The only access levels that environments may have. Default: both.",
    ),
    capabilities: capabilityList(
      "The only capabilities that may be given for good. Of all others, only the capabilities in temporarily may be given, with an end. Default: all except the capabilities in temporarily.",
    ),
    temporarily: capabilityList(
      "Capabilities that may only be given with an end: the access level's until, or its temporarily. Default: none.",
    ),
    "max-days-until-end": integer(
      { min: 1, max: MAX_DAYS, expected: `a whole number of days from 1 to ${MAX_DAYS}` },
      "How many days after today the last day of access may be, in UTC. It doesn't require an end: temporarily does.",
    ),
    "slack-workspaces": sequence(
      text(SLACK_WORKSPACE, "ID of a Slack workspace."),
      "a list of Slack workspace IDs",
      MAX_LISTED,
      "workspaces",
      "The only Slack workspaces that channels may be in and that may be registered. Default: any.",
    ),
    policy: choice(
      ["customer-managed"],
      "customer-managed: no access may have AWS's managed policy, which AWS may change at any time.",
    ),
    "permissions-boundary": text(
      BOUNDARY,
      "Permissions boundary that every role must have: a policy of the environment's own account by its path and name, or an AWS managed one.",
    ),
    path: text(PATH, "Path that every role and policy must have."),
    tags: tagsOf(
      tagRule,
      "a mapping of tag keys to {} or to { values: [...] }",
      "Tags that every role and policy must have.",
    ),
    regions: someOf(
      choice(REGIONS, "A region."),
      "a list of regions, such as [us-east-1]",
      "region",
      "The only regions that environments may be in. The region of a bucket for the state isn't one of them.",
    ),
    backend: backendRule,
    "deploy-role": demand(true, "true: every environment has a deploy-role."),
    "deploy-role-path": text(PATH, "Path of the deploy-role, which every environment must then have."),
    "plan-role": demand(true, "true: every environment has a plan-role."),
    "plan-role-path": text(PATH, "Path of the plan-role, which every environment must then have."),
    "max-session-duration": integer(MAX_SESSION_DURATION, "Most seconds that a session of a role may last."),
    "service-quotas-role": someOf(
      choice(SERVICE_QUOTAS_ROLE_MODES, "Where the role comes from."),
      "a list, such as [existing]",
      "value",
      "The only allowed values of service-quotas-role where request-quota-increases is given. An AWS managed policy is on-demand.",
    ),
    "source-account-condition": demand(true, "true: every role has the source-account-condition."),
    ...shapeOf(SLACK_PROPERTIES), // what is required of a channel in Slack
  },
  "What environments may have.",
);

/** The schema of rules.yaml: each value on its own. */
export const rulesSchema = z
  .strictObject(
    {
      all: ruleSet.meta({ description: "Rules of every environment." }).optional(),
      tiers: namedBy(TIER_NAME, ruleSet, "a mapping of tiers to their rules", "at least one tier")
        .meta({
          description:
            "Rules of each tier, by its name, in addition to the rules of all. Every environment must then set its tier.",
        })
        .optional(),
    },
    { error: "a mapping with all, tiers or both" },
  )
  .meta({ description: "What environments.yaml beside this file may have." });

/** rules.yaml as it is written. */
export type RulesFile = z.infer<typeof rulesSchema>;

/** The rules of all environments, or of a tier, as they are written. */
export type RuleSet = NonNullable<RulesFile["all"]>;

/** The JSON Schema of rules.yaml, for editors. */
export function rulesJsonSchema(): object {
  return z.toJSONSchema(rulesSchema, { target: "draft-7", io: "input" });
}
