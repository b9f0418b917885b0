import { CloudControlClient } from "@aws-sdk/client-cloudcontrol";
import { IAMClient, paginateListRoles } from "@aws-sdk/client-iam";
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient, type STSClientConfig } from "@aws-sdk/client-sts";
import { DescribeSeverityLevelsCommand, SupportClient } from "@aws-sdk/client-support";
import type { AccessLevel } from "../../modules/support-app/access-level";
import { roleArnOf } from "../../modules/support-app/iam-names";
import { SERVICE_QUOTAS_ROLE_PATH } from "../../modules/support-app/service-quotas-role";
import type { Environment } from "../../stacks/environment";
import { type LiveAccess, readAccess } from "./live-access";
import { type LiveChannel, readChannels, readWorkspaces } from "./live-channel";
import { all, type Lookup, type LookupFailure, lookUp, MAX_ATTEMPTS } from "./lookup";

/** What AWS says of an environment's account, as far as a check asks for it. */
export interface Account {
  /** Who asks. */
  readonly identity: Lookup<Identity>;
  /** What the account's Support plan says to its API. */
  readonly supportApi: Lookup<unknown>;
  /** By access level. */
  readonly accesses: ReadonlyMap<AccessLevel, LiveAccess>;
  /** Every Slack channel that is configured in the account. */
  readonly channels: Lookup<readonly LiveChannel[]>;
  /** IDs of the Slack workspaces that are registered for the account. */
  readonly workspaces: Lookup<readonly string[]>;
  /** Whether the service-linked role of Service Quotas is there. */
  readonly serviceQuotasRole: Lookup<boolean>;
}

/** Whoever has the credentials. */
export interface Identity {
  readonly account: string;
  readonly arn: string;
}

/** The AWS Support API has one endpoint. Source: AWS General Reference, AWS Support endpoints. */
const SUPPORT_REGION = "us-east-1";

/** How AWS is reached. Credentials are looked up once, and connections are shared, however many environments there are. */
export type Connection = STSClient;

/** Longest that one try of a call takes, in milliseconds: a firewall may answer nothing at all. */
const TIMEOUTS = {
  connectionTimeout: 5_000,
  requestTimeout: 10_000,
  socketTimeout: 10_000,
  throwOnRequestTimeout: true,
};

/** Reaches AWS as the SDK does: AWS_ENDPOINT_URL, AWS_PROFILE and all else that it reads. */
export function connect(region: string): Connection {
  // It warns of versions of the SDK that are yet to come; this package pins one that runs on every Node.js it supports.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";
  return new STSClient({ region, maxAttempts: MAX_ATTEMPTS, requestHandler: TIMEOUTS });
}

/**
 * Reads an environment's account. Nothing is changed.
 *
 * @param deployRole ARN of the role to assume first
 */
export async function readAccount(
  connection: Connection,
  environment: Environment,
  deployRole?: string,
): Promise<Account> {
  const { credentials, requestHandler } = connection.config;
  const config = { region: environment.region, maxAttempts: MAX_ATTEMPTS, credentials, requestHandler };
  const assumed = await assume(config, deployRole);
  if ("unknown" in assumed) return nothingBut(assumed);
  const as = { ...config, credentials: assumed.known ?? credentials };
  const identity = await lookUp("sts:GetCallerIdentity", async () => {
    const { Account, Arn } = await new STSClient(as).send(new GetCallerIdentityCommand({}));
    return { account: String(Account), arn: String(Arn) };
  });
  if ("unknown" in identity) return nothingBut(identity);
  if (identity.known.account !== environment.account) return { ...nothingBut(ANOTHER_ACCOUNT), identity };

  const iam = new IAMClient(as);
  const cloudControl = new CloudControlClient(as);
  const support = new SupportClient({ ...as, region: SUPPORT_REGION });
  const own = environment.accesses.map(roleArnOf);
  const [supportApi, accesses, channels, workspaces, serviceQuotasRole] = await Promise.all([
    lookUp("support:DescribeSeverityLevels", () => support.send(new DescribeSeverityLevelsCommand({ language: "en" }))),
    Promise.all(environment.accesses.map(async (props) => [props.access, await readAccess(iam, props)] as const)),
    readChannels(cloudControl, iam, environment.account, own),
    readWorkspaces(cloudControl),
    lookUp("iam:ListRoles", async () => {
      const found = paginateListRoles({ client: iam }, { PathPrefix: SERVICE_QUOTAS_ROLE_PATH });
      return (await all(found, ({ Roles }) => Roles)).length > 0;
    }),
  ]);
  return { identity, supportApi, accesses: new Map(accesses), channels, workspaces, serviceQuotasRole };
}

const ANOTHER_ACCOUNT = {
  unknown: { kind: "credentials", action: "sts:GetCallerIdentity", message: "credentials of another account" },
} as const;

/** An account of which nothing can be read, and why. */
function nothingBut(unknown: { readonly unknown: LookupFailure }): Account {
  return {
    identity: unknown,
    supportApi: unknown,
    accesses: new Map(),
    channels: unknown,
    workspaces: unknown,
    serviceQuotasRole: unknown,
  };
}

/** The credentials of a role. Known and undefined: there is none to assume. */
function assume(config: STSClientConfig, RoleArn: string | undefined) {
  return lookUp("sts:AssumeRole", async () => {
    if (RoleArn === undefined) return undefined;
    const command = new AssumeRoleCommand({ RoleArn, RoleSessionName: "support-app-doctor" });
    const { Credentials } = await new STSClient(config).send(command);
    if (!Credentials) throw new Error("AWS gave no credentials.");
    const { AccessKeyId, SecretAccessKey, SessionToken } = Credentials;
    return { accessKeyId: String(AccessKeyId), secretAccessKey: String(SecretAccessKey), sessionToken: SessionToken };
  });
}
