import { oneOf } from "../../../common/problem";
import { type FullAccess, POLICY_SOURCES } from "./access";
import { TEMPORARY_EXPECTED, WITHOUT_EXPECTED } from "./access-consistency";
import { ACCESS_LEVELS, type AccessLevel, LEVELS } from "./access-level";
import { OPTIONAL_CAPABILITIES } from "./capability";
import type { SlackChannelId } from "./channel-set";
import { ACCOUNT_ALIAS_TYPE, SLACK_CHANNEL_TYPE, SLACK_WORKSPACE_TYPE } from "./cloud-control-types";
import type { TemporaryCapability } from "./grant";
import {
  ACCOUNT_ALIAS,
  ACCOUNT_ID,
  ACCOUNT_ROLE,
  BUCKET,
  BUCKET_REGIONS,
  DESCRIPTION,
  EXTERNAL_ID,
  GITLAB_STATES,
  HOSTNAME,
  type IntegerLimit,
  KEY_PREFIX,
  KMS_KEY_ARN,
  MAX_CHANNELS,
  MAX_MEMBERS,
  MAX_SESSION_DURATION,
  MAX_TAGS,
  MAX_WORKSPACES,
  ORGANIZATION,
  PATH,
  POLICY_ARN,
  POLICY_NAME,
  PROFILE,
  REGIONS,
  ROLE_ARN,
  ROLE_NAME,
  SESSION_NAME,
  SLACK_CHANNEL,
  SLACK_CHANNEL_NAME,
  SLACK_WORKSPACE,
  TAG_KEY,
  TEAM_NAME,
  type TextLimit,
  TIER_NAME,
  WORKSPACE_PREFIX,
} from "./limits";
import { NOTIFY_EVENTS, NOTIFY_SEVERITIES, type Notify } from "./notify";
import { DEFAULT_SERVICE_QUOTAS_ROLE, SERVICE_QUOTAS_ROLE_MODES } from "./service-quotas-role";

/*
 * Every property of an environment, an access level and a channel, once. Derived from it: the schema of environments.yaml and
 * its reference, the checks of the constructs, defaults, arguments in Terraform, properties in CloudFormation, and the inputs of the published modules.
 */

/** What kind of value something has, and its limits. Texts named `expected` follow that word. */
export type Value = { readonly words: string } & (
  | { readonly kind: "text"; readonly limit: TextLimit; readonly byDefault?: string; readonly byLevel?: ByLevel }
  /** When access ends. */
  | { readonly kind: "end" }
  | { readonly kind: "choice"; readonly of: readonly string[]; readonly expected?: string; readonly byDefault?: string }
  | { readonly kind: "integer"; readonly limit: IntegerLimit; readonly byDefault?: number }
  | { readonly kind: "flag"; readonly byDefault: false }
  /** The only value that says something: without it, either is fine. */
  | { readonly kind: "demand"; readonly of: boolean }
  | { readonly kind: "tags" }
  | ListValue
  | {
      readonly kind: "mapping";
      readonly properties: Properties;
      readonly expected?: string;
      /** The property whose value may stand for a mapping of nothing else. */
      readonly shorthand?: string;
    }
  /** A mapping of names to values, at least one. */
  | {
      readonly kind: "names";
      readonly limit: TextLimit;
      readonly item: Value;
      readonly expected: string;
      readonly atLeast: string;
    }
  /** A mapping whose `type` says which properties it has. */
  | { readonly kind: "variants"; readonly of: Readonly<Record<string, Variant>>; readonly byDefault: object }
);

interface ListValue {
  readonly kind: "list";
  readonly item: Value;
  readonly expected: string;
  /** In YAML. */
  readonly example?: string;
  readonly max: number;
  /** Follows "at most" and the maximum. */
  readonly atMost: string;
  readonly byDefault?: readonly [];
}

interface Variant {
  readonly words: string;
  readonly properties: Properties;
}

/** The default of each access level. */
type ByLevel = Readonly<Record<AccessLevel, string>>;

