import { BrokenAnswer } from "./broken-answer";

export interface Page<T> {
  readonly items: readonly T[];
  /** Token of the next page. Undefined: this is the last one. */
  readonly next?: string | undefined;
}

/** Maximum number of pages of an account: none has more than 10,000 roles, and a page has 100 of them. */
const MAX_PAGES = 100;

/**
 * All items of a list that has several pages.
 *
 * @throws BrokenAnswer when the pages don't end
 */
export async function everyPage<T>(
  ask: (token: string | undefined) => Promise<Page<T>>,
  maxPages = MAX_PAGES,
): Promise<T[]> {
  const elements: T[] = [];
  const tokens = new Set<string>();
  for (let token: string | undefined; tokens.size < maxPages; ) {
    const { items, next } = await ask(token);
    for (const item of items) elements.push(item); // push(...items) would exceed the limit of arguments
    if (next === undefined) return elements;
    if (tokens.has(next)) throw new BrokenAnswer("received a page that leads back to an earlier one, expected an end");
    tokens.add(next);
    token = next;
  }
  throw new BrokenAnswer(`received more than ${maxPages} pages, expected an end`);
}
