import { allowedBeyond } from "./allowed-beyond";
import { isAboutAction } from "./authorize";
import { endsIn, statementsAt } from "./condition";
import { ALLOW_ALL, ANYTHING, type Statement } from "./policy";

/**
 * Whether something is allowed. `sometimes`: under conditions, or for some resources. `until`: always before that second, and
 * never from then on.
 */
export type Reach = "always" | "sometimes" | "never" | { readonly until: string };

/** Earlier than every end, as text. */
const FIRST = "";

/** Later than every end, as text. */
const NO_END = "~";

/** Whether a role's statements allow an action. */
export function reachOf(statements: readonly Statement[], action: string): Reach {
  const statementsOfAction = statements.filter((statement) => isAboutAction(statement, action));
  const ends = endsIn(statementsOfAction);
  const reachAt = (time: string) => reachWithoutEnds(statementsAt(statementsOfAction, time));
  const first = reachAt(FIRST);
  const reaches = ends.map(reachAt);
  const changeIndex = reaches.findIndex((reach) => reach !== first);
  const until = ends[changeIndex];
  if (until === undefined) return first;
  const isEnding = first === "always" && reaches.slice(changeIndex).every((reach) => reach === "never");
  return isEnding ? { until } : "sometimes";
}

/** Whether statements about one action allow it. The statements have no ends. */
function reachWithoutEnds(statementsOfAction: readonly Statement[]): "always" | "sometimes" | "never" {
  const statements = statementsOfAction.map((statement) => ({ ...statement, actions: ANYTHING }));
  if (allowedBeyond(statements, []).length === 0) return "never";
  return allowedBeyond([ALLOW_ALL], statements).length === 0 ? "always" : "sometimes";
}

/** Whether a role's statements allow all of the actions. */
export function reachOfAll(statements: readonly Statement[], actions: readonly string[]): Reach {
  return shortestOf(actions.map((action) => reachOf(statements, action)));
}

/**
 * The combined reach: `never` if one is never, `sometimes` if one is sometimes, otherwise until the first end.
 */
export function shortestOf(reaches: readonly Reach[]): Reach {
  if (reaches.includes("never")) return "never";
  return reaches.reduce<Reach>(
    (shortest, reach) => (reachRank(reach) < reachRank(shortest) ? reach : shortest),
    "always",
  );
}

/** Whether something is allowed unconditionally, always or until an end. */
export function isGiven(reach: Reach): boolean {
  return reach === "always" || hasEnd(reach);
}

export function hasEnd(reach: Reach): reach is Exclude<Reach, string> {
  return typeof reach === "object";
}

/** A text that sorts by how long something is allowed. */
export function reachRank(reach: Reach): string {
  if (hasEnd(reach)) return reach.until;
  return reach === "always" ? NO_END : FIRST;
}