/** What has arguments in Terraform or properties in CloudFormation. */
type ArgumentType =
  | "aws_iam_role"
  | "AWS::IAM::Role"
  | "aws_iam_policy"
  | "AWS::IAM::ManagedPolicy"
  | "aws_iam_service_linked_role"
  | "provider"
  | typeof SLACK_CHANNEL_TYPE
  | typeof SLACK_WORKSPACE_TYPE
  | typeof ACCOUNT_ALIAS_TYPE;

/** What is an argument in Terraform has a name in CloudFormation, too, or `undefined` where CloudFormation can't have it. */
type InBoth<Terraform extends ArgumentType, CloudFormation extends ArgumentType> =
  | (Readonly<Record<Terraform, string>> & Readonly<Record<CloudFormation, string | undefined>>)
  | Readonly<Partial<Record<Terraform | CloudFormation, undefined>>>;

type Arguments = Readonly<Partial<Record<ArgumentType, string | undefined>>> &
  InBoth<"aws_iam_role", "AWS::IAM::Role"> &
  InBoth<"aws_iam_policy", "AWS::IAM::ManagedPolicy">;

export type Property = Value & {
  readonly required?: true;
  /** More words for a reader of environments.yaml. */
  readonly note?: string;
  /** The arguments and properties that it becomes as it is, so that it may be known only later. */
  readonly argument?: Arguments;
  /** What it is for a review, which shows every property that changes: what decides access, the name of something, or a setting that gives nobody anything. */
  readonly compared: "access" | "name" | "setting";
  /** Its name in IAM's answer about a role, of which it is read as it is. */
  readonly live?: string;
};

export type Properties = Readonly<Record<string, Property>>;

const TAGS = {
  kind: "tags",
  words: `Tags of the roles and policies, at most ${MAX_TAGS}, added to the tags of the level above. Keys must differ in more than case. Each key: ${TAG_KEY.expected}.`,
  argument: {
    aws_iam_role: "tags",
    aws_iam_policy: "tags",
    aws_iam_service_linked_role: "tags",
    "AWS::IAM::Role": "Tags",
    "AWS::IAM::ManagedPolicy": undefined,
  },
  compared: "setting",
} as const;

/** A capability that is granted temporarily. */
const TEMPORARY_PROPERTIES = {
  capability: {
    kind: "choice",
    of: OPTIONAL_CAPABILITIES,
    expected: TEMPORARY_EXPECTED,
    words: "One of the capabilities in without.",
    required: true,
    compared: "access",
  },
  until: { kind: "end", words: "When it ends.", required: true, compared: "access" },
} as const satisfies Record<keyof TemporaryCapability, Property>;

