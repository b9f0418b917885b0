import { GUIDE_TOPICS } from "../../../../cli/commands/doctor/guide-topic";

test("each topic has the title and the anchor of AWS's guide", () => {
  const page = "https://docs.aws.amazon.com/awssupport/latest/user/support-app-permissions.html";
  expect(GUIDE_TOPICS).toEqual({
    restrictUsers: {
      title: "I want to restrict specific users in my Slack channel from specific actions",
      url: `${page}#restrict-channel-users`,
    },
    missingRole: {
      title: "When I configure a Slack channel, I don't see the IAM role that I created",
      url: `${page}#missing-iam-role`,
    },
    missingPermission: { title: "My IAM role is missing a permission", url: `${page}#missing-permissions-slack` },
    invalidRole: {
      title: "A Slack error says that my IAM role isn't valid",
      url: `${page}#find-the-configured-iam-role`,
    },
    missingServiceQuotasRole: {
      title: "The AWS Support App says that I'm missing an IAM role for Service Quotas",
      url: `${page}#missing-service-quota-role`,
    },
  });
});
