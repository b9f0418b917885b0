/** What AWS accepts for a text. */
export interface TextLimit {
  /** Matches every accepted text, its length included. */
  readonly pattern: RegExp;
  /** The same in words, to follow "expected". */
  readonly expected: string;
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

/** The limits of a description in every file format. */
export const ONE_LATIN_LINE = "one line of 1 to 1000 Latin characters";

/** Source: IAM API Reference, CreateRole, Description; narrowed to one line. */
export const DESCRIPTION: TextLimit = {
  pattern: /^(?!.*[$%#&]\{)[ -[\]-~\u00a1-\u00ff]{1,1000}$/,
  expected: `${ONE_LATIN_LINE}, without a backslash, \${, %{, #{ or &{`,
};

/**
 * Source: IAM API Reference, CreatePolicy, Path. IAM allows more in a role's path, but here role and policy share it.
 */
export const PATH: TextLimit = {
  pattern: /^(?!.{513})(?:\/[A-Za-z0-9.,+@=_-]+)*\/$/,
  expected:
    "a path of at most 512 characters that begins and ends with /, with letters, digits and . , + @ = _ - between slashes",
};

/** Source: AWS Account Management, account ID. */
export const ACCOUNT_ID: TextLimit = {
  pattern: /^\d{12}$/,
  expected: "an AWS account ID of 12 digits",
};

/** Source: IAM API Reference, CreateRole, PermissionsBoundary; the Support App exists only in the partition `aws`. */
export const POLICY_ARN: TextLimit = {
  pattern: /^(?!.*[$%#&]\{)arn:aws:iam::(?:\d{12}|aws):policy\/(?:[!-[\]-~]{1,510}\/)?[\w+=,.@-]{1,128}$/,
  expected: "the ARN of an IAM policy, such as arn:aws:iam::111122223333:policy/boundary",
};

/** The characters of a tag key. Source: IAM API Reference, Tag, Key. */
export const TAG_KEY_CHARACTERS = "a tag key of 1 to 128 letters, digits, spaces and _ . : / = + - @";

/**
 * Source: IAM User Guide, tagging rules (the prefix `aws:` is reserved). A JavaScript object can't have the key
 * `__proto__`, and CDKTF mistakes tags with `_children` and `_metadata` for a construct.
 */
export const TAG_KEY: TextLimit = {
  pattern: /^(?!(?:for|__proto__|_children)$|-|[aA][wW][sS]:)[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/u,
  expected: `${TAG_KEY_CHARACTERS}, other than "for", "__proto__" and "_children", and not beginning with - or aws:`,
};

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
export const MAX_SESSION_DURATION = {
  min: 3600,
  max: 43200,
  expected: "a whole number of seconds from 3600 (1 hour) to 43200 (12 hours)",
} as const;

/** Maximum number of channels in an account. Source: AWS Support App API Reference, CreateSlackChannelConfiguration. */
export const MAX_CHANNELS = 20;

/** Maximum number of accounts that a channel is configured in. Source: the same. */
export const MAX_ACCOUNTS = 100;

/** Maximum number of workspaces in an account. Source: the same. */
export const MAX_WORKSPACES = 5;
