import { type AccessLevel, addressOfLevel } from "../../modules/support-app/access-level";
import {
  handBackServiceQuotasRoleHcl,
  SERVICE_QUOTAS_ROLE_ADDRESS,
} from "../../modules/support-app/service-quotas-role";
import { type ModuleVariable, moduleVariables } from "../../stacks/module-variables";
import type { Terraform } from "../../stacks/portable";
import { publishedModule } from "../../stacks/published-module";
import { markdownTable } from "../markdown";
import type { Files } from "./files";
import { toHcl } from "./hcl";
import { UPGRADE_NOTES } from "./upgrade-notes";

/** The name of an access level's module. */
export function moduleName(access: AccessLevel): string {
  return `support-app-${access}`;
}

/** The files of an access level's module, in its folder. */
export async function moduleFiles(access: AccessLevel, version: string, license: string): Promise<Files> {
  const terraform = publishedModule(access);
  return new Map([
    ["main.tf", await toHcl(terraform, ["locals", "data", "resource"])],
    ["variables.tf", await toHcl(terraform, ["variable"])],
    ["outputs.tf", await toHcl(terraform, ["output"])],
    ["versions.tf", await toHcl(terraform, ["terraform"])],
    ["README.md", readme(access, version, terraform)],
    ["LICENSE", license],
    ["examples/basic/main.tf", example(access)],
  ]);
}

/** A root that is ready to be tried. */
function example(access: AccessLevel): string {
  const choice = access === "full" ? '\n\n  resolve_cases       = false\n  service_quotas_role = "existing"' : "";
  return `terraform {
  required_version = ">= 1.5"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100.0"
    }
  }
}

provider "aws" {
  region = "us-east-1"
}

module "support_app" {
  source = "../.."${choice}
}

output "role_arn" {
  description = "ARN of the role to choose for a channel."
  value       = module.support_app.role_arn
}
`;
}

const WHAT: Readonly<Record<AccessLevel, string>> = {
  "read-only": "view support cases, and nothing else",
  full: "do everything that the AWS Support App offers, less what you leave out",
};

function readme(access: AccessLevel, version: string, { output = {}, terraform = {} }: Terraform): string {
  const name = moduleName(access);
  const address = addressOfLevel(access);
  return `# ${name}

The IAM role of Slack channels in which people may ${WHAT[access]}, for the [AWS Support App](https://docs.aws.amazon.com/awssupport/latest/user/aws-support-app-for-slack.html):
the role, its policy and what keeps other policies off it.

**Everyone in such a channel gets this access**, with or without an AWS account, and so does everyone in the live-chat channels made from it.

Version ${version}. It is generated from the construct \`SupportAppAccess\` of cdktf-support-app-access, and gives exactly the same access.

## Usage

\`\`\`hcl
module "support_app" {
  source = "./modules/${name}" # or the zip of a release, or its OCI artifact
}
\`\`\`

Choose the role \`module.support_app.role_arn\` when you add the channel in the AWS Support App, or give it to an
\`AWS::SupportApp::SlackChannelConfiguration\`. [examples/basic](examples/basic) is a root that is ready to be tried.

## Requirements

${markdownTable(
  ["name", "version"],
  [
    ["Terraform or OpenTofu", `\`${String(terraform.required_version)}\``],
    ["hashicorp/aws", "`>= 5.100.0`"],
  ],
)}
## Inputs

${markdownTable(
  ["name", "description", "type", "default"],
  moduleVariables(access).map((variable) => [
    `\`${variable.name}\``,
    variable.description,
    `\`${variable.type}\``,
    `\`${defaultOf(variable)}\``,
  ]),
)}
## Outputs

${markdownTable(
  ["name", "description"],
  Object.entries(output).map(([name, one]) => [`\`${name}\``, String((one as { description: string }).description)]),
)}
## Taking over what was made by hand

An import block stands in a root alone. Give the module the names that were chosen in the console, and in your root:

\`\`\`hcl
import {
  to = module.support_app.aws_iam_role.${address}
  id = "ROLE"
}

import {
  to = module.support_app.aws_iam_policy.${address}
  id = "arn:aws:iam::ACCOUNT:policy/POLICY"
}

import {
  to = module.support_app.aws_iam_role_policy_attachment.${address}
  id = "ROLE/arn:aws:iam::ACCOUNT:policy/POLICY"
}

import {
  to = module.support_app.aws_iam_role_policy_attachments_exclusive.${address}
  id = "ROLE"
}

import {
  to = module.support_app.aws_iam_role_policies_exclusive.${address}
  id = "ROLE"
}
\`\`\`

Read the plan before you apply it: other policies that the role has show in it, and go. A role with AWS's own policy can't be taken over:
the module makes a policy of the account, whose description it can't change either.
${access === "full" ? SERVICE_QUOTAS : ""}
## Upgrading

${UPGRADE_NOTES.map(([since, note]) => `- ${since}: ${note}\n`).join("")}`;
}

const SERVICE_QUOTAS = `
## The Service Quotas role

An account needs the service-linked role AWSServiceRoleForServiceQuotas once, before a quota increase can be requested. With \`create\`
this module makes it. Where the account has it already, import it:

\`\`\`hcl
import {
  to = module.support_app.aws_iam_service_linked_role.service_quotas[0]
  id = "arn:aws:iam::ACCOUNT:role/aws-service-role/servicequotas.amazonaws.com/AWSServiceRoleForServiceQuotas"
}
\`\`\`

Others in the account may depend on the role, so the module doesn't destroy it: \`terraform destroy\` and a plan with another mode stop there
(\`prevent_destroy\`). Before you change the mode from \`create\`, hand the role back to the account. A \`removed\` block can't do that while the
module still declares the role:

\`\`\`sh
terraform state rm 'module.support_app.${SERVICE_QUOTAS_ROLE_ADDRESS}[0]'
\`\`\`

**Terraform destroys the role if you just remove the module.** Put this block in place of the module's, which needs Terraform 1.7 or OpenTofu
1.10, and run \`terraform apply\`. \`terraform destroy\` ignores it:

\`\`\`hcl
${handBackServiceQuotasRoleHcl(`module.support_app.${SERVICE_QUOTAS_ROLE_ADDRESS}`)}\`\`\`
`;

function defaultOf({ default: byDefault }: ModuleVariable): string {
  return JSON.stringify(byDefault);
}
