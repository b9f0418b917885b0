import { checksum } from "../../../common/checksum";
import { groupByKey } from "../../../common/group-by-key";
import { distinct } from "../../../common/json";
import { STATE_PREFIX } from "../../../modules/support-app/model/properties";
import type { AccessChanges } from "../../terraform/access-changes";
import type { ReviewedEnvironment } from "./review";
import type { Backend } from "./state-changes";

/** Environments that change identically, each in its own account, for its own channels and with the state of its own name, in the order of their names. */
export type Identical = readonly [ReviewedEnvironment, ...ReviewedEnvironment[]];

/**
 * Groups environments that change identically: they differ only in their own account and the IDs of their own channels, anywhere, in
 * the names of those channels, and in their own name, in the location of the state. Elsewhere, such as in the name of a policy, the name counts as any other text.
 */
export function groupIdentical(environments: readonly ReviewedEnvironment[]): Identical[] {
  return [...groupByKey(environments, (environment) => checksum(withoutOwn(environment))).values()];
}

/** The settings of a backend that locate the environment's state. Source: Terraform, the backends local, s3, cloud and http. */
const PLACE = ["path", "key", "workspace", "address", "lock_address", "unlock_address"];

/** The form of a channel's ID: anything else stays as it is. */
const CHANNEL_ID = /^[A-Z\d]+$/;

/** A change as a text without the environment's own account, channels and name. */
function withoutOwn({ environment, account, state, access, plan, ...changeOfCode }: ReviewedEnvironment): string {
  const names = distinct(access.channels.flatMap(({ before, after }) => [before, after].map((side) => side?.name)));
  const withoutName = <T extends { readonly name: string }>(side: T | undefined) =>
    side && { ...side, name: names.includes(side.name) ? names.indexOf(side.name) : side.name };
  const withoutNames = (changes: AccessChanges) => ({
    ...changes,
    channels: changes.channels.map(({ before, after, ...channel }) => ({
      ...{ ...channel, before: withoutName(before), after: withoutName(after) },
    })),
  });
  const drift = plan?.drift;
  const change = {
    ...{ ...changeOfCode, access: withoutNames(access) },
    plan: plan && { ...plan, drift: drift && { ...drift, access: withoutNames(drift.access) } },
  };
  const split = (value: unknown, ownText: RegExp) => JSON.stringify(value).split(ownText);
  const name = new RegExp(`(?<=(?<![\\w-])(?:${STATE_PREFIX})?)${environment}(?![\\w-])`); // but not within another word
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
  const text = split([account === undefined, change, places], number).join("\0"); // JSON escapes this character
  const ids = distinct(access.channels.map(({ channel }) => channel)).filter((id) => CHANNEL_ID.test(id));
  if (ids.length === 0) return text;
  const channelId = new RegExp(`(?<![A-Za-z\\d])(?:${ids.join("|")})(?![A-Za-z\\d])`, "g");
  return text.replace(channelId, (id) => `\u0001${ids.indexOf(id)}\u0001`); // nor is this one in it
}
