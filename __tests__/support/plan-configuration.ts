import type { TerraformJson } from "../../cli/terraform/synthesized-folder";
import { type Fields, isFields } from "../../common/fields";
import { list } from "../../common/json";

/** Arguments that are blocks, to Terraform and the AWS provider: a plan has what stands in them one by one. */
const BLOCKS = ["statement", "principals", "not_principals", "condition", "assume_role", "default_tags"];

/** Arguments of Terraform itself, which a plan has elsewhere or not at all. */
const META_ARGUMENTS = ["//", "lifecycle", "depends_on", "provider", "provisioner", "connection", "count", "for_each"];

/** The `configuration` of a plan that Terraform makes of a stack, as far as it says what the stack says. */
export function configurationOf({ terraform, provider, resource, data, output }: TerraformJson): Fields {
  return {
    provider_config: {
      ...mapped(fieldsIn(terraform).required_providers, (_, name) => ({ name })),
      ...(fieldsIn(resource).terraform_data === undefined ? {} : { terraform: { name: "terraform" } }),
      ...Object.fromEntries(
        Object.entries(fieldsIn(provider)).flatMap(([name, blocks]) =>
          list(blocks).map((block) => [name, { name, expressions: expressionsOf(fieldsIn(block)) }]),
        ),
      ),
    },
    root_module: {
      outputs: mapped(output, ({ value }) => ({ expression: { constant_value: value } })),
      resources: [...resourcesOf(resource, ""), ...resourcesOf(data, "data.")],
    },
  };
}

function resourcesOf(section: unknown, prefix: string): Fields[] {
  const entries = Object.entries(fieldsIn(section)).flatMap(([type, blocks]) =>
    Object.entries(fieldsIn(blocks)).map(([name, block]) => {
      const { count, for_each } = fieldsIn(block);
      return {
        address: `${prefix}${type}.${name}`,
        mode: prefix === "" ? "managed" : "data",
        type,
        name,
        expressions: expressionsOf(fieldsIn(block)),
        ...(count === undefined ? {} : { count_expression: { constant_value: count } }),
        ...(for_each === undefined ? {} : { for_each_expression: { constant_value: for_each } }),
      };
    }),
  );
  return entries.sort((a, b) => (a.address < b.address ? -1 : 1));
}

function expressionsOf(block: Fields): Fields {
  return Object.fromEntries(
    Object.entries(block)
      .filter(([name]) => !META_ARGUMENTS.includes(name))
      .map(([name, value]) => [
        name,
        BLOCKS.includes(name) ? list(value).map((block) => expressionsOf(fieldsIn(block))) : { constant_value: value },
      ]),
  );
}

function mapped(value: unknown, change: (fields: Fields, name: string) => unknown): Fields {
  return Object.fromEntries(
    Object.entries(fieldsIn(value)).map(([name, block]) => [name, change(fieldsIn(block), name)]),
  );
}

function fieldsIn(value: unknown): Fields {
  return isFields(value) ? value : {};
}
