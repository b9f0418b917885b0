import { CloudControlClient } from "@aws-sdk/client-cloudcontrol";
import { IAMClient } from "@aws-sdk/client-iam";
import { DescribeSeverityLevelsCommand, SupportClient } from "@aws-sdk/client-support";
import type { Access } from "../../../modules/support-app/model/access";
import { iamNamesOf } from "../../../modules/support-app/model/iam-names";
import { SERVICE_QUOTAS_ROLE_PATH } from "../../../modules/support-app/model/service-quotas-role";
import type { Environment } from "../../../stacks/environments/environment";
import type { ClientConfig } from "../../aws/connection";
import { type LiveChannel, readChannels, readWorkspaces } from "../../aws/live-channel";
import { type RoleWithRights, readAllRights } from "../../aws/live-rights";
import { type ListedRole, mayTrustSupportApp, readRoles } from "../../aws/live-role";
import { type Lookup, lookUp, mapped } from "../../aws/lookup";
import { pageOf } from "../../aws/pages";
import { pathAndNameOf } from "../../iam/arn";
import { type LiveAccess, readAccess } from "./live-access";

/** What was read from an environment's account, as far as the checks need it. */
export interface Account {
  /** When it is read. */
  readonly time: Date;
  /** Whether the account's Support plan has the AWS Support API. */
  readonly supportApi: Lookup<unknown>;
  /** One for each access level that is looked at. */
  readonly accesses: readonly LiveAccess[];
  /** Every role that the Support App may be able to assume and that isn't in environments.yaml. */
  readonly otherRoles: Lookup<readonly RoleWithRights[]>;
  /** Every Slack channel that is configured in the account. */
  readonly channels: Lookup<readonly LiveChannel[]>;
  /** IDs of the Slack workspaces that are registered for the account. */
  readonly workspaces: Lookup<readonly string[]>;
  /** Whether the service-linked role of Service Quotas is there. */
  readonly serviceQuotasRole: Lookup<boolean>;
}

/** The AWS Support API is global: each of its endpoints answers for the account. Source: AWS Support User Guide, About the AWS Support API. */
const SUPPORT_REGION = "us-east-1";

/**
 * Reads an environment's account. Nothing is changed.
 *
 * @param config with credentials of the account
 * @param levels the access levels to look at
 * @param time the current time
 */
export async function readAccount(
  config: ClientConfig,
  environment: Environment,
  levels: readonly Access[],
  time: Date,
): Promise<Account> {
  const iam = new IAMClient(config);
  const cloudControl = new CloudControlClient(config);
  const support = new SupportClient({ ...config, region: SUPPORT_REGION });
  const ownNames = environment.accesses.map((props) => iamNamesOf(props).roleName.toLowerCase());
  const isOther = ({ name, trust }: ListedRole) => !ownNames.includes(name.toLowerCase()) && mayTrustSupportApp(trust);
  const isOfServiceQuotas = ({ arn }: ListedRole) => pathAndNameOf(arn).path === SERVICE_QUOTAS_ROLE_PATH;
  const [supportApi, accesses, channels, workspaces, [roles, otherRoles]] = await Promise.all([
    lookUp("support:DescribeSeverityLevels", async () =>
      pageOf(await support.send(new DescribeSeverityLevelsCommand({ language: "en" })), "severityLevels"),
    ),
    Promise.all(levels.map((props) => readAccess(iam, props, time))),
    readChannels(cloudControl),
    readWorkspaces(cloudControl),
    readRoles(iam).then(async (all) => {
      const others = mapped(all, (some) => some.filter(isOther));
      return [all, "unknown" in others ? others : { known: await readAllRights(iam, others.known) }] as const;
    }),
  ]);
  const serviceQuotasRole = mapped(roles, (all) => all.some(isOfServiceQuotas));
  return { time, supportApi, accesses, otherRoles, channels, workspaces, serviceQuotasRole };
}