/** An access level, apart from its channels: the properties of SupportAppAccess. */
export const ACCESS_PROPERTIES = {
  without: {
    kind: "list",
    item: {
      kind: "choice",
      of: OPTIONAL_CAPABILITIES,
      expected: WITHOUT_EXPECTED,
      words: "A capability that people in the channel don't get.",
    },
    expected: "a list of capabilities",
    example: "[resolve-cases]",
    max: OPTIONAL_CAPABILITIES.length,
    atMost: "capabilities, each once",
    byDefault: [],
    words: "Capabilities to leave out. Only with full and a customer managed policy.",
    compared: "access",
  },
  until: {
    kind: "end",
    words:
      "When all of this access ends. IAM enforces it, even if nobody deploys. Only with a customer managed policy.",
    compared: "access",
  },
  temporarily: {
    kind: "list",
    item: {
      kind: "mapping",
      properties: TEMPORARY_PROPERTIES,
      expected: "a mapping of capability and until",
      words: "A capability that people in the channel get for a limited time.",
    },
    expected: "a list of capabilities",
    example: "[{ capability: live-chat, until: 2026-12-31 }]",
    max: OPTIONAL_CAPABILITIES.length,
    atMost: "capabilities, each once",
    byDefault: [],
    words: "Capabilities in without that people get for a limited time. IAM enforces the end. Only with full.",
    compared: "access",
  },
  policy: {
    kind: "choice",
    of: POLICY_SOURCES,
    byDefault: "customer-managed",
    words: "customer-managed: a policy of your own. aws-managed: AWS's own policy, which AWS may change at any time.",
    compared: "access",
  },
  serviceQuotasRole: {
    kind: "choice",
    of: SERVICE_QUOTAS_ROLE_MODES,
    byDefault: DEFAULT_SERVICE_QUOTAS_ROLE,
    words:
      "Where the service-linked role for quota increases comes from. Only with full. on-demand: the Support App creates it. create: this stack creates it. adopt: this stack imports it. existing: someone else manages it.",
    compared: "access",
  },
  roleName: {
    kind: "text",
    limit: ROLE_NAME,
    byLevel: { "read-only": ACCESS_LEVELS["read-only"].roleName, full: ACCESS_LEVELS.full.roleName },
    words: "Name of the role, unique in the account, ignoring case.",
    argument: { aws_iam_role: "name", "AWS::IAM::Role": "RoleName" },
    compared: "name",
  },
  policyName: {
    kind: "text",
    limit: POLICY_NAME,
    byLevel: { "read-only": ACCESS_LEVELS["read-only"].policyName, full: ACCESS_LEVELS.full.policyName },
    words: "Name of the policy, unique in the account, ignoring case.",
    argument: { aws_iam_policy: "name", "AWS::IAM::ManagedPolicy": "ManagedPolicyName" },
    compared: "name",
  },
  path: {
    kind: "text",
    limit: PATH,
    byDefault: "/",
    words: "Path of the role and the policy. A change replaces both, so {roleName} and {policyName} must change, too.",
    argument: {
      aws_iam_role: "path",
      aws_iam_policy: "path",
      "AWS::IAM::Role": "Path",
      "AWS::IAM::ManagedPolicy": "Path",
    },
    compared: "name",
  },
  description: {
    kind: "text",
    limit: DESCRIPTION,
    words: "Description of the role.",
    argument: { aws_iam_role: "description", "AWS::IAM::Role": "Description" },
    compared: "setting",
    live: "Description",
  },
  policyDescription: {
    kind: "text",
    limit: DESCRIPTION,
    words:
      "Description of the policy. IAM can't change it later: a change replaces the policy, so {policyName} must change, too.",
    argument: { aws_iam_policy: "description", "AWS::IAM::ManagedPolicy": "Description" },
    compared: "setting",
  },
  permissionsBoundary: {
    kind: "text",
    limit: POLICY_ARN,
    words:
      "ARN of the role's permissions boundary: a policy of the same account, or an AWS managed one. If it lacks an action, the channel loses that capability.",
    note: "Without a boundary, whoever deploys can become an administrator of the account.",
    argument: { aws_iam_role: "permissions_boundary", "AWS::IAM::Role": "PermissionsBoundary" },
    compared: "access",
  },
  sourceAccountCondition: {
    kind: "flag",
    byDefault: false,
    words: "Trust the Support App only on behalf of this account. AWS doesn't document it: try it first.",
    compared: "access",
  },
  maxSessionDuration: {
    kind: "integer",
    limit: MAX_SESSION_DURATION,
    byDefault: MAX_SESSION_DURATION.min,
    words: "Longest session of the role, in seconds.",
    argument: { aws_iam_role: "max_session_duration", "AWS::IAM::Role": "MaxSessionDuration" },
    compared: "setting",
    live: "MaxSessionDuration",
  },
  tags: TAGS,
  adopt: {
    kind: "flag",
    byDefault: false,
    words: "Import the role, policy and attachment that were made by hand.",
    compared: "access",
  },
} as const satisfies Record<Exclude<keyof FullAccess, "access" | "account">, Property>;

/** A property of SupportAppAccess that environments.yaml has as a key. */
export type AccessProperty = keyof typeof ACCESS_PROPERTIES;

