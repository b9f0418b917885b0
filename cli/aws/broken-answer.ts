import { describe } from "../../modules/support-app/model/problem";

/** An answer that isn't from AWS, or lacks what AWS promises. The message names the received and the expected value. */
export class BrokenAnswer extends Error {}

/**
 * A part of an answer. The SDK reads a login page as an answer that lacks everything.
 *
 * @throws BrokenAnswer when it isn't there
 */
export function requireField<T extends object, Name extends keyof T & string>(
  answer: T,
  name: Name,
): NonNullable<T[Name]> {
  const part = answer[name];
  if (part !== undefined && part !== null && part !== "") return part;
  throw new BrokenAnswer(`received nothing as ${name}, expected what AWS documents`);
}

/**
 * Checks the part of an answer that repeats what was asked about. IAM ignores the case of names.
 *
 * @returns the answer
 * @throws BrokenAnswer when the answer is about something else
 */
export function requireAnswerAbout<T extends object, Name extends keyof T & string>(
  answer: T,
  name: Name,
  requested: string,
): T {
  const part = answer[name];
  if (part === undefined || String(part).toLowerCase() === requested.toLowerCase()) return answer;
  throw new BrokenAnswer(`received ${describe(part)} as ${name}, expected ${describe(requested)}`);
}
