import * as z from "zod";
import { oneOf } from "../../../common/problem";
import {
  type IntegerLimit,
  MAX_TAGS,
  TAG_KEY,
  TAG_VALUE,
  type TextLimit,
} from "../../../modules/support-app/model/limits";
import { UNTIL } from "../../../modules/support-app/model/until";
import { suggestion } from "./suggestion";

/*
 * Kinds of values in the YAML files. Every message here continues the sentence "received …, expected …", which the loader begins.
 * A default is for editors and the reference only: the stacks apply it elsewhere.
 */

/** A string. A number or a boolean isn't one: it needs quotes. */
export function text(limit: TextLimit, description: string, byDefault?: string) {
  const isScalar = (input: unknown) => ["number", "boolean"].includes(typeof input);
  return z
    .string({ error: ({ input }) => `${limit.expected}${isScalar(input) ? ", in quotes" : ""}` })
    .regex(limit.pattern)
    .meta(metaOf(`${description} Expected: ${limit.expected}.`, byDefault));
}

/** When access ends. An unquoted day is a string in YAML 1.2. A number isn't one. */
export function end(description: string) {
  return z
    .string({ error: UNTIL.expected })
    .regex(UNTIL.pattern)
    .meta({ description: `${description} Expected: ${UNTIL.expected}. A day ends in UTC.` });
}

/** One of some words. */
export function choice<const T extends readonly string[]>(
  choices: T,
  description: string,
  { expected = oneOf(choices), byDefault }: { expected?: string; byDefault?: T[number] } = {},
) {
  const error = ({ input }: { input?: unknown }) => expected + suggestion(input, choices);
  return z.enum(choices, { error }).meta(metaOf(description, byDefault));
}

function metaOf(description: string, byDefault: unknown) {
  return byDefault === undefined ? { description } : { description, default: byDefault };
}

/** A list. If it is too long, the problems of its items are reported, too. */
export function sequence<T extends z.ZodType>(
  item: T,
  expected: string,
  max: number,
  atMost: string,
  description: string,
) {
  return z
    .array(item, { error: expected })
    .refine(({ length }) => length <= max, {
      error: `at most ${max} ${atMost}`,
      when: ({ value }) => Array.isArray(value),
    })
    .meta({ description, maxItems: max });
}

/** True or false, which is the default. */
export function flag(description: string) {
  return z.boolean({ error: "true or false" }).meta({ description, default: false });
}

/** The only value that says something. */
export function demand<const Demanded extends boolean>(demanded: Demanded, description: string) {
  const error = `${demanded}. Leave it out if either is fine`;
  return z.literal(demanded, { error }).meta({ description });
}

/** A whole number. */
export function integer({ min, max, expected }: IntegerLimit, description: string, byDefault?: number) {
  return z
    .int({ error: `${expected}, without quotes` })
    .min(min, { error: expected })
    .max(max, { error: expected })
    .meta(metaOf(description, byDefault));
}

/** The value of a tag. */
export const tagValue = z
  .string({ error: `${TAG_VALUE.expected}, in quotes` })
  .regex(TAG_VALUE.pattern, { error: TAG_VALUE.expected });

/** Tags. */
export function tags(description: string) {
  return tagsOf(tagValue, "a mapping of tag keys to tag values", description);
}

/** Something by the keys of tags. */
export function tagsOf<T extends z.ZodType>(value: T, expected: string, description: string) {
  return z
    .record(z.string().regex(TAG_KEY.pattern, { error: TAG_KEY.expected }), value, { error: expected })
    .refine((tags) => Object.keys(tags).length <= MAX_TAGS, {
      error: `at most ${MAX_TAGS} tags, the IAM limit for a role or a policy`,
      when: ({ value }) => typeof value === "object" && value !== null,
    })
    .meta({ description, maxProperties: MAX_TAGS });
}

/** A mapping of keys that it must have, and of others that it may have. */
export function mapping<Required extends z.ZodRawShape, Optional extends z.ZodRawShape>(
  required: Required,
  optional: Optional,
  description: string,
) {
  const keys = Object.keys(required)
    .join(", ")
    .replace(/, ([^,]*)$/, " and $1");
  const error = keys === "" ? "a mapping; if it is empty, write {}" : `a mapping with ${keys}`;
  return z.strictObject({ ...required, ...z.object(optional).partial().shape }, { error }).meta({ description });
}

/** A mapping of names to values, at least one. */
export function namedBy<T extends z.ZodType>(limit: TextLimit, value: T, expected: string, atLeast: string) {
  return z
    .record(z.string().regex(limit.pattern, { error: limit.expected }), value, { error: expected })
    .refine((entries) => Object.keys(entries).length > 0, { error: atLeast });
}
