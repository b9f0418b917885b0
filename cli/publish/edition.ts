import { toHcl } from "../../stacks/hcl";
import type { ModuleVariable } from "../../stacks/module-variable";
import type { Terraform } from "../../stacks/portable";
import { markdownTable } from "../markdown";
import type { Files } from "./files";

/** What all modules of a publication have in common. */
export interface Edition {
  readonly version: string;
  readonly license: string;
  /** The section of each README on upgrading a module to this version. */
  readonly upgrading: string;
}

/** A module's Terraform, in the usual files. */
export function terraformFiles(terraform: Terraform): Files {
  return new Map([
    ["main.tf", toHcl(terraform, ["locals", "data", "module", "resource"])],
    ["variables.tf", toHcl(terraform, ["variable"])],
    ["outputs.tf", toHcl(terraform, ["output"])],
    ["versions.tf", toHcl(terraform, ["terraform"])],
  ]);
}

/** The sections of a README on a module's requirements, inputs and outputs. */
export function reference({ output = {}, terraform = {} }: Terraform, variables: readonly ModuleVariable[]): string {
  return `## Requirements

${markdownTable(
  ["name", "version"],
  [
    ["Terraform or OpenTofu", `\`${String(terraform.required_version)}\``],
    ["hashicorp/aws", "`>= 5.100.0`"],
  ],
)}
## Inputs

${markdownTable(
  ["name", "description", "type", "default"],
  variables.map((variable) => [
    `\`${variable.name}\``,
    variable.description,
    `\`${variable.type}\``,
    `\`${JSON.stringify(variable.default)}\``,
  ]),
)}
## Outputs

${markdownTable(
  ["name", "description"],
  Object.entries(output).map(([name, one]) => [`\`${name}\``, String((one as { description: string }).description)]),
)}`;
}

/** The beginning of an example's root module. */
export const EXAMPLE_VERSIONS = `terraform {
  required_version = ">= 1.5"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100.0"
    }
  }
}
`;
