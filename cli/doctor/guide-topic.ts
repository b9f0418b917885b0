/** A topic of AWS's guide, under "Troubleshooting". */
export interface GuideTopic {
  readonly title: string;
  readonly url: string;
}

const PAGE = "https://docs.aws.amazon.com/awssupport/latest/user/support-app-permissions.html";

/** The topics, as the guide has them. Source: AWS Support User Guide, Managing access to the AWS Support App. */
export const GUIDE_TOPICS = {
  restrictUsers: {
    title: "I want to restrict specific users in my Slack channel from specific actions",
    url: `${PAGE}#restrict-channel-users`,
  },
  missingRole: {
    title: "When I configure a Slack channel, I don't see the IAM role that I created",
    url: `${PAGE}#missing-iam-role`,
  },
  missingPermission: {
    title: "My IAM role is missing a permission",
    url: `${PAGE}#missing-permissions-slack`,
  },
  invalidRole: {
    title: "A Slack error says that my IAM role isn't valid",
    url: `${PAGE}#find-the-configured-iam-role`,
  },
  missingServiceQuotasRole: {
    title: "The AWS Support App says that I'm missing an IAM role for Service Quotas",
    url: `${PAGE}#missing-service-quota-role`,
  },
} as const satisfies Record<string, GuideTopic>;
