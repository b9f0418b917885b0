import { accessOf, LEVELS, unsetOf } from "../../stacks/environments/environment";
import type { AccessEntry, Defaults, EnvironmentEntry } from "../../stacks/environments/environments-schema";
import { CommandError } from "../terminal/command-error";

/**
 * An environment that overrides every default that would change it, so that defaults have no effect on it. Except for
 * tags, which are merged; the report names them.
 *
 * @throws CommandError when a default sets something that an environment can't unset
 */
export function besideDefaults(entry: EnvironmentEntry, defaults: Defaults): EnvironmentEntry {
  const levels = LEVELS.flatMap((level) => {
    const own = entry[level];
    const access = accessOf(level, entry, defaults);
    if (own === undefined || access === undefined) return [];
    const unset = unsetOf(level);
    const taken = (Object.keys(access) as (keyof AccessEntry)[]).filter((key) => !(key in own) && key !== "tags");
    const fixed = taken.find((key) => !(key in unset));
    if (fixed !== undefined) {
      throw new CommandError(
        `Received defaults with ${fixed} of ${level}, which the role doesn't have and an environment can't unset, expected defaults that leave the account as it is. Nothing was written. Move ${fixed} from the defaults into the environments that have it.`,
      );
    }
    const stated = Object.fromEntries(taken.map((key) => [key, unset[key]]));
    return [[level, { ...own, ...stated }]];
  });
  return { ...entry, ...Object.fromEntries(levels) };
}
