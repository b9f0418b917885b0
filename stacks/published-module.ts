import type { DataAwsIamPolicyDocument } from "@cdktf/provider-aws/lib/data-aws-iam-policy-document";
import { type App, TerraformOutput, TerraformStack, TerraformVariable, Token } from "cdktf";
import { SupportAppAccess } from "../modules/support-app";
import type { AccessLevel } from "../modules/support-app/access-level";
import { named } from "../modules/support-app/address";
import { actionsOf, CAPABILITIES, OPTIONAL_CAPABILITIES } from "../modules/support-app/capability";
import { permissionStatements } from "../modules/support-app/policy-documents";
import { type ModuleVariable, moduleVariables, variableOf } from "./module-variables";
import { synthesized, type Terraform } from "./portable";

/** The versions that a module works with. A caller's root may ask for newer ones. */
const REQUIRED = {
  required_version: ">= 1.5", // import blocks, by which a caller's root adopts, exist since then
  required_providers: { aws: { source: "hashicorp/aws", version: ">= 5.100.0" } },
};

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
  if (access === "full") addChoices(stack, built);
  const output = (name: string, description: string, value: unknown) =>
    named(name, new TerraformOutput(stack, `output-${name}`, { description, value }));
  output("role_arn", `ARN of the role to choose for a channel with ${access} access.`, built.roleArn);
  output("role_name", "Name of the role.", built.role.name);
  output("policy_arn", "ARN of the role's policy.", built.policyArn);
  output(
    "capabilities",
    "What people in the channel can do.",
    access === "full" ? "${local.capabilities}" : built.capabilities,
  );
  return stack;
}

function declare(stack: TerraformStack, { name, type, description, default: byDefault, rules }: ModuleVariable) {
  const variable = new TerraformVariable(stack, name, {
    type,
    description,
    nullable: byDefault === null,
    validation:
      rules.length === 0
        ? undefined
        : rules.map(({ condition, expected }) => ({
            condition: `\${${condition}}`,
            errorMessage: `Received ${name} = \${jsonencode(var.${name})}, expected ${expected}.`,
          })),
  });
  variable.addOverride("default", byDefault); // CDKTF leaves out null, which makes a variable required
  return variable;
}

/** What callers of the full module choose: capabilities, and where the Service Quotas role comes from. */
function addChoices(stack: TerraformStack, access: SupportAppAccess): void {
  const [granted, creation] = permissionStatements(CAPABILITIES, "on-demand");
  stack.addOverride("locals", {
    actions: Object.fromEntries(CAPABILITIES.map((capability) => [capability, actionsOf([capability])])),
    capabilities: expression([
      "compact([",
      '"view-cases",',
      ...OPTIONAL_CAPABILITIES.map((capability) => `var.${variableOf(capability)} ? "${capability}" : "",`),
      "])",
    ]),
  });
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
