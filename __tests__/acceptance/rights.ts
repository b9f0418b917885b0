import { auditCallerPolicy, auditPolicy } from "../../cli/aws/read-policy";
import { doctorPolicy } from "../../cli/permissions/doctor-policy";
import { PREFIX } from "./names";

/**
 * What whoever starts a run may do. The environment itself is deployed by a role with the printed policy, which the run
 * creates.
 *
 * @param hasChannel whether the run configures a channel
 * @param organizationRole name of the role in each account of the organization
 */
export function callerRights(account: string, hasChannel = false, organizationRole?: string): object {
  const ours = (type: string) => `arn:aws:iam::${account}:${type}/${PREFIX}*`;
  const allow = (Sid: string, Resource: string, actions: string, Condition?: object) => ({
    Sid,
    Effect: "Allow",
    Action: actions.split(" "),
    Resource,
    Condition,
  });
  const reading = organizationRole === undefined ? auditPolicy() : auditCallerPolicy(organizationRole, true);
  return {
    Version: "2012-10-17",
    Statement: [
      allow(
        "RolesOfTheRun",
        ours("role"),
        "iam:AttachRolePolicy iam:CreateRole iam:DeleteRole iam:DeleteRolePolicy iam:DetachRolePolicy iam:ListAttachedRolePolicies iam:ListRolePolicies iam:PutRolePolicy iam:SimulatePrincipalPolicy sts:AssumeRole",
      ),
      allow(
        "PoliciesOfTheRun",
        ours("policy"),
        "iam:CreatePolicy iam:DeletePolicy iam:DeletePolicyVersion iam:ListPolicyVersions",
      ),
      allow(
        "SupportApp",
        "*",
        "cloudformation:DeleteResource cloudformation:GetResourceRequestStatus cloudformation:UpdateResource supportapp:DeleteAccountAlias supportapp:DeleteSlackChannelConfiguration supportapp:PutAccountAlias",
      ),
      allow("Questions", "*", "cloudformation:DescribeType iam:ListPolicies support:DescribeSeverityLevels"),
      ...(hasChannel
        ? [
            allow("PassThemToTheSupportApp", ours("role"), "iam:PassRole", {
              StringEquals: { "iam:PassedToService": "supportapp.amazonaws.com" },
            }),
            allow(
              "Channel",
              "*",
              "cloudformation:CreateResource cloudtrail:LookupEvents supportapp:CreateSlackChannelConfiguration supportapp:RegisterSlackWorkspaceForOrganization supportapp:UpdateSlackChannelConfiguration",
            ),
          ]
        : []),
      ...[reading, doctorPolicy()].flatMap(({ Statement }, index) =>
        Statement.map((statement) => ({ ...statement, Sid: `${index === 0 ? "Audit" : "Doctor"}${statement.Sid}` })),
      ),
    ],
  };
}
