import {
  DataAwsIamPolicyDocument,
  OrganizationsPolicy,
  OrganizationsPolicyAttachment,
} from "../../modules/support-app/aws-bindings";
import { ref, type TerraformStack, Token } from "../../modules/support-app/framework";
import {
  guardrailStatements,
  MAX_POLICY_LENGTH,
  PRINCIPAL_PATTERN,
  ROLE_PATTERN,
  VARIABLE_PATTERN,
} from "../../modules/support-app/model/guardrail-statements";
import { expression, type Module, moduleWith, output, precondition } from "./module";
import { type ModuleVariable, matchesExpression } from "./variable";

const VARIABLES: readonly ModuleVariable[] = [
  arnsVariable(
    "role_arns",
    ROLE_PATTERN,
    "the ARN of a role, such as arn:aws:iam::111122223333:role/AWSSupportAppFullRole",
    "ARNs of the roles that channels may have, in all accounts that the policy is attached to. At least one.",
  ),
  arnsVariable(
    "deployer_arns",
    PRINCIPAL_PATTERN,
    "the ARN of a role or user, such as arn:aws:iam::111122223333:role/terraform",
    "ARNs of the roles and users that configure the Support App, in all accounts. For a session, its role. At least one.",
  ),
  {
    name: "target_ids",
    type: "list(string)",
    default: [],
    description: "IDs of the accounts, organizational units or roots that the policy is attached to.",
    validations: [
      {
        condition:
          'alltrue([for id in var.target_ids : can(regex("^([0-9]{12}|r-[0-9a-z]{4,32}|ou-[0-9a-z]{4,32}-[0-9a-z]{8,32})$", id))])',
        expected: "IDs of accounts, organizational units or roots, such as 111122223333 or ou-ab12-11111111",
      },
    ],
  },
  {
    name: "name",
    type: "string",
    default: "support-app",
    description: "Name of the policy.",
    validations: [{ condition: "length(var.name) >= 1 && length(var.name) <= 128", expected: "1 to 128 characters" }],
  },
];

/** An ARN with a wildcard or a policy variable would allow more. */
function arnsVariable(name: string, pattern: string, expected: string, description: string): ModuleVariable {
  const isArn = `${matchesExpression(pattern, "arn")} && !${matchesExpression(VARIABLE_PATTERN, "arn")}`;
  const validations = [
    {
      condition: `length(var.${name}) > 0`,
      expected: "at least one ARN: without it, the policy would lock everybody out",
    },
    {
      condition: `alltrue([for arn in var.${name} : ${isArn}])`,
      expected: `each to be ${expected}, without *, ? or a policy variable`,
    },
  ];
  return { name, type: "list(string)", default: [], description, validations };
}

/** The module of the service control policy that `support-app guardrail` prints. */
export function guardrailModule(): Module {
  return moduleWith(VARIABLES, addGuardrail);
}

function addGuardrail(stack: TerraformStack): void {
  const list = (name: string) => Token.asList(ref(`var.${name}`, stack));
  const document = new DataAwsIamPolicyDocument(stack, "guardrail", {
    statement: guardrailStatements(list("deployer_arns"), list("role_arns")).map(({ condition, ...denial }) => ({
      effect: "Deny",
      ...denial,
      condition: [condition],
    })),
  });
  const policy = new OrganizationsPolicy(stack, "policy", {
    name: expression(stack, "var.name"),
    description: "Only the listed deployers may configure the AWS Support App, and only with the listed roles.",
    type: "SERVICE_CONTROL_POLICY",
    content: document.minifiedJson,
  });
  policy.addOverride("lifecycle.precondition", [
    precondition({
      condition: `length(${document.fqn}.minified_json) <= ${MAX_POLICY_LENGTH}`,
      received: "${length(var.role_arns)} roles and ${length(var.deployer_arns)} deployers",
      expected: `as many as a policy of ${MAX_POLICY_LENGTH} characters has room for. Call this module once for each part of the accounts`,
    }),
  ]);
  const attachment = new OrganizationsPolicyAttachment(stack, "attachment", {
    policyId: policy.id,
    targetId: expression(stack, "each.value"),
  });
  attachment.addOverride("for_each", "${toset(var.target_ids)}");
  output(stack, "policy_id", "ID of the service control policy.", policy.id);
  output(stack, "json", "The policy as JSON, for somebody else to attach.", document.minifiedJson);
}
