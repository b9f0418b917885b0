/*
 * What the app makes of the benchmark's environments, written in bare CDKTF: the yardstick. The number of environments is the one argument.
 */
import { DataAwsIamPolicyDocument } from "@cdktf/provider-aws/lib/data-aws-iam-policy-document";
import { IamPolicy } from "@cdktf/provider-aws/lib/iam-policy";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePoliciesExclusive } from "@cdktf/provider-aws/lib/iam-role-policies-exclusive";
import { IamRolePolicyAttachment } from "@cdktf/provider-aws/lib/iam-role-policy-attachment";
import { IamRolePolicyAttachmentsExclusive } from "@cdktf/provider-aws/lib/iam-role-policy-attachments-exclusive";
import { IamServiceLinkedRole } from "@cdktf/provider-aws/lib/iam-service-linked-role";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { App, LocalBackend, TerraformOutput, TerraformStack } from "cdktf";
import { accountOf, TAGS } from "./environments";

const ACTIONS = {
  read_only: ["support:DescribeCases", "support:DescribeCommunications"],
  full: [
    "servicequotas:GetRequestedServiceQuotaChange",
    "servicequotas:GetServiceQuota",
    "servicequotas:RequestServiceQuotaIncrease",
    "support:AddAttachmentsToSet",
    "support:AddCommunicationToCase",
    "support:CreateCase",
    "support:DescribeCases",
    "support:DescribeCommunications",
    "support:DescribeSeverityLevels",
    "support:InitiateChatForCase",
    "support:ResolveCase",
  ],
};
const NAMES = { read_only: "AWSSupportAppReadOnlyRole", full: "AWSSupportAppFullRole" };
const CAPABILITIES = {
  read_only: ["view-cases"],
  full: [
    "view-cases",
    "create-cases",
    "reply-to-cases",
    "attach-files",
    "resolve-cases",
    "live-chat",
    "request-quota-increases",
  ],
};

const app = new App();
for (let index = 0; index < Number(process.argv[2]); index++) {
  const name = `env-${index}`;
  const stack = new TerraformStack(app, name);
  stack.addOverride("terraform.required_version", ">= 1.7");
  stack.addOverride("terraform.required_providers.aws", {
    source: "hashicorp/aws",
    version: ">= 5.100.0, < 7.0.0",
  });
  new LocalBackend(stack, { path: `../../../state/${name}.tfstate` });
  new AwsProvider(stack, "aws", { region: "us-east-1", allowedAccountIds: [accountOf(index)] });
  for (const level of ["read_only", "full"] as const) {
    const trust = new DataAwsIamPolicyDocument(stack, `${level}-trust`, {
      statement: [
        {
          effect: "Allow",
          actions: ["sts:AssumeRole"],
          principals: [{ type: "Service", identifiers: ["supportapp.amazonaws.com"] }],
        },
      ],
    });
    trust.overrideLogicalId(`${level}_trust`);
    const permissions = new DataAwsIamPolicyDocument(stack, `${level}-permissions`, {
      statement: [{ effect: "Allow", actions: ACTIONS[level], resources: ["*"] }],
    });
    permissions.overrideLogicalId(level);
    const policy = new IamPolicy(stack, `${level}-policy`, {
      name: `${NAMES[level]}Policy`,
      policy: permissions.json,
      tags: TAGS,
      lifecycle: { createBeforeDestroy: true },
    });
    policy.overrideLogicalId(level);
    const role = new IamRole(stack, `${level}-role`, {
      name: NAMES[level],
      assumeRolePolicy: trust.json,
      tags: TAGS,
      dependsOn: [policy],
      lifecycle: { createBeforeDestroy: true },
    });
    role.overrideLogicalId(level);
    const attachment = new IamRolePolicyAttachment(stack, `${level}-attachment`, {
      role: role.name,
      policyArn: policy.arn,
      lifecycle: { createBeforeDestroy: true },
    });
    attachment.overrideLogicalId(level);
    const attachments = new IamRolePolicyAttachmentsExclusive(stack, `${level}-attachments`, {
      roleName: attachment.role,
      policyArns: [policy.arn],
      lifecycle: { createBeforeDestroy: true },
    });
    attachments.overrideLogicalId(level);
    const inline = new IamRolePoliciesExclusive(stack, `${level}-inline`, {
      roleName: attachments.roleName,
      policyNames: [],
      lifecycle: { createBeforeDestroy: true },
    });
    inline.overrideLogicalId(level);
    const access = level === "full" ? "full" : "read-only";
    new TerraformOutput(stack, `${level}_role_arn`, {
      description: `ARN of the role to choose for a channel with ${access} access.`,
      value: role.arn,
    });
    new TerraformOutput(stack, `${level}_capabilities`, {
      description: `What people in a channel with ${access} access can do.`,
      value: CAPABILITIES[level],
    });
  }
  const serviceQuotas = new IamServiceLinkedRole(stack, "service-quotas", {
    awsServiceName: "servicequotas.amazonaws.com",
    tags: TAGS,
    lifecycle: { preventDestroy: true, ignoreChanges: ["description"] },
  });
  serviceQuotas.overrideLogicalId("service_quotas");
}
app.synth();
