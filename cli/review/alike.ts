import { canonical, isFields } from "../json";
import type { ReviewedEnvironment } from "./review";

/** Environments in which the same changes, each with its own account and its own name. */
export interface Alike {
  /** All of them, in the order of their names. */
  readonly all: readonly [ReviewedEnvironment, ...ReviewedEnvironment[]];
  /** Whether the first's account or name stands in what changes: the others have theirs there. */
  readonly isOwn: boolean;
}

/** Puts together what changes alike: nothing differs but an environment's own name and account, wherever they stand. */
export function alike(environments: readonly ReviewedEnvironment[]): Alike[] {
  const groups = new Map<string, { all: [ReviewedEnvironment, ...ReviewedEnvironment[]]; isOwn: boolean }>();
  for (const one of environments) {
    const { environment, account, ...change } = one;
    const key = canonical([account === undefined, without(ownPattern(environment, account), change)]);
    const group = groups.get(key);
    if (group) group.all.push(one);
    else groups.set(key, { all: [one], isOwn: isOwn(one, key) });
  }
  return [...groups.values()];
}

/** Whether a report of it has its name or account, beside what changes or in it. */
function isOwn({ environment: _, account, ...change }: ReviewedEnvironment, key: string): boolean {
  return change.isNew || change.isRemoved || key !== canonical([account === undefined, without(NOTHING, change)]);
}

/** Matches nowhere. */
const NOTHING = /(?!)/;

/** An environment's name, which is captured, or its account. Within another word or number, it is no name. */
function ownPattern(name: string, account: string | undefined): RegExp {
  return new RegExp(`(?<![\\w-])(${name})(?![\\w-])${account === undefined ? "" : `|(?<!\\d)${account}(?!\\d)`}`);
}

/** A value in which each text that has the pattern is the list of what is around it, and everything else says of what kind it is. */
function without(pattern: RegExp, value: unknown): unknown {
  if (typeof value === "string") {
    const parts = value.split(pattern);
    return parts.length === 1 ? value : parts.map((part, index) => (index % 2 === 0 ? part : [part !== undefined]));
  }
  if (Array.isArray(value)) return { list: value.map((one) => without(pattern, one)) };
  if (!isFields(value)) return value;
  return { mapping: Object.entries(value).map(([key, inside]) => [without(pattern, key), without(pattern, inside)]) };
}
