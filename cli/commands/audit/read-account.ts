import { CloudControlClient } from "@aws-sdk/client-cloudcontrol";
import { IAMClient } from "@aws-sdk/client-iam";
import type { STSClient } from "@aws-sdk/client-sts";
import type { Region } from "../../../modules/support-app/model/limits";
import { inSeconds } from "../../../modules/support-app/model/until";
import type { ClientConfig, Credentials } from "../../aws/connection";
import { assumeRole, type SignedIn } from "../../aws/identity";
import { type LiveRoles, readLiveRoles, type SearchedRegion, searchRegion } from "../../aws/live-account";
import { readAlias } from "../../aws/live-channel";
import { type Lookup, type LookupFailure, valueIfKnown } from "../../aws/lookup";
import type { OrganizationAccount } from "../../aws/organization";
import { roleArnIn } from "../../iam/arn";
import type { AuditedTarget } from "./audited-account";

/** The name of audit's sessions in CloudTrail. */
export const SESSION = "support-app-audit";

/** What an account has for the Support App. */
export interface AccountRead extends LiveRoles {
  readonly regions: readonly RegionRead[];
}

export interface RegionRead extends SearchedRegion {
  /** The alias that people in Slack see instead of the account ID. */
  readonly alias: Lookup<string | undefined>;
}

/** Reads the account of these credentials. Changes nothing. Reads one account at a time. */
export type AccountReader = (credentials: Credentials) => Promise<AccountRead>;

/** A reader of accounts at a time, in these regions. The first call of a client of the SDK takes as much CPU as four more of its calls. */
export function accountReader(config: ClientConfig, regions: readonly Region[], time: Date): AccountReader {
  let current: Credentials | undefined;
  const credentials = Object.assign(
    async () => {
      if (current === undefined) throw new Error("Received a call before the first account.");
      return typeof current === "function" ? current() : current;
    },
    { memoized: true }, // otherwise the SDK keeps the credentials of the first account
  );
  const iam = new IAMClient({ ...config, credentials });
  const clients = regions.map((region) => ({
    region,
    cloudControl: new CloudControlClient({ ...config, region, credentials }),
  }));
  return async (next) => {
    current = next;
    const [roles, regionReads] = await Promise.all([
      readLiveRoles(iam, inSeconds(time)),
      Promise.all(clients.map(({ region, cloudControl }) => readRegion(cloudControl, region))),
    ]);
    return { ...roles, regions: regionReads };
  };
}

async function readRegion(cloudControl: CloudControlClient, region: Region): Promise<RegionRead> {
  const live = await searchRegion(cloudControl, region);
  const { channels, workspaces } = live;
  const isEmpty = [channels, workspaces].every((lookup) => valueIfKnown<readonly unknown[]>(lookup)?.length === 0);
  // Without a channel or a workspace, nobody in Slack sees an alias.
  const alias = isEmpty ? { known: undefined } : await readAlias(cloudControl);
  return { ...live, alias };
}

/** Credentials of an account: the caller's, or of the role in it. */
export async function credentialsOf(
  { id, isActive = true }: AuditedTarget & Partial<OrganizationAccount>,
  { account: caller, config }: SignedIn,
  sts: STSClient,
  role: string | undefined,
): Promise<Lookup<Credentials>> {
  const failureOf = (kind: LookupFailure["kind"], message: string) => ({
    unknown: { kind, action: "sts:AssumeRole", message },
  });
  if (!isActive) return failureOf("closed", "AWS Organizations says that it is suspended, closed or not yet active");
  if (id === caller && config.credentials) return { known: config.credentials };
  const roleCredentials = await assumeRole(sts, roleArnIn(id, role ?? ""), SESSION);
  if ("unknown" in roleCredentials) return roleCredentials;
  const { account, credentials } = roleCredentials.known;
  if (account === id) return { known: credentials };
  return failureOf("broken-answer", `received credentials of ${account ?? "no account"}`);
}
