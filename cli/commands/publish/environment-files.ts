import {
  managesServiceQuotasRole,
  serviceQuotasModeOf,
  serviceQuotasRoleRemoved,
} from "../../../modules/support-app/model/service-quotas-role";
import { addressOfOwner, labelOfOwner } from "../../../modules/support-app/model/team";
import type { Environment } from "../../../stacks/environments/environment";
import { toHcl } from "../../../stacks/output/hcl";
import type { ProviderChoice } from "../../../stacks/portable/root-choices";
import type { Terraform } from "../../../stacks/written-stack";
import { code, linesOf, markdownTable } from "../../terminal/markdown";
import type { PublishedEnvironment } from "./access-document";
import { abilityLines, accessRows, limitsInWords } from "./access-rows";
import { readText } from "./texts";
import type { Files } from "./write-publication";

/**
 * The files of an environment's root module, in its folder.
 *
 * @param provider "none": the account and region stand in an override file, since Terraform refuses a second provider block,
 * and merges an override into the first, or takes it alone
 */
export function environmentFiles(
  environment: Environment,
  terraform: Terraform,
  access: PublishedEnvironment,
  provider: ProviderChoice = "environment",
): Files {
  const isOverride = provider === "none";
  const mainSections = isOverride ? MAIN_SECTIONS : ["provider", ...MAIN_SECTIONS];
  return new Map([
    ["main.tf", toHcl(terraform, mainSections, linterRemarks(environment))],
    ...(isOverride ? [[PROVIDER_OVERRIDE, toHcl(terraform, ["provider"], OVERRIDE_REMARKS)] as const] : []),
    ["outputs.tf", toHcl(terraform, ["output"])],
    ["versions.tf", toHcl(terraform, ["terraform"])],
    ["README.md", readme(access, environment, terraform.terraform, isOverride)],
  ]);
}

const MAIN_SECTIONS = ["locals", "data", "resource", "import", "moved", "removed", "check"];

const PROVIDER_OVERRIDE = "provider_override.tf";
const OVERRIDE_REMARKS = {
  'provider "aws"': [
    "Terraform merges this into the provider block of another file here, and then refuses other accounts.",
  ],
};

/** What checkov is told about policies that let people write. */
const CHECKOV_SKIPS = ["CKV_AWS_111", "CKV_AWS_356"].map(
  (id) =>
    `checkov:skip=${id}: AWS Support's actions take no resource, and people may ask to increase any quota, as with AWSSupportAppFullAccess.`,
);

/** The remarks in policy documents for linters, by the header of their block. */
function linterRemarks({ accesses }: Environment): Record<string, readonly string[]> {
  const writing = accesses.filter(({ access }) => access === "full");
  return Object.fromEntries(
    writing.map((props) => [`data "aws_iam_policy_document" "${addressOfOwner(props)}"`, CHECKOV_SKIPS]),
  );
}

function readme(
  published: PublishedEnvironment,
  environment: Environment,
  settings: Terraform[string] = {},
  isOverride: boolean,
): string {
  const { name, account, region, accesses } = published;
  const rows = accessRows(published).map(({ channel, access }) => [
    channel ? `${code(`#${channel.name}`)} (${code(channel.channel)} of ${code(channel.workspace)})` : "none in code",
    labelOfOwner(access),
    abilityLines(access).join("; "),
    [code(access.roleArn), ...limitsInWords(access, code)].join("; "),
  ]);
  const deployerWords = environment.deployRole
    ? `credentials that may assume ${code(environment.deployRole.arn)}`
    : `credentials of the account ${account}`;
  const isProtected = environment.accesses.some((props) => managesServiceQuotasRole(serviceQuotasModeOf(props)));
  const notes = linesOf(
    accesses.some(({ until }) => until !== undefined) &&
      "A capability with an end is granted only up to that end. IAM enforces that, whether or not somebody applies this again.",
    environment.accesses.some(({ adopt }) => adopt) &&
      "The first `apply` imports the handmade roles and policies. Read the plan first: it shows the roles' other policies, which are removed.",
    isProtected &&
      "The Service Quotas role is never destroyed: `terraform destroy` stops there (`prevent_destroy`). A later publication without it hands it back to the account with `terraform apply`.",
  );
  const removed = toHcl({ removed: serviceQuotasRoleRemoved() });
  return readText("environment.md", {
    name,
    account,
    region,
    who: deployerWords,
    access: markdownTable(["channel", "access", "people can", "role"], rows),
    terraform: String(settings.required_version).replace(">= ", ""),
    provider: isOverride ? providerWords(environment) : "",
    backend: backendWords(settings) ?? readText("backend-none.md", { name, region }).trimEnd(),
    notes: notes.map((note) => `- ${note}\n`).join(""),
    removing: isProtected ? `\n\n${readText("removing-everything.md", { removed }).trimEnd()}` : "",
  });
}

/** What the provider block of another file has to say, and what it needn't. */
function providerWords({ account, region, deployRole }: Environment): string {
  const roleWords = deployRole && ` The block has to assume ${code(deployRole.arn)}.`;
  return `It has no provider block: configure one in a file of its own, such as provider.tf. ${code(PROVIDER_OVERRIDE)} sets the region ${region} in it, and refuses credentials of any account but ${account}.${roleWords ?? ""}\n\n`;
}

/** How a root's backend gets its settings. Undefined: the root has no backend. */
function backendWords({ backend, cloud }: Terraform[string]): string | undefined {
  const [type, settings] = Object.entries({ ...(backend as object), ...(cloud ? { cloud } : {}) })[0] ?? [];
  if (type === undefined) return undefined;
  if (Object.keys(settings as object).length > 0)
    return "It keeps its state where environments.yaml says: see versions.tf.";
  if (type === "cloud")
    return "It runs in HCP Terraform or Terraform Enterprise: set `TF_CLOUD_ORGANIZATION` and `TF_WORKSPACE`.";
  return `Its backend ${code(type)} has no settings: give them to \`terraform init\`, such as with \`-backend-config=FILE\`.`;
}
