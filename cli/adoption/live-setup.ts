import type { Environment } from "../../stacks/environments/environment";
import { expectKnown } from "../aws/advice";
import type { LiveAccount, RoleWithRights } from "../aws/live-account";
import type { ChannelProperties, LiveChannel } from "../aws/live-channel";
import type { LiveDocument } from "../aws/live-document";
import type { LivePolicy, LiveRole } from "../aws/live-role";
import type { Lookup } from "../aws/lookup";
import { pathAndNameOf } from "../iam/arn";

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

/** The account that becomes an environment. */
export type ImportRequest = Pick<Environment, "name" | "account" | "region">;

const expectValue = <T>(lookup: Lookup<T>) => expectKnown(lookup);

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
