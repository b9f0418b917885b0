import { printable } from "../../common/printable";
import { type AccessLevel, LEVELS } from "../../modules/support-app/model/access-level";
import { TAG_KEY, TAG_VALUE } from "../../modules/support-app/model/limits";
import { type Notify, notifyConflicts, notifyOf, notifyProperties } from "../../modules/support-app/model/notify";
import { CHANNEL_PROPERTIES } from "../../modules/support-app/model/properties";
import { environmentsProblems } from "../../stacks/environments/environments-consistency";
import type { ChannelEntry, EnvironmentEntry } from "../../stacks/environments/environments-schema";
import { ruleBreaches } from "../../stacks/environments/rule-breaches";
import type { Rules } from "../../stacks/rules/rules";
import { channelWords } from "../aws/live-channel";
import type { Tags } from "../aws/live-role";
import { type Adoption, adoptionOf, type InexpressibleRole, type Reason } from "./adopted-role";
import type { ImportRequest, KnownChannel, LiveSetup, TrustingRole } from "./live-setup";

/** An account as an environment, and what stays outside it. */
export interface ImportedEnvironment {
  readonly entry: EnvironmentEntry;
  /** By access level. Empty: no role can be imported. */
  readonly adoptions: readonly Adoption[];
  readonly leftRoles: readonly InexpressibleRole[];
  /** The channels of the entry, by access level. */
  readonly channels: readonly ImportedChannel[];
  readonly leftChannels: readonly LeftChannel[];
}

interface NamedChannel {
  /** Cloud Control's identifier. */
  readonly identifier: string;
  /** Its name in reports, such as `#oncall (C01 of T01)`. */
  readonly label: string;
}

/** A channel with its role and its notifications as they are. */
export interface ImportedChannel extends NamedChannel {
  readonly access: AccessLevel;
  readonly entry: ChannelEntry;
}

export interface LeftChannel extends NamedChannel {
  /** In whole sentences, the first without its beginning. */
  readonly reason: string;
  /** Its role, if the Support App may assume it. */
  readonly role?: TrustingRole;
}

/**
 * Expresses an account in environments.yaml, without what has ended.
 *
 * @param rules the rules for the environment. A channel that breaks one stays outside
 */
export function importedEnvironment(
  { name, account, region }: ImportRequest,
  setup: LiveSetup,
  now: Date,
  rules?: Rules,
): ImportedEnvironment {
  const results = setup.roles.map((role) => adoptionOf(role, account, now));
  const count = ({ role }: Adoption) =>
    setup.channels.filter(({ properties }) => properties.ChannelRoleArn === role.arn).length;
  const expressible = results
    .filter((result) => "access" in result)
    .sort((a, b) => count(b) - count(a) || a.role.name.localeCompare(b.role.name, "en"));
  const adoptions: Adoption[] = [];
  const leftRoles: InexpressibleRole[] = results.filter((result) => "reasons" in result);
  for (const adoption of expressible) {
    const { role, access } = adoption;
    const twin = adoptions.find((otherAdoption) => otherAdoption.access === access)?.role.name;
    const sharedNames = adoptions.flatMap((otherAdoption) => {
      const policy = sharedPolicy(adoption, otherAdoption) ?? sharedPolicy(otherAdoption, adoption);
      return policy?.startsWith(`arn:aws:iam::${account}:`) ? [`${policy} with ${otherAdoption.role.name}`] : [];
    })[0];
    const reason: Reason = twin
      ? `it is ${access}, and so is ${twin}: an environment has each access level once. Give its channels ${twin}, and delete it`
      : `it shares ${sharedNames}, as policy or as permissions boundary: each access level has its own policy, and whoever deploys could rewrite it. Attach a copy, and detach the shared policy`;
    if (twin || sharedNames) leftRoles.push({ role, reasons: [reason] });
    else adoptions.push(adoption);
  }
  adoptions.sort((a, b) => LEVELS.indexOf(a.access) - LEVELS.indexOf(b.access));
  const levels = adoptions.map(({ access, entry, role }) => {
    const tags = expressibleTags(role.tags);
    return [access, { ...entry, ...(tags.size > 0 && { tags: Object.fromEntries(tags) }) }];
  });
  const withoutChannels = { account, region, ...Object.fromEntries(levels) } as EnvironmentEntry;
  const mappedChannels = setup.channels.map((live) => importedChannel(live, setup, adoptions));
  const importedChannels = mappedChannels
    .filter((channel) => "entry" in channel)
    .sort((channel, otherChannel) => LEVELS.indexOf(channel.access) - LEVELS.indexOf(otherChannel.access));
  const channels: ImportedChannel[] = [];
  const leftChannels: LeftChannel[] = mappedChannels.filter((channel) => "reason" in channel);
  for (const channel of importedChannels) {
    const problem = problemOfLast(name, withChannels(withoutChannels, [...channels, channel]), channel.access, rules);
    const role = adoptions.find(({ access }) => access === channel.access)?.role;
    if (problem === undefined) channels.push(channel);
    else leftChannels.push({ identifier: channel.identifier, label: channel.label, reason: problem, role });
  }
  return { entry: withChannels(withoutChannels, channels), adoptions, leftRoles, channels, leftChannels };
}

