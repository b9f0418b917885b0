import { BrokenAnswer } from "./broken-answer";

/** One page of a list. */
export interface Page<T> {
  readonly items: readonly T[];
  /** What asks for the next one. Undefined: it is the last. */
  readonly next?: string;
}

/** Most pages of a list: no account has more than 10,000 roles, and a page has 100 of them. */
const MAX_PAGES = 100;

/**
 * Everything that the pages of a list hold.
 *
 * @param most how many pages there may be
 * @throws BrokenAnswer where the pages don't end
 */
export async function everyPage<T>(
  ask: (token: string | undefined) => Promise<Page<T>>,
  most = MAX_PAGES,
): Promise<T[]> {
  const found: T[] = [];
  const tokens = new Set<string>();
  for (let token: string | undefined; ; ) {
    const { items, next } = await ask(token);
    for (const item of items) found.push(item); // there may be more than a call takes arguments
    if (next === undefined) return found;
    if (tokens.has(next)) throw new BrokenAnswer("received a page that leads back to an earlier one, expected an end");
    token = next;
    tokens.add(next);
    if (tokens.size === most) throw new BrokenAnswer(`received more than ${most} pages, expected an end`);
  }
}
