import { CloudControlClient } from "@aws-sdk/client-cloudcontrol";
import { IAMClient } from "@aws-sdk/client-iam";
import { LEVELS } from "../../modules/support-app/model/access-level";
import { channelKey } from "../../modules/support-app/model/channel-set";
import {
  ACCOUNT_ALIAS_TYPE,
  SLACK_CHANNEL_TYPE,
  SLACK_WORKSPACE_TYPE,
} from "../../modules/support-app/model/cloud-control-types";
import { iamNamesOf, policyArnOf, roleArnOf } from "../../modules/support-app/model/iam-names";
import { REGIONS } from "../../modules/support-app/model/limits";
import type { OwnedAccess } from "../../modules/support-app/model/team";
import { inSeconds } from "../../modules/support-app/model/until";
import type { Environment } from "../../stacks/environments/environment";
import type { ClientConfig } from "./connection";
import { findAlias, readIdentifiers, readProperties } from "./live-channel";
import { findPolicy, type LiveRole, mayTrustSupportApp, readRole } from "./live-role";
import { type Lookup, type LookupFailure, mapLookup, valueIfKnown } from "./lookup";

/** Something in AWS under a name of an environment that no deploy of the environment changes or removes. */
export interface Orphan {
  readonly kind: "role" | "policy" | "channel" | "workspace" | "account-alias";
  /** ARN of a role or a policy, otherwise Cloud Control's identifier. */
  readonly id: string;
  /** A channel's region. */
  readonly region?: string;
  /** ARN of a channel's role. */
  readonly role?: string;
}

/** Something that AWS doesn't show, so that it may hide an orphan. */
export interface Unseen {
  readonly kind: Orphan["kind"];
  /** A role's name, a policy's ARN, a workspace's ID, or the region of channels. */
  readonly name: string;
  /** Whether environments.yaml has it, so that nothing is known without it. */
  readonly isDecisive: boolean;
  readonly failure: LookupFailure;
}

export interface Orphans {
  readonly orphans: readonly Orphan[];
  readonly unseen: readonly Unseen[];
}

/** What an orphan isn't. */
export interface Keeping {
  /** Whether the environment is to be removed, so that nothing in environments.yaml is to stay. */
  readonly isRemoved: boolean;
  /** Whether a state has it. @param name of a role, otherwise an orphan's ID */
  readonly isStated: (kind: Orphan["kind"], name: string) => boolean;
  /** ARNs of the roles in the state. */
  readonly statedRoles: readonly string[];
}

interface Search extends Omit<Unseen, "failure"> {
  readonly lookup: Promise<Lookup<readonly Orphan[]>>;
}

/**
 * Looks for what AWS has under an environment's names and no state has: roles, policies, workspaces and the alias as
 * environments.yaml names them, roles of default names that it doesn't use, and in every region channels with one of these
 * roles. No other names are known: audit lists every role.
 */
export async function findOrphans(config: ClientConfig, environment: Environment, keeping: Keeping): Promise<Orphans> {
  const searches = [
    ...defaultRoleSearches(config, environment, keeping),
    ...(keeping.isRemoved ? namedSearches(config, environment, keeping) : []),
    ...channelSearches(config, environment, keeping),
  ];
  const results = await Promise.all(searches.map(async (search) => ({ ...search, lookup: await search.lookup })));
  return {
    orphans: results.flatMap(({ lookup }) => valueIfKnown(lookup) ?? []),
    unseen: results.flatMap(({ lookup, ...search }) =>
      "unknown" in lookup ? [{ ...search, failure: lookup.unknown }] : [],
    ),
  };
}

/** The levels under their default names that an environment doesn't use, unless others configure its account, too. */
export function unusedDefaults({ account, accesses, otherChannels }: Environment): OwnedAccess[] {
  const names = accesses.map((props) => iamNamesOf(props).roleName.toLowerCase());
  const defaults = LEVELS.map((access): OwnedAccess => ({ account, access }));
  return otherChannels ? [] : defaults.filter((props) => !names.includes(iamNamesOf(props).roleName.toLowerCase()));
}

/** A role that somebody made by hand is one only if the Support App can use it. */
function defaultRoleSearches(config: ClientConfig, environment: Environment, { isStated }: Keeping): Search[] {
  const iam = new IAMClient(config);
  const now = inSeconds(new Date());
  return unusedDefaults(environment)
    .map((props) => iamNamesOf(props).roleName)
    .filter((name) => !isStated("role", name))
    .map((name) => ({
      kind: "role",
      name,
      isDecisive: false,
      lookup: roleOrphan(iam, name, ({ trust }) => mayTrustSupportApp(trust, now)),
    }));
}

