import { z } from "zod";
import { POLICY_SOURCES } from "../../modules/support-app/model/access";
import { TEMPORARY_EXPECTED, WITHOUT_EXPECTED } from "../../modules/support-app/model/access-consistency";
import { OPTIONAL_CAPABILITIES } from "../../modules/support-app/model/capability";
import {
  ACCOUNT_ALIAS,
  ACCOUNT_ID,
  DESCRIPTION,
  MAX_CHANNELS,
  MAX_SESSION_DURATION,
  MAX_TAGS,
  MAX_WORKSPACES,
  PATH,
  POLICY_ARN,
  POLICY_NAME,
  ROLE_NAME,
  SLACK_CHANNEL,
  SLACK_CHANNEL_NAME,
  SLACK_WORKSPACE,
  TAG_KEY,
  TAG_VALUE,
  type TextLimit,
} from "../../modules/support-app/model/limits";
import { NOTIFY_EVENTS, NOTIFY_SEVERITIES } from "../../modules/support-app/model/notify";
import { oneOf } from "../../modules/support-app/model/problem";
import { SERVICE_QUOTAS_ROLE_MODES } from "../../modules/support-app/model/service-quotas-role";
import { UNTIL } from "../../modules/support-app/model/until";
import { choice, flag, integer, list, mapping, namedBy, tagsOf, text } from "../yaml/schema-values";
import { suggestion } from "../yaml/suggestion";

/*
 * Every message here continues the sentence "received …, expected …", which the loader begins.
 */

/**
 * Regions in which the Support App can be configured.
 * Source: CloudFormation User Guide, AWS Support App resource types.
 */
export const REGIONS = [
  "ap-northeast-1",
  "ap-southeast-1",
  "ca-central-1",
  "eu-central-1",
  "eu-west-1",
  "eu-west-2",
  "us-east-1",
  "us-east-2",
  "us-west-2",
] as const;

export type Region = (typeof REGIONS)[number];

/** Other regions of buckets, in the partition of the accounts, whose credentials Terraform's S3 backend has. */
const OTHER_BUCKET_REGIONS =
  "af-south-1 ap-east-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2 ap-southeast-2 ap-southeast-3 ap-southeast-4 " +
  "ap-southeast-5 ap-southeast-7 ca-west-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2 eu-west-3 il-central-1 " +
  "me-central-1 me-south-1 mx-central-1 sa-east-1 us-west-1";

/**
 * Regions of buckets that Terraform's S3 backend knows.
 * Source: terraform init of Terraform 1.11.4; an end-to-end test asks it for each.
 */
export const BUCKET_REGIONS = [...REGIONS, ...OTHER_BUCKET_REGIONS.split(" ")].toSorted();

