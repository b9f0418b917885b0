/** Records the first owner of a key. Returns that owner to everyone who claims the key later. */
export function duplicateOf<Key, Owner>(owners: Map<Key, Owner>, key: Key, owner: Owner): Owner | undefined {
  const first = owners.get(key);
  if (first === undefined) owners.set(key, owner);
  return first;
}
