import { CloudControlClient } from "@aws-sdk/client-cloudcontrol";
import { IAMClient } from "@aws-sdk/client-iam";
import pLimit from "p-limit";
import type { Region } from "../../modules/support-app/model/limits";
import { SERVICE_QUOTAS_ROLE_PATH } from "../../modules/support-app/model/service-quotas-role";
import { pathAndNameOf } from "../iam/arn";
import type { ClientConfig } from "./connection";
import { type LiveChannel, readChannels, readWorkspaces } from "./live-channel";
import {
  consistentRights,
  type ListedRights,
  type ListedRole,
  mayTrustSupportApp,
  readRights,
  readRoles,
} from "./live-role";
import { type Lookup, mapLookup, valueIfKnown } from "./lookup";

/** What an account and a region have for the Support App. */
export interface LiveAccount extends LiveRoles, LiveRegion {}

/** The roles of an account, which are the same in every region. */
export interface LiveRoles {
  /** Every role that the Support App may be able to assume. */
  readonly roles: Lookup<readonly RoleWithRights[]>;
  /** Whether the service-linked role of Service Quotas is there. */
  readonly serviceQuotasRole: Lookup<boolean>;
}

/** What is configured in one region of an account. */
export interface LiveRegion {
  readonly channels: Lookup<readonly LiveChannel[]>;
  /** IDs of the Slack workspaces that are registered. */
  readonly workspaces: Lookup<readonly string[]>;
}

/** A region that was searched. Without the Support App, it has nothing of it. */
export interface SearchedRegion extends LiveRegion {
  readonly region: Region;
}

export interface RoleWithRights extends ListedRole {
  readonly rights: ListedRights;
}

/** How many roles to read in parallel: IAM throttles an account that asks too much at once, and the SDK then drops calls. */
const PARALLEL_ROLES = 10;

/** Reads the account and the region of the credentials, but for roles of these names. Changes nothing. @param now the current time, as `2027-01-01T00:00:00Z` */
export async function readLiveAccount(
  config: ClientConfig,
  now: string,
  without: readonly string[] = [],
  listing?: ReturnType<typeof readRoles>,
): Promise<LiveAccount> {
  const [roles, region] = await Promise.all([
    readLiveRoles(new IAMClient(config), now, without, listing),
    readLiveRegion(new CloudControlClient(config)),
  ]);
  return { ...roles, ...region };
}

/** @param listing of all roles of the account */
export async function readLiveRoles(
  iam: IAMClient,
  now: string,
  without: readonly string[] = [],
  listing: ReturnType<typeof readRoles> = readRoles(iam),
): Promise<LiveRoles> {
  const leftOut = new Set(without.map((name) => name.toLowerCase()));
  const isWanted = ({ name, trust }: ListedRole) => !leftOut.has(name.toLowerCase()) && mayTrustSupportApp(trust, now);
  const limit = pLimit(PARALLEL_ROLES);
  const withRights = async (role: ListedRole) => ({
    ...role,
    rights: consistentRights(role, await readRights(iam, role.name)),
  });
  const listedRoles = await listing;
  const reading = (valueIfKnown(listedRoles) ?? []).filter(isWanted).map((role) => limit(() => withRights(role)));
  const rights = await Promise.all(reading);
  const isLinked = ({ arn }: ListedRole) => pathAndNameOf(arn).path === SERVICE_QUOTAS_ROLE_PATH;
  return {
    roles: mapLookup(listedRoles, () => rights),
    serviceQuotasRole: mapLookup(listedRoles, (roles) => roles.some(isLinked)),
  };
}

async function readLiveRegion(cloudControl: CloudControlClient): Promise<LiveRegion> {
  const [channels, workspaces] = await Promise.all([readChannels(cloudControl), readWorkspaces(cloudControl)]);
  return { channels, workspaces };
}

export async function searchRegion(cloudControl: CloudControlClient, region: Region): Promise<SearchedRegion> {
  const { channels, workspaces } = await readLiveRegion(cloudControl);
  return { region, channels: orNone(channels), workspaces: orNone(workspaces) };
}

function orNone<T>(lookup: Lookup<readonly T[]>): Lookup<readonly T[]> {
  return "unknown" in lookup && lookup.unknown.kind === "no-support-app" ? { known: [] } : lookup;
}