type LiveProperty = {
  [Name in AccessProperty]: (typeof ACCESS_PROPERTIES)[Name] extends { live: string } ? Name : never;
}[AccessProperty];

/** The settings of a role that IAM shows as they are. */
export type LiveSettings = { readonly [Name in LiveProperty]?: ValueOf<(typeof ACCESS_PROPERTIES)[Name]> | undefined };

/** The properties of these settings, each with its name in IAM's answer. */
export const LIVE_SETTINGS = (Object.keys(ACCESS_PROPERTIES) as AccessProperty[]).flatMap((property) => {
  const value = ACCESS_PROPERTIES[property];
  return "live" in value ? [[property as LiveProperty, value.live] as const] : [];
});

/** What a channel is notified of. */
const NOTIFY_PROPERTIES = {
  severity: {
    kind: "choice",
    of: NOTIFY_SEVERITIES,
    words: "Cases that the channel is notified of.",
    required: true,
    compared: "setting",
  },
  events: {
    kind: "list",
    item: { kind: "choice", of: NOTIFY_EVENTS, words: "An event that the channel is notified of." },
    expected: "a list of events",
    example: "[case-created]",
    max: NOTIFY_EVENTS.length,
    atMost: "events, each once",
    words: "Events that the channel is notified of. Needs one with severity high or all, and none with none.",
    compared: "setting",
  },
} as const satisfies Record<keyof Notify, Property>;

/** What is required of a channel in Slack. */
export const SLACK_PROPERTIES = {
  private: {
    kind: "demand",
    of: true,
    words: "true: `doctor --slack` is unhealthy if the channel is public.",
    compared: "setting",
  },
  guests: {
    kind: "demand",
    of: false,
    words: "false: `doctor --slack` is unhealthy if a guest is in the channel.",
    compared: "setting",
  },
  shared: {
    kind: "demand",
    of: false,
    words: "false: `doctor --slack` is unhealthy if another organization shares the channel (Slack Connect).",
    compared: "setting",
  },
  maxMembers: {
    kind: "integer",
    limit: { min: 1, max: MAX_MEMBERS, expected: `a whole number from 1 to ${MAX_MEMBERS}` },
    words:
      "Maximum number of people in the channel, with guests, without apps: `doctor --slack` is unhealthy beyond it.",
    compared: "setting",
  },
} as const satisfies Properties;

/** A Slack channel. */
export const CHANNEL_PROPERTIES = {
  name: {
    kind: "text",
    limit: SLACK_CHANNEL_NAME,
    words: "Name of the channel in Slack, without the #.",
    required: true,
    argument: { [SLACK_CHANNEL_TYPE]: "ChannelName" },
    compared: "setting",
  },
  workspace: {
    kind: "text",
    limit: SLACK_WORKSPACE,
    words: "ID of the workspace in Slack.",
    required: true,
    argument: { [SLACK_CHANNEL_TYPE]: "TeamId" },
    compared: "name",
  },
  channel: {
    kind: "text",
    limit: SLACK_CHANNEL,
    words: "ID of the channel in Slack.",
    required: true,
    argument: { [SLACK_CHANNEL_TYPE]: "ChannelId" },
    compared: "name",
  },
  adopt: {
    kind: "flag",
    byDefault: false,
    words: "Take over a configuration that was made by hand and has another role. A deploy changes it in place.",
    compared: "access",
  },
  notify: {
    kind: "mapping",
    properties: NOTIFY_PROPERTIES,
    expected: "a mapping with severity and events",
    words: "What the channel is notified of. Default: nothing.",
    compared: "setting",
  },
  ...SLACK_PROPERTIES,
} as const satisfies Properties;

/** An access level of an environment. */
const LEVEL_PROPERTIES = {
  ...ACCESS_PROPERTIES,
  channels: {
    kind: "list",
    item: {
      kind: "mapping",
      properties: CHANNEL_PROPERTIES,
      words: "A Slack channel in which everyone gets this access.",
    },
    expected: "a list of channels",
    max: MAX_CHANNELS,
    atMost: "channels, the AWS limit for an account",
    words: `The Slack channels, at most ${MAX_CHANNELS} in an environment.`,
    compared: "access",
  },
} as const satisfies Properties;

