import { ACCOUNT_VARIABLES, publishedAccountModule } from "../../stacks/published-account-module";
import { type Edition, reference, terraformFiles } from "./edition";
import type { Files } from "./files";

/** The name of the module for an account's workspaces and alias. */
export const ACCOUNT_MODULE = "support-app-account";

/** Its files, in its folder. */
export function accountFiles(edition: Edition): Files {
  const terraform = publishedAccountModule();
  return new Map([
    ...terraformFiles(terraform),
    ["README.md", readme(edition, reference(terraform, ACCOUNT_VARIABLES))],
    ["LICENSE", edition.license],
  ]);
}

function readme({ version, upgrading }: Edition, sections: string): string {
  return `# ${ACCOUNT_MODULE}

The account-wide settings of the [AWS Support App](https://docs.aws.amazon.com/awssupport/latest/user/aws-support-app-for-slack.html):
the Slack workspaces that are registered for an AWS account, and its alias.

Version ${version}. It is generated from the constructs of cdktf-support-app-access.

## Usage

\`\`\`hcl
module "account" {
  source = "./modules/${ACCOUNT_MODULE}" # or the zip of a release, or its OCI artifact

  slack_workspaces = ["T012ABCDEFG"]
  account_alias    = "Payments - production"
}

module "support_app" {
  source = "./modules/support-app-read-only"

  registered_workspaces = module.account.slack_workspaces
  channels = {
    watch = { workspace = "T012ABCDEFG", channel = "C01234A5BCD", name = "support-watch" }
  }
}
\`\`\`

- A workspace can be registered for an account of an organization if the management account has authorized the workspace once, by hand, in
  the console. For an account outside an organization, authorize it in the console and leave out \`slack_workspaces\`.
- Give \`registered_workspaces\` to the modules with channels, so that a channel is created after its workspace and removed before it.
- People in Slack see the alias instead of the account ID. AWS advises against one alias for a whole organization.

${sections}
${upgrading}`;
}
