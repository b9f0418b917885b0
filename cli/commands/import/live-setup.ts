import { CloudControlClient } from "@aws-sdk/client-cloudcontrol";
import { GetPolicyCommand, IAMClient, type Tag } from "@aws-sdk/client-iam";
import { describe } from "../../../modules/support-app/model/problem";
import type { Environment } from "../../../stacks/environments/environment";
import { promised } from "../../aws/broken-answer";
import { type SignedIn, withSignedIn } from "../../aws/identity";
import { type LiveChannel, readAlias, readChannels, readWorkspaces } from "../../aws/live-channel";
import type { LiveDocument } from "../../aws/live-document";
import { getRole, type LiveRole, mayTrustSupportApp, readAttached, readInline, readRoles } from "../../aws/live-role";
import { lookUp } from "../../aws/lookup";
import { pathAndNameOf } from "../../iam/arn";
import { CommandError } from "../../terminal/command-error";
import { expectKnown } from "./expect-known";

/** The Support App's live setup in an account. */
export interface LiveSetup {
  /** The roles that the Support App can assume, or may be able to. */
  readonly roles: readonly TrustingRole[];
  /** ARNs of all roles of the account. */
  readonly roleArns: readonly string[];
  readonly channels: readonly LiveChannel[];
  /** IDs of the Slack workspaces that are registered. */
  readonly workspaces: readonly string[];
  /** The alias that people in Slack see instead of the account ID. */
  readonly alias?: string;
}

/** A role that the Support App can assume, with everything about it. */
export interface TrustingRole extends Omit<LiveRole, "tags"> {
  readonly name: string;
  readonly path: string;
  readonly maxSessionDuration: number;
  readonly tags: Tags;
  readonly attached: readonly AttachedPolicy[];
  readonly inline: readonly NamedDocument[];
}

/** A policy that is attached to a role. */
export interface AttachedPolicy extends NamedDocument {
  readonly arn: string;
  readonly path: string;
  readonly description?: string;
  readonly tags: Tags;
  /** Whether it is also attached elsewhere, or used as a boundary. */
  readonly isShared: boolean;
}

/** A policy of a role. */
export interface NamedDocument {
  readonly name: string;
  readonly document: LiveDocument;
}

/** Tags, by their keys. */
export type Tags = ReadonlyMap<string, string>;

/** The account to read, and the credentials to use. */
export interface Asked extends Pick<Environment, "name" | "account" | "region" | "profile"> {
  /** ARN of the role to assume first. */
  readonly assume?: string;
}

/** Works with the requested credentials. */
export function withCredentials<T>(asked: Omit<Asked, "account">, work: (as: SignedIn) => Promise<T>): Promise<T> {
  return withSignedIn(asked, asked.assume, "support-app-import", (signedIn, profile) =>
    work(expectKnown(signedIn, profile)),
  );
}

/**
 * Reads the Support App's setup in an account. Changes nothing.
 *
 * @throws CommandError when a part of it can't be read
 */
export function readSetup(asked: Asked): Promise<LiveSetup> {
  return withCredentials(asked, (as) => readAccount(as, asked.account));
}

async function readAccount({ config, identity }: SignedIn, account: string): Promise<LiveSetup> {
  const { profile } = config;
  if (identity.account !== account) {
    throw new CommandError(
      `Received credentials of the account ${identity.account} (${identity.arn}), expected credentials of ${account}. ${profile === undefined ? "Set AWS_PROFILE" : `Replace the profile ${describe(profile)} in environments.yaml, set AWS_PROFILE`}, or give --assume a role of ${account}.`,
    );
  }
  const iam = new IAMClient(config);
  const cloudControl = new CloudControlClient(config);
  const all = expectKnown(await readRoles(iam));
  const roleArns = all.map(({ arn }) => arn);
  const trusting = all.filter(({ trust }) => mayTrustSupportApp(trust));
  const [roles, channels, workspaces, alias] = await Promise.all([
    Promise.all(trusting.map(({ name }) => readRole(iam, name))),
    readChannels(cloudControl),
    readWorkspaces(cloudControl),
    readAlias(cloudControl),
  ]);
  return {
    roles,
    roleArns,
    channels: expectKnown(channels),
    workspaces: expectKnown(workspaces),
    alias: expectKnown(alias),
  };
}

async function readRole(iam: IAMClient, RoleName: string): Promise<TrustingRole> {
  const [role, attached, inline] = await Promise.all([
    lookUp("iam:GetRole", async () => {
      const found = await getRole(iam, RoleName);
      return {
        ...found,
        maxSessionDuration: promised({ MaxSessionDuration: found.maxSessionDuration }, "MaxSessionDuration"),
      };
    }),
    readAttached(iam, RoleName),
    readInline(iam, RoleName),
  ]);
  const known = expectKnown(role);
  return {
    ...known,
    ...pathAndNameOf(known.arn),
    description: known.description || undefined,
    tags: tagsOf(known.tags),
    attached: await Promise.all(
      expectKnown(attached).map(({ arn = "", document }) => readPolicy(iam, arn, expectKnown(document))),
    ),
    inline: expectKnown(inline).map(({ name, document }) => ({ name, document: expectKnown(document) })),
  };
}

async function readPolicy(iam: IAMClient, arn: string, document: LiveDocument): Promise<AttachedPolicy> {
  const policy = await lookUp("iam:GetPolicy", async () => {
    const found = promised(await iam.send(new GetPolicyCommand({ PolicyArn: arn })), "Policy");
    return { ...found, AttachmentCount: promised(found, "AttachmentCount") };
  });
  const { Description, AttachmentCount, PermissionsBoundaryUsageCount = 0, Tags } = expectKnown(policy);
  return {
    arn,
    ...pathAndNameOf(arn),
    document,
    description: Description || undefined,
    tags: tagsOf(Tags),
    isShared: AttachmentCount > 1 || PermissionsBoundaryUsageCount > 0,
  };
}

function tagsOf(tags: readonly Tag[] = []): Tags {
  return new Map(tags.map(({ Key = "", Value = "" }) => [Key, Value]));
}