const LEVEL = {
  kind: "mapping",
  properties: LEVEL_PROPERTIES,
  words: "An access level: what people in its channels can do. {} takes the defaults.",
  compared: "access",
} as const satisfies Property;

const TEAM_NAMES = "AWSSupportApp<Team>Role";

/** A team of an environment: its own role, with the access of a level. */
const TEAM = {
  kind: "mapping",
  properties: {
    access: {
      kind: "choice",
      of: LEVELS,
      words: "How much people in its channels can do. Rules for an access level apply to its teams, too.",
      required: true,
      compared: "access",
    },
    ...LEVEL_PROPERTIES,
    roleName: {
      ...LEVEL_PROPERTIES.roleName,
      byLevel: undefined,
      words: `${LEVEL_PROPERTIES.roleName.words} Default: ${TEAM_NAMES}, such as AWSSupportAppOnCallRole for on-call.`,
    },
    policyName: {
      ...LEVEL_PROPERTIES.policyName,
      byLevel: undefined,
      words: `${LEVEL_PROPERTIES.policyName.words} Default: ${TEAM_NAMES}Policy.`,
    },
  },
  words:
    "A team with a role of its own. It takes the defaults of its access level, except adopt and the names of the role and the policy.",
  expected: "a mapping with access",
  compared: "access",
} as const satisfies Property;

/** What the name of an environment's state begins with where the states of other software may be beside it. */
export const STATE_PREFIX = "support-app-";

interface Backend extends Variant {
  /** Whether Terraform runs where the state is, not on this machine. */
  readonly isRemote: boolean;
  /** Which forge's jobs can use the state: any's, only those of the forge that keeps it, or none's, where it is gone with the machine or needs a login of its own. */
  readonly jobsOf: "any-forge" | "its-forge" | "no-forge";
}

/** Where the state is kept, by its type. */
export const BACKENDS = {
  local: {
    words: "State in the folder state/ beside cdktf.json. For one person on one machine.",
    isRemote: false,
    jobsOf: "no-forge",
    properties: {},
  },
  s3: {
    words: "State in an S3 bucket, encrypted, with a lock file beside it.",
    isRemote: false,
    jobsOf: "any-forge",
    properties: {
      bucket: {
        kind: "text",
        limit: BUCKET,
        words: "Bucket for the state. `bootstrap` creates it.",
        required: true,
        compared: "access",
      },
      region: {
        kind: "choice",
        of: BUCKET_REGIONS,
        expected: "the bucket's AWS region, such as us-east-1, which Terraform's S3 backend must know",
        words: "Region of the bucket.",
        required: true,
        compared: "access",
      },
      prefix: {
        kind: "text",
        limit: KEY_PREFIX,
        byDefault: "support-app",
        words: "State is kept under <prefix>/<environment>.tfstate.",
        compared: "access",
      },
      kmsKey: {
        kind: "text",
        limit: KMS_KEY_ARN,
        words: "KMS key that encrypts the state. Without it, S3's own key does.",
        compared: "access",
      },
      bucketAccount: {
        kind: "text",
        limit: ACCOUNT_ID,
        words:
          "Account in which `bootstrap` creates the bucket, required for a bucket that environments share. It may be an account without an environment.",
        compared: "setting",
      },
    },
  },
  cloud: {
    words: "State and remote runs in HCP Terraform or Terraform Enterprise, a workspace per environment.",
    isRemote: true,
    jobsOf: "no-forge",
    properties: {
      organization: {
        kind: "text",
        limit: ORGANIZATION,
        words: "The organization.",
        required: true,
        compared: "access",
      },
      workspacePrefix: {
        kind: "text",
        limit: WORKSPACE_PREFIX,
        byDefault: STATE_PREFIX,
        words: "The workspace is <workspace-prefix><environment>.",
        compared: "access",
      },
      hostname: {
        kind: "text",
        limit: HOSTNAME,
        byDefault: "app.terraform.io",
        words: "Host of Terraform Enterprise.",
        compared: "access",
      },
    },
  },
  http: {
    words: "State in a GitLab project, which encrypts and locks it, a state per environment.",
    isRemote: false,
    jobsOf: "its-forge",
    properties: {
      address: {
        kind: "text",
        limit: GITLAB_STATES,
        words: `The project's states, by its number or its encoded path. The state is ${STATE_PREFIX}<environment>.`,
        required: true,
        compared: "access",
      },
    },
  },
} as const satisfies Readonly<Record<string, Backend>>;

