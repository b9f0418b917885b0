import { CloudControlClient } from "@aws-sdk/client-cloudcontrol";
import { IAMClient } from "@aws-sdk/client-iam";
import { DescribeSeverityLevelsCommand, SupportClient } from "@aws-sdk/client-support";
import pLimit from "p-limit";
import { iamNamesOf } from "../../../modules/support-app/model/iam-names";
import { SERVICE_QUOTAS_ROLE_PATH } from "../../../modules/support-app/model/service-quotas-role";
import type { Environment } from "../../../stacks/environments/environment";
import { promised } from "../../aws/broken-answer";
import type { ClientConfig, Connection } from "../../aws/connection";
import { type Identity, signIn } from "../../aws/identity";
import { type LiveChannel, readChannels, readWorkspaces } from "../../aws/live-channel";
import { type ListedRole, mayTrustSupportApp, readRole, readRoles } from "../../aws/live-role";
import { type Lookup, lookUp, mapped } from "../../aws/lookup";
import { pathAndNameOf } from "../../iam/arn";
import { type LiveAccess, type LiveRights, readAccess, readRights } from "./live-access";

/** What was read from an environment's account, as far as the checks need it. */
export interface Account {
  /** When it is read. */
  readonly time: Date;
  /** Whose credentials ask. */
  readonly identity: Lookup<Identity>;
  /** Whether the account's Support plan has the AWS Support API. */
  readonly supportApi: Lookup<unknown>;
  /** One for each access level. */
  readonly accesses: readonly LiveAccess[];
  /** Every other role that the Support App may be able to assume. */
  readonly otherRoles: Lookup<readonly OtherRole[]>;
  /** ARNs of all roles. */
  readonly roleArns: Lookup<readonly string[]>;
  /** Every Slack channel that is configured in the account. */
  readonly channels: Lookup<readonly LiveChannel[]>;
  /** IDs of the Slack workspaces that are registered for the account. */
  readonly workspaces: Lookup<readonly string[]>;
  /** Whether the service-linked role of Service Quotas is there. */
  readonly serviceQuotasRole: Lookup<boolean>;
}

/** A role that isn't in environments.yaml. */
export interface OtherRole extends ListedRole {
  readonly rights: LiveRights;
}

/** How many other roles to read in parallel: IAM throttles an account that asks too much at once, and the SDK then drops calls. */
const PARALLEL_ROLES = 10;

/** The AWS Support API is global: each of its endpoints answers for the account. Source: AWS Support User Guide, About the AWS Support API. */
const SUPPORT_REGION = "us-east-1";

const UNREAD = {
  unknown: { kind: "credentials", action: "sts:GetCallerIdentity", message: "these aren't the account's credentials" },
} as const;

/** The parts of an account that can't be read with these credentials. */
const UNREAD_PARTS = {
  ...{ accesses: [], supportApi: UNREAD, otherRoles: UNREAD, roleArns: UNREAD },
  ...{ channels: UNREAD, workspaces: UNREAD, serviceQuotasRole: UNREAD },
};

/**
 * Reads an environment's account. Nothing is changed.
 *
 * @param time the current time
 * @param deployRole ARN of the role to assume first
 */
export async function readAccount(
  connection: Connection,
  environment: Environment,
  time: Date,
  deployRole?: string,
): Promise<Account> {
  const session = connection.open(environment);
  try {
    const signedIn = await signIn(session, deployRole, "support-app-doctor");
    const identity = mapped(signedIn, (known) => known.identity);
    if ("unknown" in signedIn || signedIn.known.identity.account !== environment.account) {
      return { time, identity, ...UNREAD_PARTS };
    }
    return { time, identity, ...(await readParts(signedIn.known.config, environment, time)) };
  } finally {
    session.end();
  }
}

async function readParts(config: ClientConfig, { accesses: levels }: Environment, time: Date) {
  const iam = new IAMClient(config);
  const cloudControl = new CloudControlClient(config);
  const support = new SupportClient({ ...config, region: SUPPORT_REGION });
  const ownNames = levels.map((props) => iamNamesOf(props).roleName.toLowerCase());
  const isOther = ({ name, trust }: ListedRole) => !ownNames.includes(name.toLowerCase()) && mayTrustSupportApp(trust);
  const [supportApi, accesses, channels, workspaces, [roles, otherRoles]] = await Promise.all([
    lookUp("support:DescribeSeverityLevels", async () =>
      promised(
        (await support.send(new DescribeSeverityLevelsCommand({ language: "en" }))).severityLevels,
        "severityLevels",
      ),
    ),
    Promise.all(levels.map((props) => readAccess(iam, props, time))),
    readChannels(cloudControl),
    readWorkspaces(cloudControl),
    readRoles(iam).then(async (all) => {
      const others = mapped(all, (some) => some.filter(isOther));
      return [all, "unknown" in others ? others : { known: await readOthers(iam, others.known) }] as const;
    }),
  ]);
  const isOfServiceQuotas = ({ arn }: ListedRole) => pathAndNameOf(arn).path === SERVICE_QUOTAS_ROLE_PATH;
  const serviceQuotasRole = mapped(roles, (all) => all.some(isOfServiceQuotas));
  const roleArns = mapped(roles, (all) => all.map(({ arn }) => arn));
  return { supportApi, accesses, otherRoles, roleArns, channels, workspaces, serviceQuotasRole };
}

function readOthers(iam: IAMClient, others: readonly ListedRole[]): Promise<OtherRole[]> {
  const limit = pLimit(PARALLEL_ROLES);
  const reading = others.map((role) =>
    limit(async () => ({ ...role, rights: await readRights(iam, role.name, await readRole(iam, role.name)) })),
  );
  return Promise.all(reading);
}
