import { printable } from "../../common/printable";
import { LEVELS } from "../../modules/support-app/model/access-level";
import { channelWords } from "../../modules/support-app/model/channel-set";
import { TAG_KEY, TAG_VALUE, TEAM_NAME } from "../../modules/support-app/model/limits";
import { type Notify, notifyConflicts, notifyOf, notifyProperties } from "../../modules/support-app/model/notify";
import { CHANNEL_PROPERTIES } from "../../modules/support-app/model/properties";
import { defaultNamesOf, isSameOwner, type RoleOwner } from "../../modules/support-app/model/team";
import { ownersIn, stepsTo, withAccesses, writtenAccess } from "../../stacks/environments/environment";
import { environmentsProblems } from "../../stacks/environments/environments-consistency";
import type { ChannelEntry, EnvironmentEntry } from "../../stacks/environments/environments-schema";
import { ruleBreaches } from "../../stacks/environments/rule-breaches";
import type { Rules } from "../../stacks/rules/rules";
import type { Tags } from "../aws/live-role";
import { type Adoption, adoptionOf, type InexpressibleRole, type Reason } from "./adopted-role";
import type { ImportRequest, KnownChannel, LiveSetup, TrustingRole } from "./live-setup";

/** An account as an environment, and what stays outside it. */
export interface ImportedEnvironment {
  readonly entry: EnvironmentEntry;
  /** By access level, then teams. Empty: no role can be imported. */
  readonly adoptions: readonly Adoption[];
  readonly leftRoles: readonly InexpressibleRole[];
  /** The channels of the entry, in the order of the adoptions. */
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
export interface ImportedChannel extends NamedChannel, RoleOwner {
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
    const team = twin === undefined ? undefined : teamOf(role.name, adoptions);
    const sharedNames = adoptions.flatMap((otherAdoption) => {
      const policy = sharedPolicy(adoption, otherAdoption) ?? sharedPolicy(otherAdoption, adoption);
      return policy?.startsWith(`arn:aws:iam::${account}:`) ? [`${policy} with ${otherAdoption.role.name}`] : [];
    })[0];
    const isNameless = twin !== undefined && team === undefined;
    const reason: Reason = isNameless
      ? `it is ${access}, and so is ${twin}: an environment has each access level once, and its name gives no name of a team that is free. Give its channels ${twin}, and delete it; or write a team with its role-name and adopt: true`
      : `it shares ${sharedNames}, as policy or as permissions boundary: each access level and team has its own policy, and whoever deploys could rewrite it. Attach a copy, and detach the shared policy`;
    if (isNameless || sharedNames) leftRoles.push({ role, reasons: [reason] });
    else adoptions.push(team === undefined ? adoption : ofTeam(adoption, team));
  }
  adoptions.sort((a, b) => rankOf(a) - rankOf(b));
  const accesses = adoptions.map((adoption) => {
    const tags = expressibleTags(adoption.role.tags);
    const entry = { ...adoption.entry, ...(tags.size > 0 && { tags: Object.fromEntries(tags) }) };
    return [adoption, entry] as const;
  });
  const withoutChannels = { account, region, ...withAccesses(accesses) } as EnvironmentEntry;
  const mappedChannels = setup.channels.map((live) => importedChannel(live, setup, adoptions));
  const indexOf = (owner: RoleOwner) => adoptions.findIndex((adoption) => isSameOwner(adoption, owner));
  const importedChannels = mappedChannels
    .filter((channel) => "entry" in channel)
    .sort((channel, otherChannel) => indexOf(channel) - indexOf(otherChannel));
  const channels: ImportedChannel[] = [];
  const leftChannels: LeftChannel[] = mappedChannels.filter((channel) => "reason" in channel);
  for (const channel of importedChannels) {
    const problem = problemOfLast(name, withChannels(withoutChannels, [...channels, channel]), channel, rules);
    const { role } = adoptions[indexOf(channel)] ?? {};
    if (problem === undefined) channels.push(channel);
    else leftChannels.push({ identifier: channel.identifier, label: channel.label, reason: problem, role });
  }
  return { entry: withChannels(withoutChannels, channels), adoptions, leftRoles, channels, leftChannels };
}

