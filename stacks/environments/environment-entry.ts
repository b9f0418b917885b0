import type { Problem } from "../../common/problem";
import { type AccessLevel, LEVELS } from "../../modules/support-app/model/access-level";
import {
  ACCESS_PROPERTIES,
  type AccessProperty,
  defaultOf,
  type KeyOf,
  keyOf,
  propertyOf,
  SHARED_PROPERTIES,
} from "../../modules/support-app/model/properties";
import { defaultNamesOf, isSameOwner, type OwnedAccess, type RoleOwner } from "../../modules/support-app/model/team";
import type { AssumedRole, BackendEntry, ChannelEntry, Environment, PropertiesOf } from "./environment";
import type { AccessEntry, Defaults, EnvironmentEntry, RoleEntry } from "./environments-schema";
import type { RuleSet } from "./rules/rules-schema";

/**
 * An environment from its entry in the file, which has no problems.
 *
 * @param rules the rules that apply to it
 */
export function toEnvironment(
  name: string,
  entry: EnvironmentEntry,
  defaults: Defaults = {},
  rules: readonly RuleSet[] = [],
): Environment {
  return {
    name,
    account: entry.account,
    retired: entry.retired ?? false,
    tier: entry.tier,
    canary: entry.canary ?? false,
    region: (entry.region ?? defaults.region) as string, // environments-consistency.ts has checked it
    backend: backendOf(entry, defaults),
    profile: entry.profile ?? defaults.profile,
    deployRole: roleOf("deploy-role", entry, defaults),
    planRole: roleOf("plan-role", entry, defaults),
    accesses: ownersIn(entry).flatMap((owner) => {
      const access = accessEntryOf(owner, entry, defaults);
      const tags = Object.assign({}, ...tagLayers({ name, owner, entry, defaults }).map((layer) => layer.tags));
      return access ? [toProps(owner, access, entry.account, Object.keys(tags).length > 0 ? tags : undefined)] : [];
    }),
    channels: ownersIn(entry).flatMap((owner) =>
      (writtenAccess(owner, entry)?.channels ?? []).map((channel) => ({
        ...withProperties(withSlackRules(channel, rules)),
        ...owner,
      })),
    ),
    otherChannels: entry["other-channels"] ?? false,
    slackWorkspaces: entry["slack-workspaces"] ?? [],
    accountAlias: entry["account-alias"],
  };
}

/** An environment as environments.yaml has one that inherits nothing: {@link toEnvironment} makes the same of it. */
export function toEntry(environment: Environment): EnvironmentEntry {
  const { account, region, backend, profile, deployRole, planRole, tier, canary, retired } = environment;
  return {
    account,
    region: region as EnvironmentEntry["region"],
    backend,
    profile,
    "deploy-role": toRoleEntry(deployRole),
    "plan-role": toRoleEntry(planRole),
    tier,
    "account-alias": environment.accountAlias,
    "slack-workspaces": [...environment.slackWorkspaces],
    "other-channels": environment.otherChannels || undefined,
    canary: canary || undefined,
    retired: retired || undefined,
    ...withAccesses(environment.accesses.map((props) => [props, toAccessEntry(props, environment)])),
  };
}

function toAccessEntry(
  { access, team, account: _, ...props }: OwnedAccess,
  { channels }: Pick<Environment, "channels">,
): AccessEntry {
  const ownChannels = channels
    .filter((channel) => isSameOwner(channel, { access, team }))
    .map(({ access: _, team: __, ...channel }) => withKeys(channel));
  return { ...withKeys(props), channels: ownChannels };
}

/** The keys of an environment with the accesses of some owners. */
export function withAccesses(
  accesses: readonly (readonly [owner: RoleOwner, access: AccessEntry])[],
): Pick<EnvironmentEntry, AccessLevel | "teams"> {
  const teams = accesses.flatMap(([{ access: level, team }, access]) =>
    team === undefined ? [] : [[team, { access: level, ...access }] as const],
  );
  return {
    ...Object.fromEntries(
      accesses.flatMap(([{ access: level, team }, access]) => (team === undefined ? [[level, access]] : [])),
    ),
    ...(teams.length > 0 && { teams: Object.fromEntries(teams) }),
  };
}

/** The roles that an environment or defaults can name. */
export const ROLE_KEYS = ["deploy-role", "plan-role"] as const;

