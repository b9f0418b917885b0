import { canonical, isFields } from "../json";
import type { ReviewedEnvironment } from "./review";

/** Environments that change in the same way, each in its own account and with the state of its own name. */
export interface Alike {
  /** All of them, in the order of their names. */
  readonly all: readonly [ReviewedEnvironment, ...ReviewedEnvironment[]];
  /** Whether the change contains the account or the name of the first: the others have theirs instead. */
  readonly isOwn: boolean;
}

/**
 * Groups environments that change in the same way: they differ only in their own account, anywhere, and in their own name, in the location of the
 * state. Elsewhere, such as in the name of a policy, the name counts as any other text.
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

/** A key: the same for environments that change in the same way. */
function sameFor(
  { environment: _, account, state, ...change }: ReviewedEnvironment,
  own: RegExp,
  name: RegExp,
): string {
  const places = state.map((one) => (one.kind === "backend" ? withoutName(name, one) : one));
  return canonical([account === undefined, without(own, change), without(own, places)]);
}

/** The settings of a backend that locate the environment's state. Source: Terraform, the backends local, s3 and cloud. */
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

/** Captures an environment's name, but not within another word. */
function namePattern({ environment }: ReviewedEnvironment): RegExp {
  return new RegExp(`(?<![\\w-])(${environment})(?![\\w-])`);
}

/** Captures an environment's account, but not within another number. */
function accountPattern({ account }: ReviewedEnvironment): RegExp {
  return account === undefined ? NOTHING : new RegExp(`(?<!\\d)(${account})(?!\\d)`);
}

/** A value whose texts are split at the pattern. Lists and mappings are marked, so that none looks like a split text. */
function without(pattern: RegExp, value: unknown): unknown {
  if (typeof value === "string") return value.split(pattern).map((part, index) => (index % 2 === 0 ? part : []));
  if (Array.isArray(value)) return { list: value.map((one) => without(pattern, one)) };
  if (!isFields(value)) return value;
  return { mapping: Object.entries(value).map(([key, inside]) => [without(pattern, key), without(pattern, inside)]) };
}
