import {
  managesServiceQuotasRole,
  serviceQuotasModeOf,
  serviceQuotasRoleRemoved,
} from "../../modules/support-app/service-quotas-role";
import type { Environment } from "../../stacks/environment";
import { toHcl } from "../../stacks/hcl";
import type { Terraform } from "../../stacks/portable";
import { code, markdownTable } from "../markdown";
import { capabilitiesInWords } from "../until-words";
import type { PublishedEnvironment } from "./access-document";
import type { Files } from "./files";

/** The files of an environment's root module, in its folder. */
export function environmentFiles(environment: Environment, terraform: Terraform, access: PublishedEnvironment): Files {
  return new Map([
    ["main.tf", toHcl(terraform, ["provider", "data", "resource", "import", "moved", "removed"])],
    ["outputs.tf", toHcl(terraform, ["output"])],
    ["versions.tf", toHcl(terraform, ["terraform"])],
    ["README.md", readme(access, environment)],
  ]);
}

function readme({ name, account, region, channels, accesses }: PublishedEnvironment, environment: Environment): string {
  const rows = channels.map((channel) => [
    code(`#${channel.name}`),
    code(channel.workspace),
    code(channel.channel),
    channel.access,
    capabilitiesInWords(channel.capabilities, channel.until),
  ]);
  const roles = accesses.map((access) => [
    access.access,
    code(access.roleArn),
    capabilitiesInWords(access.capabilities, access.until),
  ]);
  const bounded = accesses.flatMap(({ access, permissionsBoundary: arn }) => (arn ? [`${access} (${code(arn)})`] : []));
  const awsManaged = accesses.filter(({ policySource }) => policySource === "aws-managed").map(({ access }) => access);
  const who = environment.deployRole
    ? `credentials that may assume ${code(environment.deployRole)}`
    : `credentials of the account ${account}`;
  const isProtected = environment.accesses.some((props) => managesServiceQuotasRole(serviceQuotasModeOf(props)));
  const notes = [
    bounded.length > 0 && `A permissions boundary may take some of these capabilities away: ${bounded.join(", ")}.`,
    accesses.some(({ until }) => until !== undefined) &&
      "A capability with an end is granted only up to that end. IAM enforces that, whether or not somebody applies this again.",
    awsManaged.length > 0 && `The policy of ${awsManaged.join(" and ")} is AWS managed, and AWS may change it.`,
    environment.accesses.some(({ adopt }) => adopt) &&
      "The first `apply` imports the handmade roles and policies. Read the plan first: it shows the roles' other policies, which are removed.",
    isProtected &&
      "The Service Quotas role is never destroyed: `terraform destroy` stops there (`prevent_destroy`). A later publication without it hands it back to the account with `terraform apply`.",
  ].filter((note) => note !== false);
  return `# ${name}

A root module for the AWS account ${account} in ${region}. It is generated from environments.yaml: make changes there.

## Who can do what

Everyone in a channel has its access, with or without an AWS account, and so has everyone in the live-chat channels made from it.

${rows.length > 0 ? markdownTable(["channel", "workspace", "ID", "access", "people can"], rows) : "No channels are configured in code. Channels that were configured by hand have the access of the role they use.\n"}
${markdownTable(["access", "role", "people can"], roles)}
${notes.map((note) => `- ${note}\n`).join("")}
## Usage

Needs Terraform 1.7 or OpenTofu 1.10. Copy this folder to where you keep your Terraform. It has no backend: before the first
\`apply\`, configure one in a file of its own.
For example, with S3 and its native lock file, which also needs Terraform 1.10:

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

Then \`terraform init\`, \`terraform plan\` and \`terraform apply\`, with ${who}.
${isProtected ? REMOVING : ""}`;
}

const REMOVING = `
## Removing everything

To remove everything but the Service Quotas role, delete outputs.tf, remove everything from main.tf except its \`provider\` block, add this
block and run \`terraform apply\`. Don't run \`terraform destroy\`: it ignores the block and destroys the role.

\`\`\`hcl
${toHcl({ removed: serviceQuotasRoleRemoved() })}\`\`\`
`;
