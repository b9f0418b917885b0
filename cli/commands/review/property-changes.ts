import { canonical } from "../../../common/canonical";
import { isFields } from "../../../common/fields";
import { zipByKey } from "../../../common/zip-by-key";
import type { AccessLevel } from "../../../modules/support-app/model/access-level";
import { channelKey } from "../../../modules/support-app/model/channel-set";
import { endsOf } from "../../../modules/support-app/model/grant";
import { iamNamesOf } from "../../../modules/support-app/model/iam-names";
import { NOTIFY_OF_NOTHING } from "../../../modules/support-app/model/notify";
import {
  ACCESS_PROPERTIES,
  CHANNEL_PROPERTIES,
  defaultOf,
  ENVIRONMENT_PROPERTIES,
  keyOf,
  type Properties,
} from "../../../modules/support-app/model/properties";
import { isSameOwner, labelOfOwner, type OwnedAccess } from "../../../modules/support-app/model/team";
import { endOf } from "../../../modules/support-app/model/until";
import type { Channel, Environment } from "../../../stacks/environments/environment";
import { accessPairs } from "./access-pairs";
import { isKnownByName } from "./channel-names";
import { differingCapabilities } from "./people-changes";
import type { PersonChange, SettingChange } from "./review";

/** Properties that the environment's own cell or a note tells. */
const OF_NOTES = ["account", "region"];

/** What a level or team is called, apart from its role. */
const NAME_IN_FILE = "name in environments.yaml";

/** Properties that decide capabilities and their ends, which people's changes tell. */
const OF_CAPABILITIES = ["without", "until", "temporarily"];

/** Whose a setting is. */
type Subject = Pick<SettingChange, "owner" | "workspace" | "channel" | "isKnownByName">;

/** What has properties: its values by the names in the table, and whose they are. */
interface Owner {
  readonly subject?: Subject;
  readonly level?: AccessLevel;
  readonly values: Readonly<Record<string, unknown>>;
}

/**
 * Every property of the table that differs between two environments and isn't told of people or by a note.
 *
 * @param base undefined: the environment is new
 * @param people what people gain and lose
 * @param now in the form of an end
 */
export function propertyChanges(
  base: Environment | undefined,
  head: Environment,
  people: readonly PersonChange[],
  now: string,
): SettingChange[] {
  const [channelsBefore, channelsAfter] = [channelsIn(base), channelsIn(head)];
  const pairs = accessPairs(base?.accesses ?? [], head.accesses);
  const isTold = (key: string) =>
    people.some(({ workspace, channel }) => workspace && channel && channelKey({ workspace, channel }) === key);
  const isOfNotes = ({ property, after }: SettingChange) =>
    OF_NOTES.includes(property) ||
    (property === "retired" && base !== undefined) ||
    (property === "adopt" && after === true && !head.retired);
  const changes = [
    ...compareValues(ENVIRONMENT_PROPERTIES, base && { values: { ...base } }, { values: { ...head } }, now),
    ...pairs.flatMap(([before, after]) => accessChanges(before, after, people, now)),
    ...zipByKey(channelsBefore, channelsAfter).flatMap(([id, before, after]): SettingChange[] => {
      const isKept = pairs.some(
        ([from, to]) => before && from && isSameOwner(from, before) && after && to && isSameOwner(to, after),
      );
      const labels = [before, after].map((channel) => channel && labelOfOwner(channel));
      const [from, to] = labels[0] === labels[1] ? [roleWords(base, before), roleWords(head, after)] : labels;
      const subject = subjectOf((after ?? before) as Channel, base, head);
      const isMoved = !isKept && !(isTold(id) && (before === undefined || after === undefined));
      const isNew = before === undefined;
      return [
        ...(isMoved
          ? [
              {
                ...row("channel", from, to),
                compared: "access" as const,
                ...subject,
                isNew,
              },
            ]
          : []),
        ...(after
          ? compareValues(CHANNEL_PROPERTIES, before && channelOf(before), { ...channelOf(after), subject }, now)
          : []),
      ];
    }),
  ];
  return changes
    .filter((change) => !isOfNotes(change))
    .map((change) => ({ ...change, isNew: change.isNew || base === undefined }));
}

