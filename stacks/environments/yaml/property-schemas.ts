import * as z from "zod";
import { oneOf } from "../../../common/problem";
import { LEVELS } from "../../../modules/support-app/model/access-level";
import {
  type KeyOf,
  keyOf,
  type Properties,
  type Property,
  type Value,
  type ValueOf,
  wordsOf,
} from "../../../modules/support-app/model/properties";
import { choice, demand, end, flag, integer, mapping, namedBy, sequence, tags, text } from "./schema-values";
import { suggestion } from "./suggestion";

/*
 * The schemas of the model's properties as the YAML files have them.
 */

type Shape<P> = { [Name in keyof P as KeyOf<Name & string>]: z.ZodType<ValueOf<P[Name]>> };

/** The schemas of properties, by their keys in the file. */
export function shapeOf<P extends Properties>(properties: P): Shape<P> {
  return untypedShapeOf(properties) as Shape<P>;
}

function untypedShapeOf(properties: Properties): z.ZodRawShape {
  return Object.fromEntries(
    Object.entries(properties).map(([property, value]) => [keyOf(property), untypedSchemaOf(value)]),
  );
}

/** The schema of a value in the file. */
export function schemaOf<V extends Value>(value: V): z.ZodType<ValueOf<V>> {
  return untypedSchemaOf(value) as z.ZodType<ValueOf<V>>;
}

function untypedSchemaOf(value: Value): z.ZodType {
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
    case "demand":
      return demand(value.of, words);
    case "tags":
      return tags(words);
    case "list": {
      const expected = value.example === undefined ? value.expected : `${value.expected}, such as ${value.example}`;
      return sequence(untypedSchemaOf(value.item), expected, value.max, value.atMost, words);
    }
    case "mapping": {
      const whole = mapping(...partsOf(value.properties), words);
      if (value.shorthand === undefined) return whole;
      const short = untypedSchemaOf({ ...value.properties[value.shorthand], words } as Value);
      return z
        .union([short, whole])
        .meta({ description: `${short.description} Or a mapping, for more than the ${keyOf(value.shorthand)}.` });
    }
    case "names":
      return namedBy(value.limit, untypedSchemaOf(value.item), value.expected, value.atLeast).meta({
        description: `${words} Each name: ${value.limit.expected}.`,
      });
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
    untypedShapeOf(
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
