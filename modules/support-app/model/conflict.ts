import type { Access } from "./access";
import type { OptionalCapability } from "./capability";
import type { NotifyEvent } from "./notify";

/** What doesn't fit together in an input, as data. */
export type Conflict = {
  /** Where it is: the property or key, then the key or index inside it, and so on. */
  readonly path: readonly (string | number)[];
} & ConflictKind;

type ConflictKind =
  /** An item of a list is there a second time. */
  | { readonly kind: "repeated"; readonly item: unknown; readonly of: "capability" | "event" }
  | { readonly kind: "too-many"; readonly of: "tags" | "channels" | "workspaces"; readonly count: number }
  | { readonly kind: "same-tag"; readonly keys: readonly [first: string, second: string] }
  /** A property that changes nothing where it is. */
  | { readonly kind: "no-effect"; readonly property: keyof Access; readonly value: string; readonly reason: NoEffect }
  | { readonly kind: "account-needed"; readonly by: readonly (keyof Access)[] }
  | { readonly kind: "boundary-elsewhere"; readonly account: string; readonly boundaryAccount: string }
  /** A temporary capability that isn't left out. */
  | { readonly kind: "granted-anyway"; readonly capability: OptionalCapability }
  /** A temporary capability that doesn't end before everything else. */
  | { readonly kind: "ends-too-late"; readonly until: string; readonly all: string }
  /** `first` is the index of the channel or the workspace that was there before. */
  | { readonly kind: "same-channel"; readonly workspace: string; readonly channel: string; readonly first: number }
  | { readonly kind: "same-workspace"; readonly workspace: string; readonly first: number }
  | { readonly kind: "events-without-severity"; readonly events: readonly NotifyEvent[] }
  | { readonly kind: "severity-without-event"; readonly severity: string };

/** Why a property changes nothing. */
export type NoEffect = "read-only" | "no-quota-increases" | "aws-managed";

/** Conflicts inside of what is at a path. */
export function conflictsInside(path: Conflict["path"], conflicts: readonly Conflict[]): Conflict[] {
  return conflicts.map((conflict) => ({ ...conflict, path: [...path, ...conflict.path] }));
}

/** Each item that a list has already; `undefined` is any invalid item. */
export function repetitions(
  items: readonly unknown[],
  noun: Extract<ConflictKind, { kind: "repeated" }>["of"],
): Conflict[] {
  return items.flatMap((item, index): Conflict[] => {
    if (item === undefined || items.indexOf(item) === index) return [];
    return [{ kind: "repeated", path: [index], item, of: noun }];
  });
}
