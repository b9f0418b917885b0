import { formatList } from "../../common/format-list";
import { actionsOf, CAPABILITIES, type Capability } from "../../modules/support-app/model/capability";
import { statementsFrom } from "./condition";
import { excessOf } from "./excess";
import type { Statement, Targets } from "./policy";
import { reachOfAll } from "./reach";
import { MAX_LISTED } from "./right-words";
import { awsSpelling } from "./spelling";

/** Actions in words: at most twenty, and how many more there are. */
export function actionsWords(targets: readonly Targets[], spell: (action: string) => string = awsSpelling): string {
  const words = targets.flatMap(({ not, patterns }) =>
    not
      ? [`all but ${formatList(patterns.map(spell), MAX_LISTED) || "nothing"}`]
      : patterns.length === 0
        ? ["nothing"]
        : patterns.map(spell),
  );
  return formatList(words, MAX_LISTED);
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
 * @param statements the statements of the role's policies
 * @param boundary the statements of its permissions boundary. Undefined: it has none
 * @param now the current time, as `2027-01-01T00:00:00Z`
 */
export function abilityOf(
  statements: readonly Statement[],
  boundary: readonly Statement[] | undefined,
  now: string,
): Ability {
  const isAllowed = mayCall(statements, boundary, now);
  const capabilities = CAPABILITIES.filter((capability) => isAllowed(actionsOf([capability])));
  const otherActions = actionsOf(CAPABILITIES.filter((capability) => !capabilities.includes(capability))).filter(
    (action) => isAllowed([action]),
  );
  const excess = excessOf(statements, boundary, now);
  return { capabilities, calls: [...otherActions.map((action) => ({ not: false, patterns: [action] })), ...excess] };
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
function mayCall(roleStatements: readonly Statement[], boundary: readonly Statement[] | undefined, now: string) {
  const inForce = [roleStatements, ...(boundary === undefined ? [] : [boundary])].map((group) =>
    statementsFrom(group, now),
  );
  return (actions: readonly string[]) => inForce.every((statements) => reachOfAll(statements, actions) !== "never");
}

/** Whether targets are every action. */
export function isEverything({ not, patterns }: Targets): boolean {
  return !not && patterns.every((pattern) => /^[*:]+$/.test(pattern));
}
