import { AssumeRoleCommand, type AssumeRoleResponse, GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { describe } from "../../common/problem";
import type { AssumedRole } from "../../stacks/environments/environment";
import { accountOfArn } from "../iam/arn";
import { requireField } from "./answer-parts";
import { type ClientConfig, type Connection, type Credentials, connect } from "./connection";
import { type Lookup, lookUp } from "./lookup";

/** A configuration of clients, and the principal of its credentials. */
export interface SignedIn {
  readonly config: ClientConfig;
  readonly account: string;
  readonly arn: string;
}

/** Assumes a role, if there is one to assume, with its own session name or that one in CloudTrail, and reads the principal of the credentials. */
export async function signIn(
  clientConfig: ClientConfig,
  role: AssumedRole | undefined,
  sessionName: string,
): Promise<Lookup<SignedIn>> {
  const credentials = role === undefined ? { known: clientConfig } : await assume(clientConfig, role, sessionName);
  if ("unknown" in credentials) return credentials;
  const config = credentials.known;
  return lookUp("sts:GetCallerIdentity", async () => {
    const answer = await new STSClient(config).send(new GetCallerIdentityCommand({}));
    return { config, account: requireField(answer, "Account"), arn: requireField(answer, "Arn") };
  });
}

/** What to say of credentials of another account than the expected one, with a profile of environments.yaml. */
export function otherAccountWords(
  { account: liveAccount, arn }: SignedIn,
  account: string,
  profile: string | undefined,
) {
  return {
    received: `credentials of the account ${liveAccount} (${arn})`,
    expected: `credentials of the account ${account}`,
    use:
      profile === undefined
        ? `Use credentials of ${account}, such as with AWS_PROFILE.`
        : `Give the profile ${describe(profile)} of environments.yaml credentials of ${account}, or set another profile there.`,
  };
}

/** Connects to AWS, signs in, and runs something with the result. */
export async function withSignedIn<T>(
  environment: Parameters<Connection["configFor"]>[0],
  role: AssumedRole | undefined,
  sessionName: string,
  run: (signedIn: Lookup<SignedIn>, profile: string | undefined) => Promise<T>,
): Promise<T> {
  const connection = connect();
  const config = connection.configFor(environment);
  try {
    return await run(await signIn(config, role, sessionName), config.profile);
  } finally {
    connection.destroy();
  }
}

function assume(config: ClientConfig, role: AssumedRole, sessionName: string): Promise<Lookup<ClientConfig>> {
  return lookUp("sts:AssumeRole", async () => {
    const answer = await new STSClient(config).send(
      new AssumeRoleCommand({
        RoleArn: role.arn,
        RoleSessionName: role.sessionName ?? sessionName,
        ExternalId: role.externalId,
      }),
    );
    return { ...config, credentials: credentialsIn(answer) };
  });
}

/** Credentials of a role, and its account, as the answer has it. */
export interface RoleCredentials {
  readonly credentials: Credentials;
  readonly account: string | undefined;
}

/** Assumes a role, in a session of that name. */
export function assumeRole(sts: STSClient, RoleArn: string, RoleSessionName: string): Promise<Lookup<RoleCredentials>> {
  return lookUp("sts:AssumeRole", async () => {
    const answer = await sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName }));
    const session = requireField(requireField(answer, "AssumedRoleUser"), "Arn");
    return { credentials: credentialsIn(answer), account: accountOfArn(session) };
  });
}

function credentialsIn(answer: AssumeRoleResponse): Credentials {
  const credentials = requireField(answer, "Credentials");
  return {
    accessKeyId: requireField(credentials, "AccessKeyId"),
    secretAccessKey: requireField(credentials, "SecretAccessKey"),
    sessionToken: requireField(credentials, "SessionToken"),
  };
}
