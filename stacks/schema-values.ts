import { z } from "zod";
import type { TextLimit } from "../modules/support-app/limits";
import { oneOf } from "../modules/support-app/problem";
import { suggestion } from "./suggestion";

/*
 * Kinds of values in the YAML files. Every message here continues the sentence "received …, expected …", which the loader begins.
 */

/** A string. A number or a boolean isn't one: it needs quotes. */
export function text(limit: TextLimit, description: string) {
  const isScalar = (input: unknown) => ["number", "boolean"].includes(typeof input);
  return z
    .string({ error: ({ input }) => `${limit.expected}${isScalar(input) ? ", in quotes" : ""}` })
    .regex(limit.pattern)
    .meta({ description: `${description} Expected: ${limit.expected}.` });
}

/** One of some words. */
export function choice<const T extends readonly string[]>(choices: T, description: string, expected = oneOf(choices)) {
  return z.enum(choices, { error: ({ input }) => expected + suggestion(input, choices) }).meta({ description });
}

/** A list. If it is too long, the problems of its items are reported, too. */
export function list<T extends z.ZodType>(item: T, expected: string, max: number, atMost: string, description: string) {
  return z
    .array(item, { error: expected })
    .refine(({ length }) => length <= max, {
      error: `at most ${max} ${atMost}`,
      when: ({ value }) => Array.isArray(value),
    })
    .meta({ description, maxItems: max });
}

/** True or false. */
export function flag(description: string) {
  return z.boolean({ error: "true or false" }).meta({ description });
}

/** A mapping of known keys. */
export function mapping<T extends z.ZodRawShape>(shape: T, description: string) {
  const keys = Object.keys(shape);
  const required = keys.filter((key) => !(shape[key] instanceof z.ZodOptional));
  const expected = required.length > 0 ? `a mapping with ${listed(required)}` : "a mapping; if it is empty, write {}";
  return z.strictObject(shape, { error: expected }).meta({ description });
}

/** The keys in words. */
function listed(keys: readonly string[]): string {
  return keys.join(", ").replace(/, ([^,]*)$/, " and $1");
}