/** A role that an environment names, or that defaults name in its account. Undefined: none, or an invalid one. */
export function roleOf(
  key: (typeof ROLE_KEYS)[number],
  entry: Partial<EnvironmentEntry>,
  defaults: Defaults,
): AssumedRole | undefined {
  const role = toRole(entry[key] ?? defaults[key]);
  if (role?.arn === undefined) return undefined;
  return key in entry ? role : { ...role, arn: `arn:aws:iam::${entry.account}:${role.arn}` };
}

function toRole(entry: RoleEntry | undefined): AssumedRole | undefined {
  if (entry === undefined) return undefined;
  if (typeof entry === "string") return { arn: entry };
  return { arn: entry.arn, externalId: entry["external-id"], sessionName: entry["session-name"] };
}

function toRoleEntry(role: AssumedRole | undefined): RoleEntry | undefined {
  if (role === undefined) return undefined;
  const { arn, externalId, sessionName } = role;
  if (externalId === undefined && sessionName === undefined) return arn;
  return { arn, "external-id": externalId, "session-name": sessionName };
}

/** Where the state of an environment is kept. */
export function backendOf(entry: Partial<EnvironmentEntry>, defaults: Defaults): BackendEntry {
  return entry.backend ?? defaults.backend ?? SHARED_PROPERTIES.backend.byDefault;
}

/** The access levels, and the teams of an environment whose level is known. It needn't have all of the levels. */
export function ownersIn({ teams = {} }: Partial<EnvironmentEntry>): RoleOwner[] {
  const ofTeams = Object.entries(teams as Partial<typeof teams>).flatMap(([team, entry]) =>
    entry?.access === undefined ? [] : [{ access: entry.access, team }],
  );
  return [...LEVELS.map((access) => ({ access })), ...ofTeams];
}

/** What an environment itself says of an access. Undefined: it doesn't have it. */
export function writtenAccess({ access, team }: RoleOwner, entry: Partial<EnvironmentEntry>): AccessEntry | undefined {
  if (team === undefined) return entry[access];
  const { access: _, ...teamEntry } = entry.teams?.[team] ?? {};
  return teamEntry;
}

/** What a team doesn't inherit: which hand-made role it is. Two roles can't be the same. */
const OF_ONE_ROLE = ["role-name", "policy-name", "adopt"] as const satisfies readonly (keyof AccessEntry)[];

/** What an access inherits. */
function inheritedAccess({ access, team }: RoleOwner, defaults: Defaults): AccessEntry {
  const inherited: AccessEntry = { ...defaults[access] };
  if (team !== undefined) for (const key of OF_ONE_ROLE) delete inherited[key];
  return inherited;
}

/**
 * An access of an environment with the defaults filled in, except tags, which add up. A default that contradicts
 * the environment's own keys is left out, since the environment can't unset it.
 *
 * @returns undefined if the environment doesn't have the access, whatever the defaults say
 */
export function accessEntryOf(
  owner: RoleOwner,
  entry: Partial<EnvironmentEntry>,
  defaults: Defaults,
): AccessEntry | undefined {
  const ownEntry = writtenAccess(owner, entry);
  if (ownEntry === undefined) return undefined;
  const access: AccessEntry = { ...inheritedAccess(owner, defaults), ...ownEntry };
  const isTemporary =
    access.temporarily?.some((temporary) => temporary?.capability === "request-quota-increases") === true;
  const contradictedKeys = [
    ...(ownEntry.policy === "aws-managed" ? (["policy-name", "policy-description"] as const) : []),
    ...(ownEntry.without?.includes("request-quota-increases") && !isTemporary
      ? (["service-quotas-role"] as const)
      : []),
  ];
  for (const key of contradictedKeys) if (!(key in ownEntry)) delete access[key];
  return access;
}

/** An access of an environment, as it is written. */
export interface LevelEntry {
  readonly name: string;
  readonly owner: RoleOwner;
  readonly entry: Partial<EnvironmentEntry>;
  readonly defaults: Defaults;
}

/** Where an owner's access is in an environment. */
export function stepsTo({ access, team }: RoleOwner): Problem["path"] {
  return team === undefined ? [access] : ["teams", team];
}

