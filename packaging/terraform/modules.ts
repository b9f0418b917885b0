/*
 * Writes the Terraform modules for people without CDKTF into the folder terraform, which `publish` copies. Examples, tests and the
 * text of the READMEs are written there by hand.
 *
 *   npm run modules
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { code, markdownTable } from "../../cli/terminal/markdown";
import { LEVELS } from "../../modules/support-app/model/access-level";
import { toHcl } from "../../stacks/output/hcl";
import { accountModule } from "./account-module";
import { guardrailModule } from "./guardrail-module";
import { levelModule } from "./level-module";
import type { Module } from "./module";
import { rootModule } from "./root-module";

/** A module in its folder. */
type PlacedModule = Module & { readonly folder: string };

/** All modules. The first has everything in an account, and calls others. */
export function allModules(): PlacedModule[] {
  const submodules = {
    ...Object.fromEntries(LEVELS.map((level) => [level, levelModule(level)])),
    account: accountModule(),
    guardrail: guardrailModule(),
  };
  return [
    { folder: "terraform", ...rootModule() },
    ...Object.entries(submodules).map(([name, module]) => ({
      folder: `terraform/modules/support-app-${name}`,
      ...module,
    })),
  ];
}

/** The files of a module that are generated, by their path. */
export function generatedFiles(module: PlacedModule): ReadonlyMap<string, string> {
  const { folder, terraform } = module;
  const readme = join(folder, "README.md");
  const reference = `\n${referenceOf(module)}`;
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

/** What a module takes and gives, in the form of terraform-docs. */
function referenceOf({ variables, terraform }: Module): string {
  const inputs = variables.map(({ name, description, type, default: byDefault }) => [
    name,
    description,
    code(type),
    code(JSON.stringify(byDefault)),
    "no",
  ]);
  const outputs = Object.entries(terraform.output as Readonly<Record<string, { readonly description: string }>>);
  const outputRows = outputs.map(([name, { description }]) => [name, description]);
  return [
    `## Inputs\n\n${markdownTable(["Name", "Description", "Type", "Default", "Required"], inputs)}`,
    `## Outputs\n\n${markdownTable(["Name", "Description"], outputRows)}`,
  ].join("\n");
}

if (require.main === module)
  for (const generated of allModules()) for (const [path, text] of generatedFiles(generated)) writeFileSync(path, text);
