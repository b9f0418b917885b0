import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { AWS_PROVIDER } from "../../stacks/required-versions";
import { AWS_SCHEMA, type Block } from "../support/provider-schema";
import { newAccount } from "./support/account";
import { createProject, removeProjects, terraformIn } from "./support/project";

afterAll(removeProjects);

interface Schemas {
  readonly provider: { readonly block: Block };
  readonly resource_schemas: Readonly<Record<string, { readonly block: Block }>>;
  readonly data_source_schemas: Readonly<Record<string, { readonly block: Block }>>;
}

/** What the provider's schema says of what another one names. */
function asNamed(schema: Block | undefined, template: Block): unknown {
  const attributes = Object.keys(template.attributes ?? {}).map((name) => {
    const { type, deprecated } = schema?.attributes?.[name] ?? {};
    return [name, deprecated ? { type, deprecated } : { type }];
  });
  const blocks = Object.entries(template.block_types ?? {}).map(([name, { block }]) => {
    const { nesting_mode, block: realBlock } = schema?.block_types?.[name] ?? {};
    return [name, { nesting_mode, block: asNamed(realBlock, block) }];
  });
  return {
    ...(schema?.deprecated ? { deprecated: true } : {}),
    ...(attributes.length > 0 ? { attributes: Object.fromEntries(attributes) } : {}),
    ...(blocks.length > 0 ? { block_types: Object.fromEntries(blocks) } : {}),
  };
}

test("the schema that the unit tests know is the real provider's", async () => {
  const project = createProject("provider-schema", "environments: {}\n");
  mkdirSync(join(project.folder, "root"));
  const required = { terraform: { required_providers: { aws: AWS_PROVIDER } } };
  writeFileSync(join(project.folder, "root/main.tf.json"), JSON.stringify(required));
  const as = { as: newAccount() };
  expect(await terraformIn(project, "root", ["init", "-input=false"], as)).toMatchObject({ status: 0 });
  const { stdout } = await terraformIn(project, "root", ["providers", "schema", "-json"], as);
  const [real] = Object.values<Schemas>(JSON.parse(stdout).provider_schemas);
  expect(asNamed(real?.provider.block, AWS_SCHEMA.provider)).toEqual(AWS_SCHEMA.provider);
  for (const [type, block] of Object.entries(AWS_SCHEMA.resource)) {
    expect({ [type]: asNamed(real?.resource_schemas[type]?.block, block) }).toEqual({ [type]: block });
  }
  for (const [type, block] of Object.entries(AWS_SCHEMA.data)) {
    expect({ [type]: asNamed(real?.data_source_schemas[type]?.block, block) }).toEqual({ [type]: block });
  }
});
