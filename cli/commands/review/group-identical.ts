import { checksum } from "../../terminal/checksum";
import type { Backend } from "../../terraform/stack";
import type { ReviewedEnvironment } from "./review";

/** Environments that change identically, each in its own account and with the state of its own name. */
export interface Identical {
  /** All of them, in the order of their names. */
  readonly all: readonly [ReviewedEnvironment, ...ReviewedEnvironment[]];
  /** Whether the change contains the account or the name of the first: the others have theirs instead. */
  readonly isOwn: boolean;
}

/**
 * Groups environments that change identically: they differ only in their own account, anywhere, and in their own name, in the location of the
 * state. Elsewhere, such as in the name of a policy, the name counts as any other text.
 */
export function groupIdentical(environments: readonly ReviewedEnvironment[]): Identical[] {
  const groups = new Map<string, { all: [ReviewedEnvironment, ...ReviewedEnvironment[]]; isOwn: boolean }>();
  for (const one of environments) {
    const { text, isOwn } = withoutOwn(one);
    const key = checksum(text);
    const group = groups.get(key);
    if (group) group.all.push(one);
    else groups.set(key, { all: [one], isOwn: one.isNew || one.isRemoved || isOwn });
  }
  return [...groups.values()];
}

/** The settings of a backend that locate the environment's state. Source: Terraform, the backends local, s3 and cloud. */
const PLACE = ["path", "key", "workspace"];

/** A change as a text without the environment's own account and name, and whether it has any of them. */
function withoutOwn({ environment, account, state, ...change }: ReviewedEnvironment): { text: string; isOwn: boolean } {
  let isOwn = false;
  const split = (value: unknown, own: RegExp): readonly string[] => {
    const parts = JSON.stringify(value).split(own);
    if (parts.length > 1) isOwn = true;
    return parts;
  };
  const name = new RegExp(`(?<![\\w-])${environment}(?![\\w-])`); // but not within another word
  const placed = (backend: Backend | undefined) =>
    backend && {
      ...backend,
      settings: Object.entries(backend.settings).map(([key, value]) =>
        PLACE.includes(key) ? [key, split(value, name)] : [key, value],
      ),
    };
  const places = state.map((one) =>
    one.kind === "backend" ? { ...one, before: placed(one.before), after: placed(one.after) } : one,
  );
  const number = new RegExp(`(?<!\\d)${account ?? "(?!)"}(?!\\d)`); // nor within another number
  const text = split([account === undefined, change, places], number).join("\0"); // JSON escapes this character
  return { text, isOwn };
}
