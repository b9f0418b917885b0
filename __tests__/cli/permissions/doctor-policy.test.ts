import { doctorPolicy } from "../../../cli/permissions/doctor-policy";

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
