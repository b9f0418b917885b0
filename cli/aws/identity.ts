import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { promised } from "./broken-answer";
import type { ClientConfig } from "./connection";
import { type Lookup, lookUp } from "./lookup";

/** The principal of the credentials. */
export interface Identity {
  readonly account: string;
  readonly arn: string;
}

/** Reads the principal of the credentials. */
export function readIdentity(config: ClientConfig): Promise<Lookup<Identity>> {
  return lookUp("sts:GetCallerIdentity", async () => {
    const { Account, Arn } = await new STSClient(config).send(new GetCallerIdentityCommand({}));
    return { account: promised(Account, "Account"), arn: promised(Arn, "Arn") };
  });
}

/**
 * Assumes a role and returns its credentials. Known and undefined: there is no role to assume.
 *
 * @param RoleSessionName the session's name in the account's CloudTrail
 */
export function assume(config: ClientConfig, RoleArn: string | undefined, RoleSessionName: string) {
  return lookUp("sts:AssumeRole", async () => {
    if (RoleArn === undefined) return undefined;
    const { Credentials } = await new STSClient(config).send(new AssumeRoleCommand({ RoleArn, RoleSessionName }));
    const { AccessKeyId, SecretAccessKey, SessionToken } = promised(Credentials, "Credentials");
    return {
      accessKeyId: promised(AccessKeyId, "AccessKeyId"),
      secretAccessKey: promised(SecretAccessKey, "SecretAccessKey"),
      sessionToken: promised(SessionToken, "SessionToken"),
    };
  });
}
