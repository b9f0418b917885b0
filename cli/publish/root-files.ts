import { addressOfLevel } from "../../modules/support-app/access-level";
import { SERVICE_QUOTAS_ROLE_ADDRESS, serviceQuotasRoleRemoved } from "../../modules/support-app/service-quotas-role";
import { toHcl } from "../../stacks/hcl";
import { publishedRoot, rootVariables } from "../../stacks/published-root";
import { type Edition, EXAMPLE_VERSIONS, reference, terraformFiles } from "./edition";
import type { Files } from "./files";
import { CHANNELS } from "./module-files";
import { moduleTests } from "./module-tests";

/** The publication's name, in Terraform's registry and as a repository. */
const NAME = "terraform-aws-support-app";

/** Its input for channels with read-only access. */
const READ_ONLY = addressOfLevel("read-only");

/** The files of the publication's root module, with its examples and tests. */
export function rootFiles(edition: Edition): Files {
  const terraform = publishedRoot();
  return new Map([
    ...terraformFiles(terraform),
    ["README.md", readme(edition, reference(terraform, rootVariables()))],
    ["LICENSE", edition.license],
    ["examples/read-only/main.tf", READ_ONLY_EXAMPLE],
    ["examples/full/main.tf", FULL_EXAMPLE],
    ["examples/several-accounts/main.tf", SEVERAL_ACCOUNTS_EXAMPLE],
    ...moduleTests(),
  ]);
}

function readme({ version, upgrading }: Edition, sections: string): string {
  return `# ${NAME}

Control what each Slack channel of an AWS account can do in the [AWS Support App](https://docs.aws.amazon.com/awssupport/latest/user/aws-support-app-for-slack.html):
channels that may view cases, channels that may do more, their roles, the workspaces and the account's alias.

**Everyone in a channel gets its access**, with or without an AWS account, and so does everyone in the live-chat channels made from it.

Version ${version}. It is generated from the constructs of cdktf-support-app-access, and gives exactly the same access.

## Usage

\`\`\`hcl
module "support_app" {
  source = "HOST/OWNER/support-app/aws" # your registry, with version = "…", or the path of this folder

  read_only = {
    channels = {
      watch = { workspace = "T012ABCDEFG", channel = "C01234A5BCD", name = "support-watch" }
    }
  }

  full = {
    resolve_cases = false
    channels = {
      oncall = {
        workspace = "T012ABCDEFG"
        channel   = "C09876Z5YXW"
        name      = "support-oncall"
        notify    = { severity = "high", on = ["case-created", "reply-added", "case-resolved"] }
      }
    }
  }
}
\`\`\`

\`${READ_ONLY}\` and \`full\` are the access levels. Each takes the inputs of its module, [support-app-read-only](modules/support-app-read-only) and
[support-app-full](modules/support-app-full), or \`{}\` for their defaults. An unknown input, such as a misspelled one, is an error.

| in the folder | what |
| --- | --- |
| this module | an AWS account with both access levels, its channels, workspaces and alias |
| [modules](modules) | a single access level, an account's workspaces and alias, and a service control policy against channels configured outside the code |
| [examples](examples) | [read-only](examples/read-only), [full](examples/full), [several accounts](examples/several-accounts) |
| [tests](tests) | \`terraform test\`, with a provider that needs no AWS (Terraform 1.7 or OpenTofu 1.8) |
| environments, access.html, access.json | the environments that this was published with, and who can do what there |

## Channels

${CHANNELS}
- To give a channel the other access level, move it to the other \`channels\`: it changes in place, without a gap.
- The Support App must have been invited to the channel, and the workspace must be registered for the account: with \`slack_workspaces\`, if
  the account is in an organization whose management account has authorized the workspace.
- An account has at most 20 channels and 5 workspaces, including those of the channels. Call this module once for each account.

## Importing a handmade setup

Only a root module can have import blocks. Put \`module.support_app.module.full[0].\` or \`module.support_app.module.${READ_ONLY}[0].\` before the
addresses in the READMEs of [support-app-full](modules/support-app-full) and [support-app-read-only](modules/support-app-read-only).

## Removing the module

With \`service_quotas_role = "create"\`, a plan that sets \`full\` to null or changes the mode stops at the Service Quotas role, since others in the
account may depend on it. Hand it back first:

\`\`\`sh
terraform state rm 'module.support_app.module.full[0].${SERVICE_QUOTAS_ROLE_ADDRESS}[0]'
\`\`\`

**Terraform destroys the role if you just remove the module.** Replace the module's block with this one, which needs Terraform 1.7 or OpenTofu
1.10, and run \`terraform apply\`. \`terraform destroy\` ignores it:

\`\`\`hcl
${toHcl({ removed: serviceQuotasRoleRemoved(`module.support_app.module.full.${SERVICE_QUOTAS_ROLE_ADDRESS}`) })}\`\`\`

${sections}
${upgrading}`;
}

const READ_ONLY_EXAMPLE = `${EXAMPLE_VERSIONS}
provider "aws" {
  region = "us-east-1"
}

module "support_app" {
  source = "../.."

  read_only = {
    channels = {
      watch = { workspace = "T012ABCDEFG", channel = "C01234A5BCD", name = "support-watch" }
    }
  }
}

output "capabilities" {
  description = "What people in the channel can do."
  value       = module.support_app.read_only_capabilities
}
`;

const FULL_EXAMPLE = `${EXAMPLE_VERSIONS}
provider "aws" {
  region = "us-east-1"
}

module "support_app" {
  source = "../.."

  full = {
    resolve_cases       = false
    service_quotas_role = "existing"
    channels = {
      oncall = {
        workspace = "T012ABCDEFG"
        channel   = "C09876Z5YXW"
        name      = "support-oncall"
        notify    = { severity = "high", on = ["case-created", "reply-added", "case-resolved"] }
      }
    }
  }
  slack_workspaces = ["T012ABCDEFG"]
  account_alias    = "Payments - production"
}

output "capabilities" {
  description = "What people in the channel can do."
  value       = module.support_app.full_capabilities
}
`;

const SEVERAL_ACCOUNTS_EXAMPLE = `${EXAMPLE_VERSIONS}
# Credentials of another account are rejected: nobody gets access to the wrong account.
provider "aws" {
  alias               = "staging"
  region              = "us-east-1"
  allowed_account_ids = ["111122223333"]

  assume_role {
    role_arn = "arn:aws:iam::111122223333:role/terraform"
  }
}

provider "aws" {
  alias               = "production"
  region              = "us-east-1"
  allowed_account_ids = ["444455556666"]

  assume_role {
    role_arn = "arn:aws:iam::444455556666:role/terraform"
  }
}

locals {
  # A channel that several accounts share reaches the cases of all of them.
  watch = { workspace = "T012ABCDEFG", channel = "C01234A5BCD", name = "support-watch" }
}

module "staging" {
  source    = "../.."
  providers = { aws = aws.staging }

  read_only = { channels = { watch = local.watch } }
}

module "production" {
  source    = "../.."
  providers = { aws = aws.production }

  read_only = { channels = { watch = local.watch } }
  full = {
    channels = {
      oncall = { workspace = "T012ABCDEFG", channel = "C09876Z5YXW", name = "support-oncall" }
    }
  }
}
`;
