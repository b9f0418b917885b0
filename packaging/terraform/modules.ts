/*
 * Writes the Terraform modules for people without CDKTF into the folder terraform, which `publish` copies. Examples, tests and the
 * text of the READMEs are written there by hand.
 *
 *   npm run modules
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { code, markdownTable } from "../../cli/terminal/markdown";
import type { Fields } from "../../common/fields";
import { LEVELS } from "../../modules/support-app/model/access-level";
import { toHcl } from "../../stacks/output/hcl";
import type { Terraform } from "../../stacks/written-stack";
import { ACCOUNT_VARIABLES, accountModule } from "./account-module";
import { GUARDRAIL_VARIABLES, guardrailModule } from "./guardrail-module";
import { levelModule } from "./level-module";
import { moduleVariables } from "./level-variables";
import { rootModule, rootVariables } from "./root-module";
import type { ModuleVariable } from "./variable";

interface Module {
  readonly folder: string;
  readonly terraform: Terraform;
  readonly variables: readonly ModuleVariable[];
}

/** All modules. The first has everything in an account, and calls others. */
export function allModules(): Module[] {
  const submodules = {
    ...Object.fromEntries(
      LEVELS.map((level) => [level, { terraform: levelModule(level), variables: moduleVariables(level) }]),
    ),
    account: { terraform: accountModule(), variables: ACCOUNT_VARIABLES },
    guardrail: { terraform: guardrailModule(), variables: GUARDRAIL_VARIABLES },
  };
  return [
    { folder: "terraform", terraform: rootModule(), variables: rootVariables() },
    ...Object.entries(submodules).map(([name, module]) => ({
      folder: `terraform/modules/support-app-${name}`,
      ...module,
    })),
  ];
}

/** The files of a module that are generated, by their path. */
export function generatedFiles({ folder, terraform, variables }: Module): ReadonlyMap<string, string> {
  const readme = join(folder, "README.md");
  const reference = `\n${referenceOf(terraform, variables)}`;
  return new Map([
    [join(folder, "main.tf"), toHcl(terraform, ["locals", "data", "module", "resource", "check"])],
    [join(folder, "variables.tf"), toHcl(terraform, ["variable"])],
    [join(folder, "outputs.tf"), toHcl(terraform, ["output"])],
    [join(folder, "versions.tf"), toHcl(terraform, ["terraform"])],
    [
      readme,
      readFileSync(readme, "utf8").replace(/(?<=<!-- BEGIN_TF_DOCS -->).*(?=<!-- END_TF_DOCS -->)/s, () => reference),
    ],
  ]);
}

/** The sections that terraform-docs writes, without its anchors. */
function referenceOf(
  { terraform = {}, module = {}, resource = {}, data = {}, output = {} }: Terraform,
  variables: readonly ModuleVariable[],
): string {
  const providers = terraform.required_providers as Readonly<Record<string, { readonly version: string }>>;
  const providerRows = Object.entries(providers).map(([name, { version }]) => [name, version]);
  const calls = Object.entries(module as Readonly<Record<string, { readonly source: string }>>);
  const resources = [
    ...addressesIn(resource).map((address) => [address, "resource"]),
    ...addressesIn(data).map((address) => [address, "data source"]),
  ];
  const inputs = variables.map(({ name, description, type, objectType, default: byDefault }) => [
    name,
    description,
    objectType === undefined ? code(type) : `<pre>${objectType.replaceAll("\n", "<br/>")}</pre>`,
    code(JSON.stringify(byDefault)),
    "no",
  ]);
  const outputs = Object.entries(output as Readonly<Record<string, { readonly description: string }>>);
  const section = (title: string, header: readonly string[], rows: readonly (readonly string[])[]) =>
    `## ${title}\n\n${rows.length === 0 ? `No ${title.toLowerCase()}.\n` : markdownTable(header, rows)}`;
  return [
    section("Requirements", ["Name", "Version"], [["terraform", String(terraform.required_version)], ...providerRows]),
    section("Providers", ["Name", "Version"], resources.length === 0 ? [] : providerRows),
    section(
      "Modules",
      ["Name", "Source", "Version"],
      calls.map(([name, { source }]) => [name, source, "n/a"]),
    ),
    section("Resources", ["Name", "Type"], resources),
    section("Inputs", ["Name", "Description", "Type", "Default", "Required"], inputs),
    section(
      "Outputs",
      ["Name", "Description"],
      outputs.map(([name, { description }]) => [name, description]),
    ),
  ].join("\n");
}

function addressesIn(blocks: Fields): string[] {
  return Object.entries(blocks).flatMap(([type, body]) => Object.keys(body as Fields).map((name) => `${type}.${name}`));
}

if (require.main === module)
  for (const generated of allModules()) for (const [path, text] of generatedFiles(generated)) writeFileSync(path, text);
