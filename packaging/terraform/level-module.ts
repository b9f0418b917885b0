import { SupportAppAccess } from "../../modules/support-app";
import type {
  DataAwsIamPolicyDocument,
  IamRolePolicyAttachmentsExclusive,
} from "../../modules/support-app/aws-bindings";
import { ref, type TerraformStack, Token } from "../../modules/support-app/framework";
import { ACCESS_LEVELS, type AccessLevel } from "../../modules/support-app/model/access-level";
import { actionsOf, CAPABILITIES, OPTIONAL_CAPABILITIES } from "../../modules/support-app/model/capability";
import { permissionStatements, trustStatements } from "../../modules/support-app/model/policy-statements";
import { ACCESS_PROPERTIES, type AccessProperty } from "../../modules/support-app/model/properties";
import { addChannels, keyedChannels, workspacesValidation } from "./channels";
import { ARGUMENT_PROPERTIES, levelVariables } from "./level-variables";
import { type Module, moduleWith, output, precondition } from "./module";
import { variableName } from "./variable";

/** The module of an access level: the same `SupportAppAccess` as in a stack, with variables for what a caller chooses. */
export function levelModule(access: AccessLevel): Module {
  return moduleWith(levelVariables(access), (stack) => addAccess(stack, access));
}

function addAccess(stack: TerraformStack, access: AccessLevel): void {
  const argumentValues = ARGUMENT_PROPERTIES.map((property) => [property, variableValue(stack, property)]);
  const supportAppAccess = new SupportAppAccess(stack, access, {
    ...(access === "full" ? { access, serviceQuotasRole: "create" } : { access }),
    ...Object.fromEntries(argumentValues),
  });
  addPolicyChoice(stack, supportAppAccess, access);
  addSourceAccount(supportAppAccess);
  stack.addOverride("locals.channels", keyedChannels("values(var.channels)"));
  if (access === "full") addChoices(stack, supportAppAccess);
  output(stack, "role_arn", `ARN of the role to choose for a channel with ${access} access.`, supportAppAccess.roleArn);
  output(stack, "role_name", "Name of the role.", supportAppAccess.role.name);
  output(stack, "policy_arn", "ARN of the role's policy.", POLICY_ARN);
  output(
    stack,
    "capabilities",
    "What people in the channel can do.",
    access === "full" ? "${local.capabilities}" : supportAppAccess.capabilities,
  );
  const first = [...supportAppAccess.attachments.map(({ fqn }) => fqn), "var.registered_workspaces"];
  addChannels(stack, supportAppAccess.roleArn, first, [
    workspacesValidation("values(var.channels)", "var.registered_workspaces"),
  ]);
}

/** The value of the variable for a property. */
function variableValue(stack: TerraformStack, property: AccessProperty): unknown {
  const value = ref(`var.${variableName(property)}`, stack);
  const { kind } = ACCESS_PROPERTIES[property];
  if (kind === "integer") return Token.asNumber(value);
  return kind === "tags" ? Token.asStringMap(value) : Token.asString(value);
}

const POLICY_ARN = "${local.policy_arn}";

/** Whose policy the role has. AWS's own is refused together with anything that would narrow it: it would give more than was asked for. */
function addPolicyChoice(stack: TerraformStack, access: SupportAppAccess, level: AccessLevel): void {
  const { awsManagedPolicyArn, policyName } = ACCESS_LEVELS[level];
  access.policy?.addOverride("count", '${var.policy == "customer-managed" ? 1 : 0}');
  stack.addOverride(
    "locals.policy_arn",
    `\${var.policy == "aws-managed" ? "${awsManagedPolicyArn}" : one(aws_iam_policy.${access.address}[*].arn)}`,
  );
  access.policyAttachment.policyArn = POLICY_ARN;
  const exclusive = access.node.findChild("attachments-exclusive") as IamRolePolicyAttachmentsExclusive;
  exclusive.policyArns = [POLICY_ARN];
  const ifAwsManaged = (condition: string, received: string, expected: string) =>
    precondition({ condition: `var.policy != "aws-managed" || (${condition})`, received, expected });
  access.role.addOverride("lifecycle.precondition", [
    ...(level === "full"
      ? [
          ifAwsManaged(
            [
              ...OPTIONAL_CAPABILITIES.map((capability) => `var.${variableName(capability)}`),
              'var.service_quotas_role == "on-demand"',
            ].join(" && "),
            'policy = "aws-managed" with a capability that is left out, or a service_quotas_role other than on-demand',
            "nothing to leave out: AWS's managed policy can't be narrowed. Set policy to customer-managed",
          ),
        ]
      : []),
    ifAwsManaged(
      `var.policy_name == "${policyName}" && var.policy_description == null`,
      'policy = "aws-managed" with policy_name or policy_description',
      "neither: AWS's managed policy has its own name and description. Set policy to customer-managed",
    ),
  ]);
}

/** The only account on whose behalf the Support App may assume the role, if a caller sets it. */
function addSourceAccount(access: SupportAppAccess): void {
  const [statement] = trustStatements("${condition.value}");
  const { condition, ...rest } = statement as typeof statement & { condition: object[] };
  const trust = access.node.findChild("trust") as DataAwsIamPolicyDocument;
  trust.putStatement([]); // an override would append to the list
  trust.addOverride("statement", [
    {
      ...rest,
      dynamic: { condition: { for_each: "${var.source_account[*]}", content: condition[0] } },
    },
  ]);
}

/** What callers of the full module choose: capabilities, and where the Service Quotas role comes from. */
function addChoices(stack: TerraformStack, access: SupportAppAccess): void {
  const [supportStatement, creation] = permissionStatements(CAPABILITIES, "on-demand");
  const actions = CAPABILITIES.map((capability) => [capability, actionsOf([capability])] as const);
  stack.addOverride("locals.actions", Object.fromEntries(actions));
  stack.addOverride(
    "locals.capabilities",
    `\${${[
      "compact([",
      '  "view-cases",',
      ...OPTIONAL_CAPABILITIES.map((capability) => `  var.${variableName(capability)} ? "${capability}" : "",`),
      "])",
    ].join("\n")}}`,
  );
  const permissions = access.node.findChild("permissions") as DataAwsIamPolicyDocument;
  permissions.putStatement([
    {
      ...supportStatement,
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
