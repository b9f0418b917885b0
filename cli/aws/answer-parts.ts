import { BrokenAnswer } from "../../common/broken-answer";
import type { Page } from "../../common/every-page";
import { describe } from "../../common/problem";

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

/**
 * A page of a list in an answer.
 *
 * @throws BrokenAnswer when it isn't a list
 */
export function pageOf<T, K extends string>(
  answer: { readonly [name in K]?: T[] | undefined } & { readonly NextToken?: string | undefined },
  name: K,
): Page<T> {
  const items: unknown = requireField(answer, name);
  if (!Array.isArray(items)) throw new BrokenAnswer(`received ${describe(items)} as ${name}, expected a list`);
  return { items, next: answer.NextToken || undefined };
}

/**
 * A page of a list in an answer of IAM.
 *
 * @throws BrokenAnswer when it isn't a list, or goes on without saying where
 */
export function iamPageOf<T, K extends string>(
  answer: { readonly [name in K]?: T[] | undefined } & { readonly IsTruncated?: boolean; readonly Marker?: string },
  name: K,
): Page<T> {
  const { items } = pageOf<T, K>(answer, name);
  return { items, next: answer.IsTruncated || answer.Marker ? requireField(answer, "Marker") : undefined };
}
