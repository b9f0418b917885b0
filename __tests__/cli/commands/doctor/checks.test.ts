import { CHECKS, doctorPolicy, SLACK_CHECKS } from "../../../../cli/commands/doctor/checks";
import { ACCOUNT } from "../../../support/live-account";
import { examined, WATCH } from "./checks/examined";

const EVERY_KIND = [
  `read-only: { policy: aws-managed, ${WATCH} }, full: { without: [live-chat], service-quotas-role: create }`,
  `full: { path: /support/, role-name: oncall, permissions-boundary: "arn:aws:iam::${ACCOUNT}:policy/b" }`,
];

test.each(EVERY_KIND)("no check finds anything in %s as it is deployed, or waits for something", (yaml) => {
  for (const check of CHECKS) {
    const { findings, waitsFor } = examined(check, yaml);
    expect({ check: check.name, findings, waitsFor }).toEqual({ check: check.name, findings: [] });
  }
});

test("every check has a stable name, and says what is true when it is healthy", () => {
  expect(CHECKS.map(({ name, sentence }) => `${name}: ${sentence}`)).toEqual([
    "region: The region has the Support App.",
    "support-plan: The account's Support plan has the API that the Support App needs.",
    "role: Each access level's role exists, under the ARN of environments.yaml.",
    "trust: The Support App, and nobody else, may assume each role.",
    "permissions-boundary: Each role has the permissions boundary of environments.yaml, which limits it.",
    "unexpected-access: Each role may do nothing but what environments.yaml says.",
    "capabilities: Each role may do all that environments.yaml says.",
    "channels: Each Slack channel is configured, with the role and notifications of environments.yaml.",
    "other-regions: Slack channels are configured only in the environment's region, or other-channels is expected.",
    "account-alias: People in Slack see the account alias of environments.yaml.",
    "other-roles: No other role that trusts the Support App may do more than AWSSupportAppFullAccess, or trusts anybody else.",
    "service-quotas-role: Where people may request quota increases, the Service Quotas role exists or the channel may create it.",
  ]);
});

test("so has every check of Slack, which needs nothing in AWS", () => {
  expect(SLACK_CHECKS.map(({ name, sentence }) => `${name}: ${sentence}`)).toEqual([
    "slack-token: Slack accepts the token, and it belongs to the workspace of each channel.",
    "slack-channels: Each channel is in Slack under its ID and name, isn't archived, and is as private and unshared as required.",
    "slack-people: Each channel has no more people than allowed, and no guests or other organizations where they are refused.",
  ]);
  for (const check of SLACK_CHECKS) expect(check).not.toHaveProperty("permissions");
});

const ROLES = ["arn:aws:iam::*:role/*"];

test("doctor needs these permissions, each statement named after the check that needs it", () => {
  const statement = (Sid: string, Action: string[], Resource: string[]) => ({ Sid, Effect: "Allow", Action, Resource });
  expect(doctorPolicy()).toEqual({
    Version: "2012-10-17",
    Statement: [
      statement("SupportPlan", ["support:DescribeSeverityLevels"], ["*"]),
      statement("Role", ["iam:GetRole"], ROLES),
      statement(
        "UnexpectedAccess",
        ["iam:GetRolePolicy", "iam:ListAttachedRolePolicies", "iam:ListRolePolicies"],
        ROLES,
      ),
      statement("UnexpectedAccess2", ["iam:GetPolicy", "iam:GetPolicyVersion"], ["arn:aws:iam::*:policy/*"]),
      statement("Capabilities", ["iam:SimulatePrincipalPolicy"], ROLES),
      statement(
        "Channels",
        [
          "cloudformation:GetResource",
          "cloudformation:ListResources",
          "supportapp:ListSlackChannelConfigurations",
          "supportapp:ListSlackWorkspaceConfigurations",
        ],
        ["*"],
      ),
      statement("AccountAlias", ["supportapp:GetAccountAlias"], ["*"]),
      statement("OtherRoles", ["iam:ListRoles"], ["*"]),
    ],
  });
});
