import { LEVELS } from "../../modules/support-app/model/access-level";
import { accessEntryOf, unsetOf } from "../../stacks/environments/environment";
import type { AccessEntry, Defaults, EnvironmentEntry } from "../../stacks/environments/environments-schema";
import { CommandError } from "../terminal/command-error";

/**
 * An environment that overrides every default that would change it, so that defaults have no effect on it. Except for
 * tags, which are merged; the report names them.
 *
 * @throws CommandError when a default sets something that an environment can't unset
 */
export function overrideDefaults(entry: EnvironmentEntry, defaults: Defaults): EnvironmentEntry {
  const levels = LEVELS.flatMap((level) => {
    const levelEntry = entry[level];
    const access = accessEntryOf(level, entry, defaults);
    if (levelEntry === undefined || access === undefined) return [];
    const unsetValues = unsetOf(level);
    const inheritedKeys = (Object.keys(access) as (keyof AccessEntry)[]).filter(
      (key) => !(key in levelEntry) && key !== "tags",
    );
    const unsettableKey = inheritedKeys.find((key) => !(key in unsetValues));
    if (unsettableKey !== undefined) {
      throw new CommandError(
        `Received defaults with ${unsettableKey} of ${level}, which the role doesn't have and an environment can't unset, expected defaults that leave the account as it is. Nothing was written. Move ${unsettableKey} from the defaults into the environments that have it.`,
      );
    }
    const statedDefaults = Object.fromEntries(inheritedKeys.map((key) => [key, unsetValues[key]]));
    return [[level, { ...levelEntry, ...statedDefaults }]];
  });
  return { ...entry, ...Object.fromEntries(levels) };
}
