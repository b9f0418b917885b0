import type { DataAwsIamPolicyDocument } from "@cdktf/provider-aws/lib/data-aws-iam-policy-document";
import { type App, TerraformStack, type TerraformVariable, Token } from "cdktf";
import { SupportAppAccess } from "../modules/support-app";
import type { AccessLevel } from "../modules/support-app/access-level";
import { actionsOf, CAPABILITIES, OPTIONAL_CAPABILITIES } from "../modules/support-app/capability";
import { permissionStatements } from "../modules/support-app/policy-documents";
import { workspacesRule } from "./channel-variables";
import { addChannels, CHANNELS_OUTPUT, declare, keyedChannels, output, precondition, REQUIRED } from "./module-parts";
import { moduleVariables, variableOf } from "./module-variables";
import { synthesized, type Terraform } from "./portable";

/** The module of an access level: the same `SupportAppAccess` as in a stack, with variables for what a caller decides. */
export function publishedModule(access: AccessLevel): Terraform {
  return { ...synthesized((app) => moduleStack(app, access)), terraform: REQUIRED };
}

function moduleStack(app: App, access: AccessLevel): TerraformStack {
  const stack = new TerraformStack(app, "module");
  const variables = Object.fromEntries(
    moduleVariables(access).map((variable) => [variable.name, declare(stack, variable)]),
  );
  const value = (name: string) => variables[name] as TerraformVariable;
  const built = new SupportAppAccess(stack, access, {
    access,
    roleName: value("role_name").stringValue,
    policyName: value("policy_name").stringValue,
    path: value("path").stringValue,
    description: value("description").stringValue,
    policyDescription: value("policy_description").stringValue,
    permissionsBoundary: value("permissions_boundary").stringValue,
    maxSessionDuration: value("max_session_duration").numberValue,
    tags: Token.asStringMap(value("tags").value),
    serviceQuotasRole: access === "full" ? "create" : undefined,
  });
  stack.addOverride("locals.channels", keyedChannels("values(var.channels)"));
  if (access === "full") addChoices(stack, built);
  addChannels(stack, built.roleArn, [...built.attachments.map(({ fqn }) => fqn), "var.registered_workspaces"]);
  output(stack, "role_arn", `ARN of the role to choose for a channel with ${access} access.`, built.roleArn);
  output(stack, "role_name", "Name of the role.", built.role.name);
  output(stack, "policy_arn", "ARN of the role's policy.", built.policyArn);
  output(
    stack,
    "capabilities",
    "What people in the channel can do.",
    access === "full" ? "${local.capabilities}" : built.capabilities,
  );
  output(stack, "channels", CHANNELS_OUTPUT, "${keys(aws_cloudcontrolapi_resource.channel)}", [
    precondition(workspacesRule("values(var.channels)", "var.registered_workspaces")),
  ]);
  return stack;
}

/** What callers of the full module choose: capabilities, and where the Service Quotas role comes from. */
function addChoices(stack: TerraformStack, access: SupportAppAccess): void {
  const [granted, creation] = permissionStatements(CAPABILITIES, "on-demand");
  const actions = CAPABILITIES.map((capability) => [capability, actionsOf([capability])] as const);
  stack.addOverride("locals.actions", Object.fromEntries(actions));
  stack.addOverride(
    "locals.capabilities",
    expression([
      "compact([",
      '"view-cases",',
      ...OPTIONAL_CAPABILITIES.map((capability) => `var.${variableOf(capability)} ? "${capability}" : "",`),
      "])",
    ]),
  );
  const permissions = access.node.findChild("permissions") as DataAwsIamPolicyDocument;
  permissions.putStatement([
    {
      ...granted,
      actions: Token.asList("${flatten([for capability in local.capabilities : local.actions[capability]])}"),
    },
  ]);
  permissions.addOverride("dynamic.statement", {
    for_each: '${var.request_quota_increases && var.service_quotas_role == "on-demand" ? ["on-demand"] : []}',
    content: creation,
  });
  access.serviceQuotasRole?.addOverride("count", '${var.service_quotas_role == "create" ? 1 : 0}');
  access.serviceQuotasRole?.addOverride("lifecycle.precondition", {
    condition: "${var.request_quota_increases}",
    error_message:
      'Received service_quotas_role = "create" without request_quota_increases, expected both or neither: without it, nobody needs the Service Quotas role. Set service_quotas_role to existing.',
  });
}

/** An expression of several lines. */
function expression(lines: readonly string[]): string {
  return `\${${lines.join("\n")}}`;
}
