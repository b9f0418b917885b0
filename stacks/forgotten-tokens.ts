/** Where CDKTF keeps every token that was ever made, and through them every stack. */
interface TokenMap {
  readonly stringTokenMap?: unknown;
  readonly numberTokenMap?: unknown;
}

/**
 * Runs something, and lets go of the tokens that were made for it: CDKTF keeps them, and everything that they are of, as long as the process lives.
 * For what hands no token on. A CDKTF that keeps them elsewhere goes on keeping them.
 * See docs/decisions/0028-stacks-are-let-go.md.
 */
export function forgettingTokens<T>(run: () => T): T {
  const { stringTokenMap, numberTokenMap }: TokenMap = Reflect.get(globalThis, "__cdktfTokenMap") ?? {};
  const maps = [stringTokenMap, numberTokenMap].filter((map) => map instanceof Map);
  const before = maps.map((map) => map.size);
  try {
    return run();
  } finally {
    for (const [index, map] of maps.entries()) {
      for (const key of [...map.keys()].slice(before[index])) map.delete(key); // a map keeps the order in which it was filled
    }
  }
}
