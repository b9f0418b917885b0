import type { TerraformStack } from "../../modules/support-app/framework";
import { Testing } from "./framework";

/** What names its provider in Terraform. */
type Block = { readonly provider?: string };

/** The provider of each resource, data source and import of a stack, by its address. */
export function providersOf(stack: TerraformStack): Record<string, string | undefined> {
  const { resource, data, import: imports = [] } = JSON.parse(Testing.synth(stack));
  const inSection = (section: Record<string, Record<string, Block>> = {}, prefix = "") =>
    Object.entries(section).flatMap(([type, blocks]) =>
      Object.entries(blocks).map(([name, { provider }]) => [`${prefix}${type}.${name}`, provider] as const),
    );
  return Object.fromEntries([
    ...inSection(resource),
    ...inSection(data, "data."),
    ...(imports as (Block & { readonly to: string })[]).map(({ to, provider }) => [`import ${to}`, provider] as const),
  ]);
}
