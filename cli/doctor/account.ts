import { CloudControlClient } from "@aws-sdk/client-cloudcontrol";
import { IAMClient } from "@aws-sdk/client-iam";
import { DescribeSeverityLevelsCommand, SupportClient } from "@aws-sdk/client-support";
import type { AccessLevel } from "../../modules/support-app/model/access-level";
import { iamNamesOf, roleArnOf } from "../../modules/support-app/model/iam-names";
import { SERVICE_QUOTAS_ROLE_PATH } from "../../modules/support-app/model/service-quotas-role";
import type { Environment } from "../../stacks/environment";
import { severityLevelsAnswer } from "../aws/answer-schemas";
import { expectAnswer } from "../aws/broken-answer";
import type { ClientConfig, Connection } from "../aws/connection";
import { assume, type Identity, readIdentity } from "../aws/identity";
import { type LiveChannel, readChannels, readWorkspaces } from "../aws/live-channel";
import { type ListedRole, mayTrustSupportApp, readRole, readRoles } from "../aws/live-role";
import { type Lookup, type LookupFailure, lookUp, mapped } from "../aws/lookup";
import { pathAndNameOf } from "../iam/arn";
import { type LiveAccess, type LiveRights, readAccess, readRights } from "./live-access";

/** What AWS says about an environment's account, as far as the checks need it. */
export interface Account {
  /** When it is read. */
  readonly time: Date;
  /** Whose credentials ask. */
  readonly identity: Lookup<Identity>;
  /** Whether the account's Support plan has the AWS Support API. */
  readonly supportApi: Lookup<unknown>;
  /** By access level. */
  readonly accesses: ReadonlyMap<AccessLevel, LiveAccess>;
  /** Every other role that the Support App may be able to assume. */
  readonly otherRoles: Lookup<readonly OtherRole[]>;
  /** Every Slack channel that is configured in the account. */
  readonly channels: Lookup<readonly LiveChannel[]>;
  /** IDs of the Slack workspaces that are registered for the account. */
  readonly workspaces: Lookup<readonly string[]>;
  /** Whether the service-linked role of Service Quotas is there. */
  readonly serviceQuotasRole: Lookup<boolean>;
}

/** A role that isn't in environments.yaml. */
export interface OtherRole extends ListedRole {
  /** Undefined: too many others are read. */
  readonly rights?: LiveRights;
}

/** Maximum number of other roles to read, each with several calls: an account has 20 channels at most. */
export const MAX_OTHER_ROLES = 100;

/** The AWS Support API is global: each of its endpoints answers for the account. Source: AWS Support User Guide, About the AWS Support API. */
const SUPPORT_REGION = "us-east-1";

/**
 * Reads an environment's account. Nothing is changed.
 *
 * @param time the current time
 * @param deployRole ARN of the role to assume first
 * @param onSilence called when AWS stops answering
 */
export async function readAccount(
  connection: Connection,
  environment: Environment,
  time: Date,
  deployRole?: string,
  onSilence?: () => void,
): Promise<Account> {
  const session = connection.open(environment, onSilence);
  try {
    return await readWith(session.config, environment, time, deployRole);
  } finally {
    session.end();
  }
}

async function readWith(
  config: ClientConfig,
  environment: Environment,
  time: Date,
  deployRole?: string,
): Promise<Account> {
  const assumed = await assume(config, deployRole, "support-app-doctor");
  if ("unknown" in assumed) return nothingBut(assumed, time);
  const as = { ...config, credentials: assumed.known ?? config.credentials };
  const identity = await readIdentity(as);
  if ("unknown" in identity) return nothingBut(identity, time);
  const { account } = environment;
  if (identity.known.account !== account) return { ...nothingBut(ANOTHER_ACCOUNT, time), identity };

  const iam = new IAMClient(as);
  const cloudControl = new CloudControlClient(as);
  const support = new SupportClient({ ...as, region: SUPPORT_REGION });
  const own = environment.accesses.map(roleArnOf);
  const ownNames = environment.accesses.map((props) => iamNamesOf(props).roleName.toLowerCase());
  const isOther = ({ name, trust }: ListedRole) => !ownNames.includes(name.toLowerCase()) && mayTrustSupportApp(trust);
  const [supportApi, accesses, channels, workspaces, [roles, otherRoles]] = await Promise.all([
    lookUp("support:DescribeSeverityLevels", async () =>
      expectAnswer(severityLevelsAnswer, await support.send(new DescribeSeverityLevelsCommand({ language: "en" }))),
    ),
    Promise.all(
      environment.accesses.map(async (props) => [props.access, await readAccess(iam, account, props, time)] as const),
    ),
    readChannels(cloudControl, iam, account, own),
    readWorkspaces(cloudControl),
    readRoles(iam, account).then(async (all) => {
      const others = mapped(all, (some) => some.filter(isOther));
      return [all, "unknown" in others ? others : { known: await readOthers(iam, account, others.known) }] as const;
    }),
  ]);
  const isOfServiceQuotas = ({ arn }: ListedRole) => pathAndNameOf(arn).path === SERVICE_QUOTAS_ROLE_PATH;
  const serviceQuotasRole = mapped(roles, (all) => all.some(isOfServiceQuotas));
  const known = { supportApi, accesses: new Map(accesses), otherRoles, channels, workspaces, serviceQuotasRole };
  return { time, identity, ...known };
}

async function readOthers(iam: IAMClient, account: string, others: readonly ListedRole[]): Promise<OtherRole[]> {
  const reading = others.slice(0, MAX_OTHER_ROLES).map(async (role): Promise<OtherRole> => {
    const { name } = role;
    return { ...role, rights: await readRights(iam, name, await readRole(iam, account, name)) };
  });
  return [...(await Promise.all(reading)), ...others.slice(MAX_OTHER_ROLES)];
}

const ANOTHER_ACCOUNT = {
  unknown: { kind: "credentials", action: "sts:GetCallerIdentity", message: "credentials of another account" },
} as const;

/** An account that can't be read, and why. */
function nothingBut(unknown: { readonly unknown: LookupFailure }, time: Date): Account {
  return {
    time,
    identity: unknown,
    supportApi: unknown,
    accesses: new Map(),
    otherRoles: unknown,
    channels: unknown,
    workspaces: unknown,
    serviceQuotasRole: unknown,
  };
}