export type BackendType = keyof typeof BACKENDS;

const DEPLOY_ROLE = {
  words: "Role of this account that Terraform assumes to deploy.",
  compared: "access",
} as const;
const PLAN_ROLE = {
  words:
    "Role of this account that only reads, which plans in pull requests, `diff`, and `doctor --assume` assume instead of deploy-role. `support-app permissions plan` prints its policy.",
  compared: "access",
} as const;

/** A role that is assumed, by its ARN or with more about the session. */
function assumedRole<const Limit extends TextLimit>(limit: Limit) {
  return {
    kind: "mapping",
    shorthand: "arn",
    properties: {
      arn: {
        kind: "text",
        limit,
        words: "The role.",
        required: true,
        argument: { provider: "role_arn" },
        compared: "access",
      },
      externalId: {
        kind: "text",
        limit: EXTERNAL_ID,
        words: "External ID that the role's trust policy requires.",
        argument: { provider: "external_id" },
        compared: "access",
      },
      sessionName: {
        kind: "text",
        limit: SESSION_NAME,
        words: "Name of the session, if the role's trust policy requires one.",
        argument: { provider: "session_name" },
        compared: "access",
      },
    },
  } as const;
}

/** What defaults may have, too. */
export const SHARED_PROPERTIES = {
  region: {
    kind: "choice",
    of: REGIONS,
    expected: `${oneOf(REGIONS)}; the Support App exists nowhere else, and not in China or GovCloud`,
    words: "AWS region in which the Support App is configured. Required in the environment or in defaults.",
    argument: { provider: "region" },
    compared: "access",
  },
  backend: {
    kind: "variants",
    of: BACKENDS,
    byDefault: { type: "local" },
    words: "Where the Terraform state is kept.",
    compared: "access",
  },
  profile: {
    kind: "text",
    limit: PROFILE,
    words:
      "AWS profile for doctor and deploys on a person's machine. Credentials in the process's environment come first.",
    argument: { provider: "profile" },
    compared: "setting",
  },
  tags: TAGS,
} as const satisfies Properties;

/** What defaults have besides access levels. A role is one of each environment's own account. */
export const DEFAULTS_PROPERTIES = {
  ...SHARED_PROPERTIES,
  deployRole: { ...DEPLOY_ROLE, ...assumedRole(ACCOUNT_ROLE) },
  planRole: { ...PLAN_ROLE, ...assumedRole(ACCOUNT_ROLE) },
} as const satisfies Properties;

