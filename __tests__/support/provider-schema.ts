import fixture from "../fixtures/aws-provider-schema.json";

/** A block of a provider's schema, as `terraform providers schema -json` has it: what may be set. */
export interface Block {
  readonly attributes?: Readonly<Record<string, { readonly type: unknown; readonly deprecated?: boolean }>>;
  readonly block_types?: Readonly<Record<string, { readonly nesting_mode: string; readonly block: Block }>>;
  readonly deprecated?: boolean;
}

/** The AWS provider, and what it has of what this project writes. */
export const AWS_SCHEMA: {
  readonly version: string;
  readonly provider: Block;
  readonly resource: Readonly<Record<string, Block>>;
  readonly data: Readonly<Record<string, Block>>;
} = fixture;

/** Terraform's own arguments, which every resource has. */
const META = ["//", "alias", "connection", "count", "depends_on", "for_each", "lifecycle", "provider", "provisioner"];

/** What CDKTF's bindings call Terraform's types. */
const TYPES: Readonly<Record<string, unknown>> = {
  string: "string",
  boolean: "bool",
  number: "number",
  stringList: "string",
  stringMap: "string",
};

type Fields = Readonly<Record<string, unknown>>;

/** What bindings say of an argument. */
interface Known {
  readonly isBlock: boolean;
  readonly type: string;
  readonly of: unknown;
  readonly value: unknown;
}

/**
 * What is written and isn't in the schema, is deprecated there, or is of another type.
 *
 * @param terraform what `bindingsOf` gives of a stack
 * @param onPath is told each argument that stands in the schema as it is written
 */
export function schemaProblems(terraform: Fields, onPath: (path: string) => void = () => {}): string[] {
  const { provider, resource, data } = terraform as Record<string, Record<string, unknown>>;
  const configurations = Object.values(provider ?? {}).flat();
  const problemsWithin = (section: Record<string, unknown> | undefined, schema: Readonly<Record<string, Block>>) =>
    Object.entries(section ?? {}).flatMap(([type, blocks]) =>
      Object.values(blocks as Fields).flatMap((block) => problemsIn(block as Fields, schema[type], type, onPath)),
    );
  return [
    ...configurations.flatMap((configuration) =>
      problemsIn(configuration as Fields, AWS_SCHEMA.provider, "provider", onPath),
    ),
    ...problemsWithin(resource, AWS_SCHEMA.resource),
    ...problemsWithin(data, AWS_SCHEMA.data),
  ];
}

function problemsIn(fields: Fields, schema: Block | undefined, path: string, onPath: (path: string) => void): string[] {
  if (schema === undefined) return [`${path}: there is none`];
  return Object.entries(fields).flatMap(([name, told]) => {
    const knownValue = knownOf(told);
    if (knownValue === undefined) return META.includes(name) ? [] : [`${path}.${name}: the bindings don't know it`];
    const place = `${path}.${name}`;
    const attribute = schema.attributes?.[name];
    const block = schema.block_types?.[name];
    const expected = block ? block.nesting_mode : attribute?.type;
    const actual =
      knownValue.isBlock || knownValue.type === "simple"
        ? knownValue.isBlock
          ? knownValue.type
          : knownValue.of
        : [knownValue.type, knownValue.of];
    if (JSON.stringify(actual) !== JSON.stringify(expected)) {
      return [`${place}: it is ${JSON.stringify(actual)}, and in the schema ${JSON.stringify(expected)}`];
    }
    if (attribute?.deprecated || block?.block.deprecated) return [`${place}: it is deprecated`];
    onPath(place);
    const inner = knownValue.isBlock ? [knownValue.value].flat() : [];
    return inner.flatMap((item) => problemsIn(item as Fields, block?.block, place, onPath));
  });
}

/** CDKTF writes the keys of providers' bindings in another way than those of resources. */
function knownOf(told: unknown): Known | undefined {
  if (typeof told !== "object" || told === null) return undefined;
  const { isBlock, is_block, type, storageClassType, storage_class_type, value } = told as Record<string, unknown>;
  const block = isBlock ?? is_block;
  if (typeof block !== "boolean" || typeof type !== "string") return undefined;
  return { isBlock: block, type, of: TYPES[String(storageClassType ?? storage_class_type)], value };
}
