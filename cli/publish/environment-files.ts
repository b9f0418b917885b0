import type { Environment } from "../../stacks/environment";
import { portableEnvironment } from "../../stacks/portable";
import type { PublishedEnvironment } from "./access-document";
import type { Files } from "./files";
import { toHcl } from "./hcl";
import { markdownTable } from "./table";

/** The files of an environment's root module, in its folder. */
export async function environmentFiles(environment: Environment, access: PublishedEnvironment): Promise<Files> {
  const terraform = portableEnvironment(environment);
  return new Map([
    ["main.tf", await toHcl(terraform, ["provider", "data", "resource", "import", "moved"])],
    ["outputs.tf", await toHcl(terraform, ["output"])],
    ["versions.tf", await toHcl(terraform, ["terraform"])],
    ["README.md", readme(access)],
  ]);
}

function readme({ name, account, region, channels, accesses }: PublishedEnvironment): string {
  const rows = channels.map((channel) => [
    `#${channel.name}`,
    `\`${channel.workspace}\``,
    `\`${channel.channel}\``,
    channel.access,
    channel.capabilities.join(", "),
  ]);
  const roles = accesses.map((access) => [access.access, `\`${access.roleArn}\``, access.capabilities.join(", ")]);
  return `# ${name}

A root module for the AWS account ${account} in ${region}. It is generated; what it says is decided in environments.yaml.

## Who can do what

Everyone in a channel has its access, with or without an AWS account, and so has everyone in the live-chat channels made from it.

${rows.length > 0 ? markdownTable(["channel", "workspace", "ID", "access", "people can"], rows) : "There are no channels in code. Channels that were configured by hand have the access of the role they use.\n"}
${markdownTable(["access", "role", "people can"], roles)}
## Usage

Copy this folder to where your Terraform is kept. It has no backend: say in a file beside it, before the first \`apply\`, where its state is:

\`\`\`hcl
terraform {
  backend "s3" {
    bucket       = "BUCKET"
    key          = "support-app/${name}.tfstate"
    region       = "${region}"
    encrypt      = true
    use_lockfile = true
  }
}
\`\`\`

Then \`terraform init\`, \`terraform plan\` and \`terraform apply\`, with credentials of the account.
`;
}
