import { ACCESS_LEVELS, type AccessLevel } from "../../modules/support-app/access-level";
import { accessOf, LEVELS } from "../../stacks/environment";
import type { AccessEntry, Defaults, EnvironmentEntry } from "../../stacks/environments-schema";
import { CommandError } from "../command-error";

/**
 * An environment that says itself what the defaults would change of it, so that it is with them what it is without. Tags add up, which the
 * report tells.
 *
 * @throws CommandError where a default sets what an environment can't unset
 */
export function besideDefaults(entry: EnvironmentEntry, defaults: Defaults): EnvironmentEntry {
  const levels = LEVELS.flatMap((level) => {
    const own = entry[level];
    const access = accessOf(level, entry, defaults);
    if (own === undefined || access === undefined) return [];
    const unset = unsetOf(level);
    const taken = (Object.keys(access) as (keyof AccessEntry)[]).filter((key) => !(key in own) && key !== "tags");
    for (const key of taken) if (!(key in unset)) throw new CommandError(cantUnset(level, key));
    const stated = Object.fromEntries(taken.map((key) => [key, unset[key]]));
    return [[level, { ...own, ...stated }]];
  });
  return { ...entry, ...Object.fromEntries(levels) };
}

/** What says as much as nothing does where there are no defaults. Sources: the properties of SupportAppAccess; for the session, IAM API Reference, CreateRole. */
function unsetOf(level: AccessLevel): Partial<AccessEntry> {
  const { roleName, policyName } = ACCESS_LEVELS[level];
  return {
    without: [],
    policy: "customer-managed",
    temporarily: [],
    "service-quotas-role": "on-demand",
    "role-name": roleName,
    "policy-name": policyName,
    path: "/",
    "max-session-duration": 3600,
    adopt: false,
    "source-account-condition": false,
  };
}

function cantUnset(level: AccessLevel, key: string): string {
  return `Received defaults with ${key === "until" ? "an" : "a"} ${key} of ${level}, which the role doesn't have and an environment can't unset, expected defaults that leave the account as it is. Nothing was written. Move ${key} from the defaults into the environments that have it.`;
}
