/**
 * Runs something, and then forgets the tokens that it has created: CDKTF would keep them, and everything that they
 * refer to, until the process ends. Saves a third of the memory at 5,000 environments. The result must not contain tokens. A version of
 * CDKTF that keeps them elsewhere still does.
 * See docs/decisions/0003-inside-cdktf.md.
 */
export function forgettingTokens<T>(run: () => T): T {
  const cdktf: object = Reflect.get(globalThis, "__cdktfTokenMap") ?? {};
  const maps = Object.entries(cdktf).filter(([, map]) => map instanceof Map) as [string, Map<unknown, unknown>][];
  // Copies: a long-lived map that grows and shrinks holds what it had until V8 collects all garbage, which is seldom.
  for (const [name, map] of maps) Reflect.set(cdktf, name, new Map(map));
  try {
    return run();
  } finally {
    for (const [name, map] of maps) Reflect.set(cdktf, name, map);
  }
}