/** CDKTF can't have a stack named `constructor`: it finds one in every object. */
export const ENVIRONMENT_NAME: TextLimit = {
  pattern: /^(?!constructor$)[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/,
  expected:
    "an environment name of 1 to 63 lower-case letters, digits and hyphens, beginning with a letter, not ending with a hyphen and other than `constructor`",
};
/** The name of a tier, with the same limits as an environment's. */
export const TIER_NAME: TextLimit = {
  pattern: ENVIRONMENT_NAME.pattern,
  expected: ENVIRONMENT_NAME.expected.replace("an environment name", "the name of a tier"),
};

/** In a policy, `*` and `?` would match other roles, too. */
export const ROLE_ARN: TextLimit = {
  pattern: /^(?!.*[$%#&]\{)arn:aws:iam::\d{12}:role\/(?:[!-)+->@-[\]-~]{1,510}\/)?[\w+=,.@-]{1,64}$/,
  expected: "the ARN of an IAM role, without * or ?, such as arn:aws:iam::111122223333:role/terraform",
};

/** AWS documents no limits. These are the characters that all of its SDKs read between the brackets of `[profile NAME]`. */
export const PROFILE: TextLimit = {
  pattern: /^[\w.@+%:/-]{1,128}$/,
  expected: "the name of an AWS profile: 1 to 128 letters, digits and _ . @ + % : / -",
};

/** Source: Amazon S3 User Guide, general purpose bucket naming rules. */
export const BUCKET: TextLimit = {
  pattern:
    /^(?!xn--|sthree-|amzn-s3-demo-)(?!.*(?:\.\.|-s3alias$|--ol-s3$|\.mrap$|--x-s3$|--table-s3$))(?!\d+\.\d+\.\d+\.\d+$)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
  expected:
    "the name of an S3 bucket: 3 to 63 lower-case letters, digits, hyphens and single dots, no IP address, and no prefix or suffix that S3 reserves",
};

/**
 * Leaves room for `/<environment>.tfstate.tflock` with the longest name of an environment, within a key's 1,024 bytes.
 * Source: Amazon S3 User Guide, naming objects, which also advises against `.` and `..` between slashes.
 */
export const KEY_PREFIX: TextLimit = {
  pattern: /^(?!.{946})(?!(?:.*\/)?\.\.?(?:\/|$))[\w.-]+(?:\/[\w.-]+)*$/,
  expected:
    "a key prefix of at most 945 letters, digits and _ . - /, not beginning or ending with /, and without . or .. between slashes",
};

/** Source: AWS KMS API Reference, CreateAlias, AliasName. The S3 backend takes a key's ID only as a random UUID, or as the ID of a multi-Region key. */
export const KMS_KEY_ARN: TextLimit = {
  pattern:
    /^arn:aws:kms:[a-z0-9-]+:\d{12}:(?:key\/[\da-f]{8}-[\da-f]{4}-[1-5][\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}|key\/mrk-[\da-f]{32}|alias\/[\w/-]{1,250})$/,
  expected: "the ARN of a KMS key, such as arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-96ef-1234567890ab",
};

/** HashiCorp documents the characters but no length. 255 is the limit for a name in a URL's path. */
export const ORGANIZATION: TextLimit = {
  pattern: /^[A-Za-z0-9][\w-]{0,254}$/,
  expected: "the name of an HCP Terraform organization: at most 255 letters, digits, _ and -",
};

/** With the longest name of an environment, a workspace's name keeps within 90 characters. Source: HCP Terraform, workspaces. */
export const WORKSPACE_PREFIX: TextLimit = {
  pattern: /^[\w-]{1,26}$/,
  expected: "a workspace prefix of 1 to 26 letters, digits, _ and -",
};

/**
 * Terraform refuses punycode, hyphens in a label's third and fourth place, and invalid ports. Source: its
 * svchost package. It doesn't check lengths; DNS does. Source: RFC 1035, 2.3.4.
 */
export const HOSTNAME: TextLimit = {
  pattern:
    /^(?![^:]{254})(?!(?:.*\.)?[^.]{2}--)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*(?::(?:[1-9]\d{0,3}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d{2}|655[0-2]\d|6553[0-5]))?$/,
  expected:
    "a host name such as app.terraform.io, of at most 253 characters and 63 between dots, not in punycode (xn--), with a port up to 65535 if it needs one",
};

/** The value of a tag. */
export const tagValue = z
  .string({ error: `${TAG_VALUE.expected}, in quotes` })
  .regex(TAG_VALUE.pattern, { error: TAG_VALUE.expected });

const tags = tagsOf(
  tagValue,
  "a mapping of tag keys to tag values",
  `Tags of the roles and policies, at most ${MAX_TAGS}, added to the tags of the level above. Keys must differ in more than case. Each key: ${TAG_KEY.expected}.`,
);

const region = choice(
  REGIONS,
  "AWS region in which the Support App is configured. Required in the environment or in defaults.",
  { expected: `${oneOf(REGIONS)}; the Support App exists nowhere else, and not in China or GovCloud` },
);

const BACKEND_TYPES = ["local", "s3", "cloud"];

const backend = z
  .discriminatedUnion(
    "type",
    [
      mapping(
        { type: z.literal("local") },
        {},
        "State in the folder state/ beside cdktf.json. For one person on one machine.",
      ),
      mapping(
        {
          type: z.literal("s3"),
          bucket: text(BUCKET, "Bucket for the state. Create it first, with versioning."),
          region: choice(BUCKET_REGIONS, "Region of the bucket.", {
            expected: "the bucket's AWS region, such as us-east-1, which Terraform's S3 backend must know",
          }),
        },
        {
          prefix: text(KEY_PREFIX, "State is kept under <prefix>/<environment>.tfstate.", "support-app"),
          "kms-key": text(KMS_KEY_ARN, "KMS key that encrypts the state. Without it, S3's own key does."),
        },
        "State in an S3 bucket, encrypted, with a lock file beside it.",
      ),
      mapping(
        { type: z.literal("cloud"), organization: text(ORGANIZATION, "The organization.") },
        {
          "workspace-prefix": text(
            WORKSPACE_PREFIX,
            "The workspace is <workspace-prefix><environment>.",
            "support-app-",
          ),
          hostname: text(HOSTNAME, "Host of Terraform Enterprise.", "app.terraform.io"),
        },
        "State and remote runs in HCP Terraform or Terraform Enterprise, a workspace per environment.",
      ),
    ],
    {
      error: (issue) =>
        issue.code === "invalid_union"
          ? oneOf(BACKEND_TYPES) + suggestion((issue.input as { type?: unknown }).type, BACKEND_TYPES)
          : `a mapping whose type is ${oneOf(BACKEND_TYPES)}`,
    },
  )
  .meta({ description: "Where the Terraform state is kept.", default: { type: "local" } });

const profile = text(
  PROFILE,
  "AWS profile for doctor, import and deploys on a person's machine. Credentials in the process's environment come first.",
);

/** Maximum number of people in a channel who are counted one by one. Slack answers for about 100 a minute. */
export const MAX_MEMBERS = 500;

/** What is required of a channel in Slack. */
export const slackRules = {
  private: choice(["required"], "required: `doctor --slack` is unhealthy if the channel is public."),
  guests: choice(["refused"], "refused: `doctor --slack` is unhealthy if a guest is in the channel."),
  shared: choice(
    ["refused"],
    "refused: `doctor --slack` is unhealthy if another organization shares the channel (Slack Connect).",
  ),
  members: mapping(
    {
      "at-most": integer(
        { min: 1, max: MAX_MEMBERS, expected: `a whole number from 1 to ${MAX_MEMBERS}` },
        "How many people may be in the channel, including guests, not apps.",
      ),
    },
    {},
    "How many people may be in the channel: `doctor --slack` is unhealthy if there are more.",
  ),
};

const channel = mapping(
  {
    name: text(SLACK_CHANNEL_NAME, "Name of the channel in Slack, without the #."),
    workspace: text(SLACK_WORKSPACE, "ID of the workspace in Slack."),
    channel: text(SLACK_CHANNEL, "ID of the channel in Slack."),
  },
  {
    adopt: flag(
      "Take over the channel's configuration, which was made by hand and has another role: a deploy changes it in place. One that has this access level's role needs no adopt.",
    ),
    notify: mapping(
      { severity: choice(NOTIFY_SEVERITIES, "Cases that the channel is notified of.") },
      {
        on: list(
          choice(NOTIFY_EVENTS, "An event that the channel is notified of."),
          "a list of events, such as [case-created]",
          NOTIFY_EVENTS.length,
          "events, each once",
          "Events that the channel is notified of: at least one with severity high or all, none with severity none.",
        ),
      },
      "What the channel is notified of. Default: nothing.",
    ),
    ...slackRules,
  },
  "A Slack channel in which everyone gets this access.",
);

/** An unquoted day is a string in YAML 1.2. A number isn't one. */
function until(description: string) {
  return z
    .string({ error: UNTIL.expected })
    .regex(UNTIL.pattern)
    .meta({ description: `${description} Expected: ${UNTIL.expected}. A day ends in UTC.` });
}

const temporary = mapping(
  {
    capability: choice(OPTIONAL_CAPABILITIES, "One of the capabilities in without.", { expected: TEMPORARY_EXPECTED }),
    until: until("When it ends."),
  },
  {},
  "A capability that people in the channel get for a limited time.",
);

/** The keys of an access level that may also be in the defaults. */
const accessKeys = {
  without: list(
    choice(OPTIONAL_CAPABILITIES, "A capability that people in the channel don't get.", { expected: WITHOUT_EXPECTED }),
    "a list of capabilities, such as [resolve-cases]",
    OPTIONAL_CAPABILITIES.length,
    "capabilities, each once",
    "Capabilities to leave out. Only with full and a customer managed policy.",
  ),
  until: until(
    "When all of this access ends. IAM enforces it, even if nobody deploys. Only with a customer managed policy. Default: never.",
  ),
  temporarily: list(
    temporary,
    "a list of capabilities, such as [{ capability: live-chat, until: 2026-12-31 }]",
    OPTIONAL_CAPABILITIES.length,
    "capabilities, each once",
    "Capabilities in without that people get for a limited time. IAM enforces the end. Only with full.",
  ),
  policy: choice(
    POLICY_SOURCES,
    "customer-managed: a policy of your own. aws-managed: AWS's own policy, which AWS may change at any time.",
    { byDefault: "customer-managed" },
  ),
  "service-quotas-role": choice(
    SERVICE_QUOTAS_ROLE_MODES,
    "Where the service-linked role for quota increases comes from. Only with full. on-demand: the Support App creates it. create: this stack creates it. adopt: this stack imports it. existing: someone else manages it.",
    { byDefault: "on-demand" },
  ),
  "role-name": text(ROLE_NAME, "Name of the role. Default: AWSSupportAppReadOnlyRole or AWSSupportAppFullRole."),
  "policy-name": text(
    POLICY_NAME,
    "Name of the customer managed policy. Default: the default role name followed by Policy.",
  ),
  description: text(DESCRIPTION, "Description of the role."),
  "policy-description": text(
    DESCRIPTION,
    "Description of the customer managed policy. IAM can't change it later: change policy-name with it.",
  ),
  path: text(PATH, "Path of the role and the policy.", "/"),
  "permissions-boundary": text(
    POLICY_ARN,
    "Permissions boundary of the role: a policy of the account or an AWS managed one. Without it, whoever deploys can become an administrator of the account.",
  ),
  "max-session-duration": integer(
    MAX_SESSION_DURATION,
    "Longest session of the role, in seconds.",
    MAX_SESSION_DURATION.min,
  ),
  tags,
  adopt: flag("Import the role, policy and attachment that were made by hand."),
  "source-account-condition": flag(
    "Trust the Support App only on behalf of this account. AWS doesn't document it: try it first.",
  ),
};

const access = mapping(
  {},
  {
    ...accessKeys,
    channels: list(
      channel,
      "a list of channels",
      MAX_CHANNELS,
      "channels, the AWS limit for an account",
      `The Slack channels, at most ${MAX_CHANNELS} in an environment.`,
    ),
  },
  "An access level: what people in its channels can do. {} takes the defaults.",
);

const environment = mapping(
  { account: text(ACCOUNT_ID, "The AWS account, in quotes.") },
  {
    region,
    backend,
    profile,
    tags,
    "deploy-role": text(ROLE_ARN, "Role of this account that Terraform assumes to deploy."),
    "read-only": access,
    full: access,
    "slack-workspaces": list(
      text(SLACK_WORKSPACE, "ID of a Slack workspace."),
      "a list of Slack workspace IDs",
      MAX_WORKSPACES,
      "workspaces, the AWS limit for an account",
      `Slack workspaces to register for the account, which must be in an organization that may use them. At most ${MAX_WORKSPACES}, including the workspaces of the channels.`,
    ),
    "other-channels": choice(
      ["expected"],
      "expected: channels that others have configured in the account are right. Without it, `doctor` is unhealthy if the account has a channel that isn't in this file, once the environment has one.",
    ),
    "account-alias": text(ACCOUNT_ALIAS, "What people in Slack see instead of the account number."),
    tier: text(
      TIER_NAME,
      "Tier of rules.yaml, beside this file. The rules of that tier apply here, too. Required if rules.yaml has tiers, refused if it has none.",
    ),
    canary: flag(
      "Deployed first among many: if it fails, environments without it don't start, and the deploy workflow waits until doctor finds it healthy.",
    ),
    retired: flag(
      "The next deploy removes everything except the Service Quotas role. Then the environment can be removed from the file.",
    ),
  },
  "One AWS account in one region: one Terraform stack.",
);

/** Without channels: each would be in every account with the access level, and a new account would open its cases to people by accident. */
function accessDefaults(level: string) {
  return mapping(
    {},
    accessKeys,
    `Defaults of ${level} access, key by key; tags add up. They don't give any environment ${level} access: each one that needs it sets \`${level}: {}\`. They have no channels, so that a new account never opens its cases to a channel by accident.`,
  );
}

const defaults = mapping(
  {},
  { region, backend, profile, tags, "read-only": accessDefaults("read-only"), full: accessDefaults("full") },
  "Values for every environment that doesn't set them itself.",
);

/** The schema of environments.yaml: each value on its own. The loader checks how they fit together. */
export const environmentsSchema = z
  .strictObject(
    {
      defaults: defaults.optional(),
      environments: namedBy(
        ENVIRONMENT_NAME,
        environment,
        "a mapping of environment names to environments",
        "at least one environment",
      ).meta({ description: `The environments by name. Each name: ${ENVIRONMENT_NAME.expected}.` }),
    },
    { error: "a mapping with environments" },
  )
  .meta({ description: "What each Slack channel can do in the AWS Support App, by AWS account." });

/** environments.yaml as it is written. */
export type EnvironmentsFile = z.infer<typeof environmentsSchema>;

/** The defaults as they are written. */
export type Defaults = NonNullable<EnvironmentsFile["defaults"]>;

/** One environment as it is written. */
export type EnvironmentEntry = EnvironmentsFile["environments"][string];

/** One access level of an environment as it is written. */
export type AccessEntry = NonNullable<EnvironmentEntry["full"]>;

/** One channel as it is written. */
export type ChannelEntry = NonNullable<AccessEntry["channels"]>[number];

/** Where the state is kept, as it is written. */
export type BackendEntry = NonNullable<EnvironmentEntry["backend"]>;

/** The JSON Schema of environments.yaml, for editors. */
export function environmentsJsonSchema(): object {
  return z.toJSONSchema(environmentsSchema, { target: "draft-7", io: "input" });
}