/** The place of a key, also if it is inherited, and what is inside it. If nothing has it, the access or, without one, the environment. */
export function pathOfKey(
  { name, owner, entry, defaults }: Omit<LevelEntry, "owner"> & Partial<LevelEntry>,
  key: string,
  ...nestedPath: Problem["path"]
): Problem["path"] {
  const [ownEntry = {}, inheritedEntry = {}] = owner
    ? [writtenAccess(owner, entry), inheritedAccess(owner, defaults)]
    : [entry, defaults];
  const steps = owner ? stepsTo(owner) : [];
  if (key in ownEntry) return ["environments", name, ...steps, key, ...nestedPath];
  const defaultSteps = owner ? [owner.access] : [];
  return key in inheritedEntry ? ["defaults", ...defaultSteps, key, ...nestedPath] : ["environments", name, ...steps];
}

/** Where the tags of an access are, which add up: a later layer replaces tags of an earlier one. */
export function tagLayers({ name, owner, entry, defaults }: LevelEntry) {
  const ownEntry = writtenAccess(owner, entry);
  return [
    { path: ["defaults", "tags"], tags: defaults.tags },
    { path: ["defaults", owner.access, "tags"], tags: ownEntry && defaults[owner.access]?.tags },
    { path: ["environments", name, "tags"], tags: entry.tags },
    { path: ["environments", name, ...stepsTo(owner), "tags"], tags: ownEntry?.tags },
  ];
}

/** A channel with what the rules require of it in Slack: the strictest requirement wins. */
function withSlackRules(channel: ChannelEntry, rules: readonly RuleSet[]): ChannelEntry {
  const channelRules = [channel, ...rules];
  const strict = channelRules.flatMap((channelRule) =>
    (["private", "guests", "shared"] as const).flatMap((key) =>
      channelRule[key] === undefined ? [] : [[key, channelRule[key]]],
    ),
  );
  const members = channelRules.flatMap((channelRule) => channelRule["max-members"] ?? []);
  const memberLimit = members.length === 0 ? {} : { "max-members": Math.min(...members) };
  return { ...channel, ...Object.fromEntries(strict), ...memberLimit };
}

/** The properties of one access. environments-consistency.ts checks which properties a level may have. */
export function toProps(
  { access, team }: RoleOwner,
  entry: AccessEntry,
  account?: string,
  tags?: Record<string, string>,
): OwnedAccess {
  const { channels: _, tags: __, ...ownKeys } = entry;
  return { access, account, tags, ...namesOf(team, entry), ...withProperties(ownKeys) } as OwnedAccess;
}

function withProperties<Entry extends object>(entry: Entry): PropertiesOf<Entry> {
  const properties = Object.entries(entry).map(([key, value]) => [propertyOf(key), value]);
  return Object.fromEntries(properties) as PropertiesOf<Entry>;
}

function withKeys<P extends object>(properties: P): { [Name in keyof P as KeyOf<Name & string>]: P[Name] } {
  const entries = Object.entries(properties).map(([property, value]) => [keyOf(property), value]);
  return Object.fromEntries(entries) as ReturnType<typeof withKeys<P>>;
}

/** A team, and the names of its role and of its customer managed policy. */
function namesOf(team: string | undefined, { policy }: AccessEntry): Partial<OwnedAccess> {
  if (team === undefined) return {};
  const { roleName, policyName } = defaultNamesOf(team);
  return { team, roleName, ...(policy !== "aws-managed" && { policyName }) };
}

/** What keys are without being set, in an access level. Without it: nothing that can be written stands for an unset key. */
export function unsetOf(level: AccessLevel): Partial<AccessEntry> {
  return Object.fromEntries(
    Object.entries(ACCESS_PROPERTIES).flatMap(([property, value]) => {
      const byDefault = defaultOf(value, level);
      return byDefault === undefined ? [] : [[keyOf(property), byDefault]];
    }),
  );
}

/** An access level's entry with some properties, without those that are as if they weren't set. */
export function entryOf(
  level: AccessLevel,
  properties: Readonly<Partial<Record<AccessProperty, unknown>>>,
): AccessEntry {
  const set = Object.entries(properties).filter(
    ([property, value]) =>
      value !== undefined && value !== defaultOf(ACCESS_PROPERTIES[property as AccessProperty], level),
  );
  return withKeys(Object.fromEntries(set));
}
