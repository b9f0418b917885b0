import { z } from "zod";
import { LEVELS } from "../../modules/support-app/model/access-level";
import { ENVIRONMENT_NAME } from "../../modules/support-app/model/limits";
import { oneOf } from "../../modules/support-app/model/problem";
import {
  ACCESS_PROPERTIES,
  ENVIRONMENT_PROPERTIES,
  type KeyOf,
  keyOf,
  type Properties,
  type Property,
  SHARED_PROPERTIES,
  SLACK_PROPERTIES,
  type Value,
  type ValueOf,
  wordsOf,
} from "../../modules/support-app/model/properties";
import { choice, end, flag, integer, list, mapping, namedBy, tags, text } from "../yaml/schema-values";
import { suggestion } from "../yaml/suggestion";

export { ENVIRONMENT_NAME, REGIONS, type Region } from "../../modules/support-app/model/limits";

/*
 * Every message here continues the sentence "received …, expected …", which the loader begins.
 */

/** The schemas of properties, by their keys in the file. */
type Shape<P> = { [Name in keyof P as KeyOf<Name & string>]: z.ZodType<ValueOf<P[Name]>> };

function shapeOf<P extends Properties>(properties: P): Shape<P> {
  return Object.fromEntries(
    Object.entries(properties).map(([property, value]) => [keyOf(property), schemaOf(value)]),
  ) as Shape<P>;
}

/** The schema of a value in the file. */
function schemaOf<V extends Value>(value: V): z.ZodType<ValueOf<V>>;
function schemaOf(value: Value): z.ZodType {
  const words = wordsInFile(value);
  switch (value.kind) {
    case "text":
      return text(value.limit, words, value.byDefault);
    case "end":
      return end(words);
    case "choice":
      return choice(value.of, words, value);
    case "integer":
      return integer(value.limit, words, value.byDefault);
    case "flag":
      return flag(words);
    case "tags":
      return tags(words);
    case "list": {
      const expected = value.example === undefined ? value.expected : `${value.expected}, such as ${value.example}`;
      return list(schemaOf(value.item), expected, value.max, value.atMost, words);
    }
    case "mapping":
      return mapping(...partsOf(value.properties), words);
    case "variants":
      return variantsOf(value);
  }
}

/** Its words, with the default where each access level has another one. */
function wordsInFile(value: Value & Pick<Property, "note">): string {
  const byLevel = value.kind === "text" ? value.byLevel : undefined;
  const byDefault = byLevel && `Default: ${LEVELS.map((level) => byLevel[level]).join(" or ")}.`;
  return [wordsOf(value, keyOf), value.note, byDefault].filter(Boolean).join(" ");
}

/** The schemas of the keys that a mapping must have, and of those that it may have. */
function partsOf(properties: Properties): [required: z.ZodRawShape, optional: z.ZodRawShape] {
  const part = (isRequired: boolean) =>
    shapeOf(
      Object.fromEntries(
        Object.entries(properties).filter(([, property]) => (property.required ?? false) === isRequired),
      ),
    );
  return [part(true), part(false)];
}

function variantsOf({ of: variants, words, byDefault }: Extract<Value, { kind: "variants" }>): z.ZodType {
  const types = Object.keys(variants);
  const options = Object.entries(variants).map(([type, variant]) => {
    const [required, optional] = partsOf(variant.properties);
    return mapping({ type: z.literal(type), ...required }, optional, variant.words);
  });
  const error: z.core.$ZodErrorMap = (issue) =>
    issue.code === "invalid_union"
      ? oneOf(types) + suggestion((issue.input as { type?: unknown }).type, types)
      : `a mapping whose type is ${oneOf(types)}`;
  return z
    .discriminatedUnion("type", options as [(typeof options)[number]], { error })
    .meta({ description: words, default: byDefault });
}

/** What is required of a channel in Slack, in rules.yaml, too. */
export const slackRules = shapeOf(SLACK_PROPERTIES);

/** Without channels: each would be in every account with the access level, and a new account would open its cases to people by accident. */
function accessDefaults(level: string) {
  return mapping(
    {},
    shapeOf(ACCESS_PROPERTIES),
    `Defaults of ${level} access, key by key; tags add up. They don't give any environment ${level} access: each one that needs it sets \`${level}: {}\`. They have no channels, so that a new account never opens its cases to a channel by accident.`,
  );
}

const defaults = mapping(
  {},
  { ...shapeOf(SHARED_PROPERTIES), "read-only": accessDefaults("read-only"), full: accessDefaults("full") },
  "Values for every environment that doesn't set them itself.",
);

const environment = schemaOf({
  kind: "mapping",
  properties: ENVIRONMENT_PROPERTIES,
  words: "One AWS account in one region: one Terraform stack.",
});

/** The schema of environments.yaml: each value on its own. The loader checks how they fit together. */
export const environmentsSchema = z
  .strictObject(
    {
      defaults: defaults.optional(),
      environments: namedBy(
        ENVIRONMENT_NAME,
        environment,
        "a mapping of environment names to environments",
        "at least one environment",
      ).meta({ description: `The environments by name. Each name: ${ENVIRONMENT_NAME.expected}.` }),
    },
    { error: "a mapping with environments" },
  )
  .meta({ description: "What each Slack channel can do in the AWS Support App, by AWS account." });

/** environments.yaml as it is written. */
export type EnvironmentsFile = z.infer<typeof environmentsSchema>;

/** The defaults as they are written. */
export type Defaults = NonNullable<EnvironmentsFile["defaults"]>;

/** One environment as it is written. */
export type EnvironmentEntry = EnvironmentsFile["environments"][string];

/** One access level of an environment as it is written. */
export type AccessEntry = NonNullable<EnvironmentEntry["full"]>;

/** One channel as it is written. */
export type ChannelEntry = NonNullable<AccessEntry["channels"]>[number];

/** Where the state is kept, as it is written. */
export type BackendEntry = NonNullable<EnvironmentEntry["backend"]>;

/** The JSON Schema of environments.yaml, for editors. */
export function environmentsJsonSchema(): object {
  return z.toJSONSchema(environmentsSchema, { target: "draft-7", io: "input" });
}
