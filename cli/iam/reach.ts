import { isAboutAction } from "./authorize";
import { type LastingReach, lastingReachOf } from "./compare";
import type { Statement } from "./policy";
import { endsIn, statementsAt } from "./until";

/** Whether something is allowed: `until` is always before that second, and never from then on. */
export type Reach = LastingReach | { readonly until: string };

/** Earlier than every end, as text. */
const FIRST = "";

/** Later than every end, as text. */
const NO_END = "~";

/** Whether statements of a role allow an action. */
export function reachOf(statements: readonly Statement[], action: string): Reach {
  const about = statements.filter((statement) => isAboutAction(statement, action));
  const ends = endsIn(about);
  const reaches = [FIRST, ...ends].map((time) => lastingReachOf(statementsAt(about, time)));
  const [first = "never"] = reaches;
  const changed = reaches.findIndex((reach) => reach !== first);
  if (changed === -1) return first;
  const until = ends[changed - 1];
  const isEnding = first === "always" && reaches.slice(changed).every((reach) => reach === "never");
  return isEnding && until !== undefined ? { until } : "sometimes";
}

/** Whether statements of a role allow all of some actions, which they do as long as each is. */
export function reachOfAll(statements: readonly Statement[], actions: readonly string[]): Reach {
  return shortestOf(actions.map((action) => reachOf(statements, action)));
}

/** What holds of all: where one is never so, never; where one is sometimes so, sometimes; else until the first end. */
export function shortestOf(all: readonly Reach[]): Reach {
  if (all.includes("never")) return "never";
  if (all.includes("sometimes")) return "sometimes";
  return all.reduce<Reach>((one, other) => (rankOf(other) < rankOf(one) ? other : one), "always");
}

/** Whether something is allowed whatever the circumstances, as long as it hasn't ended. */
export function isGiven(reach: Reach): boolean {
  return reach === "always" || hasEnd(reach);
}

export function hasEnd(reach: Reach): reach is Exclude<Reach, string> {
  return typeof reach === "object";
}

/** What is given for longer comes later, as text. */
export function rankOf(reach: Reach): string {
  if (hasEnd(reach)) return reach.until;
  return reach === "always" ? NO_END : FIRST;
}
