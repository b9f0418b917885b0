import type { z } from "zod";
import { describe, pathInWords } from "../../modules/support-app/model/problem";

/**
 * An answer that isn't from AWS, or lacks what AWS promises. The message says what was received and what was expected.
 */
export class BrokenAnswer extends Error {}

/**
 * Parses an answer.
 *
 * @param schema what AWS promises; each of its errors says what was expected
 * @param inWords words for a received value; default: the value itself
 * @throws BrokenAnswer when the answer doesn't match the schema
 */
export function expectAnswer<T>(
  schema: z.ZodType<T>,
  answer: unknown,
  inWords: (received: unknown) => string = describe,
): T {
  const read = schema.safeParse(answer);
  if (read.success) return read.data;
  const { path = [], message = "" } = read.error.issues[0] ?? {};
  const steps = path.map((step) => (typeof step === "symbol" ? String(step) : step));
  let received = answer;
  for (const step of steps) received = Object(received)[step];
  throw new BrokenAnswer(`received ${inWords(received)} as ${pathInWords(steps)}, expected ${message}`);
}
