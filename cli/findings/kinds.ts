/** A topic of AWS's guide, under "Troubleshooting". Source: AWS Support User Guide, Managing access to the AWS Support App. */
export interface GuideTopic {
  readonly title: string;
  readonly url: string;
}

export const GUIDE_TOPICS = {
  restrictUsers: topicOf(
    "restrict-channel-users",
    "I want to restrict specific users in my Slack channel from specific actions",
  ),
  missingRole: topicOf("missing-iam-role", "When I configure a Slack channel, I don't see the IAM role that I created"),
  missingPermission: topicOf("missing-permissions-slack", "My IAM role is missing a permission"),
  invalidRole: topicOf("find-the-configured-iam-role", "A Slack error says that my IAM role isn't valid"),
  missingServiceQuotasRole: topicOf(
    "missing-service-quota-role",
    "The AWS Support App says that I'm missing an IAM role for Service Quotas",
  ),
};

function topicOf(anchor: string, title: string): GuideTopic {
  return { title, url: `https://docs.aws.amazon.com/awssupport/latest/user/support-app-permissions.html#${anchor}` };
}

/** A kind of finding, by whose it is. */
type Row =
  /** Doctor's. `impact`, what it means for people in the channels, and `topic` are a finding's, if it has no others. */
  | { readonly of: "environment"; readonly healthy: string; readonly impact: string; readonly topic?: GuideTopic }
  /** Audit's, which knows no file. */
  | { readonly of: "account"; readonly heading: string }
  /** Doctor's, where nothing is wrong, but people should know in time. */
  | { readonly of: "notice" };

/** Every kind of finding: of doctor's checks, in the order of its report; of audit, most urgent first; and notices. */
export const KINDS = {
  credentials: {
    of: "environment",
    healthy: "AWS accepts the credentials, and they belong to the environment's account.",
    impact: "People in Slack have other access than environments.yaml gives them.",
  },
  retired: {
    of: "environment",
    healthy: "Nothing of the retired environment is left in AWS.",
    impact: "People in its channels keep their access.",
  },
  region: {
    of: "environment",
    healthy: "The region has the Support App.",
    impact: "People in Slack can't use the Support App.",
  },
  "support-plan": {
    of: "environment",
    healthy: "The account's Support plan has the API that the Support App needs.",
    impact: "People in Slack can't use the Support App.",
  },
  role: {
    of: "environment",
    healthy: "Each role exists, under the ARN of environments.yaml.",
    impact: "People in its channels can do nothing.",
    topic: GUIDE_TOPICS.missingRole,
  },
  trust: {
    of: "environment",
    healthy: "The Support App, and nobody else, may assume each role.",
    impact: "Others can do what people in its channels can do.",
    topic: GUIDE_TOPICS.restrictUsers,
  },
  "permissions-boundary": {
    of: "environment",
    healthy: "Each role has the permissions boundary of environments.yaml, which limits it.",
    impact: "Whoever changes its policies can give people in its channels anything.",
    topic: GUIDE_TOPICS.restrictUsers,
  },
  "unexpected-access": {
    of: "environment",
    healthy: "Each role may do nothing but what environments.yaml says.",
    impact: "People in its channels can do more than environments.yaml gives them.",
    topic: GUIDE_TOPICS.restrictUsers,
  },
  capabilities: {
    of: "environment",
    healthy: "Each role may do all that environments.yaml says.",
    impact: "People in its channels can't do all that environments.yaml gives them.",
    topic: GUIDE_TOPICS.missingPermission,
  },
  channels: {
    of: "environment",
    healthy: "Each Slack channel is configured, with the role and notifications of environments.yaml.",
    impact: "People in the channel have other access, or see other notifications, than environments.yaml gives them.",
    topic: GUIDE_TOPICS.invalidRole,
  },
  "other-regions": {
    of: "environment",
    healthy: "Slack channels are configured only in the environment's region, or other-channels is true.",
    impact: "People in the channel have access that environments.yaml doesn't give them.",
    topic: GUIDE_TOPICS.invalidRole,
  },
  "account-alias": {
    of: "environment",
    healthy: "People in Slack see the account alias of environments.yaml.",
    impact: "People in a channel of several accounts can't tell which account a case belongs to.",
  },
  "other-roles": {
    of: "environment",
    healthy:
      "No other role that trusts the Support App may do more than AWSSupportAppFullAccess, or trusts anybody else.",
    impact: "People in a channel with such a role can do more than AWSSupportAppFullAccess allows.",
    topic: GUIDE_TOPICS.restrictUsers,
  },
  "service-quotas-role": {
    of: "environment",
    healthy: "Where people may request quota increases, the Service Quotas role exists or the channel may create it.",
    impact: "People in the channels can't request quota increases.",
    topic: GUIDE_TOPICS.missingServiceQuotasRole,
  },
  "slack-token": {
    of: "environment",
    healthy: "Slack accepts the token, and it belongs to the workspace of each channel.",
    impact: "People who shouldn't see the account's cases are in a channel.",
  },
  "slack-channels": {
    of: "environment",
    healthy:
      "Each channel is in Slack under its ID and name, isn't archived, and is as private and unshared as required.",
    impact: "People who shouldn't see the account's cases are in the channel, or can join it.",
  },
  "slack-people": {
    of: "environment",
    healthy:
      "Each channel has no more people than allowed, and no guests or other organizations where rules allow none.",
    impact: "People who shouldn't see the account's cases are in the channel, and have its access.",
  },

  "audit-unknown": { of: "account", heading: "What couldn't be read" },
  "audit-administrators": {
    of: "account",
    heading: "People in Slack who can do more than AWSSupportAppFullAccess allows",
  },
  "audit-open-trust": { of: "account", heading: "Roles that others may assume, too" },
  "audit-writes-as-read-only": { of: "account", heading: "Roles that are called read-only and can write" },
  "audit-missing-role": { of: "account", heading: "Channels whose role is gone" },
  "audit-configured-twice": { of: "account", heading: "Channels that are configured twice" },
  "audit-no-channel": { of: "account", heading: "Roles without a channel" },
  "audit-ended": { of: "account", heading: "Access that has ended" },

  ending: { of: "notice" },
  ended: { of: "notice" },
  "policy-changed": { of: "notice" },
} as const satisfies Readonly<Record<string, Row>>;

type Kinds = typeof KINDS;
export type FindingKind = keyof Kinds;
type KindOf<Of> = { [K in FindingKind]: Kinds[K]["of"] extends Of ? K : never }[FindingKind];
export type EnvironmentKind = KindOf<"environment">;
export type AccountKind = KindOf<"account">;
export type NoticeKind = KindOf<"notice">;

export const ENVIRONMENT_KINDS = kindsOf("environment");
export const ACCOUNT_KINDS = kindsOf("account");

function kindsOf<Of extends Kinds[FindingKind]["of"]>(kindsOfSubject: Of): readonly KindOf<Of>[] {
  return (Object.keys(KINDS) as FindingKind[]).filter((kind): kind is KindOf<Of> => KINDS[kind].of === kindsOfSubject);
}
