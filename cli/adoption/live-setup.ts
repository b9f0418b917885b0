import { CloudControlClient } from "@aws-sdk/client-cloudcontrol";

import type { Environment } from "../../stacks/environments/environment";
import { expectKnown } from "../aws/advice";
import { otherAccountWords, withSignedIn } from "../aws/identity";
import { type LiveAccount, type RoleWithRights, readLiveAccount } from "../aws/live-account";
import { type ChannelProperties, type LiveChannel, readAlias } from "../aws/live-channel";
import type { LiveDocument } from "../aws/live-document";
import type { LivePolicy, LiveRole } from "../aws/live-role";
import type { Lookup } from "../aws/lookup";
import { pathAndNameOf, roleArnIn } from "../iam/arn";
import { CommandError } from "../terminal/command-error";

/** The Support App's live setup in an account. */
export interface LiveSetup {
  /** The roles that the Support App can assume, or may be able to. */
  readonly roles: readonly TrustingRole[];
  readonly channels: readonly KnownChannel[];
  readonly workspaces: readonly string[];
  /** The alias that people in Slack see instead of the account ID. */
  readonly alias?: string;
  readonly hasServiceQuotasRole: boolean;
}

/** A channel, with properties that could be read. */
export interface KnownChannel extends Omit<LiveChannel, "properties"> {
  readonly properties: Partial<ChannelProperties>;
}

/** A role that the Support App can assume, with everything about it. */
export interface TrustingRole extends LiveRole {
  readonly name: string;
  readonly path: string;
  readonly attached: readonly AttachedPolicy[];
  readonly inline: readonly NamedDocument[];
}

export interface NamedDocument extends Omit<LivePolicy, "document"> {
  readonly document: LiveDocument;
}

export interface AttachedPolicy extends NamedDocument {
  readonly arn: string;
  readonly path: string;
}

/** The account to read, and the credentials to use. */
export interface ImportRequest extends Pick<Environment, "name" | "account" | "region" | "profile"> {
  /** Path and name of the role to assume first. */
  readonly assumeRole?: string;
}

/**
 * Reads the Support App's setup in an account. Changes nothing.
 *
 * @throws CommandError when a part of it can't be read
 */
export function readSetup(request: ImportRequest): Promise<LiveSetup> {
  const { account, assumeRole } = request;
  const role = assumeRole === undefined ? undefined : { arn: roleArnIn(account, assumeRole) };
  return withSignedIn(request, role, "support-app-import", async (signedIn, profile) => {
    const caller = expectKnown(signedIn, "import", profile);
    if (caller.account !== account) {
      const { received, expected, use } = otherAccountWords(caller, account, profile);
      throw new CommandError(
        `Received ${received}, expected ${expected}. ${use} Or give --assume-role the name of a role of ${account}.`,
      );
    }
    const { config } = caller;
    const [live, alias] = await Promise.all([readLiveAccount(config), readAlias(new CloudControlClient(config))]);
    return setupOf(live, alias);
  });
}

const expectValue = <T>(lookup: Lookup<T>) => expectKnown(lookup, "import");

/**
 * The setup in an account.
 *
 * @throws CommandError when a part of it couldn't be read
 */
export function setupOf(live: LiveAccount, alias: Lookup<string | undefined>): LiveSetup {
  return {
    roles: expectValue(live.roles).map(wholeRole),
    channels: expectValue(live.channels).map((channel) => ({
      ...channel,
      properties: expectValue(channel.properties),
    })),
    workspaces: expectValue(live.workspaces),
    alias: expectValue(alias),
    hasServiceQuotasRole: expectValue(live.serviceQuotasRole),
  };
}

function wholeRole({ rights }: RoleWithRights): TrustingRole {
  const role = expectValue(rights.role);
  const policies = expectValue(rights.policies).map((policy) => ({
    ...policy,
    document: expectValue(policy.document),
  }));
  const attachedPolicies = policies.flatMap(({ arn, ...policy }) =>
    arn === undefined ? [] : [{ ...policy, arn, path: pathAndNameOf(arn).path }],
  );
  return {
    ...role,
    ...pathAndNameOf(role.arn),
    attached: attachedPolicies,
    inline: policies.filter(({ arn }) => arn === undefined),
  };
}
