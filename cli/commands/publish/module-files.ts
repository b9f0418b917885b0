import { type AccessLevel, addressOfLevel } from "../../../modules/support-app/model/access-level";
import { toHcl } from "../../../stacks/output/hcl";
import type { ModuleVariable } from "../../../stacks/portable/module-variable";
import { moduleVariables } from "../../../stacks/portable/module-variables";
import type { Terraform } from "../../../stacks/portable/portable";
import { ACCOUNT_VARIABLES, publishedAccountModule } from "../../../stacks/portable/published-account-module";
import { GUARDRAIL_VARIABLES, publishedGuardrailModule } from "../../../stacks/portable/published-guardrail-module";
import { publishedModule } from "../../../stacks/portable/published-module";
import { publishedRoot, rootVariables } from "../../../stacks/portable/published-root";
import { markdownTable } from "../../terminal/markdown";
import type { Files } from "./files";
import { moduleTests } from "./module-tests";
import { text } from "./texts";

/** What all modules of a publication have in common. */
export interface Edition {
  readonly version: string;
  readonly license: string;
  /** The section of each README on upgrading a module to this version. */
  readonly upgrading: string;
}

/** The name of an access level's module. */
export function moduleName(access: AccessLevel): string {
  return `support-app-${access}`;
}

/** The name of the module for an account's workspaces and alias. */
export const ACCOUNT_MODULE = "support-app-account";

/** The name of the module that keeps others from configuring the Support App. */
export const GUARDRAIL_MODULE = "support-app-guardrail";

/** The publication's name, in Terraform's registry and as a repository. */
const ROOT_MODULE = "terraform-aws-support-app";

const WHAT: Readonly<Record<AccessLevel, string>> = {
  "read-only": "view support cases, and nothing else",
  full: "do everything that the AWS Support App offers, less what you leave out",
};

/** The files of an access level's module, in its folder. */
export function moduleFiles(access: AccessLevel, edition: Edition): Files {
  const readme = text("support-app-level/README.md", {
    ...sections(edition, publishedModule(access), moduleVariables(access)),
    access,
    address: addressOfLevel(access),
    what: WHAT[access],
    channel: access === "full" ? "oncall" : "watch",
    serviceQuotasRole: access === "full" ? `\n${text("service-quotas-role.md")}` : "",
  });
  return filesOf(moduleName(access), edition, publishedModule(access), readme, ["basic"]);
}

/** The files of the module for an account's workspaces and alias. */
export function accountFiles(edition: Edition): Files {
  const terraform = publishedAccountModule();
  const readme = text(`${ACCOUNT_MODULE}/README.md`, sections(edition, terraform, ACCOUNT_VARIABLES));
  return filesOf(ACCOUNT_MODULE, edition, terraform, readme);
}

/** The files of the module that keeps others from configuring the Support App. */
export function guardrailFiles(edition: Edition): Files {
  const terraform = publishedGuardrailModule();
  const readme = text(`${GUARDRAIL_MODULE}/README.md`, sections(edition, terraform, GUARDRAIL_VARIABLES));
  return filesOf(GUARDRAIL_MODULE, edition, terraform, readme);
}

/** The files of the publication's root module, with its examples and tests. */
export function rootFiles(edition: Edition): Files {
  const terraform = publishedRoot();
  const readme = text(`${ROOT_MODULE}/README.md`, sections(edition, terraform, rootVariables()));
  const examples = ["read-only", "full", "several-accounts"];
  return new Map([...filesOf(ROOT_MODULE, edition, terraform, readme, examples), ...moduleTests()]);
}

/** @param examples the names of its root modules to try out */
function filesOf(
  name: string,
  edition: Edition,
  terraform: Terraform,
  readme: string,
  examples: readonly string[] = [],
): Files {
  return new Map([
    ["main.tf", toHcl(terraform, ["locals", "data", "module", "resource"])],
    ["variables.tf", toHcl(terraform, ["variable"])],
    ["outputs.tf", toHcl(terraform, ["output"])],
    ["versions.tf", toHcl(terraform, ["terraform"])],
    ["README.md", readme],
    ["LICENSE", edition.license],
    ...examples
      .map((example) => `examples/${example}/main.tf`)
      .map((path): [string, string] => [path, text(`${name}/${path}`)]),
  ]);
}

/** What the READMEs have in common. */
function sections(
  { version, upgrading }: Edition,
  { output = {}, terraform = {} }: Terraform,
  variables: readonly ModuleVariable[],
): Record<string, string> {
  const requirements = [
    ["Terraform or OpenTofu", `\`${String(terraform.required_version)}\``],
    ["hashicorp/aws", "`>= 5.100.0`"],
  ];
  const inputs = variables.map((variable) => [
    `\`${variable.name}\``,
    variable.description,
    `\`${variable.type}\``,
    `\`${JSON.stringify(variable.default)}\``,
  ]);
  const outputs = Object.entries(output).map(([name, one]) => [
    `\`${name}\``,
    String((one as { description: string }).description),
  ]);
  return {
    version,
    upgrading,
    channels: text("channels.md").trimEnd(),
    requirements: markdownTable(["name", "version"], requirements),
    inputs: markdownTable(["name", "description", "type", "default"], inputs),
    outputs: markdownTable(["name", "description"], outputs),
  };
}
