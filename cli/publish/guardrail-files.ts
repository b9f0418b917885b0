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

A service control policy: in the accounts that it is attached to, only the deployers can configure the [AWS Support App](https://docs.aws.amazon.com/awssupport/latest/user/aws-support-app-for-slack.html),
and Slack channels can only be given the named roles. Read access isn't affected.

Version ${version}. It is generated from the constructs of cdktf-support-app-access.

## Usage

With credentials of the organization's management account, or of an account that may manage its policies:

\`\`\`hcl
module "guardrail" {
  source = "./modules/${GUARDRAIL_MODULE}" # or the zip of a release, or its OCI artifact

  role_arns     = ["arn:aws:iam::111122223333:role/AWSSupportAppFullRole"]
  deployer_arns = ["arn:aws:iam::111122223333:role/terraform"]
  target_ids    = ["111122223333"]
}
\`\`\`

- Apply it right before a role is added, renamed or moved to another path, and before another deployer deploys: the previous policy denies
  those, and the new one denies the previous roles.
- Authorizing a Slack workspace in the console also counts as configuring the Support App.
- It doesn't apply to the management account itself, or to service-linked roles. It is only as strong as IAM in the accounts: anyone who may
  change the trust policy of a deployer's role can become the deployer, and anyone who may change the named roles can change what people in
  their channels can do.

${sections}
${upgrading}`;
}
