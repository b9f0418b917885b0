import { GUARDRAIL_VARIABLES, publishedGuardrailModule } from "../../stacks/published-guardrail-module";
import { type Edition, reference, terraformFiles } from "./edition";
import type { Files } from "./files";

/** The name of the module that keeps others from configuring the Support App. */
export const GUARDRAIL_MODULE = "support-app-guardrail";

/** Its files, in its folder. */
export function guardrailFiles(edition: Edition): Files {
  const terraform = publishedGuardrailModule();
  return new Map([
    ...terraformFiles(terraform),
    ["README.md", readme(edition, reference(terraform, GUARDRAIL_VARIABLES))],
    ["LICENSE", edition.license],
  ]);
}

function readme({ version, upgrading }: Edition, sections: string): string {
  return `# ${GUARDRAIL_MODULE}

A service control policy: nobody but those who deploy it configures the [AWS Support App](https://docs.aws.amazon.com/awssupport/latest/user/aws-support-app-for-slack.html)
in the accounts that it is attached to, and nobody gives a Slack channel another role than those that are named. Reading stays as it is.

Version ${version}. It is generated from the constructs of cdktf-support-app-access.

## Usage

With credentials of the organization's management account, or of one that may manage its policies:

\`\`\`hcl
module "guardrail" {
  source = "./modules/${GUARDRAIL_MODULE}" # or the zip of a release, or its OCI artifact

  role_arns     = ["arn:aws:iam::111122223333:role/AWSSupportAppFullRole"]
  deployer_arns = ["arn:aws:iam::111122223333:role/terraform"]
  target_ids    = ["111122223333"]
}
\`\`\`

- Apply it right before a role is added, renamed or moved to another path, and before somebody else deploys: the previous policy refuses those,
  and the new one refuses the previous roles.
- Authorizing a Slack workspace in the console configures the Support App, too.
- It doesn't apply to the management account itself, or to service-linked roles, and it is only as good as IAM in the accounts: whoever may
  change the trust of a deployer's role becomes the deployer, and whoever may change the roles changes what people in their channels can do.

${sections}
${upgrading}`;
}
