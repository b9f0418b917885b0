/** What AWS accepts for a text. */
export interface TextLimit {
  /** Matches every accepted text, its length included. */
  readonly pattern: RegExp;
  /** The same in words, to follow "expected". */
  readonly expected: string;
  /** The same for Terraform, whose regular expressions (RE2) have no lookaheads. Undefined: the pattern is one for Terraform, too. */
  readonly inTerraform?: TerraformLimit;
}

/** What Terraform accepts for a text: more than the pattern where its own tools wouldn't change the text. */
export interface TerraformLimit {
  readonly pattern: string;
  readonly expected: string;
  /** Maximum length, unless the pattern has it. */
  readonly max?: number;
}

/** Limits of a whole number, to follow "expected". */
export interface IntegerLimit {
  readonly min: number;
  readonly max: number;
  readonly expected: string;
}

/**
 * A limit that has lookaheads in JavaScript. Terraform writes the characters from U+00A1 in another way.
 *
 * @param form the pattern without them, for JavaScript and for Terraform
 * @param max the maximum length, unless the form has it
 * @param without the lookaheads, for what isn't accepted here but is by AWS
 */
function unlessToken(
  form: string,
  expected: string,
  { max, without = "", flags, inTerraform = expected }: Guard,
): TextLimit {
  const isShort = max === undefined ? "" : `(?!.{${max + 1}})`;
  return {
    pattern: new RegExp(`^${isShort}${without}${form}$`, flags),
    expected,
    inTerraform: { pattern: `^${form.replace(/\\u00(\w\w)/g, "\\x{$1}")}$`, expected: inTerraform, max },
  };
}

interface Guard {
  readonly max?: number;
  readonly without?: string;
  readonly flags?: string;
  /** What is expected in Terraform, where that is more. */
  readonly inTerraform?: string;
}

/*
 * Some texts that IAM accepts are rejected, since Terraform would change them: `${` and `%{`, which Terraform
 * evaluates; `#{` and `&{`, which may begin a CDKTF token; the backslash, which CDKTF's HCL output doesn't escape; and
 * the tag keys that it doesn't quote.
 */

/** Source: IAM API Reference, CreateRole, RoleName. */
export const ROLE_NAME: TextLimit = {
  pattern: /^[\w+=,.@-]{1,64}$/,
  expected: "a role name of 1 to 64 letters, digits and _ + = , . @ -",
};

/** Source: IAM API Reference, CreatePolicy, PolicyName. */
export const POLICY_NAME: TextLimit = {
  pattern: /^[\w+=,.@-]{1,128}$/,
  expected: "a policy name of 1 to 128 letters, digits and _ + = , . @ -",
};

/** What looks like a template or a token. Terraform itself doesn't evaluate the values of variables. */
export const NO_TEMPLATE = String.raw`(?!.*[$%#&]\{)`;

/** The limits of a description in every file format. */
const ONE_LATIN_LINE = "one line of 1 to 1000 Latin characters, without a backslash";

/** Source: IAM API Reference, CreateRole, Description; narrowed to one line. */
export const DESCRIPTION: TextLimit = unlessToken(
  String.raw`[ -\[\]-~\u00a1-\u00ff]{1,1000}`,
  `${ONE_LATIN_LINE}, \${, %{, #{ or &{`,
  { without: NO_TEMPLATE, inTerraform: ONE_LATIN_LINE },
);

/**
 * Source: IAM API Reference, CreatePolicy, Path. IAM allows more in a role's path, but here role and policy share it.
 */
export const PATH: TextLimit = unlessToken(
  "(/[A-Za-z0-9.,+@=_-]+)*/",
  "a path of at most 512 characters that begins and ends with /, with letters, digits and . , + @ = _ - between slashes",
  { max: 512 },
);

/** Source: AWS Account Management, account ID. */
export const ACCOUNT_ID: TextLimit = {
  pattern: /^\d{12}$/,
  expected: "an AWS account ID of 12 digits",
};

/** The end of a policy's ARN. */
export const POLICY_RESOURCE = String.raw`policy/([!-\[\]-~]{1,510}/)?[\w+=,.@-]{1,128}`;

