import type { FindingKey } from "./finding-key";
import type { Fate, Night } from "./night";

/** A finding of an earlier night. */
export interface ChangedFinding extends FindingKey {
  readonly id: string;
}

/** What changed since an earlier night. */
export interface Changes {
  /** IDs of findings that weren't there before. */
  readonly isNew: ReadonlySet<string>;
  /** Earlier findings that couldn't be looked at. */
  readonly unseen: readonly ChangedFinding[];
  /** Earlier findings that are gone, or that are no longer looked for. */
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
