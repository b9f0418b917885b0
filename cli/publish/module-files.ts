import { type AccessLevel, addressOfLevel } from "../../modules/support-app/access-level";
import { SERVICE_QUOTAS_ROLE_ADDRESS, serviceQuotasRoleRemoved } from "../../modules/support-app/service-quotas-role";
import { toHcl } from "../../stacks/hcl";
import { moduleVariables } from "../../stacks/module-variables";
import type { Terraform } from "../../stacks/portable";
import { publishedModule } from "../../stacks/published-module";
import { type Edition, EXAMPLE_VERSIONS, reference, terraformFiles } from "./edition";
import type { Files } from "./files";

/** The name of an access level's module. */
export function moduleName(access: AccessLevel): string {
  return `support-app-${access}`;
}

/** The files of an access level's module, in its folder. */
export function moduleFiles(access: AccessLevel, edition: Edition): Files {
  const terraform = publishedModule(access);
  return new Map([
    ...terraformFiles(terraform),
    ["README.md", readme(access, edition, terraform)],
    ["LICENSE", edition.license],
    ["examples/basic/main.tf", example(access)],
  ]);
}

/** A root module to try out. */
function example(access: AccessLevel): string {
  const choice = access === "full" ? '\n\n  resolve_cases       = false\n  service_quotas_role = "existing"' : "";
  return `${EXAMPLE_VERSIONS}
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

function readme(access: AccessLevel, edition: Edition, terraform: Terraform): string {
  const name = moduleName(access);
  const address = addressOfLevel(access);
  const channel = access === "full" ? "oncall" : "watch";
  return `# ${name}

The IAM role for Slack channels in which people may ${WHAT[access]}, for the [AWS Support App](https://docs.aws.amazon.com/awssupport/latest/user/aws-support-app-for-slack.html):
the role, its policy, the resources that keep other policies off it, and the channels.

**Everyone in such a channel gets this access**, with or without an AWS account, and so does everyone in the live-chat channels made from it.

Version ${edition.version}. It is generated from the constructs of cdktf-support-app-access, and gives exactly the same access.

## Usage

\`\`\`hcl
module "support_app" {
  source = "./modules/${name}" # or the zip of a release, or its OCI artifact

  channels = {
    ${channel} = { workspace = "T012ABCDEFG", channel = "C01234A5BCD", name = "support-${channel}" }
  }
}
\`\`\`

For a channel that is configured by hand, leave out \`channels\` and choose the role \`module.support_app.role_arn\` in the AWS Support Center
Console. [examples/basic](examples/basic) is a root module to try out.

## Channels

${CHANNELS}
- The Support App must have been invited to the channel, and the workspace must be registered for the account. If the same root module
  registers it with the module \`support-app-account\`, set \`registered_workspaces = module.account.slack_workspaces\`, so that it is registered first.
- An account has at most 20 channels and 5 workspaces. This module only sees its own: for both access levels in one account, use the module
  \`terraform-aws-support-app\`, which this one is part of. It checks both together, and a channel that you move from one to the other
  changes in place.

${reference(terraform, moduleVariables(access))}
## Importing a handmade setup

Only a root module can have import blocks. Give the module the names that were chosen in the console, and add to your root module:

\`\`\`hcl
import {
  to = module.support_app.aws_iam_role.${address}
  id = "ROLE"
}

import {
  to = module.support_app.aws_iam_policy.${address}[0]
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

Read the plan before you apply it: it shows the role's other policies, which are removed. For a role
with AWS's own policy, set \`policy\` to \`aws-managed\`, leave out the policy's block, and give the attachment the ARN of AWS's policy.
${access === "full" ? SERVICE_QUOTAS : ""}
${edition.upgrading}`;
}

/** The section on channels, for every module with channels. */
export const CHANNELS = `A channel has \`workspace\` and \`channel\` (their IDs in Slack), \`name\` (without the #) and \`notify\`:

\`\`\`hcl
notify = { severity = "high", on = ["case-created", "reply-added", "case-resolved"] }
\`\`\`

- \`severity\` decides which cases the channel is notified of (\`none\`, \`high\` or \`all\`), and \`on\` which events. Without \`notify\`, there are no notifications.
- Choose any key for a channel; you can change it later. A new name or notification setting changes the channel in place; a new workspace or
  channel ID replaces it.
- A channel that was configured in the console can't be imported: remove it there right before you apply. AWS refuses a second configuration.
- \`terraform plan\` reports an invalid value or an unknown key as an error that says what was expected.`;

const SERVICE_QUOTAS = `
## The Service Quotas role

An account needs the service-linked role AWSServiceRoleForServiceQuotas once, before a quota increase can be requested. With \`create\`
this module creates it. If the account already has it, import it:

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

**Terraform destroys the role if you just remove the module.** Replace the module's block with this one, which needs Terraform 1.7 or OpenTofu
1.10, and run \`terraform apply\`. \`terraform destroy\` ignores it:

\`\`\`hcl
${toHcl({ removed: serviceQuotasRoleRemoved(`module.support_app.${SERVICE_QUOTAS_ROLE_ADDRESS}`) })}\`\`\`
`;
