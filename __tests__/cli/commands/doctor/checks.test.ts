import { DOCTOR_CHECKS, doctorPolicy, SLACK_CHECKS } from "../../../../cli/commands/doctor/checks";
import { ACCOUNT } from "../../../support/live-account";
import { examine, WATCH } from "./checks/examined";

const EVERY_KIND = [
  `read-only: { policy: aws-managed, ${WATCH} }, full: { without: [live-chat], service-quotas-role: create }`,
  `full: { path: /support/, role-name: oncall, permissions-boundary: "arn:aws:iam::${ACCOUNT}:policy/b" }`,
];

test.each(EVERY_KIND)("no check finds anything in %s as it is deployed, or waits for something", (yaml) => {
  for (const kind of Object.keys(DOCTOR_CHECKS) as (keyof typeof DOCTOR_CHECKS)[]) {
    const { findings, waitsFor } = examine(kind, yaml);
    expect({ kind, findings, waitsFor }).toEqual({ kind, findings: [] });
  }
});

test("the checks of Slack need nothing in AWS", () => {
  for (const check of Object.values(SLACK_CHECKS)) expect(check).not.toHaveProperty("permissions");
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
