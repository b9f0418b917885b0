import { CloudControlClient } from "@aws-sdk/client-cloudcontrol";
import type { Region } from "../../../stacks/environments/environments-schema";
import type { ClientConfig } from "../../aws/connection";
import { type SignedIn, signIn } from "../../aws/identity";
import { type LiveRegion, type LiveRoles, readLiveRegion, readLiveRoles } from "../../aws/live-account";
import { readAlias } from "../../aws/live-channel";
import { knownOf, type Lookup, type LookupFailure, mapped } from "../../aws/lookup";
import type { OrganizationAccount } from "../../aws/organization";
import type { Target } from "./audited-account";

/** The name of audit's sessions in CloudTrail. */
export const SESSION = "support-app-audit";

/** What an account has for the Support App. */
export interface AccountRead extends LiveRoles {
  readonly regions: readonly RegionRead[];
}

export interface RegionRead extends LiveRegion {
  readonly region: Region;
  /** The alias that people in Slack see instead of the account ID. */
  readonly alias: Lookup<string | undefined>;
}

/** Reads the account of the credentials, in these regions. Changes nothing. */
export async function readAccount(config: ClientConfig, regions: readonly Region[]): Promise<AccountRead> {
  const [roles, read] = await Promise.all([
    readLiveRoles(config),
    Promise.all(regions.map((region) => readRegion(config, region))),
  ]);
  return { ...roles, regions: read };
}

async function readRegion(config: ClientConfig, region: Region): Promise<RegionRead> {
  const cloudControl = new CloudControlClient({ ...config, region });
  const live = await readLiveRegion(cloudControl);
  const [channels, workspaces] = [orNone(live.channels), orNone(live.workspaces)];
  const isEmpty = [channels, workspaces].every((one) => knownOf<readonly unknown[]>(one)?.length === 0);
  // Without a channel or a workspace, nobody in Slack sees an alias.
  const alias = isEmpty ? { known: undefined } : await readAlias(cloudControl);
  return { region, channels, workspaces, alias };
}

/** A region without the Support App has nothing of it. */
function orNone<T>(lookup: Lookup<readonly T[]>): Lookup<readonly T[]> {
  return "unknown" in lookup && lookup.unknown.kind === "no-support-app" ? { known: [] } : lookup;
}

/** Credentials of an account: the caller's, or of the role in it. */
export async function credentialsOf(
  { id, isActive = true }: Target & Partial<OrganizationAccount>,
  own: SignedIn,
  role: string | undefined,
): Promise<Lookup<ClientConfig>> {
  const failed = (kind: LookupFailure["kind"], message: string) => ({
    unknown: { kind, action: "sts:AssumeRole", message },
  });
  if (!isActive) return failed("closed", "AWS Organizations says that it is suspended, closed or not yet active");
  if (id === own.account) return { known: own.config };
  const signedIn = await signIn(own.config, `arn:aws:iam::${id}:role/${role}`, SESSION);
  if ("known" in signedIn && signedIn.known.account !== id)
    return failed("broken-answer", `received credentials of ${signedIn.known.account}`);
  return mapped(signedIn, ({ config }) => config);
}
