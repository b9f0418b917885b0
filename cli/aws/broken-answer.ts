/**
 * An answer that isn't from AWS, or lacks what AWS promises. The message names the received and the expected value.
 */
export class BrokenAnswer extends Error {}

/**
 * A part of an answer. The SDK reads a login page as an answer that lacks everything.
 *
 * @throws BrokenAnswer when it isn't there
 */
export function promised<T extends object, Name extends keyof T & string>(answer: T, name: Name): NonNullable<T[Name]> {
  const part = answer[name];
  if (part !== undefined && part !== null && part !== "") return part;
  throw new BrokenAnswer(`received nothing as ${name}, expected what AWS documents`);
}
