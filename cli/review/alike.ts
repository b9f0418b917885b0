import { canonical, isFields } from "../json";
import type { ReviewedEnvironment } from "./review";

/** Environments in which the same changes, each with its own account and the state of its own name. */
export interface Alike {
  /** All of them, in the order of their names. */
  readonly all: readonly [ReviewedEnvironment, ...ReviewedEnvironment[]];
  /** Whether the first's account or name stands in what changes: the others have theirs there. */
  readonly isOwn: boolean;
}

/**
 * Puts together what changes alike: nothing differs but an environment's own account, wherever it stands, and its own name where the state is.
 * Elsewhere, such as in the name of a policy, a name is a name like others.
 */
export function alike(environments: readonly ReviewedEnvironment[]): Alike[] {
  const groups = new Map<string, { all: [ReviewedEnvironment, ...ReviewedEnvironment[]]; isOwn: boolean }>();
  for (const one of environments) {
    const key = sameFor(one, accountPattern(one), namePattern(one));
    const group = groups.get(key);
    if (group) group.all.push(one);
    else groups.set(key, { all: [one], isOwn: one.isNew || one.isRemoved || key !== sameFor(one, NOTHING, NOTHING) });
  }
  return [...groups.values()];
}

/** The same for environments that change alike. */
function sameFor(
  { environment: _, account, state, ...change }: ReviewedEnvironment,
  own: RegExp,
  name: RegExp,
): string {
  const places = state.map((one) => (one.kind === "backend" ? withoutName(name, one) : one));
  return canonical([account === undefined, without(own, change), without(own, places)]);
}

/** What of a backend's settings says which state of it is the environment's. Source: Terraform, the backends local, s3 and cloud. */
const PLACE = ["path", "key", "workspaces"];

function withoutName(name: RegExp, { before, after, ...change }: BackendChange): unknown {
  const placed = (backend: BackendChange["before"]) => {
    if (backend === undefined) return undefined;
    const settings = Object.entries(backend.settings).map(([key, value]) => [
      key,
      PLACE.includes(key) ? without(name, value) : value,
    ]);
    return { ...backend, settings };
  };
  return { ...change, before: placed(before), after: placed(after) };
}

type BackendChange = Extract<ReviewedEnvironment["state"][number], { readonly kind: "backend" }>;

/** Matches nowhere. */
const NOTHING = /(?!)/;

/** An environment's name, captured. Within another word, it is no name. */
function namePattern({ environment }: ReviewedEnvironment): RegExp {
  return new RegExp(`(?<![\\w-])(${environment})(?![\\w-])`);
}

/** An environment's account, captured. Within another number, it is no account. */
function accountPattern({ account }: ReviewedEnvironment): RegExp {
  return account === undefined ? NOTHING : new RegExp(`(?<!\\d)(${account})(?!\\d)`);
}

/** A value in which each text that has the pattern is the list of what is around it and between, and everything else says of what kind it is. */
function without(pattern: RegExp, value: unknown): unknown {
  if (typeof value === "string") {
    const parts = value.split(pattern);
    return parts.length === 1 ? value : parts.map((part, index) => (index % 2 === 0 ? part : []));
  }
  if (Array.isArray(value)) return { list: value.map((one) => without(pattern, one)) };
  if (!isFields(value)) return value;
  return { mapping: Object.entries(value).map(([key, inside]) => [without(pattern, key), without(pattern, inside)]) };
}