/** An environment. */
export const ENVIRONMENT_PROPERTIES = {
  account: {
    kind: "text",
    limit: ACCOUNT_ID,
    words: "The AWS account, in quotes.",
    required: true,
    argument: { provider: "allowed_account_ids" },
    compared: "access",
  },
  ...SHARED_PROPERTIES,
  deployRole: { ...DEPLOY_ROLE, ...assumedRole(ROLE_ARN) },
  planRole: { ...PLAN_ROLE, ...assumedRole(ROLE_ARN) },
  readOnly: LEVEL,
  full: LEVEL,
  teams: {
    kind: "names",
    limit: TEAM_NAME,
    item: TEAM,
    expected: "a mapping of team names to teams",
    atLeast: "at least one team",
    words: "Teams that have a role of their own in the account, beside read-only and full.",
    compared: "access",
  },
  slackWorkspaces: {
    kind: "list",
    item: { kind: "text", limit: SLACK_WORKSPACE, words: "ID of a Slack workspace." },
    expected: "a list of Slack workspace IDs",
    max: MAX_WORKSPACES,
    atMost: "workspaces, the AWS limit for an account",
    words: `Slack workspaces to register for the account, which must be in an organization that may use them. At most ${MAX_WORKSPACES}, including the workspaces of the channels.`,
    argument: { [SLACK_WORKSPACE_TYPE]: "TeamId" },
    compared: "setting",
  },
  otherChannels: {
    kind: "flag",
    byDefault: false,
    words: "Others may configure channels in the account, too. Without it, `doctor` is unhealthy if there are any.",
    compared: "access",
  },
  accountAlias: {
    kind: "text",
    limit: ACCOUNT_ALIAS,
    words: "What people in Slack see instead of the account number.",
    argument: { [ACCOUNT_ALIAS_TYPE]: "AccountAlias" },
    compared: "setting",
  },
  tier: {
    kind: "text",
    limit: TIER_NAME,
    words: "Tier of rules.yaml, whose rules apply here, too. Required if rules.yaml has tiers, refused if it has none.",
    compared: "access",
  },
  canary: {
    kind: "flag",
    byDefault: false,
    words: "Deployed first: if it fails, the others don't start. In CI, they wait until doctor finds it healthy.",
    compared: "setting",
  },
  retired: {
    kind: "flag",
    byDefault: false,
    words:
      "The next deploy removes everything except the Service Quotas role. Then the environment can be removed from the file.",
    compared: "access",
  },
} as const satisfies Properties;

/** The value of a property, as TypeScript knows it. */
export type ValueOf<V> = V extends { kind: "choice"; of: readonly (infer Choice)[] }
  ? Choice
  : V extends { kind: "text" | "end" }
    ? string
    : V extends { kind: "integer" }
      ? number
      : V extends { kind: "flag" }
        ? boolean
        : V extends { kind: "demand"; of: infer Demanded }
          ? Demanded
          : V extends { kind: "tags" }
            ? Record<string, string>
            : V extends { kind: "list"; item: infer Item }
              ? readonly ValueOf<Item>[]
              : V extends { kind: "names"; item: infer Item }
                ? Record<string, ValueOf<Item>>
                : V extends { kind: "mapping"; properties: infer P }
                  ? ShorthandOf<V> | (EntryOf<P> extends infer Entry ? { [Key in keyof Entry]: Entry[Key] } : never)
                  : V extends { kind: "variants"; of: infer Variants }
                    ? {
                        [Type in keyof Variants]: { type: Type } & (Variants[Type] extends { properties: infer P }
                          ? EntryOf<P>
                          : never);
                      }[keyof Variants]
                    : never;

/** The value that may stand for a whole mapping. */
type ShorthandOf<V> = V extends { shorthand: infer Name; properties: infer P } ? ValueOf<P[Name & keyof P]> : never;

type RequiredIn<P> = { [Name in keyof P]: P[Name] extends { required: true } ? Name : never }[keyof P];

/** A mapping of environments.yaml with some properties. */
type EntryOf<P> = { readonly [Name in RequiredIn<P> as KeyOf<Name & string>]: ValueOf<P[Name]> } & {
  readonly [Name in Exclude<keyof P, RequiredIn<P>> as KeyOf<Name & string>]?: ValueOf<P[Name]> | undefined;
};

/** How a property is spelled in environments.yaml: `max-session-duration`. */
export type KeyOf<Name extends string> = Name extends `${infer First}${infer Rest}`
  ? `${First extends Lowercase<First> ? First : `-${Lowercase<First>}`}${KeyOf<Rest>}`
  : Name;

/** The property with a key in environments.yaml: `maxSessionDuration`. */
export type PropertyOf<Key extends string> = Key extends `${infer First}-${infer Rest}`
  ? `${First}${Capitalize<PropertyOf<Rest>>}`
  : Key;