function withChannels(environment: EnvironmentEntry, channels: readonly ImportedChannel[]): EnvironmentEntry {
  const levels = LEVELS.flatMap((level) => {
    const entries = channels.filter(({ access }) => access === level).map(({ entry }) => entry);
    return entries.length === 0 ? [] : [[level, { ...environment[level], channels: entries }]];
  });
  return { ...environment, ...Object.fromEntries(levels) };
}

/** Why an environment can't have the last channel of an access level. */
function problemOfLast(name: string, entry: EnvironmentEntry, level: AccessLevel, rules?: Rules): string | undefined {
  const file = { environments: { [name]: entry } };
  const last = ["environments", name, level, "channels", (entry[level]?.channels ?? []).length - 1];
  const problems = [...environmentsProblems(file), ...ruleBreaches(file, rules)];
  return problems.find(({ path }) => last.every((step, index) => path[index] === step))?.message;
}

/** The policy of one role that another one has as policy or as boundary. */
function sharedPolicy({ policy: { arn } }: Adoption, { policy, role }: Adoption): string | undefined {
  return arn === policy.arn || arn === role.boundary ? arn : undefined;
}

/** The tags that environments.yaml can express. AWS's own can't be set. */
export function expressibleTags(tags: Tags = new Map()): Tags {
  const isExpressible = ([key, value]: [string, string]) =>
    TAG_KEY.pattern.test(key) && TAG_VALUE.pattern.test(value) && printable(key + value) === key + value;
  return new Map([...tags].filter(isExpressible));
}

function importedChannel(
  live: KnownChannel,
  { roles }: LiveSetup,
  adoptions: readonly Adoption[],
): ImportedChannel | LeftChannel {
  const { identifier, workspace, channel, properties } = live;
  const { ChannelRoleArn: arn, ChannelName: name = "" } = properties;
  const label = channelWords(live, properties);
  const adoption = adoptions.find(({ role }) => role.arn === arn);
  const notify = notifyIn(properties);
  const isExpressible = Object.entries({ name, workspace, channel } as const).every(([property, value]) =>
    CHANNEL_PROPERTIES[property as "name" | "workspace" | "channel"].limit.pattern.test(value),
  );
  if (!adoption || !notify || !isExpressible) {
    const reason = adoption
      ? "environments.yaml can't express its name, its IDs or its notification settings. Change them in the AWS Support Center Console."
      : `its role ${arn} isn't one of the environment. Give it another role, or remove its configuration if nobody needs it. To manage it here, put it under the access level that it should have, with adopt: true: support-app deploy gives it the role of that level, in place.`;
    return { identifier, label, reason, role: roles.find((role) => role.arn === arn) };
  }
  const { severity, on: events = [] } = notify;
  const settings = severity === "none" ? {} : { notify: { severity, on: [...events] } };
  return { identifier, label, access: adoption.access, entry: { name, workspace, channel, ...settings } };
}

/** What a channel is notified of. A missing flag isn't set. */
function notifyIn(properties: KnownChannel["properties"]): Notify | undefined {
  const defaults = Object.entries(notifyProperties({ severity: "none" }));
  const notify = notifyOf(Object.fromEntries(defaults.map(([name, value]) => [name, properties[name] ?? value])));
  return notify && notifyConflicts(notify).length === 0 ? notify : undefined;
}