/** Source: IAM API Reference, CreateRole, PermissionsBoundary; the Support App exists only in the partition `aws`. */
export const POLICY_ARN: TextLimit = unlessToken(
  `arn:aws:iam::([0-9]{12}|aws):${POLICY_RESOURCE}`,
  "the ARN of an IAM policy, such as arn:aws:iam::111122223333:policy/boundary",
  { without: NO_TEMPLATE },
);

/** The characters of a tag key. Source: IAM API Reference, Tag, Key. */
const TAG_KEY_CHARACTERS = "a tag key of 1 to 128 letters, digits, spaces and _ . : / = + - @";

/**
 * Source: IAM User Guide, tagging rules (the prefix `aws:` is reserved). A JavaScript object can't have the key
 * `__proto__`, and CDKTF mistakes tags with `_children` and `_metadata` for a construct.
 */
export const TAG_KEY: TextLimit = unlessToken(
  String.raw`[\p{L}\p{Z}\p{N}_.:/=+@-]{1,128}`,
  `${TAG_KEY_CHARACTERS}, other than "for", "__proto__" and "_children", and not beginning with - or aws:`,
  {
    without: "(?!(?:for|__proto__|_children)$|-|[aA][wW][sS]:)",
    flags: "u",
    inTerraform: `${TAG_KEY_CHARACTERS}, not beginning with aws:`,
  },
);

/** Source: IAM API Reference, Tag, Value. */
export const TAG_VALUE: TextLimit = {
  pattern: /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u,
  expected: "a tag value of at most 256 letters, digits, spaces and _ . : / = + - @",
};

/**
 * Source: CloudFormation, AWS::SupportApp::SlackWorkspaceConfiguration, TeamId; narrowed to the IDs that Slack gives
 * workspaces.
 */
export const SLACK_WORKSPACE: TextLimit = {
  pattern: /^T[A-Z0-9]{1,255}$/,
  expected: "a Slack workspace's ID, such as T012ABCDEFG",
};

/**
 * Source: CloudFormation, AWS::SupportApp::SlackChannelConfiguration, ChannelId; narrowed to the IDs that Slack gives
 * channels.
 */
export const SLACK_CHANNEL: TextLimit = {
  pattern: /^[CG][A-Z0-9]{1,255}$/,
  expected: "a Slack channel's ID, such as C01234A5BCD",
};

/** Source: Slack, channel naming; within CloudFormation's 1 to 256 characters. */
export const SLACK_CHANNEL_NAME: TextLimit = {
  pattern: /^[\p{L}\p{M}\p{N}_-]{1,80}$/u,
  expected: "a Slack channel's name of 1 to 80 letters, digits, _ and -, without the #",
};

/** Source: CloudFormation, AWS::SupportApp::AccountAlias. */
export const ACCOUNT_ALIAS: TextLimit = {
  pattern: /^[\w -]{1,30}$/,
  expected: "an account alias of 1 to 30 letters, digits, spaces, _ and -",
};

/** Maximum number of tags on a role or policy. Source: IAM User Guide, IAM and STS quotas. */
export const MAX_TAGS = 50;

/**
 * Minimum and maximum session duration of a role, in seconds. Source: IAM API Reference, CreateRole,
 * MaxSessionDuration.
 */
export const MAX_SESSION_DURATION: IntegerLimit = {
  min: 3600,
  max: 43200,
  expected: "a whole number of seconds from 3600 (1 hour) to 43200 (12 hours)",
};

/** Maximum number of channels in an account. Source: AWS Support App API Reference, CreateSlackChannelConfiguration. */
export const MAX_CHANNELS = 20;

/** Maximum number of accounts that a channel is configured in. Source: the same. */
export const MAX_ACCOUNTS = 100;

/** Maximum number of workspaces in an account. Source: the same. */
export const MAX_WORKSPACES = 5;

/** Maximum number of people in a channel who are counted one by one. Slack answers for about 100 a minute. */
export const MAX_MEMBERS = 500;

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

/**
 * The name of a team. Its default role name has at most 49 of IAM's 64 characters. An access level has the names of its own, and
 * `-trust` at the end would give one team's policy the address of another team's trust.
 */
