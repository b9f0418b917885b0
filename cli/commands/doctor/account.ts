import { IAMClient } from "@aws-sdk/client-iam";
import { DescribeSeverityLevelsCommand, SupportClient } from "@aws-sdk/client-support";
import type { Access } from "../../../modules/support-app/model/access";
import { iamNamesOf } from "../../../modules/support-app/model/iam-names";
import type { Environment } from "../../../stacks/environments/environment";
import type { ClientConfig } from "../../aws/connection";
import { type LiveAccount, readLiveAccount } from "../../aws/live-account";
import { type Lookup, lookUp } from "../../aws/lookup";
import { pageOf } from "../../aws/pages";
import { type LiveAccess, readAccess } from "./live-access";

/** What was read from an environment's account. Its roles are those that aren't in environments.yaml. */
export interface Account extends LiveAccount {
  /** When it is read. */
  readonly time: Date;
  /** Whether the account's Support plan has the AWS Support API. */
  readonly supportApi: Lookup<unknown>;
  /** One for each access level that is looked at. */
  readonly accesses: readonly LiveAccess[];
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
  const support = new SupportClient({ ...config, region: SUPPORT_REGION });
  const own = environment.accesses.map((props) => iamNamesOf(props).roleName);
  const [live, supportApi, accesses] = await Promise.all([
    readLiveAccount(config, own),
    lookUp("support:DescribeSeverityLevels", async () =>
      pageOf(await support.send(new DescribeSeverityLevelsCommand({ language: "en" })), "severityLevels"),
    ),
    Promise.all(levels.map((props) => readAccess(iam, props, time))),
  ]);
  return { ...live, time, supportApi, accesses };
}
