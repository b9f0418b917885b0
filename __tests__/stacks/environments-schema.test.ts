import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { environmentsJsonSchema, environmentsSchema } from "../../stacks/environments-schema";
import { rulesJsonSchema, rulesSchema } from "../../stacks/rules-schema";
import { EVERY_RULE } from "../support/every-rule";
import { synthesize } from "../support/synthesize";

const SCHEMAS = [
  ["environments", environmentsJsonSchema()],
  ["rules", rulesJsonSchema()],
] as const;

test.each(SCHEMAS)("the JSON Schema of %s.yaml for editors is current: npm run schema", (name, schema) => {
  const written = JSON.parse(readFileSync(`stacks/${name}.schema.json`, "utf8"));
  expect(written).toEqual(JSON.parse(JSON.stringify(schema)));
});

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

/** The places where the schema has defaults, and an environment without those keys. */
const DEFAULTS: readonly (readonly [level: "full" | "backend" | undefined, environment: Environment])[] = [
  [undefined, { full: {} }],
  ["full", { full: {} }],
  ["backend", { full: {}, backend: { type: "s3", bucket: "state-of-acme", region: "us-east-1" } }],
  ["backend", { full: {}, backend: { type: "cloud", organization: "acme" } }],
];
type Environment = Readonly<Partial<Record<string, Readonly<Record<string, string>>>>>;

/** What is read of the JSON Schema. */
interface Schema {
  readonly default?: unknown;
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema;
  readonly oneOf?: readonly Schema[];
}

/** Defaults of IAM and of Terraform, which are only written if the file has them. */
const OTHERS: Readonly<Record<string, unknown>> = {
  path: "/",
  max_session_duration: 3600,
  hostname: "app.terraform.io",
};

/** The environment's Terraform, except for others' defaults and the digest, which covers them. */
function terraformOf(environment: object): unknown {
  const whole = { account: "111122223333", region: "us-east-1", ...environment };
  const { test = "" } = synthesize(JSON.stringify({ environments: { test: whole } }));
  return JSON.parse(test, (key, value) => (value === OTHERS[key] || key === "support_app_digest" ? undefined : value));
}

test("every default that the schema names is what applies without the key", () => {
  const tried = DEFAULTS.flatMap(([level, environment]) => {
    const { properties }: Schema = environmentsJsonSchema();
    const all = properties?.environments?.additionalProperties;
    const inside = level === undefined ? all : all?.properties?.[level];
    const schema = inside?.oneOf?.find((one) => one.properties?.type?.const === environment.backend?.type) ?? inside;
    return Object.entries(schema?.properties ?? {}).flatMap(([key, { default: value }]) => {
      if (value === undefined) return [];
      const withKey = level === undefined ? { [key]: value } : { [level]: { ...environment[level], [key]: value } };
      const written = terraformOf({ ...environment, ...withKey });
      expect({ key, written }).toEqual({ key, written: terraformOf(environment) });
      return [key];
    });
  });
  expect(tried).toEqual(
    expect.arrayContaining(["policy", "service-quotas-role", "path", "prefix", "workspace-prefix", "backend"]),
  );
});

test("the file of every rule fits the schema of rules, and has every key of it", () => {
  expect(rulesSchema.safeParse(EVERY_RULE).success).toBe(true);
  const { properties } = JSON.parse(JSON.stringify(rulesJsonSchema())).properties.all;
  expect(Object.keys(EVERY_RULE.all)).toEqual(Object.keys(properties));
});
