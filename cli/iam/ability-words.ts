import { actionsOf, CAPABILITIES, type Capability } from "../../modules/support-app/model/capability";
import { listed } from "../../stacks/listed";
import { statementsFrom } from "./condition";
import { excessOf } from "./excess";
import type { Statement, Targets } from "./policy";
import { reachOfAll } from "./reach";
import { spelled } from "./spelling";

/** Maximum number of actions that a sentence lists: AWS's ReadOnlyAccess has more than a thousand. */
const MAX_ACTIONS = 20;

/** Actions in words: at most twenty, and how many more there are. */
export function actionsWords(all: readonly Targets[], spell: (action: string) => string = spelled): string {
  const words = all.flatMap(({ not, patterns }) =>
    not
      ? [`all but ${listed(patterns.map(spell), MAX_ACTIONS) || "nothing"}`]
      : patterns.length === 0
        ? ["nothing"]
        : patterns.map(spell),
  );
  return listed(words, MAX_ACTIONS);
}

/** What people in the channels of a role can do. */
export interface Ability {
  readonly capabilities: readonly Capability[];
  /** What else they can call. */
  readonly calls: readonly Targets[];
}

/**
 * What people in the channels of a role can do. Something that depends on a condition counts.
 *
 * @param own the statements of the role's policies
 * @param boundary the statements of its permissions boundary. Undefined: it has none
 * @param now the current time, as `2027-01-01T00:00:00Z`
 */
export function abilityOf(own: readonly Statement[], boundary: readonly Statement[] | undefined, now: string): Ability {
  const isAllowed = mayCall(own, boundary, now);
  const capabilities = CAPABILITIES.filter((capability) => isAllowed(actionsOf([capability])));
  const others = actionsOf(CAPABILITIES.filter((one) => !capabilities.includes(one))).filter((one) => isAllowed([one]));
  const excess = excessOf(own, boundary, now);
  return { capabilities, calls: [...others.map((action) => ({ not: false, patterns: [action] })), ...excess] };
}

/** What people can do, to follow "can". */
export function abilityWords({ capabilities, calls }: Ability): string {
  if (calls.some(isEverything)) return "do everything";
  return [...capabilities, ...(calls.length === 0 ? [] : [`call ${actionsWords(calls)}`])].join(", ") || "do nothing";
}

/** Whether people in the channels of a role can call an action of the Support App that isn't a read, at least sometimes. */
export function canWrite(...rights: Parameters<typeof mayCall>): boolean {
  const isAllowed = mayCall(...rights);
  return actionsOf(CAPABILITIES).some((action) => !/:(Describe|Get)/.test(action) && isAllowed([action]));
}

/** Whether all of some actions are allowed, at least sometimes. */
function mayCall(own: readonly Statement[], boundary: readonly Statement[] | undefined, now: string) {
  const inForce = [own, ...(boundary === undefined ? [] : [boundary])].map((all) => statementsFrom(all, now));
  return (actions: readonly string[]) => inForce.every((statements) => reachOfAll(statements, actions) !== "never");
}

/** Whether targets are every action. */
export function isEverything({ not, patterns }: Targets): boolean {
  return !not && patterns.every((pattern) => /^[*:]+$/.test(pattern));
}