export const TEAM_NAME: TextLimit = {
  pattern: /^(?!(?:read-?only|full)$|.*-trust$)[a-z](?:[a-z0-9-]{0,30}[a-z0-9])?$/,
  expected:
    "the name of a team: 1 to 32 lower-case letters, digits and hyphens, beginning with a letter, not ending with a hyphen or `-trust` and other than `read-only`, `readonly` and `full`",
};

/** The end of a role's ARN. In a policy, `*` and `?` would match other roles, too. */
const PATH_AND_NAME = String.raw`(?:[!-)+->@-[\]-~]{1,510}\/)?[\w+=,.@-]{1,64}`;
const ROLE_RESOURCE = String.raw`role\/${PATH_AND_NAME}`;
export const ROLE_ARN: TextLimit = {
  pattern: new RegExp(String.raw`^${NO_TEMPLATE}arn:aws:iam::\d{12}:${ROLE_RESOURCE}$`),
  expected: "the ARN of an IAM role, without * or ?, such as arn:aws:iam::111122223333:role/terraform",
};
/** The same without what comes before its path and name. */
export const ROLE_PATH_AND_NAME: TextLimit = {
  pattern: new RegExp(`^(?!arn:|role/|/)${NO_TEMPLATE}${PATH_AND_NAME}$`),
  expected: "the name of a role, after its path if it has one, such as support-app-audit or team/support-app-audit",
};
/** The role of that name in whatever account it is needed in. */
export const ACCOUNT_ROLE: TextLimit = {
  pattern: new RegExp(`^${NO_TEMPLATE}${ROLE_RESOURCE}$`),
  expected:
    "the end of the ARN of a role of each environment's own account, without * or ?, such as role/support-app-reader",
};

/** Source: AWS STS API Reference, AssumeRole. */
export const EXTERNAL_ID: TextLimit = {
  pattern: /^[\w+=,.@:/-]{2,1224}$/,
  expected: "an external ID of 2 to 1224 letters, digits and _ + = , . @ : / -",
};

/** Source: AWS STS API Reference, AssumeRole. */
export const SESSION_NAME: TextLimit = {
  pattern: /^[\w+=,.@-]{2,64}$/,
  expected: "the name of a session of 2 to 64 letters, digits and _ + = , . @ -",
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

/** A name between the dots of a host. Source: RFC 1035, 2.3.4. */
const LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";
const PORT = String.raw`:(?:[1-9]\d{0,3}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d{2}|655[0-2]\d|6553[0-5])`;

/**
 * Terraform refuses punycode, hyphens in a label's third and fourth place, and invalid ports. Source: its
 * svchost package. It doesn't check lengths; DNS does.
 */
export const HOSTNAME: TextLimit = {
  pattern: new RegExp(String.raw`^(?![^:]{254})(?!(?:.*\.)?[^.]{2}--)${LABEL}(?:\.${LABEL})*(?:${PORT})?$`),
  expected:
    "a host name such as app.terraform.io, of at most 253 characters and 63 between dots, not in punycode (xn--), with a port up to 65535 if it needs one",
};

/** A folder of a GitLab that isn't at its host's root, a group, or a project. Source: GitLab, reserved names and naming rules. */
const GITLAB_NAME = String.raw`[A-Za-z0-9_][\w.-]*`;

/**
 * The part of a state's address that all states of a project have in common. Source: GitLab, the API of Terraform states; a project by
 * its number or its encoded path.
 */
export const GITLAB_STATES: TextLimit = {
  pattern: new RegExp(
    String.raw`^(?:https://${LABEL}(?:\.${LABEL})*|http://(?:localhost|127\.0\.0\.1))(?:${PORT})?(?:/${GITLAB_NAME})*/api/v4/projects/(?:[1-9]\d*|${GITLAB_NAME}(?:%2F${GITLAB_NAME})+)/terraform/state$`,
  ),
  expected:
    "the address of the Terraform states of a GitLab project, such as https://gitlab.com/api/v4/projects/42/terraform/state, or with acme%2Fslack-access in place of 42: with https (http only on localhost or 127.0.0.1), without credentials (set TF_HTTP_USERNAME and TF_HTTP_PASSWORD in the process's environment), and without the name of a state or a slash at the end",
};
