import type { FindingKey } from "./finding-key";
import type { Fate, Night } from "./night";

/** A finding of a night before. */
export interface ChangedFinding extends FindingKey {
  readonly id: string;
}

/** What changed since a night before. */
export interface Changes {
  /** IDs of what is found and wasn't. */
  readonly isNew: ReadonlySet<string>;
  /** What was found and can't be looked at. */
  readonly unseen: readonly ChangedFinding[];
  /** What was found and isn't any more, or isn't looked for. */
  readonly healed: readonly (ChangedFinding & { readonly fate: Fate })[];
}

/** What changed since that night. */
export function changesSince(before: readonly ChangedFinding[], night: Night): Changes {
  const known = new Set(before.map(({ id }) => id));
  const fates = before.map((one) => ({ ...one, fate: night.fateOf(one) }));
  return {
    isNew: new Set(night.found.map(({ id }) => id).filter((id) => !known.has(id))),
    unseen: fates.filter(({ fate }) => fate === "not-looked-at"),
    healed: fates.filter(({ fate }) => !["found", "not-looked-at"].includes(fate)),
  };
}
