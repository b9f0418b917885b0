import { checksum } from "../../../common/checksum";
import { groupByKey } from "../../../common/group-by-key";
import type { ReviewedEnvironment } from "./review";
import type { Backend } from "./state-changes";

/** Environments that change identically, each in its own account and with the state of its own name, in the order of their names. */
export type Identical = readonly [ReviewedEnvironment, ...ReviewedEnvironment[]];

/**
 * Groups environments that change identically: they differ only in their own account, anywhere, and in their own name, in the location of the
 * state. Elsewhere, such as in the name of a policy, the name counts as any other text.
 */
export function groupIdentical(environments: readonly ReviewedEnvironment[]): Identical[] {
  return [...groupByKey(environments, (environment) => checksum(withoutOwn(environment))).values()];
}

/** The settings of a backend that locate the environment's state. Source: Terraform, the backends local, s3 and cloud. */
const PLACE = ["path", "key", "workspace"];

/** A change as a text without the environment's own account and name. */
function withoutOwn({ environment, account, state, ...change }: ReviewedEnvironment): string {
  const split = (value: unknown, ownText: RegExp) => JSON.stringify(value).split(ownText);
  const name = new RegExp(`(?<![\\w-])${environment}(?![\\w-])`); // but not within another word
  const backendPlace = (backend: Backend | undefined) =>
    backend && {
      ...backend,
      settings: Object.entries(backend.settings).map(([key, value]) =>
        PLACE.includes(key) ? [key, split(value, name)] : [key, value],
      ),
    };
  const places = state.map((stateChange) =>
    stateChange.kind === "backend"
      ? { ...stateChange, before: backendPlace(stateChange.before), after: backendPlace(stateChange.after) }
      : stateChange,
  );
  const number = new RegExp(`(?<!\\d)${account ?? "(?!)"}(?!\\d)`); // nor within another number
  return split([account === undefined, change, places], number).join("\0"); // JSON escapes this character
}
