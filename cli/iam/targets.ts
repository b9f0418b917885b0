import { distinct } from "../../common/json";
import { coversPattern, mayOverlap } from "./pattern";
import type { Targets } from "./policy";

/** Whether targets certainly include all of some others. */
export function covers(wide: Targets, narrow: Targets): boolean {
  const isAmong = (pattern: string, { patterns }: Targets) =>
    patterns.some((candidate) => coversPattern(candidate, pattern));
  if (wide.not && narrow.not) return wide.patterns.every((pattern) => isAmong(pattern, narrow));
  if (wide.not)
    return !wide.patterns.some((exception) => narrow.patterns.some((pattern) => mayOverlap(exception, pattern)));
  return (narrow.not ? ["*"] : narrow.patterns).every((pattern) => isAmong(pattern, wide));
}

/** Whether two targets may have something in common. */
export function mayMeet(left: Targets, right: Targets): boolean {
  return !covers({ ...left, not: !left.not }, right);
}

/** What two targets have in common, or more. Undefined: certainly nothing. */
export function intersectionOf(left: Targets, right: Targets): Targets | undefined {
  if (!mayMeet(left, right)) return undefined;
  if (covers(left, right)) return right;
  if (covers(right, left) || (right.not && !left.not)) return left;
  return left.not && right.not ? { not: true, patterns: distinct([...left.patterns, ...right.patterns]) } : right;
}
