import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { environmentsJsonSchema, environmentsSchema } from "../../stacks/environments-schema";
import { rulesJsonSchema, rulesSchema } from "../../stacks/rules-schema";
import { EVERY_RULE } from "../support/every-rule";

const SCHEMAS = [
  ["environments", environmentsJsonSchema()],
  ["rules", rulesJsonSchema()],
] as const;

test.each(SCHEMAS)(
  "the JSON Schema of %s.yaml for editors is the one that the schema makes: npm run schema",
  (name, schema) => {
    const written = JSON.parse(readFileSync(`stacks/${name}.schema.json`, "utf8"));
    expect(written).toEqual(JSON.parse(JSON.stringify(schema)));
  },
);

test.each(SCHEMAS)("every key and every mapping of %s.yaml has a description, which editors show", (_, ofFile) => {
  const undescribed: string[] = [];
  const visit = (schema: Record<string, unknown>, path: string) => {
    for (const [key, inside] of Object.entries((schema.properties ?? {}) as Record<string, Record<string, unknown>>)) {
      if (inside.description === undefined && inside.const === undefined) undescribed.push(`${path}.${key}`);
      visit(inside, `${path}.${key}`);
    }
    if (typeof schema.additionalProperties === "object") {
      visit(schema.additionalProperties as Record<string, unknown>, `${path}.*`);
    }
    for (const choice of (schema.oneOf ?? []) as Record<string, unknown>[]) visit(choice, path);
  };
  visit(ofFile as Record<string, unknown>, "");
  expect(undescribed).toEqual([]);
});

test("the example file fits it", () => {
  expect(
    environmentsSchema.safeParse(parse(readFileSync("__tests__/fixtures/environments.yaml", "utf8"))).success,
  ).toBe(true);
});

test("the file of every rule fits the schema of rules, and has every key of it", () => {
  expect(rulesSchema.safeParse(EVERY_RULE).success).toBe(true);
  const { properties } = JSON.parse(JSON.stringify(rulesJsonSchema())).properties.all;
  expect(Object.keys(EVERY_RULE.all)).toEqual(Object.keys(properties));
});
