/** What stands under the same key before and after, in the order of the keys. */
export function paired<T>(
  before: ReadonlyMap<string, T>,
  after: ReadonlyMap<string, T>,
): (readonly [key: string, before: T | undefined, after: T | undefined])[] {
  const keys = [...new Set([...before.keys(), ...after.keys()])].sort();
  return keys.map((key) => [key, before.get(key), after.get(key)]);
}
