import type { z } from "zod";
import { describe, pathInWords } from "../../modules/support-app/model/problem";

/**
 * An answer that isn't from AWS, or lacks what AWS promises. The message names the received and the expected value.
 */
export class BrokenAnswer extends Error {}

/**
 * A part of an answer. The SDK reads a login page as an answer that lacks everything.
 *
 * @throws BrokenAnswer when it isn't there
 */
export function promised<T>(part: T, name: string): NonNullable<T> {
  if (part !== undefined && part !== null && part !== "") return part;
  throw new BrokenAnswer(`received nothing as ${name}, expected what AWS documents`);
}

/** Words for the expected types. */
const TYPES: Readonly<Record<string, string>> = {
  array: "a list",
  boolean: "true or false",
  object: "a mapping",
  string: "a text",
};

/**
 * Parses an answer that no SDK has parsed.
 *
 * @param schema what is promised; each of its errors about more than a type names the expected value
 * @throws BrokenAnswer when the answer doesn't match the schema
 */
export function expectAnswer<T>(schema: z.ZodType<T>, answer: unknown): T {
  const read = schema.safeParse(answer, {
    error: (issue) => (issue.code === "invalid_type" ? TYPES[issue.expected] : undefined),
  });
  if (read.success) return read.data;
  const { path = [], message = "" } = read.error.issues[0] ?? {};
  const steps = path.map((step) => (typeof step === "symbol" ? String(step) : step));
  let received = answer;
  for (const step of steps) received = Object(received)[step];
  const where = steps.length === 0 ? "" : ` as ${pathInWords(steps)}`;
  throw new BrokenAnswer(`received ${describe(received)}${where}, expected ${message}`);
}
