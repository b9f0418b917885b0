import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "@cdktf/hcl2json";
import { code, markdownTable } from "../cli/terminal/markdown";

/** The Terraform modules, by their folders. */
export const MODULES = ["", "/modules/support-app-account", "/modules/support-app-guardrail"].map(
  (folder) => `terraform${folder}`,
);

/** What is read of a module. Expressions stand in `${}`. */
export interface Module {
  readonly variable: Readonly<Record<string, readonly [Variable]>>;
  readonly output: Readonly<Record<string, readonly [{ readonly description: string }]>>;
  readonly resource: Readonly<Record<string, Readonly<Record<string, readonly [Readonly<Record<string, unknown>>]>>>>;
  readonly data?: Module["resource"];
  readonly locals?: readonly [Readonly<Record<string, unknown>>];
  readonly terraform?: readonly [{ readonly required_version: string }];
}

interface Variable {
  readonly type: string;
  readonly description: string;
  /** Undefined: it is required. */
  readonly default?: unknown;
  readonly nullable?: boolean;
  readonly validation?: readonly { readonly condition: string; readonly error_message: string }[];
}

/** The sections of all files of a module. */
export async function readModule(folder: string): Promise<Module> {
  const files = readdirSync(folder).filter((file) => file.endsWith(".tf"));
  const texts = files.map((file) => readFileSync(join(folder, file), "utf8"));
  return (await parse("module.tf", texts.join("\n"))) as Module;
}

/** The type of a variable, which stands in `${}`. */
function inOneLine(type: string): string {
  const attributes = type
    .slice(2, -1)
    .replace(/\{\n/g, "{ ")
    .replace(/\n *\}/g, " }")
    .replaceAll("\n", ", ");
  return attributes.replace(/ +/g, " ");
}

/** What a module takes, makes and gives, in the form of terraform-docs. */
export function moduleReference({ variable, output, resource }: Module): string {
  const inputs = Object.entries(variable).map(([name, [{ type, description, ...rest }]]) => [
    name,
    description,
    code(inOneLine(type)),
    "default" in rest ? code(JSON.stringify(rest.default)) : "n/a",
    "default" in rest ? "no" : "yes",
  ]);
  const resources = Object.entries(resource).flatMap(([type, names]) =>
    Object.keys(names).map((name) => [`${type}.${name}`, "resource"]),
  );
  const outputs = Object.entries(output).map(([name, [{ description }]]) => [name, description]);
  return [
    `## Inputs\n\n${markdownTable(["Name", "Description", "Type", "Default", "Required"], inputs)}`,
    `## Outputs\n\n${markdownTable(["Name", "Description"], outputs)}`,
    `## Resources\n\n${markdownTable(["Name", "Type"], resources)}`,
  ].join("\n");
}
