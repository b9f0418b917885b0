/** Notes who is the first to have a key, and tells who was before. */
export function claim<Key, Owner>(owners: Map<Key, Owner>, key: Key, owner: Owner): Owner | undefined {
  const first = owners.get(key);
  if (first === undefined) owners.set(key, owner);
  return first;
}
