import type { Finding } from "../../reports/doctor-report";

/** A topic of AWS's guide, under "Troubleshooting". */
export type GuideTopic = NonNullable<Finding["topic"]>;

const PAGE = "https://docs.aws.amazon.com/awssupport/latest/user/support-app-permissions.html";

/** The topics, as the guide has them. Source: AWS Support User Guide, Managing access to the AWS Support App. */
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
  return { title, url: `${PAGE}#${anchor}` };
}
