/**
 * Runs something, and then removes the tokens that it has created: CDKTF would keep them, and everything that they
 * refer to, until the process ends. The result must not contain tokens. A version of CDKTF that keeps them elsewhere
 * still does.
 * See docs/decisions/0003-inside-cdktf.md.
 */
export function forgettingTokens<T>(run: () => T): T {
  const maps = Object.values(Reflect.get(globalThis, "__cdktfTokenMap") ?? {}).filter((map) => map instanceof Map);
  const before = maps.map((map) => map.size);
  try {
    return run();
  } finally {
    for (const [index, map] of maps.entries()) {
      for (const key of [...map.keys()].slice(before[index])) map.delete(key); // a map keeps the order in which it was filled
    }
  }
}