/** What environments.yaml names, but for channels. */
function namedSearches(
  config: ClientConfig,
  { accesses, slackWorkspaces, accountAlias }: Environment,
  { isStated }: Keeping,
): Search[] {
  const [iam, cloudControl] = [new IAMClient(config), new CloudControlClient(config)];
  const policies = accesses.filter((props) => iamNamesOf(props).policyName !== undefined).map(policyArnOf);
  const search = (
    kind: Orphan["kind"],
    names: readonly string[],
    lookUpOrphan: (name: string) => Search["lookup"],
  ): Search[] =>
    names
      .filter((name) => !isStated(kind, name))
      .map((name) => ({ kind, name, isDecisive: true, lookup: lookUpOrphan(name) }));
  const roleNames = accesses.map((props) => iamNamesOf(props).roleName);
  return [
    ...search("role", roleNames, (name) => roleOrphan(iam, name)),
    ...search("policy", policies, async (id) => orphanIfAny(await findPolicy(iam, id), { kind: "policy", id })),
    ...search("workspace", slackWorkspaces, async (id) =>
      orphanIfAny(await readProperties(cloudControl, SLACK_WORKSPACE_TYPE, id), { kind: "workspace", id }),
    ),
    ...search("account-alias", accountAlias === undefined ? [] : [accountAlias], (alias) =>
      aliasOrphan(cloudControl, alias, isStated),
    ),
  ];
}

function orphanIfAny(lookup: Lookup<unknown>, orphan: Orphan): Lookup<readonly Orphan[]> {
  return mapLookup(lookup, (live) => (live === undefined ? [] : [orphan]));
}

async function roleOrphan(
  iam: IAMClient,
  name: string,
  isMeant: (role: LiveRole) => boolean = () => true,
): Promise<Lookup<readonly Orphan[]>> {
  return mapLookup(await readRole(iam, name), (role) =>
    role && isMeant(role) ? [{ kind: "role", id: role.arn }] : [],
  );
}

/** The account's alias, if it is the one of environments.yaml. */
async function aliasOrphan(
  cloudControl: CloudControlClient,
  accountAlias: string,
  isStated: Keeping["isStated"],
): Promise<Lookup<readonly Orphan[]>> {
  const identifier = await findAlias(cloudControl);
  if ("unknown" in identifier) return identifier;
  const { known: id } = identifier;
  if (id === undefined || isStated("account-alias", id)) return { known: [] };
  return mapLookup(await readProperties(cloudControl, ACCOUNT_ALIAS_TYPE, id), (live) =>
    live?.AccountAlias === accountAlias ? [{ kind: "account-alias", id }] : [],
  );
}

/** A role is the same in every region, so a channel elsewhere can have each of them. */
function channelSearches(config: ClientConfig, environment: Environment, keeping: Keeping): Search[] {
  if (environment.channels.length === 0) return []; // channels are configured by hand
  const otherRegions = REGIONS.filter((region) => region !== environment.region);
  return [environment.region, ...otherRegions].map((region) => ({
    kind: "channel",
    name: region,
    isDecisive: region === environment.region,
    lookup: channelOrphans(new CloudControlClient({ ...config, region }), environment, region, keeping),
  }));
}

async function channelOrphans(
  cloudControl: CloudControlClient,
  environment: Environment,
  region: string,
  { isRemoved, isStated, statedRoles }: Keeping,
): Promise<Lookup<readonly Orphan[]>> {
  const { accesses, channels, otherChannels } = environment;
  const roles: unknown[] = [...statedRoles, ...[...accesses, ...unusedDefaults(environment)].map(roleArnOf)];
  const identifiers = await readIdentifiers(cloudControl, SLACK_CHANNEL_TYPE);
  if ("unknown" in identifiers) return identifiers.unknown.kind === "no-support-app" ? { known: [] } : identifiers;
  const isOwn = (id: string) => channels.some((channel) => channelKey(channel) === id);
  const isKept = (id: string) =>
    region === environment.region && (isStated("channel", id) || (isOwn(id) && !isRemoved));
  const candidates = identifiers.known.filter((id) => !isKept(id) && (isOwn(id) || !otherChannels));
  const lookups = await Promise.all(
    candidates.map(async (id) =>
      mapLookup(await readProperties(cloudControl, SLACK_CHANNEL_TYPE, id), (live): Orphan[] =>
        roles.includes(live?.ChannelRoleArn)
          ? [{ kind: "channel", id, region, role: String(live?.ChannelRoleArn) }]
          : [],
      ),
    ),
  );
  const unread = lookups.find((lookup) => "unknown" in lookup);
  return unread ?? { known: lookups.flatMap((lookup) => valueIfKnown(lookup) ?? []) };
}