/** The key in environments.yaml of a property. */
export function keyOf(property: string): string {
  return property.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** The property with a key in environments.yaml. */
export function propertyOf(key: string): string {
  return key.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** Words in which a reader knows other properties by their keys or by the names of a module's inputs. */
export function wordsOf({ words }: Pick<Value, "words">, nameOf: (property: string) => string): string {
  return words.replace(/\{(\w+)\}/g, (_, property: string) => nameOf(property));
}

/** What a property is without being set. Undefined: nothing stands for that. */
export function defaultOf(value: Value, level: AccessLevel): unknown {
  if ("byLevel" in value && value.byLevel) return value.byLevel[level];
  return "byDefault" in value ? value.byDefault : undefined;
}

/** The arguments or properties of something that values become as they are. */
export function argumentsOf(argumentType: ArgumentType, values: Readonly<Partial<Record<AccessProperty, unknown>>>) {
  const properties: Readonly<Record<AccessProperty, Property>> = ACCESS_PROPERTIES;
  const argumentEntries = (Object.keys(properties) as AccessProperty[]).flatMap((property) => {
    const name = properties[property].argument?.[argumentType];
    return name === undefined ? [] : [[name, values[property]] as const];
  });
  return Object.fromEntries(argumentEntries);
}

/** A role as the AWS provider's block `assume_role` has it. */
export function assumeRoleBlock(role: Readonly<Partial<Record<RoleProperty, string | undefined>>>) {
  const { properties } = ENVIRONMENT_PROPERTIES.deployRole;
  return Object.fromEntries(
    (Object.keys(properties) as RoleProperty[]).flatMap((property) =>
      role[property] === undefined ? [] : [[properties[property].argument.provider, role[property]] as const],
    ),
  );
}

type RoleProperty = keyof (typeof ENVIRONMENT_PROPERTIES)["deployRole"]["properties"];

/** What of a channel becomes a property of its configuration as it is. */
export type ChannelArgument = {
  [Name in keyof typeof CHANNEL_PROPERTIES]: (typeof CHANNEL_PROPERTIES)[Name] extends { argument: object }
    ? Name
    : never;
}[keyof typeof CHANNEL_PROPERTIES];

/** The properties of a channel's configuration in AWS, in the order of its own. */
export function channelState<Notifications>(
  channel: Readonly<Record<ChannelArgument, string>>,
  roleArn: string,
  notifications: Notifications,
) {
  const identifierProperties = (Object.keys(channel) as ChannelArgument[]).map((property) => [
    CHANNEL_PROPERTIES[property].argument[SLACK_CHANNEL_TYPE],
    channel[property],
  ]);
  return { ...Object.fromEntries(identifierProperties), ChannelRoleArn: roleArn, ...notifications };
}

/** A Slack workspace that is registered for an account. */
export type RegisteredWorkspace = ValueOf<(typeof ENVIRONMENT_PROPERTIES)["slackWorkspaces"]["item"]>;

/** The properties of a workspace's registration in AWS. */
export function workspaceState(workspace: RegisteredWorkspace) {
  return { [ENVIRONMENT_PROPERTIES.slackWorkspaces.argument[SLACK_WORKSPACE_TYPE]]: workspace satisfies string };
}

/** Whether two types are the same. */
type Same<A, B> = [A, B] extends [B, A] ? true : false;
type Unlike<Table, Hand> = {
  [Name in keyof Table & keyof Hand]: Same<ValueOf<Table[Name]>, NonNullable<Hand[Name]>> extends true ? never : Name;
}[keyof Table & keyof Hand];
type NoneOf<Names extends never> = Names;

/** The documented types of the constructs, written by hand, have the values of the table. */
export type Documented = NoneOf<
  | Unlike<typeof ACCESS_PROPERTIES, FullAccess>
  | Unlike<typeof TEMPORARY_PROPERTIES, TemporaryCapability>
  | Unlike<typeof NOTIFY_PROPERTIES, Notify>
  | Unlike<typeof CHANNEL_PROPERTIES, SlackChannelId>
>;
