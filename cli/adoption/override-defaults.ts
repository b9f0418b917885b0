import { accessEntryOf, ownersIn, unsetOf, withAccesses, writtenAccess } from "../../stacks/environments/environment";
import type { AccessEntry, Defaults, EnvironmentEntry } from "../../stacks/environments/environments-schema";
import { CommandError } from "../terminal/command-error";

/**
 * An environment that overrides every default that would change it, so that defaults have no effect on it. Except for
 * tags, which are merged; the report names them.
 *
 * @throws CommandError when a default sets something that an environment can't unset
 */
export function overrideDefaults(entry: EnvironmentEntry, defaults: Defaults): EnvironmentEntry {
  const accesses = ownersIn(entry).flatMap((owner) => {
    const ownEntry = writtenAccess(owner, entry);
    const access = accessEntryOf(owner, entry, defaults);
    if (ownEntry === undefined || access === undefined) return [];
    const unsetValues = unsetOf(owner.access);
    const inheritedKeys = (Object.keys(access) as (keyof AccessEntry)[]).filter(
      (key) => !(key in ownEntry) && key !== "tags",
    );
    const unsettableKey = inheritedKeys.find((key) => !(key in unsetValues));
    if (unsettableKey !== undefined) {
      throw new CommandError(
        `Received defaults with ${unsettableKey} of ${owner.access}, which the role doesn't have and an environment can't unset, expected defaults that leave the account as it is. Nothing was written. Move ${unsettableKey} from the defaults into the environments that have it.`,
      );
    }
    const statedDefaults = Object.fromEntries(inheritedKeys.map((key) => [key, unsetValues[key]]));
    return [[owner, { ...ownEntry, ...statedDefaults }] as const];
  });
  return { ...entry, ...withAccesses(accesses) };
}