/** Access levels first, each with the same rank as before; teams by their names. */
function rankOf({ access, team }: RoleOwner): number {
  return team === undefined ? LEVELS.indexOf(access) : LEVELS.length;
}

/** The name of a team for a role, such as `on-call` for AWSSupportAppOnCallRole. Undefined: it would be no name, or isn't free. */
function teamOf(roleName: string, adoptions: readonly Adoption[]): string | undefined {
  const words = roleName.replace(/^AWSSupportApp(?=.)/, "").replace(/(?<=.)Role$/, "");
  const candidates = [words, roleName].map((text) => {
    const spaced = text.replace(/(?<=[a-z0-9])(?=[A-Z])/g, "-").toLowerCase();
    return (spaced.match(/[a-z0-9]+/g) ?? []).join("-");
  });
  return candidates.find(
    (name) => TEAM_NAME.pattern.test(name) && !adoptions.some((adoption) => adoption.team === name),
  );
}

/** An adoption as a team, whose names are written unless they are the team's by default. */
function ofTeam(adoption: Adoption, team: string): Adoption {
  const names = defaultNamesOf(team);
  const { adopt, "role-name": _, "policy-name": __, ...entry } = adoption.entry;
  const { role, policy } = adoption;
  const isWritten = adoption.entry.policy !== "aws-managed" && policy.name !== names.policyName;
  return {
    ...adoption,
    team,
    entry: {
      adopt,
      ...(role.name !== names.roleName && { "role-name": role.name }),
      ...(isWritten && { "policy-name": policy.name }),
      ...entry,
    },
  };
}

function withChannels(environment: EnvironmentEntry, channels: readonly ImportedChannel[]): EnvironmentEntry {
  const accesses = ownersIn(environment).flatMap((owner) => {
    const access = writtenAccess(owner, environment);
    const entries = channels.filter((channel) => isSameOwner(channel, owner)).map(({ entry }) => entry);
    return access === undefined
      ? []
      : [[owner, { ...access, ...(entries.length > 0 && { channels: entries }) }] as const];
  });
  return { ...environment, ...withAccesses(accesses) };
}

/** Why an environment can't have the last channel of an access. */
function problemOfLast(name: string, entry: EnvironmentEntry, owner: RoleOwner, rules?: Rules): string | undefined {
  const file = { environments: { [name]: entry } };
  const channels = writtenAccess(owner, entry)?.channels ?? [];
  const last = ["environments", name, ...stepsTo(owner), "channels", channels.length - 1];
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
  const label = channelWords(live, properties.ChannelName);
  const adoption = adoptions.find(({ role }) => role.arn === arn);
  const notify = notifyIn(properties);
  const isExpressible = Object.entries({ name, workspace, channel } as const).every(([property, value]) =>
    CHANNEL_PROPERTIES[property as "name" | "workspace" | "channel"].limit.pattern.test(value),
  );
  if (!adoption || !notify || !isExpressible) {
    const reason = adoption
      ? "environments.yaml can't express its name, its IDs or its notification settings. Change them in the AWS Support Center Console."
      : `its role ${arn} isn't one of the environment. Give it another role, or remove its configuration if nobody needs it. To manage it here, put it under the access level or team that it should have, with adopt: true: support-app deploy gives it that role, in place.`;
    return { identifier, label, reason, role: roles.find((role) => role.arn === arn) };
  }
  const { severity, events = [] } = notify;
  const settings = severity === "none" ? {} : { notify: { severity, events: [...events] } };
  return {
    identifier,
    label,
    access: adoption.access,
    team: adoption.team,
    entry: { name, workspace, channel, ...settings },
  };
}

/** What a channel is notified of. A missing flag isn't set. */
function notifyIn(properties: KnownChannel["properties"]): Notify | undefined {
  const defaults = Object.entries(notifyProperties({ severity: "none" }));
  const notify = notifyOf(Object.fromEntries(defaults.map(([name, value]) => [name, properties[name] ?? value])));
  return notify && notifyConflicts(notify).length === 0 ? notify : undefined;
}