/** The role of a channel, in words. */
function roleWords(environment: Environment | undefined, channel: Channel | undefined): string | undefined {
  const access = environment?.accesses.find((owner) => channel && isSameOwner(owner, channel));
  return access && `role ${iamNamesOf(access).roleName}`;
}

function accessChanges(
  before: OwnedAccess | undefined,
  after: OwnedAccess | undefined,
  people: readonly PersonChange[],
  now: string,
): SettingChange[] {
  const owner = labelOfOwner((after ?? before) as OwnedAccess);
  if (!before || !after) {
    const [from, to] = [before, after].map((access) => access && iamNamesOf(access).roleName);
    const thing = { ...row("role", from, to), compared: "access" as const, owner };
    return [thing, ...(after ? compareValues(ACCESS_PROPERTIES, undefined, accessOf(after), now) : [])];
  }
  const toldCapabilities = people
    .filter(({ kind, name }) => kind === "role" && name === iamNamesOf(after).roleName)
    .flatMap(({ gains, loses }) => [...gains, ...loses].map(({ capability }) => capability));
  const isTold = differingCapabilities(endsOf(before), endsOf(after)).every((capability) =>
    toldCapabilities.includes(capability),
  );
  return [
    ...(isSameOwner(before, after)
      ? []
      : [{ ...row(NAME_IN_FILE, labelOfOwner(before), owner), compared: "setting" as const, owner }]),
    ...(before.access === after.access
      ? []
      : [{ ...row("access", before.access, after.access), compared: "access" as const, owner }]),
    ...compareValues(ACCESS_PROPERTIES, accessOf(before), accessOf(after), now).filter(
      ({ property }) => !(isTold && OF_CAPABILITIES.includes(property)),
    ),
  ];
}

/** Compares all properties of a table. Undefined: the owner is new, and has what isn't a default. */
function compareValues(properties: Properties, before: Owner | undefined, after: Owner, now: string): SettingChange[] {
  return Object.entries(properties).flatMap(([name, property]): SettingChange[] => {
    const valueIn = ({ values, level = "full" }: Owner) => values[name] ?? defaultOf(property, level);
    const valueBefore = before ? valueIn(before) : defaultOf(property, after.level ?? "full");
    const value = valueIn(after);
    if (normalText(valueBefore) === normalText(value)) return [];
    const change = row(keyOf(name), before && valueBefore, value);
    const hasEnded = OF_CAPABILITIES.includes(name) && endsOfValue(value).some((end) => end <= now);
    return [{ ...change, compared: property.compared, ...after.subject, isNew: before === undefined, hasEnded }];
  });
}

function row(property: string, before: unknown, after: unknown) {
  return { property, before, after, isNew: false, hasEnded: false };
}

/** A value as a text. The order of lists means nothing, and neither do keys without a value. */
function normalText(value: unknown): string {
  return canonical(normalize(value) ?? null);
}

function normalize(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.map(normalText).sort();
  if (!isFields(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, nested]) => [key, normalize(nested)]));
}

/** The ends in the value of `until` or `temporarily`. */
function endsOfValue(value: unknown): string[] {
  if (!Array.isArray(value)) return typeof value === "string" ? [endOf(value)] : [];
  return value.flatMap((item) => (isFields(item) ? endsOfValue(item.until) : []));
}

function accessOf(access: OwnedAccess): Owner {
  return { subject: { owner: labelOfOwner(access) }, level: access.access, values: { ...access } };
}

function channelsIn(environment: Environment | undefined): ReadonlyMap<string, Channel> {
  return new Map((environment?.channels ?? []).map((channel) => [channelKey(channel), channel]));
}

/** A channel without the IDs by which it is known. */
function channelOf({ workspace: _, channel: __, notify = NOTIFY_OF_NOTHING, ...channel }: Channel): Owner {
  return { values: { ...channel, notify } };
}

function subjectOf(channel: Channel, base: Environment | undefined, head: Environment): Subject {
  const { name, workspace, channel: id } = channel;
  return { owner: `#${name}`, workspace, channel: id, isKnownByName: isKnownByName(channel, base, head) };
}
