import { AssumeRoleCommand, type AssumeRoleResponse, GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { accountOfArn } from "../iam/arn";
import { promised } from "./broken-answer";
import { type ClientConfig, type Connection, type Credentials, connect } from "./connection";
import { type Lookup, lookUp } from "./lookup";

/** A configuration of clients, and the principal of its credentials. */
export interface SignedIn {
  readonly config: ClientConfig;
  readonly account: string;
  readonly arn: string;
}

/** Assumes a role, if there is one to assume, with that name in CloudTrail, and reads the principal of the credentials. */
export async function signIn(
  own: ClientConfig,
  RoleArn: string | undefined,
  RoleSessionName: string,
): Promise<Lookup<SignedIn>> {
  const assumed = RoleArn === undefined ? { known: own } : await assume(own, RoleArn, RoleSessionName);
  if ("unknown" in assumed) return assumed;
  const config = assumed.known;
  return lookUp("sts:GetCallerIdentity", async () => {
    const answer = await new STSClient(config).send(new GetCallerIdentityCommand({}));
    return { config, account: promised(answer, "Account"), arn: promised(answer, "Arn") };
  });
}

/** Connects to AWS, signs in, and runs something with the result. */
export async function withSignedIn<T>(
  environment: Parameters<Connection["configFor"]>[0],
  role: string | undefined,
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

function assume(config: ClientConfig, RoleArn: string, RoleSessionName: string): Promise<Lookup<ClientConfig>> {
  return lookUp("sts:AssumeRole", async () => {
    const answer = await new STSClient(config).send(new AssumeRoleCommand({ RoleArn, RoleSessionName }));
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
    const session = promised(promised(answer, "AssumedRoleUser"), "Arn");
    return { credentials: credentialsIn(answer), account: accountOfArn(session) };
  });
}

function credentialsIn(answer: AssumeRoleResponse): Credentials {
  const credentials = promised(answer, "Credentials");
  return {
    accessKeyId: promised(credentials, "AccessKeyId"),
    secretAccessKey: promised(credentials, "SecretAccessKey"),
    sessionToken: promised(credentials, "SessionToken"),
  };
}
