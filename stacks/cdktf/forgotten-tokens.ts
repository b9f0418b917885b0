/**
 * Runs something, and then forgets the tokens that it has created: CDKTF would keep them, and everything that they
 * refer to, until the process ends. The result must not contain tokens. A version of CDKTF that keeps them elsewhere
 * still does.
 * See docs/decisions/0003-inside-cdktf.md.
 */
export function forgettingTokens<T>(run: () => T): T {
  const cdktf: Record<string, unknown> = Reflect.get(globalThis, "__cdktfTokenMap") ?? {};
  const maps = Object.entries(cdktf).filter(([, map]) => map instanceof Map) as [string, Map<unknown, unknown>][];
  // Copies: a long-lived map that grows and shrinks holds what it had until V8 collects all garbage, which is seldom.
  for (const [name, map] of maps) cdktf[name] = new Map(map);
  try {
    return run();
  } finally {
    Object.assign(cdktf, Object.fromEntries(maps));
  }
}
